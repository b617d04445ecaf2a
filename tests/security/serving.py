"""The server as ``run`` starts it, with the tests' settings: pages need no collected files."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import tests.conftest  # noqa: E402, F401  (it changes the settings)
from config.serving import application  # noqa: E402

__all__ = ["application"]
