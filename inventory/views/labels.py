"""Labels to print: one, several on a roll, a sheet of 24, or blank ones to stick first."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from inventory import codes, labels, services
from inventory.forms.choices import Offer
from inventory.forms.entries import Once
from inventory.printed import labels_of
from inventory.views.acts import chosen_site, shown, sites_of
from organisation.doors import page
from organisation.permissions import CallerRequest
from organisation.submissions import form_content, submit

SHEET = 24
MOST = 240  # labels at once: ten sheets


class Paper(forms.Form):
    """On which paper: the label's size, the printer's dots, how much of a sheet is used."""

    size = forms.ChoiceField(
        label=gettext_lazy("Size, mm"),
        choices=[(size, size.replace("x", " × ")) for size in labels.SIZES],
        required=False,
    )
    dpi = forms.TypedChoiceField(
        label=gettext_lazy("Printer, dots per inch"),
        choices=[(str(dpi), str(dpi)) for dpi in labels.DPIS],
        coerce=int,
        empty_value="",
        required=False,
    )
    skip = forms.IntegerField(
        label=gettext_lazy("Labels of the sheet already used"),
        min_value=0,
        max_value=SHEET - 1,
        required=False,
    )

    @property
    def said(self) -> dict[str, Any]:
        """Size, dots and skip, as usual where nothing sensible was asked. Raises Http404."""
        if not self.is_valid():
            raise Http404
        said = self.cleaned_data
        return {
            "size": said["size"] or next(iter(labels.SIZES)),
            "dpi": said["dpi"] or labels.DPIS[0],
            "skip": said["skip"] or 0,
        }


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


@page("read_stock")
@require_safe
def png(request: CallerRequest, code: str) -> HttpResponse:
    """The label of one object, as a picture of exact size."""
    [label] = _labels(request, [code])
    paper = Paper(request.GET).said
    picture = labels.label_png(label, size=paper["size"], dpi=paper["dpi"], level=6)
    return HttpResponse(picture, content_type="image/png")


@page("label")
@require_safe
def roll(request: CallerRequest) -> HttpResponse:
    """Labels one to a page, for any label printer."""
    paper = Paper(request.GET).said
    content = labels.roll_pdf(
        _labels(request, request.GET.getlist("code")), size=paper["size"], dpi=paper["dpi"]
    )
    return _pdf(content, "etiquettes.pdf")


@page("label")
@require_safe
def sheet(request: CallerRequest) -> HttpResponse:
    """Labels on A4 sheets of 24."""
    paper = Paper(request.GET).said
    content = labels.sheet_pdf(_labels(request, request.GET.getlist("code")), skip=paper["skip"])
    return _pdf(content, "planche.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@page("label")
@require_safe
def print_labels(request: CallerRequest) -> HttpResponse:
    """Labels as the browser prints them, each on a page of its own; the printing starts itself."""
    shown = _labels(request, request.GET.getlist("code"))
    paper = Paper(request.GET)
    context = {
        "labels": shown,
        "paper": paper,
        "size": paper.said["size"],
        "dpi": paper.said["dpi"],
        "query": urlencode([("code", label.code) for label in shown]),
        "onward": _onward(request) or reverse("label-item"),
        "arrival": request.GET.get("arrival", ""),
        "current": "stock",
    }
    return render(request, "inventory/print.html", context)


def _onward(request: CallerRequest) -> str:
    """To the next object of the same arrival, or to that arrival once its line is used up."""
    if number := request.GET.get("arrival", ""):
        return reverse("document", kwargs={"number": number}) if number.isprintable() else ""
    kept = {name: request.GET[name] for name in ("site", "line", "place") if request.GET.get(name)}
    return f"{reverse('label-item')}?{urlencode(kept)}" if kept else reverse("label-item")


class BlankForm(Once):
    """How many blank labels to draw codes for."""

    count = forms.IntegerField(
        label=gettext_lazy("How many labels?"), min_value=1, max_value=MOST, initial=SHEET
    )


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
            query = urlencode([("code", code) for code in drawn])
            return redirect(f"{reverse('print-labels')}?{query}")
    context = {
        "form": form,
        "is_sent": request.method == "POST",
        "site": offer.site,
        "sites": sites_of(request),
        "current": "stock",
    }
    return shown(request, "inventory/blanks.html", context)


def _drawn(request: CallerRequest, offer: Offer, form: BlankForm) -> list[str]:
    """The codes drawn for this form, once. Raises ValidationError ``id_reused``."""
    organisation, count = offer.site.organisation, form.cleaned_data["count"]
    _is_new, answer = submit(
        organisation=organisation,
        uuid=form.cleaned_data["id"],
        endpoint=request.path,
        content={**form_content(request.POST), "site": offer.site.code},
        record=lambda _submission: " ".join(
            services.draw_codes(organisation=organisation, count=count)
        ),
    )
    return answer.split()
