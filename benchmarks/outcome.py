"""What a benchmark found: printed as it goes, and kept as JSON beside the machine and the date.

``Outcome`` is the one shape of every benchmark here; ``page.py`` makes docs/benchmarks.md of them.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep what is found, for benchmarks/page.py"
    )
    return parser


class Outcome:
    """The figures of one run, in the order in which they were said."""

    def __init__(self, name: str, database: str = "") -> None:
        self.name, self.figures = name, list[dict[str, Any]]()
        self.began, self.load = datetime.now(UTC), os.getloadavg()[0]
        self.database = database or ("PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite")

    def say(self, what: str, value: float, unit: str = "", target: str = "") -> None:
        """One figure; ``target`` such as ``≤ 3`` or ``≥ 4``, judged here."""
        figure: dict[str, Any] = {"what": what, "value": round(value, 4), "unit": unit}
        if target:
            figure |= {"target": target, "is_met": is_met(value, target)}
        self.figures.append(figure)
        verdict = f"   {target} : {'met' if figure['is_met'] else 'MISSED'}" if target else ""
        print(f"{what:<68}{shown(value):>10} {unit:<10}{verdict}", flush=True)

    def save(self, path: Path | None) -> None:
        """Write everything to ``path``, if there is one."""
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {
            "benchmark": self.name,
            "command": " ".join([*_before(), f"benchmarks/{Path(sys.argv[0]).name}", *_said()]),
            "date": self.began.strftime("%Y-%m-%d"),
            "machine": machine(self.load) | {"database": self.database},
            "figures": self.figures,
        }
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def is_met(value: float, target: str) -> bool:
    sign, bound = target.split()[:2]
    return value <= float(bound) if sign == "≤" else value >= float(bound)


def shown(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}".replace(",", " ")


def _before() -> list[str]:
    """What stands before the benchmark's own file, in the words of its README."""
    if os.environ.get("DATABASE_URL"):
        return ["python", "tests/postgresql.py", "--durable", "python"]
    return ["python"]


def _said() -> list[str]:
    """The options of this run but for where it keeps what it found."""
    words = iter(sys.argv[1:])
    told = []
    for word in words:
        if word in ("--json", "--data"):
            next(words, None)
        else:
            told.append(word)
    return told


def machine(load: float) -> dict[str, Any]:
    """What it ran on, and how busy that was when it began."""
    from importlib.metadata import version

    return {
        "processors": len(os.sched_getaffinity(0)),
        "load": round(load, 1),
        "python": platform.python_version(),
        "django": version("django"),
        "sqlite": sqlite3.sqlite_version,
    }
