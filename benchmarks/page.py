"""Writes docs/benchmarks.md from what the benchmarks kept in benchmarks/results.

python benchmarks/page.py [--check]
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import RESULTS, ROOT, shown

PAGE = ROOT / "docs" / "benchmarks.md"
NOTES = ROOT / "benchmarks" / "notes.md"
HEAD = (
    "# Benchmarks, as measured\n\n"
    "Written by `python benchmarks/page.py` from `benchmarks/results/*.json`, each kept by the"
    " command above its table with `--json`. Two ways are measured in turn within one run, so that"
    " a busy machine slows both: compare ratios, never the milliseconds of two machines."
    " [benchmarks/README.md](../benchmarks/README.md) says what each compares.\n"
)


def main() -> None:
    told = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text() == told else "docs/benchmarks.md: run benchmarks/page.py")
    PAGE.write_text(told)


def page() -> str:
    results = [json.loads(file.read_text()) for file in sorted(RESULTS.glob("*.json"))]
    return "\n".join([HEAD, NOTES.read_text(), *(section(one) for one in results)])


def section(result: dict[str, Any]) -> str:
    machine = result["machine"]
    is_sqlite = machine["database"] == "SQLite"
    database = f"SQLite {machine['sqlite']}" if is_sqlite else machine["database"]
    lines = [
        f"## {result['benchmark'][0].upper()}{result['benchmark'][1:]}",
        "",
        f"`{result['command']}`, {result['date']}. {machine['processors']} processors, load"
        f" {machine['load']} at the start; Python {machine['python']}, Django {machine['django']},"
        f" {database}.",
        "",
        "| | measured | target |",
        "| --- | ---: | --- |",
        *(row(figure) for figure in result["figures"]),
        "",
    ]
    return "\n".join(lines)


def row(figure: dict[str, Any]) -> str:
    verdict = ""
    if "target" in figure:
        verdict = figure["target"] + ("" if figure["is_met"] else " **missed**")
    value = f"{shown(figure['value'])} {figure['unit']}".strip()
    return f"| {figure['what']} | {value} | {verdict} |"


if __name__ == "__main__":
    main()
