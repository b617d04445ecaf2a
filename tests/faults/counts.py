"""How much of each fault test runs: a little in ``./test``, all of it in ``./test --campaign``."""

import os

IS_CAMPAIGN = os.environ.get("TRACERIE_CAMPAIGN") == "1"
