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
from inventory.models import Item
from inventory.printed import labels_of
from inventory.views.acts import chosen_site, shown, sites_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, submit

SHEET = 24
MOST = 240  # labels at once: ten sheets


class Paper(forms.Form):
    """On which paper: the label's size, the printer's dots, how much of a sheet is used.

    What is not said is as the site's settings have it.
    """

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

    def __init__(self, data: Any, site: Site | None = None) -> None:
        usual = {"size": site.label_size, "dpi": site.label_dpi} if site else {}
        super().__init__(data, initial=usual)

    @property
    def said(self) -> dict[str, Any]:
        """Size, dots and skip, as usual where nothing sensible was asked."""
        self.full_clean()
        said = self.cleaned_data
        return {
            "size": said.get("size") or self.initial.get("size") or next(iter(labels.SIZES)),
            "dpi": said.get("dpi") or self.initial.get("dpi") or labels.DPIS[0],
            "skip": said.get("skip") or 0,
        }

    @property
    def demanded(self) -> dict[str, Any]:
        """What was asked, where all of it is sensible. Raises Http404."""
        if not self.is_valid():
            raise Http404
        return self.said


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


def _site(request: CallerRequest, said: list[str]) -> Site | None:
    """The site whose settings say on what labels are printed: where the first object lies."""
    known = Item.objects.known_to(request.user.organisation_id)
    worn = known.wearing(map(codes.normalise, said[:MOST])).filter(account__site__isnull=False)
    sites = Site.objects.within(request)
    return sites.filter(accounts__items__in=worn[:1]).first() or sites.first()


@page("read_stock")
@require_safe
def png(request: CallerRequest, code: str) -> HttpResponse:
    """The label of one object, as a picture of exact size."""
    [label] = _labels(request, [code])
    paper = Paper(request.GET, _site(request, [code])).demanded
    picture = labels.label_png(label, size=paper["size"], dpi=paper["dpi"], level=6)
    return HttpResponse(picture, content_type="image/png")


@page("label")
@require_safe
def roll(request: CallerRequest) -> HttpResponse:
    """Labels one to a page, for any label printer."""
    said = request.GET.getlist("code")
    found = _labels(request, said)
    paper = Paper(request.GET, _site(request, said)).demanded
    content = labels.roll_pdf(found, size=paper["size"], dpi=paper["dpi"])
    return _pdf(content, "etiquettes.pdf")


@page("label")
@require_safe
def zpl(request: CallerRequest) -> HttpResponse:
    """Labels as a program for a printer that speaks ZPL."""
    said = request.GET.getlist("code")
    found = _labels(request, said)
    paper = Paper(request.GET, _site(request, said)).demanded
    content = labels.roll_zpl(found, size=paper["size"], dpi=paper["dpi"])
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = 'attachment; filename="etiquettes.zpl"'
    return response


@page("label")
@require_safe
def sheet(request: CallerRequest) -> HttpResponse:
    """Labels on A4 sheets of 24."""
    paper = Paper(request.GET).demanded
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
    said = request.GET.getlist("code")
    shown, site = _labels(request, said), _site(request, said)
    paper = Paper(request.GET, site)
    context = {
        "labels": shown,
        "paper": paper,
        "size": paper.said["size"],
        "dpi": paper.said["dpi"],
        "output": site.label_output if site else "",
        "query": urlencode([("code", label.code) for label in shown]),
        "onward": _onward(request) or reverse("label-item"),
        "arrival": request.GET.get("arrival", ""),
    }
    return render(request, "inventory/print.html", context, status=422 if paper.errors else 200)


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
