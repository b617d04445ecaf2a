"""Figures from the raw export, by the program that funders get with it: run apart, as they run it.

``-I -S``: no package of ours, and none that is installed, is in its reach.
"""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "reporting/opendata/recalculer.py"


def recomputed(export: bytes, folder: Path, *, sites=(), start=None, end=None) -> dict:
    """What the program makes of an export, zipped or not; it finds every account even."""
    file = folder / "export"
    file.write_bytes(export)
    days = [*(["--du", str(start)] if start else []), *(["--au", str(end)] if end else [])]
    asked = [*days, *(f"--site={code}" for code in sites), "--json"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), str(file), *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    figures = json.loads(done.stdout)
    assert done.returncode == 0, figures["faults"]
    return figures
