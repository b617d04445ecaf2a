"""The one API: mounts the rooms' routers and gives every refusal the same shape.

``{"detail": [{"type": code, "loc": [...], "msg": sentence}]}``, whatever the status and on every
path under ``/api/``. Rules raise Django's ValidationError with a stable code; the few codes that
are not 422 have their status here.
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as ShapeError
from ninja.parser import Parser

from collection.api import router as collection_router
from inventory.api import router as inventory_router
from organisation.api import router as organisation_router
from organisation.doors import anyone
from organisation.submissions import answered_before
from reporting.api import router as reporting_router
from sales.api import router as sales_router

# Whoever sent it may no longer: a tablet keeps what it has, and a person decides.
WITHDRAWN = frozenset({"station_withdrawn", "person_withdrawn"})
CONFLICTS = frozenset(
    {
        "id_reused",
        "item_already_sold",
        "item_not_there",
        "item_gone",
        "already_reversed",
        "already_received",
        "already_back",
        "code_taken",
        "till_leased",
        "envelope_differs",
        "resend_from",
    }
)

# How SQLite and PostgreSQL say it.
BUSY = ("locked", "lock timeout", "deadlock detected")
FULL = ("disk is full", "No space left on device")
DISK_FULL = "53100"  # PostgreSQL's own code for it, whatever language it speaks

STATUSES: dict[int, tuple[str, Any]] = {
    400: ("not_json", gettext_lazy("This is not valid JSON. Nothing was recorded.")),
    401: ("not_signed_in", gettext_lazy("Sign in, or send a valid token.")),
    403: ("forbidden", gettext_lazy("Your role does not allow this.")),
    404: ("not_found", gettext_lazy("There is nothing at this address.")),
    405: ("method_not_allowed", gettext_lazy("This address does not accept this method.")),
    413: ("too_large", gettext_lazy("This is too large. Nothing was recorded.")),
    429: ("too_many_requests", gettext_lazy("Too many requests: wait a little.")),
    500: (
        "server_error",
        gettext_lazy("Something broke on our side. Nothing was recorded: try again."),
    ),
    503: ("busy", gettext_lazy("The database is busy. Nothing was recorded: try again.")),
    507: (
        "disk_full",
        gettext_lazy("The server's disk is full. Nothing was recorded: make room, then try again."),
    ),
}

# Shape errors by pydantic's type; numbers in the sentences come from the error's context.
SENTENCES: dict[str, Any] = {
    "missing": gettext_lazy("This field is required."),
    "extra_forbidden": gettext_lazy("This field is not known here."),
    "int_type": gettext_lazy("A whole number is expected, without quotes or decimals."),
    "int_from_float": gettext_lazy("A whole number is expected, without quotes or decimals."),
    "int_parsing": gettext_lazy("A whole number is expected."),
    "int_parsing_size": gettext_lazy("This number is too large."),
    "bool_type": gettext_lazy("True or false is expected."),
    "bool_parsing": gettext_lazy("True or false is expected."),
    "string_type": gettext_lazy("A text is expected."),
    "string_unicode": gettext_lazy("This text holds characters that cannot be printed."),
    "string_too_long": gettext_lazy("At most %(max_length)s characters."),
    "string_too_short": gettext_lazy("At least %(min_length)s characters."),
    "unprintable": gettext_lazy("This text holds characters that cannot be printed."),
    "greater_than": gettext_lazy("Must be more than %(gt)s."),
    "greater_than_equal": gettext_lazy("Must be at least %(ge)s."),
    "less_than_equal": gettext_lazy("Must be at most %(le)s."),
    "too_long": gettext_lazy("At most %(max_length)s lines."),
    "too_short": gettext_lazy("At least %(min_length)s line is expected."),
    "list_type": gettext_lazy("A list is expected."),
    "dict_type": gettext_lazy("An object is expected."),
    "model_type": gettext_lazy("An object is expected."),
    "model_attributes_type": gettext_lazy("An object is expected."),
    "uuid_parsing": gettext_lazy("A UUID is expected."),
    "literal_error": gettext_lazy("Must be one of: %(expected)s."),
    "enum": gettext_lazy("Must be one of: %(expected)s."),
    "datetime_parsing": gettext_lazy(
        "A date and time is expected, such as 2026-11-22T10:00+01:00."
    ),
    "datetime_from_date_parsing": gettext_lazy(
        "A date and time is expected, such as 2026-11-22T10:00+01:00."
    ),
    "timezone_aware": gettext_lazy("The time needs its offset, such as +01:00."),
    "month_parsing": gettext_lazy("A month is expected, such as 2026-03."),
    "date_type": gettext_lazy("A date is expected, such as 2026-11-22."),
    "date_parsing": gettext_lazy("A date is expected, such as 2026-11-22."),
    "date_from_datetime_parsing": gettext_lazy("A date is expected, such as 2026-11-22."),
    "date_from_datetime_inexact": gettext_lazy("A date is expected, such as 2026-11-22."),
    "in_the_future": gettext_lazy("This moment is still to come."),
    "too_old": gettext_lazy("This date is too far in the past."),
    "bad_cursor": gettext_lazy("This cursor does not come from here."),
    "site_first": gettext_lazy("Name the site first."),
    "bad_line": gettext_lazy("A line is grams of a category, full containers of one, or an item."),
    "issuer_without_voucher": gettext_lazy("Only vouchers have an issuer: choose “voucher”."),
    "reference_without_issuer": gettext_lazy("The number of a voucher goes with its issuer."),
    "bad_sale_line": gettext_lazy("A line is one item, or a category, or a key of the price grid."),
    "not_an_object": gettext_lazy("Only objects have a category and weigh."),
    "item_alone": gettext_lazy("An item is sold by itself, with the weight of its label."),
    "seen_missing": gettext_lazy(
        "Say what the tablet knew of this object: no label of ours is so."
    ),
    "no_amount": gettext_lazy("Type an amount, such as 20 or 12,50."),
    "bad_discount": gettext_lazy("A discount is an amount or a percentage, not both."),
    "line_twice": gettext_lazy("The same line is there twice."),
    "reclassify_bulk": gettext_lazy("Only bulk is reclassified: leave the items out."),
    "partner_or_public": gettext_lazy("Name a partner, or say it goes to the public."),
    "bad_destination": gettext_lazy("A destination is a place, or a fate with or without partner."),
    "unknown_indicator": gettext_lazy(
        "There is no such indicator: GET reporting/indicators lists them."
    ),
    "scope_twice": gettext_lazy("Name a network, or sites and their structure, not both."),
    "weight_twice": gettext_lazy("Give the net weight or the gross weight, not both."),
    "gross_needs_container": gettext_lazy("A gross weight goes with its container."),
    "weight_missing": gettext_lazy("Give a weight, or a number of units."),
    "forbidden": gettext_lazy("Your role does not allow this at this site."),
    "bad_code": gettext_lazy("This code was mistyped: its check does not fit."),
    "string_pattern_mismatch": gettext_lazy("This text does not have the expected form."),
    "movement_or_of": gettext_lazy("Name the document by its number, or by the id it was sent as."),
    "wrong_site": gettext_lazy("The transfer goes to another site."),
    "unknown_line": gettext_lazy("This ticket has no such line."),
    "unknown_voucherissuer": gettext_lazy("This issuer of vouchers does not exist."),
    "unknown_till": gettext_lazy("This till does not exist."),
    "unknown_pricekey": gettext_lazy("This key is not on the price grid."),
    "unknown_flow": gettext_lazy("There is no such line of a document."),
    "unknown_site": gettext_lazy("This site does not exist."),
    "unknown_category": gettext_lazy("This category does not exist."),
    "unknown_collectionmode": gettext_lazy("This collection mode does not exist."),
    "unknown_origin": gettext_lazy("This origin does not exist."),
    "unknown_container": gettext_lazy("This container does not exist."),
    "unknown_partner": gettext_lazy("This partner does not exist."),
    "unknown_eprstream": gettext_lazy("This EPR stream does not exist."),
    "quarter_parsing": gettext_lazy("Write a quarter such as 2026-Q1."),
    "unknown_ecoorganisme": gettext_lazy("This éco-organisme is not on your list."),
    "unknown_place": gettext_lazy("This site has no such place."),
    "unknown_itemcode": gettext_lazy("No label of yours has this code."),
    "bad_label_size": gettext_lazy("No readable label has this size. Say it as 57x32, in mm."),
    "unknown_item": gettext_lazy("No item has this code."),
    "unknown_movement": gettext_lazy("There is no such document."),
    "unknown_wastecode": gettext_lazy("This waste code does not exist."),
    "unknown_treatmentcode": gettext_lazy("This treatment code does not exist."),
    "unknown_organisation": gettext_lazy("This structure does not exist."),
    "unknown_network": gettext_lazy("This network does not exist."),
}
OTHERWISE = gettext_lazy("This value is not accepted.")
MAX_FAULTS = 50  # a longer list helps nobody
MOST_KEYS = 1_000  # of one object; what is longer is a list


class StrictJson(Parser):
    """UTF-8 JSON by the letter: no NaN, no key twice in one object."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(
            request.body.decode(),
            parse_constant=_refuse_constant,
            object_pairs_hook=_require_keys_once,
        )


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _require_keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS:  # each that is unknown would be a fault of its own
        raise ValueError("more keys than anything of ours has")
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key is there twice")
    return content


