"""The product as a process of its own serves it to a browser, with the tests' quicker settings."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import tests.conftest  # noqa: E402, F401  (it changes the settings)

application = get_wsgi_application()
