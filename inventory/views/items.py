"""Objects one by one: shown with their life, labelled, described, taken apart."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory import codes, epcis, services
from inventory.forms.choices import Offer
from inventory.forms.entries import ActForm
from inventory.forms.items import DescribeForm, FoundForm, LabelForm, Parts
from inventory.known import LINKS, acts_at, is_gone, last_of, relatives_of
from inventory.ledger import Entry
from inventory.models import Flow, Item, ItemCode, Movement, Verb
from inventory.models.workshop import repairs_of
from inventory.trace import days_here, events_of
from inventory.units import exact_kg
from inventory.views.acts import LinesPage, chosen_site, recorded, shown, sites_of
from inventory.views.finding import find_page
from organisation.doors import page, require
from organisation.history import Change, changes
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing

KNOWN = ("category", "place", "line", "former", "code")  # to the page that led to the form
KEPT = ("line", "place")  # from one object to the next


def item_of(request: CallerRequest, code: str) -> Any:
    """The object that the caller's structure knows by ``code``. Raises Http404."""
    rows = Item.objects.within(request).named(code)
    item = rows.select_related(*LINKS).first() if code.isprintable() else None
    if item is None:
        raise Http404
    return item


@page("read_stock")
@require_safe
def item(request: CallerRequest, code: str) -> HttpResponse:
    """One object: what it is, its life as a line, and the acts possible now."""
    if not codes.is_valid(codes.normalise(code)):
        return find_page(request, code if code.isprintable() else "", status=404)
    if blank := ItemCode.objects.within(request).named(code).blank().first():
        return _blank(request, blank)
    found = item_of(request, code)
    site = found.account.site if found.account else None
    is_ours = site is None or site.organisation_id == request.user.organisation_id
    events = events_of(found, request.user)
    context = {
        "item": found,
        "events": events,
        "last": last_of(events),
        "print_url": _print_url(found, site),
        "site": site,
        "is_ours": is_ours,
        "days": days_here(found, events, timezone.localdate()),
        "relatives": relatives_of(request, found),
        "may": acts_at(request, site),
        "is_given_back": is_gone(found),
        "may_label": request.user.may_anywhere("label"),
        "form": _describing(request, found, site),
        "changes": _changes(request, found) if is_ours else [],
        "repairs": list(repairs_of(found)) if is_ours else [],
        "photos": list(found.photos.shown()),
        "photo_to": reverse("api:create_item_photo", args=[found.own_code])
        if _describing(request, found, site)
        else "",
    }
    return render(request, "inventory/item.html", context)


@page("read_stock")
@require_safe
def life(request: CallerRequest, code: str) -> HttpResponse:
    """Its life as other traceability systems read it: EPCIS 2.0. Raises Http404."""
    found = item_of(request, code)
    answer = epcis.answer(found, request.user)
    answer["Content-Disposition"] = f'attachment; filename="{found.own_code}-epcis.json"'
    return answer


def _blank(request: CallerRequest, blank: ItemCode) -> HttpResponse:
    """A code on a label printed ahead: which object does it stick on?"""
    context = {
        "code": blank.code,
        "may_label": request.user.may_anywhere("label"),
    }
    return render(request, "inventory/blank.html", context)


def _print_url(found: Any, site: Site | None) -> str:
    """Where its label is printed in one tap: the site's own file, else the page that prints."""
    direct = {Site.LabelOutput.ROLL: "label-roll", Site.LabelOutput.ZPL: "label-zpl"}
    name = direct.get(Site.LabelOutput(site.label_output)) if site else None
    return f"{reverse(name or 'print-labels')}?{urlencode({'code': found.own_code})}"


def _changes(request: CallerRequest, found: Item) -> list[Change]:
    """What was changed of it: one that two structures know has two stories."""
    form, is_shared = DescribeForm(instance=found), found.codes.count() > 1
    return changes(found, form, request.user, is_shared=is_shared)


def _describing(request: CallerRequest, found: Item, site: Site | None) -> DescribeForm | None:
    may = site is not None and found.is_here and request.user.may("label", site)
    return DescribeForm(instance=found) if may else None