api = NinjaAPI(
    title="Tracerie",
    version="1.0",
    description=(
        "Weights are integer grams, money integer cents, instants ISO 8601 with their offset."
        " A write carries an `id` made by its sender: sent again, it records nothing twice and"
        " gets the same answer. Every refusal has the shape of `Error`."
    ),
    urls_namespace="api",
    docs_url="docs",
    docs_decorator=anyone,
    parser=StrictJson(),
)
api.add_router("organisation/", organisation_router)
api.add_router("inventory/", inventory_router)
api.add_router("collection/", collection_router)
api.add_router("sales/", sales_router)
api.add_router("reporting/", reporting_router)


def refusal(
    status: int, details: Iterable[tuple[str, Iterable[Any], Any]] | None = None
) -> HttpResponse:
    """Answer ``status`` in the one error shape; ``details`` are ``(code, loc, sentence)``."""
    details = details or [(STATUSES[status][0], (), STATUSES[status][1])]
    content = [{"type": code, "loc": list(loc), "msg": str(msg)} for code, loc, msg in details]
    return JsonResponse(
        {"detail": content}, status=status, json_dumps_params={"ensure_ascii": False}
    )


@api.exception_handler(ShapeError)
def on_shape_error(request: HttpRequest, error: ShapeError) -> HttpResponse:
    """422, unless every fault is a reference: then 403 or 404."""
    # A place is looked up within its site: where the site was refused, the site says why.
    faults = [fault for fault in error.errors if fault["type"] != "site_first"] or error.errors
    types = {fault["type"] for fault in faults}
    status = 422
    if all(kind == "forbidden" or kind.startswith("unknown_") for kind in types):
        status = 403 if "forbidden" in types else 404
    told = [(f["type"], _loc(f["loc"]), _sentence(f)) for f in faults[:MAX_FAULTS]]
    return answered_before(request) or refusal(status, told)


