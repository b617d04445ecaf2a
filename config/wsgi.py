"""The WSGI application that granian serves, once the database is ready for it."""

import gc
import os
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()


def _require_ready() -> None:
    """Exit with a sentence rather than serve a ledger that nothing guards."""
    from django.db import connection
    from django.urls import get_resolver
    from django.utils.translation import gettext as _

    from inventory import triggers

    get_resolver().url_patterns  # noqa: B018 (reads every address: none is without its act)
    late = late_migrations(connection)
    missing = [] if late else sorted(triggers.missing(connection))
    connection.close()
    if late:
        sys.exit(_("The database is not up to date. Type: python manage.py migrate"))
    if missing:
        sys.exit(
            _(
                "The ledger is not guarded: %(names)s missing."
                " Type: python manage.py migrate, then python manage.py verify"
            )
            % {"names": ", ".join(missing)}
        )


def late_migrations(connection: Any) -> set[tuple[str, str]]:
    """``(app, name)`` of each migration that was not applied, told by its file alone.

    Django's own executor loads them all, and a worker would keep four megabytes of them for good.
    """
    from django.apps import apps

    known = {
        (app.label, found.name)
        for app in apps.get_app_configs()
        for found in iter_modules([str(Path(app.path) / "migrations")])
        if found.name[0] not in "_~"
    }
    if "django_migrations" not in connection.introspection.table_names():
        return known
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return known - set(cursor.fetchall())


MAKE_KEY = "import django; django.setup(); from sales.journal import keys; keys.make()"


def _make_key() -> None:
    """The key that signs closings is made at the first start, not by whoever first needs it.

    By a process of its own: what makes keys is heavy, and this one serves for weeks.
    """
    from django.conf import settings

    from sales.journal import keys

    if not keys.path_of_key().exists():
        subprocess.run([sys.executable, "-c", MAKE_KEY], cwd=settings.BASE_DIR, check=True)  # noqa: S603


_require_ready()
_make_key()
# All that was loaded stays for good: looking through it again and again would hold up one request
# in a hundred, for some hundred milliseconds.
gc.collect()
gc.freeze()
