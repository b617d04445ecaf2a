"""One file of settings, read from the environment, with defaults for a laptop.

``TRACERIE_DATA``   folder of the database, keys and media (default ``var/``)
``DATABASE_URL``    a PostgreSQL address; without it, SQLite in ``TRACERIE_DATA``
``DATABASE_POOL``   connections that a server process keeps at most, for all its threads; without
                    it, each thread keeps its own
``REPORT_DATABASE_URL``  a replica that reports are read from while it is fresh
``REPORT_MAX_LAG``  seconds that it may be late (default 300); the primary is read beyond
``TRACERIE_HOSTS``  names under which the server may be reached, comma separated
``TRACERIE_BEHIND_PROXY``  1 where a proxy of ours speaks https and says whom it speaks for
``PUBLIC_URL``      address printed on labels and documents
``EMAIL_URL``       ``smtp+tls://user:password@host:587``; without it, no mail is sent
``MAIL_FROM``       address that mail comes from
``TRACERIE_LOG``    what is told on standard error: ``WARNING``, or ``INFO`` for every request too
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from config.logs import by_route

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("TRACERIE_DATA", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """Return the installation's key, made at the first start and readable by its owner only."""
    path = DATA_DIR / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(key := get_random_secret_key())
    return key


SECRET_KEY = env.str("SECRET_KEY", default="") or _secret_key()
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000")
EMAIL_HOST = ""  # no mail is sent, and no page offers to
if env.str("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="tracerie@localhost")
EMAIL_TIMEOUT = 10  # seconds that whoever closes a till may wait for it
ALLOWED_HOSTS = env.list(
    "TRACERIE_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".lan", ".local"]
)
BEHIND_PROXY = env.bool("TRACERIE_BEHIND_PROXY", default=False)

INSTALLED_APPS = [
    "config",
    "reporting",
    "sales",
    "collection",
    "inventory",
    "organisation",
    "ninja",
    "simple_history",
    "axes",
    "lucide",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.logs.identified",
    "config.policy.stated",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.api.error_shape",
    "config.limits.restrained",
    "config.limits.bounded",
    "config.replica.looking",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organisation.stations.at_station",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.navigation",
            ],
        },
    }
]

# Databases. SQLite: WAL survives kill -9, FULL survives a power cut, IMMEDIATE keeps two writers
# from deadlocking. `report` reads several queries from one snapshot and can write nothing.

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
    " PRAGMA cache_size=-4000; PRAGMA mmap_size=268435456;"
)


def _sqlite(mode: str, pragmas: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "tracerie.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20, "transaction_mode": mode, "init_command": pragmas},
    }


def _postgresql(name: str = "DATABASE_URL", **options: Any) -> dict[str, Any]:
    parsed = env.db(name)
    asked = parsed.get("OPTIONS", {})  # ?sslmode=verify-full and the like
    return {**parsed, "CONN_MAX_AGE": None, "OPTIONS": {**asked, **options}}


def _pooled(database: dict[str, Any], most: int) -> dict[str, Any]:
    """A connection for who needs one now; who finds none waits ten seconds at most."""
    pool = {"min_size": min(2, most), "max_size": most, "timeout": 10}
    options = {**database["OPTIONS"], "pool": pool}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": options}


if env.str("DATABASE_URL", default=""):
    from psycopg import IsolationLevel

    one_moment: dict[str, Any] = {
        "isolation_level": IsolationLevel.REPEATABLE_READ,
        "options": "-c default_transaction_read_only=on",
    }
    DATABASES = {"default": _postgresql(), "report": _postgresql(**one_moment)}
    if most := env.int("DATABASE_POOL", default=0):
        DATABASES = {alias: _pooled(database, most) for alias, database in DATABASES.items()}
    if env.str("REPORT_DATABASE_URL", default=""):
        DATABASES["report"] = {
            **_postgresql(**one_moment),
            "ENGINE": "config.replica",
            "REPLICA": _postgresql("REPORT_DATABASE_URL", connect_timeout=2, **one_moment),
            "CONN_HEALTH_CHECKS": True,
        }
else:
    DATABASES = {
        "default": _sqlite("IMMEDIATE", SQLITE_PRAGMAS),
        "report": _sqlite("DEFERRED", SQLITE_PRAGMAS + " PRAGMA query_only=ON;"),
    }
DATABASES["report"]["TEST"] = {"MIRROR": "default"}
REPORT_LAG_TOLD_S = 10
REPORT_LAG_MAX_S = env.int("REPORT_MAX_LAG", default=300)

# People

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "config.guessing.Guesses"  # and by the account alone
AXES_LOCKOUT_CALLABLE = "config.guessing.shut_out"
AXES_CLIENT_IP_CALLABLE = "config.limits.address_of"
AXES_CLIENT_STR_CALLABLE = "config.guessing.told"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a guesser that goes on changes nothing
AXES_VERBOSE = False

# Words and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# Static files: hashed and compressed by collectstatic, served by the same process

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # empty until collectstatic; whitenoise warns where it is missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StationStorage"},
}
# Compressing is most of a first start: only what pages name, and no debugger's map.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_ROOT = DATA_DIR / "media"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.static.FontFinder",
]

# Security

# Nothing inline, hence no nonce to leak: scripts and styles are files (docs/decisions/0023).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
    }
}
IS_HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if IS_HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"  # its cookie is for our scripts to read, too
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A proxy has a certificate that all browsers trust: they may be told to come by https for a year.
# One of our own (`run --https`) may be gone tomorrow, with the machine: that binds nobody.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = IS_HTTPS and BEHIND_PROXY
SECURE_REDIRECT_EXEMPT = ["^health$", "^ready$"]  # the proxy itself asks, in plain http
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE_SSL_REDIRECT else 0
# Whether a structure's other names are on https, for good, is not for us to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# A document with 2,000 lines weighs about 200 kB; nothing we accept comes near this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a count ticks up to 2,000 objects, on one page

NINJA_PAGINATION_MAX_LIMIT = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.logs.Lines"}},
    "filters": {"by_route": {"()": lambda: by_route}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "filters": ["by_route"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("TRACERIE_LOG", default="WARNING")},
}
