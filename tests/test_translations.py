"""Every sentence people see exists in French, is current, and is compiled.

Read here in Python: machines that run the tests need no gettext tools. To refresh:
``manage.py makemessages -l fr --no-location --no-obsolete`` then ``manage.py compilemessages``.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
ROOMS = ("config", "organisation", "inventory", "collection", "sales", "reporting")
CATALOGUE = ROOT / "config/locale/fr/LC_MESSAGES/django"
CALLS = {"_"} | {
    prefix + "gettext" + suffix
    for prefix in ("", "n", "p", "np")
    for suffix in ("", "_lazy", "_noop")
}
CONTEXT = "\x04"  # as in compiled catalogues: what stands before it tells meanings apart
# A space that may break where French wants one that does not, or a typewriter's apostrophe.
BREAKABLE = re.compile(r" [:;?!%€»]|« |'")
NOT_PROSE = re.compile(r"<[^>]*>|%\(\w+\)[sd]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def said_in_python() -> Iterator[str]:
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        if "migrations" not in path.parts:
            yield from calls(path.read_text(encoding="utf-8"))


def calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            words = node.args[: 2 if name.startswith(("p", "np")) else 1]
            if name in CALLS and words and all(isinstance(word, ast.Constant) for word in words):
                yield CONTEXT.join(word.value for word in words)


STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"""(?<!\w)(?:(n?p)|n)?(?:gettext|_)\({STRING}(?:,\s*{STRING})?""")


def said_in_templates() -> Iterator[str]:
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.html")):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for has_context, *words in IN_TEMPLATE.findall(code):
            yield CONTEXT.join(ast.literal_eval(word) for word in words[: 2 if has_context else 1])


def entries() -> dict[str, dict]:
    """The .po file: msgid, after its context where it has one → {"fuzzy", "plural", "forms"}."""
    found: dict[str, dict] = {}
    for block in CATALOGUE.with_suffix(".po").read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if match := re.match(r'(msg\w+(?:\[\d\])?) (".*")', line):
                key = match[1]
                fields[key] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[key] += ast.literal_eval(line)
        if fields.get("msgid"):
            forms = [text for name, text in fields.items() if name.startswith("msgstr")]
            name = CONTEXT.join(fields[key] for key in ("msgctxt", "msgid") if key in fields)
            flags = [line for line in block.splitlines() if line.startswith("#,")]
            found[name] = {
                "fuzzy": any("fuzzy" in flag for flag in flags),
                "plural": fields.get("msgid_plural"),
                "forms": forms,
            }
    return found


@pytest.fixture(scope="module")
def french():
    return entries()


@pytest.fixture(scope="module")
def said():
    return {text for text in (*said_in_python(), *said_in_templates()) if text}


def test_every_sentence_has_its_french(french, said):
    assert sorted(said - french.keys()) == []
    assert [key for key, entry in french.items() if not all(entry["forms"])] == []


def test_no_french_is_a_guess_or_left_over(french, said):
    assert [key for key, entry in french.items() if entry["fuzzy"]] == []
    assert sorted(french.keys() - said) == []


def test_the_compiled_catalogue_is_current(french):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    for key, entry in french.items():
        for number, text in enumerate(entry["forms"]):
            plural = (key, number) if len(entry["forms"]) > 1 else key
            assert compiled.get(plural) == text, key


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_placeholders_survive_translation(french):
    for key, entry in french.items():
        one, many = map(placeholders, (key, entry["plural"] or key))
        first, last = placeholders(entry["forms"][0]), placeholders(entry["forms"][-1])
        assert last == many, key
        assert one <= first <= one | many, key


def test_plurals_have_both_forms(french):
    assert [
        key for key, entry in french.items() if len(entry["forms"]) != (2 if entry["plural"] else 1)
    ] == []


def test_french_keeps_its_typography(french):
    told = [text for entry in french.values() for text in entry["forms"]]
    assert [text for text in told if BREAKABLE.search(NOT_PROSE.sub("…", text))] == []
