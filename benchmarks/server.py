"""The product as ``run`` serves it, with ``/saving/`` beside it.

``NO_QUEUE=1`` takes the writers' queue away, in threads and in the database. That switch exists
here only: the product has none.
"""

import os
from contextlib import nullcontext

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.ROOT_URLCONF = "benchmarks.urls"

from config import serving  # noqa: E402 (it reads the settings above)

application = serving.application
if os.environ.get("NO_QUEUE"):
    from organisation import submissions

    submissions._queue = nullcontext()
    serving._writer = None
