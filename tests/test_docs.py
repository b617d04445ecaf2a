"""What the documentation promises is compared with the code."""

import re
import tomllib
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from benchmarks import page as benchmarks
from reporting.indicators import Reading
from reporting.periods import Period
from reporting.rounding import (
    FATES,
    fate_shares,
    of_collected,
    published_shares,
    quality,
    recovery_rate,
)
from reporting.scopes import Scope
from tests.reporting.conftest import books, give_back, sell  # noqa: F401  (fixtures)
from tests.worked_world import MARCH, YEAR, WorkedWorld

OF_THE_YEAR = {
    "headcount",
    "fte",
    "exits",
    "dynamic_exits",
    "fte_per_kt",
    "workshops",
    "workshop_people",
    "workshop_minutes",
    "quality",
}
ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
NOT_OURS = {"var", "staticfiles", "node_modules"}
TEXT = {"", ".py", ".md", ".toml", ".lock", ".txt", ".csv", ".json", ".html", ".js", ".css", ".po"}
# Written apart, so that this file does not name them either.
REGISTRIES = [".".join(host) for host in (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("deb", "debian", "org"),
    ("proxy", "golang", "org"),
)]  # fmt: skip


def headings(page):
    return re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def table_rows(page):
    """Return the cells of each line of the page's tables, heads and rules left out."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = {n for n, row in enumerate(cells) if set("".join(row)) <= set("-: ")}
    return [row for n, row in enumerate(cells) if n not in rules and n + 1 not in rules]


def worked_year():
    return {name: int(re.sub(r"\s", "", text).replace("−", "-"))
            for name, text in table_rows(DOCS / "indicators.md")}  # fmt: skip


def test_each_indicator_of_the_code_has_a_heading_in_the_docs():
    from reporting.indicators import ALL, INDICATORS
    from reporting.takings import TAKINGS

    missing = {*INDICATORS, *TAKINGS, *ALL} - set(headings(DOCS / "indicators.md"))
    assert not missing, f"docs/indicators.md lacks a heading for {sorted(missing)}"


def test_each_indicator_of_the_docs_is_in_the_code():
    from reporting.indicators import ALL, INDICATORS
    from reporting.takings import TAKINGS

    named = {
        heading for heading in headings(DOCS / "indicators.md") if re.fullmatch("[a-z_]+", heading)
    }
    assert named == {*INDICATORS, *TAKINGS, *ALL}


def test_each_indicator_says_formula_unit_source_and_example():
    sections = re.split(r"^#+ ", (DOCS / "indicators.md").read_text(encoding="utf-8"), flags=re.M)
    named = [s for s in sections if re.match(r"[a-z_]+\n", s)]
    assert len(named) == 19 + 5 + 37
    for section in named:
        parts = re.findall(r"^- \*\*(\w+)\*\*", section, re.MULTILINE)
        assert parts == ["Formula", "Unit", "Source", "Example"], section.splitlines()[0]


def test_the_worked_year_closes_to_the_gram():
    year = worked_year()
    came = (
        "opening_stock_g",
        "opened_g",
        "collected_g",
        "received_g",
        "adjusted_g",
        "reclassified_g",
    )
    assert year["outgoing_g"] == sum(year[f"{fate}_g"] for fate in FATES)
    assert (
        sum(year[name] for name in came) - year["outgoing_g"] - year["sent_g"]
        == (year["closing_stock_g"])
    )


def test_the_worked_year_gives_the_rates_of_its_examples():
    year = worked_year()
    left = {fate: year[f"{fate}_g"] for fate in FATES}
    assert list(published_shares(left).values()) == [55, 34, 11]
    assert list(fate_shares(left).values()) == [55, 32, 2, 3, 8]
    assert recovery_rate(left) == "88.8"
    assert list(of_collected(left, year["collected_g"]).values()) == [
        "54.0",
        "33.0",
        "11.0",
        "87.0",
    ]
    methods = dict(zip("wueb", (118_800_000, 9_900_000, 19_800_000, 49_500_000), strict=True))
    assert sum(methods.values()) == year["collected_g"] + year["outgoing_g"]
    assert list(quality(methods).values()) == [60, 5, 10, 25]


def test_the_worked_shop_gives_the_figures_of_its_examples():
    from reporting.takings import Takings

    year = worked_year()
    assert year["taken_cents"] == year["ticket_total_cents"] - year["refunded_cents"]
    shop = Takings(
        year["tickets"], year["taken_cents"], year["unweighed_lines"], sold_g=year["sold_g"]
    )
    assert shop.average_basket_cents == year["average_basket_cents"]
    assert shop.price_per_kg_cents == year["price_per_kg_cents"]
    assert year["sold_g"] == year["reuse_g"] - 49_500_000  # the rest was deduced by balance


def test_the_list_of_indicators_is_that_of_the_research_and_says_what_each_is():
    from reporting.indicators import ALL

    assert {each.number for each in ALL.values()} == {*range(1, 25), 25}
    for each in ALL.values():
        assert all(map(str, (each.name, each.unit, each.formula, each.source))), each.code


def test_each_worked_example_is_what_the_code_answers(world, books, sell, give_back):  # noqa: F811
    from reporting.indicators import ALL

    worked = WorkedWorld(world, books, worked_year())
    worked.live_the_year()
    worked.live_march(sell, give_back)
    year, march = (date(YEAR, 1, 1), date(YEAR, 12, 31)), (date(MARCH, 3, 1), date(MARCH, 3, 31))
    told = {}
    for code, indicator in ALL.items():
        is_of_year = code in OF_THE_YEAR or indicator.number <= 14
        sites = [world.canal] if is_of_year else [world.gare]
        if code == "collected_per_inhabitant":
            sites = [world.canal, world.gare]
        elif code == "stock_age":
            is_of_year, sites = False, [world.gare]
        period = Period(*(year if is_of_year else march))
        [value] = indicator.values(Reading(Scope.of_sites(sites), period))
        told[code] = str(value.amount)
    assert told == {code: example_of(code) for code in ALL}


def example_of(code):
    """The figure that an example ends on: the last one in bold, or the first of several."""
    page = (DOCS / "indicators.md").read_text(encoding="utf-8")
    [section] = re.findall(rf"^## {code}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    bold = re.findall(r"\*\*([\d\s./]+)\*\*", section.split("**Example**")[1])
    return re.sub(r"\s", "", bold[-1].partition("/")[0])


def test_the_glossary_has_four_columns_and_no_empty_cell():
    rows = table_rows(DOCS / "glossary.md")
    assert rows
    assert [row for row in rows if len(row) != 4 or not all(row)] == []


def test_the_glossary_names_each_thing_once():
    english = [row[0] for row in table_rows(DOCS / "glossary.md")]
    assert sorted(english) == sorted(set(english))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_link_of_a_page_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_each_command_that_the_docs_name_exists():
    from django.core.management import get_commands

    named = {
        name for page in PAGES for name in re.findall(r"manage\.py (\w+)", page.read_text("utf-8"))
    }
    assert named
    assert named - set(get_commands()) == set()


def test_each_dependency_has_its_line_in_the_decisions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    given = {
        "django",
        "django-ninja",
        "python-barcode",
        "pillow",
        "django-simple-history",
        "pandas",
    }
    names = {re.match(r"[a-z0-9-]+", line)[0] for line in wanted} - given
    page = (DOCS / "decisions" / "0008-dependencies.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z0-9-]+", page))
    assert names - words == set()


def test_no_file_names_a_package_registry():
    files = [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and path.suffix in TEXT
        and not any(part[0] == "." or part in NOT_OURS for part in path.relative_to(ROOT).parts)
    ]
    assert ROOT / "requirements.lock" in files
    named = [
        path.relative_to(ROOT).as_posix()
        for path in files
        for host in REGISTRIES
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert named == []


def test_the_page_of_benchmarks_is_that_of_the_results():
    assert benchmarks.PAGE.read_text() == benchmarks.page()
