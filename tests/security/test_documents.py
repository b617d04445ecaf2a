"""The list of the standard is whole, and points to what exists."""

import re
from collections import Counter
from pathlib import Path

from config import guessing, limits
from tests.test_docs import DOCS, ROOT

ASVS = (DOCS / "asvs.md").read_text(encoding="utf-8")
# Points of levels 1 and 2, by section of the standard.
POINTS = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1,4,5", "1.5": "1-4", "1.6": "1-4", "1.7": "1-2",
    "1.8": "1-2", "1.9": "1-2", "1.10": "1", "1.11": "1-2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-5", "2.5": "1-7", "2.6": "1-3",
    "2.7": "1-6", "2.8": "1-7", "2.9": "1-3", "2.10": "1-4", "3.1": "1", "3.2": "1-4",
    "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1", "4.1": "1-3,5", "4.2": "1-2",
    "4.3": "1-3", "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1-2", "6.4": "1-2", "7.1": "1-4", "7.2": "1-2",
    "7.3": "1,3,4", "7.4": "1-3", "8.1": "1-4", "8.2": "1-3", "8.3": "1-8", "9.1": "1-3",
    "9.2": "1-4", "10.2": "1-2", "10.3": "1-3", "11.1": "1-8", "12.1": "1-3", "12.2": "1",
    "12.3": "1-6", "12.4": "1-2", "12.5": "1-2", "12.6": "1", "13.1": "1,3-5", "13.2": "1-3,5,6",
    "13.3": "1-2", "13.4": "1-2", "14.1": "1-4", "14.2": "1-6", "14.3": "2,3", "14.4": "1-7",
    "14.5": "1-4",
}  # fmt: skip


def points():
    for section, spans in POINTS.items():
        for span in spans.split(","):
            first, _dash, last = span.partition("-")
            yield from (f"{section}.{n}" for n in range(int(first), int(last or first) + 1))


def test_each_point_of_the_standard_is_answered_once():
    rows = [line.split("|")[1] for line in ASVS.splitlines() if re.match(r"\| \d", line)]
    told = Counter(point.strip() for row in rows for point in row.split(","))
    assert told == Counter(points())


def test_each_answer_says_whether_it_is_met():
    rows = [line.split("|") for line in ASVS.splitlines() if re.match(r"\| \d", line)]
    assert [row[1] for row in rows if not row[3].strip().startswith(tuple("✔~✘–*"))] == []


def test_each_file_that_is_named_exists():
    for page in (ASVS, (ROOT / "SECURITY.md").read_text(encoding="utf-8")):
        named = re.findall(r"`((?:tests|config|organisation|inventory|reporting)/[\w/.-]+)`", page)
        assert named or page is not ASVS
        assert [path for path in named if not Path(ROOT / path).exists()] == []


def test_the_shares_are_as_the_operator_reads_them():
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    for limit in (limits.WRITES, limits.WRITES_OF_ALL, limits.SIGN_INS, limits.TABLETS):
        assert f"| {limit.at_once:,} |" in page, limit
    for limit in (limits.VISITS, limits.DRAFTS):
        assert f"| {limit.at_once:,} |" in page, limit
    assert f" {guessing.MOST_OF_ALL} of one account from everywhere" in page
