"""The settings a structure edits itself: where they start, and its own sheet."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation.doors import page
from organisation.forms import StructureForm
from organisation.history import changes
from organisation.models import Organisation
from organisation.permissions import CallerRequest
from organisation.submissions import writing


class Card(NamedTuple):
    """One way into the settings."""

    url: str
    label: Promise
    hint: Promise
    icon: str
    act: str = "configure"


CARDS = (
    Card(
        "structure",
        gettext_lazy("Structure"),
        gettext_lazy("Name, SIRET, profile"),
        "building-2",
        "govern",
    ),
    Card(
        "sites",
        gettext_lazy("Sites and places"),
        gettext_lazy("Scale limit, clock, shelves"),
        "map-pin",
    ),
    Card(
        "categories",
        gettext_lazy("Categories"),
        gettext_lazy("What you weigh, and for which stream"),
        "shapes",
    ),
    Card(
        "containers", gettext_lazy("Containers"), gettext_lazy("Their tares, in kilograms"), "box"
    ),
    Card("partners", gettext_lazy("Partners"), gettext_lazy("Who takes what leaves"), "handshake"),
    Card(
        "carriers",
        gettext_lazy("Carriers"),
        gettext_lazy("Who drives waste away, their receipts"),
        "truck",
    ),
    Card(
        "eco-organismes",
        gettext_lazy("Éco-organismes"),
        gettext_lazy("Your contracts, stream by stream"),
        "recycle",
    ),
    Card(
        "modes", gettext_lazy("Collection modes"), gettext_lazy("How arrivals come"), "hand-heart"
    ),
    Card("origins", gettext_lazy("Origins"), gettext_lazy("Communes and districts"), "map"),
    Card(
        "till-settings",
        gettext_lazy("Tills"),
        gettext_lazy("Where the shop takes money"),
        "banknote",
    ),
    Card(
        "price-settings",
        gettext_lazy("Price grid"),
        gettext_lazy("What the till sells in one tap"),
        "tags",
    ),
    Card(
        "voucher-issuers",
        gettext_lazy("Issuers of vouchers"),
        gettext_lazy("CCAS, towns: who pays for vouchers"),
        "ticket",
    ),
    Card(
        "book-accounts",
        gettext_lazy("Accounts of the books"),
        gettext_lazy("Where the takings go"),
        "book-open",
    ),
    Card(
        "reduction-settings",
        gettext_lazy("Reductions of the day"),
        gettext_lazy("Half-price days, categories on sale"),
        "badge-percent",
    ),
    Card(
        "shop-settings",
        gettext_lazy("Shop"),
        gettext_lazy("Accounting year, where a Z is sent"),
        "store",
        "govern",
    ),
    Card(
        "vat-settings", gettext_lazy("VAT"), gettext_lazy("Regime and rates"), "percent", "govern"
    ),
    Card(
        "targets",
        gettext_lazy("Targets"),
        gettext_lazy("What to reach this year, beside the report"),
        "target",
        "govern",
    ),
    Card(
        "label-settings",
        gettext_lazy("Labels"),
        gettext_lazy("Their size, their printer"),
        "tag",
    ),
    Card(
        "dot-settings",
        gettext_lazy("Weekly dots"),
        gettext_lazy("Colours, and what each week takes off"),
        "circle-dot",
    ),
    Card(
        "stations",
        gettext_lazy("Tablets"),
        gettext_lazy("Paired to a site, opened with a PIN"),
        "tablet",
    ),
    Card(
        "people",
        gettext_lazy("People and roles"),
        gettext_lazy("Who signs in, and for what"),
        "users",
        "manage_people",
    ),
    Card(
        "personal-data",
        gettext_lazy("Personal data"),
        gettext_lazy("What you know of somebody, handed over or erased"),
        "shield-check",
        "manage_people",
    ),
    Card(
        "checkup",
        gettext_lazy("Health"),
        gettext_lazy("Last backup, books verified, tablets, disk"),
        "heart-pulse",
        "govern",
    ),
)


@page("configure")
def settings(request: CallerRequest) -> HttpResponse:
    """What the reader may set."""
    user = request.user
    cards = [card for card in CARDS if user.may_anywhere(card.act)]
    return render(request, "organisation/settings.html", {"cards": cards})


@page("govern")
def structure(request: CallerRequest) -> HttpResponse:
    """The structure's own sheet."""
    organisation: Organisation = request.user.organisation  # type: ignore[assignment]
    form = StructureForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("structure")
    context = {
        "form": form,
        "title": _("Structure"),
        "changes": changes(organisation, form, request.user),
    }
    return render(request, "organisation/sheet.html", context)
