"""Labels to print: one, several on a roll, a sheet, or blank ones to stick first."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from inventory import codes, labels, services
from inventory.forms.choices import Offer
from inventory.forms.labels import MOST, BlankForm, Paper
from inventory.printed import is_size, labels_of, site_of
from inventory.views.acts import chosen_site, shown, sites_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, submit


def _wanted(said: list[str]) -> list[str]:
    """The codes that were asked for, once each. Raises Http404."""
    asked = list(dict.fromkeys(map(codes.normalise, said)))
    if not asked or len(asked) > MOST or not all(map(codes.is_valid, asked)):
        raise Http404
    return asked


def _labels(request: CallerRequest, said: list[str]) -> list[labels.Label]:
    """A label for each code asked for. Raises Http404 where one is nobody's."""
    wanted, owner = _wanted(said), request.user.organisation
    found = labels_of(owner, wanted) if owner else []
    if len(found) < len(wanted):
        raise Http404
    return found


def _site(request: CallerRequest, found: list[labels.Label]) -> Site:
    """Whose labels these are: of the site where the first object is, else of the one chosen."""
    owner = request.user.organisation
    site = site_of(owner, [label.code for label in found]) if owner else None
    return site or chosen_site(request)


@page("read_stock")
@require_safe
def png(request: CallerRequest, code: str) -> HttpResponse:
    """The label of one object, as a picture of exact size."""
    [label] = found = _labels(request, [code])
    paper = Paper(request.GET, site=_site(request, found)).demanded
    picture = labels.label_png(label, size=paper["size"], dpi=paper["dpi"], level=6)
    return HttpResponse(picture, content_type="image/png")


@page("label")
@require_safe
def roll(request: CallerRequest) -> HttpResponse:
    """Labels one to a page, for any label printer."""
    found, paper = _asked(request)
    content = labels.roll_pdf(found, size=paper["size"], dpi=paper["dpi"])
    return _file(content, "application/pdf", 'inline; filename="etiquettes.pdf"')


@page("label")
@require_safe
def zpl(request: CallerRequest) -> HttpResponse:
    """Labels as a Zebra printer is told to print them, one after the other."""
    found, paper = _asked(request)
    content = labels.roll_zpl(found, size=paper["size"], dpi=paper["dpi"])
    return _file(content.encode(), "text/plain", 'attachment; filename="etiquettes.zpl"')


@page("label")
@require_safe
def sheet(request: CallerRequest) -> HttpResponse:
    """Labels on A4 sheets."""
    found, paper = _asked(request)
    content = labels.sheet_pdf(found, size=paper["size"], skip=paper["skip"])
    return _file(content, "application/pdf", 'inline; filename="planche.pdf"')


def _asked(request: CallerRequest) -> tuple[list[labels.Label], dict[str, Any]]:
    """The labels that were asked for, and on which paper. Raises Http404."""
    found = _labels(request, request.GET.getlist("code"))
    return found, Paper(request.GET, site=_site(request, found)).demanded


def _file(content: bytes, kind: str, disposition: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = disposition
    return response


@page("label")
@require_safe
@cache_control(private=True, max_age=86_400)
def paper_css(request: CallerRequest, size: str) -> HttpResponse:
    """The page that the browser prints labels of this size on: strict pages hold no styles."""
    if not is_size(size):
        raise Http404
    across, down = size.split("x")
    box = f"width: {across}mm; height: {down}mm;"
    rules = (
        f"@page label {{ size: {across}mm {down}mm; margin: 0; }}\n"
        f"@media print {{ .label {{ page: label; {box} }} }}\n"
    )
    return HttpResponse(rules, content_type="text/css")


@page("label")
@require_safe
def print_labels(request: CallerRequest) -> HttpResponse:
    """Labels as the browser prints them, each on a page of its own; the printing starts itself.

    A label that is stuck on already (``stuck``) is not printed before somebody asks.
    """
    shown = _labels(request, request.GET.getlist("code"))
    site = _site(request, shown)
    paper = Paper(request.GET, site=site)
    said = paper.said
    context = {
        "labels": shown,
        "paper": paper,
        "size": said["size"],
        "dpi": said["dpi"],
        "cells": labels.grid_of(said["size"]).cells,
        "query": urlencode([("code", label.code) for label in shown]),
        "output": site.label_output,
        "starts": "" if request.GET.get("stuck") else site.label_output,
        "is_stuck": bool(request.GET.get("stuck")),
        "onward": _onward(request) or reverse("label-item"),
        "arrival": request.GET.get("arrival", ""),
    }
    return render(request, "inventory/print.html", context, status=422 if paper.errors else 200)


def _onward(request: CallerRequest) -> str:
    """To the next object of the same arrival, or to that arrival once its line is used up."""
    if number := request.GET.get("arrival", ""):
        is_number = number.isprintable() and "/" not in number
        return reverse("document", kwargs={"number": number}) if is_number else ""
    kept = {name: request.GET[name] for name in ("site", "line", "place") if request.GET.get(name)}
    return f"{reverse('label-item')}?{urlencode(kept)}" if kept else reverse("label-item")


@page("label")
@require_http_methods(["GET", "HEAD", "POST"])
def blanks(request: CallerRequest) -> HttpResponse:
    """Draw unused codes and print them on blank labels, to be stuck first and weighed later."""
    offer = Offer(chosen_site(request))
    form = BlankForm(request.POST or None)
    drawn: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            drawn = _drawn(request, offer, form)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            query = urlencode([("site", offer.site.code), *(("code", code) for code in drawn)])
            return redirect(f"{reverse('print-labels')}?{query}")
    context = {
        "form": form,
        "is_sent": request.method == "POST",
        "site": offer.site,
        "sites": sites_of(request),
    }
    return shown(request, "inventory/blanks.html", context)


def _drawn(request: CallerRequest, offer: Offer, form: BlankForm) -> list[str]:
    """The codes drawn for this form, once. Raises ValidationError ``id_reused``."""
    organisation, count = offer.site.organisation, form.cleaned_data["count"]
    _is_new, answer = submit(
        claim=claim_of(request, form.cleaned_data["id"], organisation),
        content={**form_content(request.POST), "site": offer.site.code},
        record=lambda _submission: " ".join(
            services.draw_codes(organisation=organisation, count=count)
        ),
    )
    return answer.split()
