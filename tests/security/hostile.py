"""Texts that would run where a page took them for markup, and where they are planted.

``plant()`` writes them in every text of every row of the current database; a new field is planted
too, or has to be named below as one where people do not write.
"""

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

from inventory import triggers

# It ends what it stands in, then is an element of its own, or an attribute of the one around it.
LONG = "</script></title></textarea>\"'><img data-x src=x onerror=x()>"
SHORT = "\"'><b data-x>"
SLOT = 64
OURS = ("organisation", "inventory", "collection", "sales", "reporting")
TEXTS = (models.CharField, models.TextField)

# What people do not write, or not so: each is made by us, chosen from a list, or has one shape.
MADE = """key number digest hash prev_hash last_hash flows_hash pdf_hash xlsx_hash csv_hash
fingerprint public_id public_key salt password pin pairing endpoint software"""
SHAPED = "code username siret postal_code insee_code weight_code_layout prefix timezone"
CHOSEN = "icon colour default_fate template indicator purpose"
# Written from the others as they stood, then sealed: planted before, they carry what was planted.
SEALED = "body document csv content answer"
LEFT = frozenset(f"{MADE} {SHAPED} {CHOSEN} {SEALED}".split())
MADE_MODELS = frozenset({"Chain"})  # named after its structure, site and till; rows point there
NAMED = "Organisation Site User Category CollectionMode Origin Container Partner"
NAMES = frozenset(NAMED.split())


def texts_of(model):
    """The fields of ``model`` that people write in."""
    if model.__name__ in MADE_MODELS:
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not field.choices and field.name not in LEFT
    ]


def rooms():
    """Every model of ours; what simple-history keeps is never shown as a page's text but once."""
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def markup(field):
    """As much of it as there is room for."""
    return LONG if (field.max_length or SLOT) >= SLOT else SHORT


def plant(names=None, hostile=markup):
    """Write hostile texts in every row, each its own; return how many fields took one.

    What is written once is opened for it: nobody could type there any more, but somebody had.
    """
    planted = 0
    triggers.drop(connection)
    for model in rooms():
        if names is None or model.__name__ in names:
            planted += sum(_planted(model, field, hostile(field)) for field in texts_of(model))
    triggers.install(connection)
    return planted


def _planted(model, field, text):
    """Whether rows took it: all of them, or those that say something already."""
    said = Concat(Value(text), Cast(F("pk"), models.CharField()))
    rows = model._base_manager
    for wanted in (rows.all(), rows.exclude(**{field.name: ""})):
        try:
            with transaction.atomic():
                return bool(wanted.update(**{field.name: said}))
        except IntegrityError:
            continue
    return False
