"""The technical journal, for people: what happened around tickets, newest first."""

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from inventory.views.acts import older, sites_of
from organisation.doors import page
from organisation.models import User
from organisation.permissions import CallerRequest
from sales.forms.technical import HANDED, JournalFilters
from sales.journal.technical import Code
from sales.models import TECHNICAL, Copy, JournalEntry, Kind, PriceKey, Regime, Till
from sales.services import Opening
from sales.templatetags.money import euros

PAGE = 100
LISTED = (*TECHNICAL, Kind.SETTING)


@page("read_figures")
@require_safe
def technical(request: CallerRequest) -> HttpResponse:
    """Technical events of the sites that one may read, by day and by code."""
    sites = sites_of(request)
    filters = JournalFilters(request.GET, sites=sites)
    filters.is_valid()
    said = filters.cleaned_data
    rows = _rows(said, [said["site"]] if said.get("site") else sites)
    found = list(rows[: PAGE + 1])
    context = {
        "filters": filters,
        "is_filtered": any(said.get(name) for name in ("site", "day", "code")),
        "events": _told(request, found[:PAGE]),
        "older": older(request, found, PAGE),
    }
    status = 422 if filters.errors else 200
    return render(request, "sales/technical.html", context, status=status)


def _rows(said: Any, sites: Any) -> Any:
    """A body says its day and its code in one way only: so they are found as text."""
    rows = JournalEntry.objects.filter(kind__in=LISTED, chain__site__in=sites)
    if day := said.get("day"):
        rows = rows.filter(body__contains=f'"business_date":"{day.isoformat()}"')
    if code := said.get("code"):
        rows = rows.filter(_is_of(code))
    if before := said.get("before"):
        rows = rows.filter(pk__lt=before)
    return rows.select_related("chain__site", "chain__till").order_by("-pk")


def _is_of(code: str) -> Q:
    if code == HANDED:
        return Q(kind=Kind.REPRINT)
    found = Q(kind=Kind.JET, body__contains=f'"code":{code},')
    return found | Q(kind=Kind.SETTING) if code == str(Code.SETTING) else found


def _told(request: CallerRequest, events: list[JournalEntry]) -> list[dict[str, Any]]:
    bodies = [json.loads(event.body) for event in events]
    who = _Names(request.user, bodies)
    return [
        {
            "event": event,
            "at": parse_datetime(body["at"]),
            "code": Code.SETTING if event.kind == Kind.SETTING else body["data"].get("code", ""),
            "what": _what(event, body["data"]),
            "more": _more(event, body["data"], who),
            "by": who(body["operator"]),
        }
        for event, body in zip(events, bodies, strict=True)
    ]


class _Names:
    """Numbers of people as names, to colleagues alone."""

    def __init__(self, reader: User, bodies: list[dict[str, Any]]) -> None:
        said = [body["data"] for body in bodies]
        keys = {body["operator"] for body in bodies}
        keys |= {data.get(name) for data in said for name in ("by", "before", "person")}
        rows = User.objects.filter(pk__in=[key for key in keys if isinstance(key, int)])
        self.known = {row.pk: row for row in rows if row.is_known_to(reader)}

    def __call__(self, key: Any) -> str:
        if key is None:
            return ""
        row = self.known.get(key)
        return row.get_full_name() or row.username if row else _("person %(n)s") % {"n": key}


SHORT = "d/m/Y H:i"
DONE = {
    "created": _lazy("added"),
    "changed": _lazy("changed"),
    "retired": _lazy("no longer offered"),
    "offered": _lazy("offered again"),
    "deleted": _lazy("deleted"),
}
LENT = {
    "begun": _lazy("Till lent to a tablet"),
    "given_back": _lazy("Till given back by its tablet"),
    "retired": _lazy("Till given up with its tablet"),
}


def _what(event: JournalEntry, data: dict[str, Any]) -> str:
    if event.kind == Kind.REPRINT:
        return str(capfirst(Kind.REPRINT.label))
    if event.kind == Kind.SETTING:
        return str(capfirst(Code.SETTING.label))
    if event.kind == Kind.LEASE:
        return str(LENT[data["act"]])
    known = data["code"] in Code.values
    return str(capfirst(Code(data["code"]).label)) if known else str(data["what"])


def _more(event: JournalEntry, data: dict[str, Any], who: _Names) -> str:
    """The facts of an event, in a few words."""
    if event.kind == Kind.REPRINT:
        way = Copy.Way(data["way"]).label
        mark = _("DUPLICATE %(n)s") % {"n": data["n"]} if data["n"] else _("original")
        return f"{data['of']}, {way}, {mark}"
    if event.kind == Kind.LEASE:
        return str(data["till"])
    if event.kind == Kind.SETTING:
        return f"{Regime(data['regime']).label}, {data['since']}"
    said = FACTS.get(data["code"])
    return said(data, who) if said else ""


def _period(data: dict[str, Any], _who: _Names) -> str:
    return f"{data['from']} – {data['to']}"


def _defect(data: dict[str, Any], _who: _Names) -> str:
    """What the proof found, or a tablet that tells another history: that has no rank."""
    if "chain" in data:
        return f"{data['chain']} n° {data['seq']}, {data['why']}"
    return f"{data['known'][:8]} ≠ {data['sent'][:8]}"


def _spell(data: dict[str, Any], _who: _Names) -> str:
    since, until = (parse_datetime(data[key]) for key in ("since", "until"))
    return f"{date_format(localtime(since), SHORT)} – {date_format(localtime(until), SHORT)}"


def _setting(data: dict[str, Any], _who: _Names) -> str:
    """Which setting; of a till or a price key, what became of it."""
    if "which" not in data:
        return str(data.get("of", ""))
    model = {"till": Till, "pricekey": PriceKey}[data["of"]]
    what = str(DONE[data["act"]])
    prices = [
        f"{_cents(before)} → {_cents(after)}"
        for key, (before, after) in data["prices"].items()
        if key.endswith("_cents")
    ]
    return ", ".join([f"{model._meta.verbose_name} {data['which']}: {what}", *prices])


def _cents(cents: int | None) -> str:
    return "–" if cents is None else euros(cents)


def _abandoned(data: dict[str, Any], _who: _Names) -> str:
    count = ngettext("%(n)s line", "%(n)s lines", data["lines"]) % {"n": data["lines"]}
    return f"{count}, {euros(data['total_cents'])}"


FACTS: dict[int, Callable[[dict[str, Any], _Names], str]] = {
    Code.ARCHIVE_READ: _period,
    Code.AUDIT: _period,
    Code.PERSON: lambda data, who: f"{who(data['before'])} → {who(data['by'])}",
    Code.DEFECT: _defect,
    Code.OFFLINE: _spell,
    Code.RIGHTS: lambda data, who: f"{who(data['person'])}: {', '.join(data['roles']) or '–'}",
    Code.DRAWER: lambda data, _who: str(Opening(data["reason"]).label),
    Code.VERSION: lambda data, _who: str(data["before"]),
    Code.BEGINNING: lambda data, _who: str(data["chain"]),
    Code.ABANDONED: _abandoned,
    Code.EXPORT: lambda data, _who: str(data.get("of", "")),
    Code.SETTING: _setting,
}
