"""A structure that worked for a while on SQLite: arrivals, and a day at two tills, in a new file.

    TRACERIE_DATA=FOLDER python -m tests.sqlite_day

In a process of its own, for tests that run on PostgreSQL.
"""

import os
from uuid import uuid4

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from inventory import reference
    from sales.journal import keys

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    reference.load()
    keys.make()
    _work()


def _work() -> None:
    from tests.conftest import Api, build_world
    from tests.faults.shop_day import furnish, queue_of

    world = build_world()
    anna = Api(world.anna)
    line = {"category": "MOB", "weight_g": 12_500}
    for day in ("2024-02-29", "2025-12-31"):
        said = {
            "site": "canal",
            "mode": "drop_off",
            "lines": [line],
            "occurred_at": f"{day}T10:00Z",
        }
        assert anna.post("collection/intakes", id=str(uuid4()), **said).status_code == 201
    tills, codes = furnish(world.canal, 2, 12)
    for n, till in enumerate(tills):
        for asked in queue_of(till, codes[n * 6 : n * 6 + 6], 20, seed=n):
            assert anna.post(asked.path, asked.content).status_code == 201


if __name__ == "__main__":
    main()
