"""What a machine makes up from the API's own description never breaks it.

No answer is a fault of ours, and every status and shape is one that was declared.
``TRACERIE_CAMPAIGN=1`` tries harder.
"""

import os

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

from organisation.models import Token
from organisation.permissions import Role
from tests.routes import furnish

load_all_checks()
ASKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "unsupported_method",
        "ignored_auth",
    ]
)
KNOWN = {  # a made-up code opens nothing: most are replaced by one that does
    "site": "canal",
    "category": "MOB",
    "mode": "drop_off",
    "origin": "75112",
    "partner": "gebetex",
    "container": "caddie",
    "place": "reserve",
    "from_place": "reserve",
    "to_place": "reserve",
    "item": "2ACAN",
}
# Of a query that it means to be wrong, the machine may leave out the very key that was.
ASKED_OF_BODIES = [*ASKED, *CHECKS.get_by_names(["negative_data_rejection"])]
# Without a token there is none to ignore; whoever may not is refused before a body is read.
OF_ANYBODY = [check for check in ASKED if check.__name__ != "ignored_auth"]
IS_CAMPAIGN = bool(os.environ.get("TRACERIE_CAMPAIGN"))
EXAMPLES = 400 if IS_CAMPAIGN else 40
OF_OTHERS = 400 if IS_CAMPAIGN else 4  # of each of those whose role mostly decides
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())


@schema.hook
def map_body(context, body):
    return known(body)


@schema.hook
def map_query(context, query):
    return known(query)


def known(value):
    """``value`` with valid codes instead of made-up ones; what was wrong stays wrong."""
    if isinstance(value, list):
        return [known(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: KNOWN[key]
        if key in KNOWN and isinstance(inner, str) and 0 < len(inner) <= 64
        else known(inner)
        for key, inner in value.items()
    }


@pytest.fixture
def callers(world, api):
    """Headers of everybody, in a world where every kind of document exists.

    Everybody: one person of each role, the director of another structure, and nobody.
    """
    furnish(world.canal, world.anna, api(world.anna).made)
    people = {name: world.people[name] for name in ("anna", "paul", *Role)}
    # Requests share the test's transaction; between two of them a server closes its connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {
        "nobody": {},
        **{name: {"Authorization": f"Bearer {Token.objects.issue(who)[1]}"}
           for name, who in people.items()},
    }  # fmt: skip
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def tries(examples, *phases):
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[*phases, Phase.generate],
    )


@schema.parametrize()
@tries(EXAMPLES, Phase.explicit)
def test_nothing_that_a_machine_makes_up_breaks_the_api(case, callers):
    checks = ASKED if case.method == "GET" else ASKED_OF_BODIES
    case.call_and_validate(headers=callers["anna"], checks=checks)


@schema.parametrize()
@tries(OF_OTHERS)
def test_nor_does_it_in_the_name_of_any_role_of_another_structure_or_of_nobody(case, callers):
    for name, headers in callers.items():
        if name != "anna":
            case.call_and_validate(headers=headers, checks=OF_ANYBODY)
