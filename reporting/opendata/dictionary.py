"""The schema as people read it: a table for each kind of record. French, as the schema is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TYPES = {"string": "texte", "integer": "entier", "boolean": "vrai ou faux", "array": "liste"}
FORMATS = {"date": "date", "date-time": "date et heure"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field: its name, what it holds, and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record and its fields."""

    name: str
    meaning: str
    fields: list[Entry]


def dictionary(schema: Mapping[str, Any]) -> list[Kind]:
    """Every kind of record, in the order of a file."""
    return [
        Kind(
            name,
            rule["description"],
            [
                Entry(field, _kind(said), said["description"])
                for field, said in rule["properties"].items()
                if field != "record"
            ],
        )
        for name, rule in schema["$defs"].items()
    ]


def _kind(said: Mapping[str, Any]) -> str:
    if "enum" in said:
        return ", ".join(said["enum"])
    if "const" in said:
        return str(said["const"])
    listed = said["type"] if isinstance(said["type"], list) else [said["type"]]
    word = FORMATS.get(said.get("format", "")) or TYPES[listed[0]]
    return f"{word} ou vide" if "null" in listed else word