def _loc(loc: Iterable[Any]) -> list[Any]:
    """Where in the request: the name ninja gives to the body's parameter says nothing."""
    return [step for step in loc if step != "payload"]


def _sentence(fault: dict[str, Any]) -> str:
    said = {name: _plain(value) for name, value in fault.get("ctx", {}).items()}
    return str(SENTENCES.get(fault["type"], OTHERWISE)) % said


def _plain(value: Any) -> Any:
    """A list of values without pydantic's English: ``'a', 'b' or 'c'`` becomes ``a, b, c``."""
    return value.replace(" or ", ", ").replace("'", "") if isinstance(value, str) else value


def _status(codes: set[str]) -> int:
    if codes <= WITHDRAWN:
        return 403
    return 409 if codes <= CONFLICTS else 422


@api.exception_handler(ValidationError)
def on_rule_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A rule said no: its code, its sentence, and the field where the rule names one."""
    faults = error.error_dict.items() if hasattr(error, "error_dict") else [("", error.error_list)]
    details = [
        (
            fault.code or "invalid",
            ("body", *([field] if field not in ("", "__all__") else ()), *_where(fault)),
            " ".join(fault.messages),
        )
        for field, found in faults
        for fault in found
    ]
    return refusal(_status({code for code, *_rest in details}), details)


def _where(fault: ValidationError) -> tuple[str | int, ...]:
    """Where in the request, for the few rules that say so themselves."""
    return tuple((fault.params or {}).get("loc", ()))


@api.exception_handler(PermissionDenied)
def on_denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    told = [("forbidden", (), str(error) or STATUSES[403][1])]
    return answered_before(request) or refusal(403, told)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answered_before(request) or refusal(404)


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return refusal(413)


@api.exception_handler(OperationalError)
def on_database(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """503 while another write holds it for too long, 507 without room; else the fault is ours."""
    if _is_full(error):
        return refusal(507)
    if not any(words in str(error) for words in BUSY):
        raise error
    response = refusal(503)
    response["Retry-After"] = "1"
    return response


def _is_full(error: OperationalError) -> bool:
    is_told = getattr(error.__cause__, "sqlstate", None) == DISK_FULL
    return is_told or any(words in str(error) for words in FULL)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _of_status(error.status_code)


def error_shape(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: what refuses before or after the API's own handlers takes the same shape."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_ours = response.headers.get("Content-Type", "").startswith("application/json")
        if request.path.startswith("/api/") and response.status_code >= 400 and not is_ours:
            return _reshaped(response)
        return response

    return middleware


def _reshaped(response: HttpResponse) -> HttpResponse:
    shaped = _of_status(response.status_code)
    for header in ("Allow", "Retry-After", "WWW-Authenticate"):
        if header in response.headers:
            shaped[header] = response.headers[header]
    return shaped


def _of_status(status: int) -> HttpResponse:
    """The refusal of a status alone, known to the table or not."""
    if status in STATUSES:
        return refusal(status)
    return refusal(status, [(_name(status), (), OTHERWISE)])


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_")