@page("label")
@require_http_methods(["POST"])
def describe(request: CallerRequest, code: str) -> HttpResponse:
    """Change an object's title, price or condition."""
    found = item_of(request, code)
    if found.account is None:
        raise Http404
    require(request, found.account.site)
    form = DescribeForm(request.POST, instance=Item.objects.get(pk=found.pk))
    if form.is_valid():
        try:
            with writing():
                services.describe(item=found, changes=form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. What it was before stays in its history."))
            return redirect("item", code=found.own_code)
    context = {"item": found, "form": form}
    return render(request, "inventory/describe.html", context, status=422)


# Labelled


@page("label")
@require_http_methods(["GET", "HEAD", "POST"])
def label(request: CallerRequest) -> HttpResponse:
    """Give an object a code and draw its weight out of bulk; then print its label."""
    offer = Offer(chosen_site(request))
    user: Any = request.user
    form = LabelForm(request.POST or None, initial=_known(request, offer), offer=offer, user=user)
    if request.method == "POST" and form.is_valid():

        def act(entry: Entry) -> str:
            place = form.cleaned_data.get("place")
            [new] = services.label(entry=entry, place=place, drafts=[form.draft()])
            return str(new.own_code)

        def onward(code: str) -> HttpResponse:
            return _labelled(request, code)

        if response := recorded(request, form, Verb.LABEL, act, onward):
            return response
    context = {
        "form": form,
        "is_sent": request.method == "POST",
        "offer": offer,
        "site": offer.site,
        "sites": sites_of(request),
        "line": _line(request, form),
    }
    return shown(request, "inventory/label.html", context)


def _labelled(request: CallerRequest, code: str) -> HttpResponse:
    """On to print its label; what stays from one object to the next goes along."""
    kept = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
    line = _flow(request, kept.get("line", ""))
    if line and not _left_g(line):
        kept = {"arrival": line.movement.number}  # nothing is left of it: other lines may wait
    if request.POST.get("code"):  # its label is stuck on already
        kept["stuck"] = "1"
    query = {"code": code, "site": request.GET.get("site", ""), **kept}
    return redirect(f"{reverse('print-labels')}?{urlencode(query)}")


def _known(request: CallerRequest, offer: Offer) -> dict[str, Any]:
    """What the page that led here knows already: a line of an arrival, a former life."""
    asked = request.GET
    known = {name: asked[name] for name in KNOWN if name in asked}
    if line := _flow(request, asked.get("line", "")):
        known.setdefault("category", line.from_category.code)
        if line.to_account.place:
            known.setdefault("place", line.to_account.place.code)
        known["weight"] = exact_kg(_left_g(line)) if line.units == 1 else ""
    if (former := asked.get("former", "")) and codes.is_valid(codes.normalise(former)):
        was = item_of(request, former)
        known |= {"category": was.category.code, "weight": exact_kg(was.weight_g)}
        known |= {"title": was.title, "condition": was.condition}
    return known


def _flow(request: CallerRequest, name: str) -> Flow | None:
    """The line of a document of this name, at a site where the caller may label."""
    rows = Flow.objects.within(request).filter(movement__site__in=sites_of(request))
    return rows.named(name).first() if name.isprintable() else None


def _left_g(line: Flow) -> int:
    """Grams of the line that no object has been labelled from."""
    return max(line.weight_g - Item.objects.labelled_from([line]).get(line.pk, 0), 0)


def _line(request: CallerRequest, form: LabelForm) -> dict[str, Any] | None:
    """The line of an arrival that objects are labelled from, and what is left of it."""
    line = _flow(request, form["line"].value() or "")
    return {"flow": line, "left_g": _left_g(line)} if line else None


@page("sort")
@require_http_methods(["GET", "HEAD", "POST"])
def dismantle(request: CallerRequest, code: str) -> HttpResponse:
    """Take an object apart into parts that weigh what it weighed."""
    found = item_of(request, code)
    site = found.account.site if found.is_here else _last_site(found)
    require(request, site)
    if request.method != "POST" and not found.is_here:
        return redirect("item", code=found.own_code)

    def act(entry: Entry, form: ActForm, lines: Any) -> Movement:
        return services.dismantle(entry=entry, item=found, parts=lines.parts())

    sheet = LinesPage(ActForm, Parts, "inventory/dismantle.html", Verb.DISMANTLE, act)
    return sheet.answer(request, Offer(site), item=found, current="stock")


def _last_site(found: Item) -> Site:
    """Where it was when it ended: a form that was sent twice still finds its answer there."""
    return found.flows.select_related("movement__site").order_by("-pk")[0].movement.site


@page("count")
@require_http_methods(["GET", "HEAD", "POST"])
def find_again(request: CallerRequest, code: str) -> HttpResponse:
    """Put an object that a count had missed back on a shelf."""
    found = item_of(request, code)
    if found.account is None:
        raise Http404
    require(request, found.account.site)
    offer, user = Offer(found.account.site), request.user
    form = FoundForm(request.POST or None, offer=offer, user=user)
    if request.method == "POST" and form.is_valid():

        def act(entry: Entry) -> Movement:
            return services.find_again(entry=entry, place=form.place, item=found)

        def onward(_number: str) -> HttpResponse:
            return redirect("item", code=found.own_code)

        if response := recorded(request, form, Verb.COUNT, act, onward):
            return response
    context = {"item": found, "form": form, "is_sent": request.method == "POST"}
    return shown(request, "inventory/find_again.html", context)
