"""Reference data as shipped, and how it enters the database."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.db import transaction

from inventory.models import (
    Category,
    CollectionMode,
    Container,
    EprStream,
    Origin,
    TreatmentCode,
    WasteCode,
)
from organisation.models import Organisation

HERE = Path(__file__).parent


@transaction.atomic
def load() -> int:
    """Bring the reference lists up to date with the shipped files; return how many rows."""
    streams = {
        row["code"]: EprStream.objects.update_or_create(
            code=row["code"], defaults={"name_fr": row["name_fr"], "name_en": row["name_en"]}
        )[0]
        for row in rows("epr_streams")
    }
    codes = {
        row["code"]: WasteCode.objects.update_or_create(
            code=row["code"],
            defaults={
                "name_fr": row["label_fr"],
                "name_en": row["label_en"],
                "is_hazardous": row["hazardous"] == "1",
            },
        )[0]
        for row in rows("waste_codes")
    }
    for row in rows("treatment_codes"):
        TreatmentCode.objects.update_or_create(
            code=row["code"], defaults={"name_fr": row["label_fr"], "name_en": row["label_en"]}
        )
    return _load_categories(streams, codes)


def _load_categories(streams: dict[str, EprStream], codes: dict[str, WasteCode]) -> int:
    known = {category.code: category for category in Category.objects.filter(organisation=None)}
    listed = list(rows("categories"))
    for position, row in enumerate(listed):
        category = known.get(row["code"]) or Category(code=row["code"])
        if category.pk is None:  # once in use, stream and waste code stay what they were
            category.epr_stream = streams.get(row["epr_stream"])
            category.waste_code = codes.get(row["default_waste_code"])
        category.parent = known[row["parent"]] if row["parent"] else None
        category.name_fr, category.name_en = row["name_fr"], row["name_en"]
        category.unit_weight_g = _number(row["unit_weight_g"])
        category.plausible_max_g = _number(row["plausible_max_g"])
        category.measure = row["measure_unit"]
        category.measure_weight_g = _number(row["g_per_measure"])
        category.icon, category.colour = row["icon"], row["colour"]
        category.position = position
        category.is_active = row["default_on"] == "1"
        if category.has_changed():
            category.save()
        known[row["code"]] = category
    return len(listed)


@transaction.atomic
def furnish(organisation: Organisation) -> None:
    """Give a new structure its collection modes, containers and the origin "not asked"."""
    for position, row in enumerate(rows("modes")):
        CollectionMode.objects.get_or_create(
            organisation=organisation,
            code=row["code"],
            defaults={
                "name_fr": row["name_fr"],
                "name_en": row["name_en"],
                "waste_status": row["waste_status"],
                "is_round": row["is_round"] == "1",
                "icon": row["icon"],
                "position": position,
            },
        )
    for position, row in enumerate(rows("containers")):
        Container.objects.get_or_create(
            organisation=organisation,
            code=row["code"],
            defaults={
                "name": row["name_fr"],
                "tare_g": int(row["tare_g"]),
                "icon": row["icon"],
                "position": position,
            },
        )
    Origin.objects.not_asked(organisation.pk)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped list."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def eco_organismes() -> dict[str, list[str]]:
    """Stream → the éco-organismes that the shipped list knows for it."""
    said = {row["code"]: row["eco_organismes"] for row in rows("epr_streams")}
    return {stream: names.split("|") for stream, names in said.items() if names}


def _number(text: str) -> int | None:
    return int(text) if text else None
