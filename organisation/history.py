"""Who changed what, and when: the history that simple-history keeps, as people read it."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from simple_history.models import DeletedObject

from organisation.models import Membership, User

LATEST = 20
LOOKED_AT = 200  # signing in saves a person too, and says nothing


@dataclass(frozen=True, slots=True)
class Change:
    """One saving of a row: ``lines`` holds ``(label, before, after)`` of each field."""

    at: datetime
    by: str
    title: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)


def changes(
    row: models.Model, form: forms.BaseForm, reader: User, *, is_shared: bool = False
) -> list[Change]:
    """The latest changes of ``row``, newest first, in the words of the form that makes them.

    Of a row that two structures know, each is told what its own people did, and no more.
    """
    rows = row.history.select_related("history_user")  # type: ignore[attr-defined]
    if is_shared:
        rows = rows.filter(history_user__organisation=reader.organisation_id)
    records = list(rows[:LOOKED_AT])
    found = []
    for record, before in zip_longest(records, records[1:]):
        by = author(record, reader)
        if record.history_type == "+":
            found.append(Change(record.history_date, by, _("Created")))
        elif before is not None and (lines := _lines(record, before, form)):
            found.append(Change(record.history_date, by, _("Changed"), lines))
    return found[:LATEST]


def role_changes(person: User, reader: User) -> list[Change]:
    """The latest roles given to ``person`` and taken back, newest first."""
    records = Membership.history.filter(user_id=person.pk).select_related("history_user", "site")
    return [
        Change(
            record.history_date,
            author(record, reader),
            _("Role taken back") if record.history_type == "-" else _("Role given"),
            [(record.get_role_display(), "", record.site.name if record.site else _("Everywhere"))],
        )
        for record in records[:LATEST]
    ]


def author(record: Any, reader: User) -> str:
    """Who saved this row, as far as the reader is told: a person, or our own commands."""
    user = record.history_user
    if user is None:
        return _("Tracerie")
    if not user.is_known_to(reader):
        return _("somebody of the team")
    return str(user.get_full_name() or user.get_username())


def _lines(record: Any, before: Any, form: forms.BaseForm) -> list[tuple[str, str, str]]:
    delta = record.diff_against(before, foreign_keys_are_objs=True)
    return [_line(change, record, form) for change in delta.changes]


def _line(change: Any, record: Any, form: forms.BaseForm) -> tuple[str, str, str]:
    shown = form.fields.get(change.field)
    label = shown and shown.label
    if label is None:
        label = record.instance_type._meta.get_field(change.field).verbose_name
    return str(label), _say(change.old, shown), _say(change.new, shown)


def _say(value: Any, shown: forms.Field | None) -> str:
    """A stored value as its form field shows it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "") or (isinstance(value, DeletedObject) and value.pk is None):
        return "–"
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        # rows of a list to tick, each with the two it links
        return ", ".join(str([*pair.values()][-1]) for pair in value) or "–"
    if isinstance(shown, forms.ChoiceField) and not isinstance(shown, forms.ModelChoiceField):
        return str(dict(shown.choices).get(value, value))  # type: ignore[arg-type]
    return str(shown.prepare_value(value) if shown else value)
