"""The lists a structure keeps itself: one page to read each, one to change a row.

A row that something points at is never deleted: it is set aside, and offered again at will.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.catalogue import erase, is_pointed_at, offer
from inventory.forms.catalogue import RowForm
from inventory.models import Category, Origin
from inventory.views.listings import Listing
from organisation.doors import page, require
from organisation.history import changes
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing


@page("configure")
def rows(request: CallerRequest, listing: Listing, site: Site | None = None) -> HttpResponse:
    """One list, whole: what is offered, then what was set aside."""
    found = _own(request, listing, site)
    if listing.model is Site:
        found = found.filter(pk__in=Site.objects.permitted(request.user, "configure"))
    at = _at(site)
    context = {
        "listing": listing,
        "add_url": listing.url("new", **at),
        "crumbs": crumbs_of(site),
        "rows": [
            {
                "row": row,
                "url": listing.url("edit", code=row.code, **at),
                "cells": [(column.say(row), column.is_number) for column in listing.columns],
                "set_aside": not getattr(row, "is_active", True),
            }
            for row in sorted(found, key=lambda row: not getattr(row, "is_active", True))
        ],
    }
    return render(request, "inventory/listing.html", context)


@page("configure")
def categories(request: CallerRequest, listing: Listing) -> HttpResponse:
    """The tree of categories: the reference, and the structure's own below it."""
    owner = request.user.organisation_id
    found = list(
        Category.objects.of(owner).select_related(
            "parent__epr_stream", "parent__parent", "epr_stream", "waste_code"
        )
    )
    below: dict[int | None, list[Category]] = {}
    for category in found:
        below.setdefault(category.top_id, []).append(category)
    context = {
        "listing": listing,
        "tops": [
            (top, leaves, sum(leaf.organisation_id is not None for leaf in leaves))
            for top in below.get(None, [])
            for leaves in [below.get(top.pk, [])]
        ],
    }
    return render(request, "inventory/categories.html", context)


@page("configure")
def edit(
    request: CallerRequest, listing: Listing, code: str | None = None, site: Site | None = None
) -> HttpResponse:
    """A row of a list, or a new one: its form, its history, and what may become of it."""
    return _sheet(request, listing, code, site)


@page("govern")
def add_site(request: CallerRequest, listing: Listing) -> HttpResponse:
    """A new site of the structure."""
    return _sheet(request, listing, None, None)


def _sheet(
    request: CallerRequest, listing: Listing, code: str | None, site: Site | None
) -> HttpResponse:
    row = _row(request, listing, code, site) if code else _new(request, listing, site)
    if code and request.POST.get("do") in ACTIONS:
        return _act(request, listing, row, listing.url(**_at(site)))
    initial = {} if code else _wanted(request, listing)
    form = listing.form(request.POST or None, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        with writing():
            _save(request, listing, form, is_new=code is None)
        messages.success(request, _("“%(name)s” is saved.") % {"name": form.instance})
        return redirect(listing.url(**_at(site)))
    context = {
        "form": form,
        "title": listing.model._default_manager.get(pk=row.pk) if code else listing.add,
        "crumbs": [*crumbs_of(site), (listing.url(**_at(site)), listing.title)],
        "is_new": code is None,
    }
    if code:
        context |= _about(request, listing, row, form)
    return render(request, listing.template, context)


def _save(request: CallerRequest, listing: Listing, form: RowForm, *, is_new: bool) -> None:
    if not form.has_changed():
        return
    before = {} if is_new else {name: form.initial.get(name) for name in form.changed_data}
    row = form.save()
    if listing.note:
        listing.note(row, "created" if is_new else "changed", before, request.user)


def _act(request: CallerRequest, listing: Listing, row: Any, onward: str) -> HttpResponse:
    """Do what a button beside the form asks of ``row``, or say why not."""
    name = str(row)
    try:
        with writing():
            act, said = ACTIONS[request.POST["do"]](row)
            if listing.note:
                listing.note(row, act, {}, request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(request.path)
    messages.success(request, said % {"name": name})
    return redirect(onward)


def _offer(row: Any) -> tuple[str, str]:
    """Set a row aside, or offer it again."""
    if not _may_be_set_aside(row):
        raise Http404
    offer(row=row, is_offered=not row.is_active)
    if row.is_active:
        return "offered", _("“%(name)s” is offered again.")
    return "retired", _("“%(name)s” is set aside.")


def _delete(row: Any) -> tuple[str, str]:
    erase(row=row)
    return "deleted", _("“%(name)s” is deleted.")


ACTIONS = {"offer": _offer, "delete": _delete}


def _own(request: CallerRequest, listing: Listing, site: Site | None) -> models.QuerySet[Any]:
    """The structure's own rows, or the site's; reference rows are nobody's."""
    every = listing.model._default_manager.all()
    if listing.links:
        every = every.select_related(*listing.links)
    if site is not None:
        return every.filter(site=site)
    return every.filter(organisation=request.user.organisation)


def _row(request: CallerRequest, listing: Listing, code: str, site: Site | None) -> Any:
    if not code.isprintable():  # databases choke on control characters
        raise Http404
    row = get_object_or_404(_own(request, listing, site), code=code)
    if isinstance(row, Site):
        require(request, row)
    return row


def _new(request: CallerRequest, listing: Listing, site: Site | None) -> Any:
    if site is not None:
        return listing.model(site=site)
    return listing.model(organisation=request.user.organisation)


def _wanted(request: CallerRequest, listing: Listing) -> dict[str, Any]:
    """What the page that led here has chosen already: the category above a new one."""
    under = request.GET.get("under", "")
    if listing.model is not Category or not under.isprintable():
        return {}
    return {"parent": Category.objects.filter(organisation=None, code=under).first()}


def _about(request: CallerRequest, listing: Listing, row: Any, form: RowForm) -> dict[str, Any]:
    is_site = listing.model is Site
    return {
        "changes": changes(row, form, request.user),
        "set_aside": not getattr(row, "is_active", True),
        "may_set_aside": _may_be_set_aside(row),
        "may_delete": not is_pointed_at(row),
        "places_url": reverse("places", kwargs={"site": row.code}) if is_site else None,
        "tiles_url": reverse("tiles", kwargs={"site": row.code}) if is_site else None,
        **(listing.beside(row) if listing.beside else {}),
    }


def _may_be_set_aside(row: Any) -> bool:
    is_needed = getattr(row, "is_main", False) or row.code == Origin.NOT_ASKED
    return hasattr(row, "is_active") and not is_needed


def _at(site: Site | None) -> dict[str, str]:
    return {} if site is None else {"site": site.code}


def crumbs_of(site: Site | None) -> list[tuple[str, Any]]:
    if site is None:
        return []
    return [
        (reverse("sites"), _("Sites")),
        (reverse("sites-edit", kwargs={"code": site.code}), site.name),
    ]
