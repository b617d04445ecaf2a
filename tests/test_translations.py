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
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "gettext_noop"}


def said_in_python() -> Iterator[str]:
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        if "migrations" not in path.parts:
            yield from calls(path.read_text(encoding="utf-8"))


def calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in CALLS and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


IN_TEMPLATE = re.compile(r"""gettext\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")""")


def said_in_templates() -> Iterator[str]:
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.html")):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield from map(ast.literal_eval, IN_TEMPLATE.findall(code))


def entries() -> dict[str, dict]:
    """The .po file: msgid → {"fuzzy", "forms"}."""
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
            found[fields["msgid"]] = {"fuzzy": "#, fuzzy" in block, "forms": forms}
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


def test_placeholders_survive_translation(french):
    for key, entry in french.items():
        wanted = set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", key))
        for text in entry["forms"]:
            assert set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)) <= wanted | {"%(n)s"}, key
            assert len(entry["forms"]) > 1 or wanted <= set(
                re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)
            ), key
