"""What people fill in to keep the shop's lists: tills, and the price grid."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
from inventory.forms.catalogue import RowForm
from inventory.forms.choices import one_of
from inventory.models import Category
from sales.models import PriceKey, Till


class AtSiteForm(RowForm):
    """A row that a site keeps for itself, under a code of its structure."""

    def __init__(self, *args: Any, **options: Any) -> None:
        row = options["instance"]
        row.organisation_id = row.site.organisation_id
        super().__init__(*args, **options)


class TillForm(AtSiteForm):
    RESERVED = (  # /caisse/tickets/ is no till
        "nouveau",
        "tickets",
        "prix",
        "archives",
        "comptabilite",
        "banque",
        "bons",
        "SITE",
    )

    class Meta:
        model = Till
        fields = ("name", "code", "place", "position")
        help_texts = {"place": _("The shelf that unlabelled goods are taken from.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        site, place = self.instance.site, self.fields["place"]
        place.queryset = site.places.filter(is_active=True)  # type: ignore[attr-defined]
        place.empty_label = _("The shop of the site, or its main place")  # type: ignore[attr-defined]
        if not site.tracks_places:
            del self.fields["place"]


class PriceKeyForm(AtSiteForm):
    price_cents = EuroField(
        label=_("Price (€)"),
        required=False,
        help_text=_("Such as 12,50. Empty: a free price, typed at the till."),
    )

    class Meta:
        model = PriceKey
        fields = ("name_fr", "name_en", "code", "category", "price_cents", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = self.instance.category_id and self.instance.category
        offered = Category.objects.of(self.instance.organisation_id).filter(is_active=True)
        rows = {row.code: row for row in (*offered.select_related("top"), *([known] * bool(known)))}
        self.fields["category"] = one_of(
            rows, _("Category"), choices=_grouped(rows), empty=_("Choose"), required=True
        )
        self.initial["category"] = known.code if known else ""

    def named_by(self) -> str:
        return self.cleaned_data.get("name_fr") or ""


def _grouped(rows: dict[str, Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Categories as a select shows them: under their top."""
    groups: dict[Category, list[tuple[str, str]]] = {}
    for row in sorted(rows.values(), key=lambda row: row.top_id is not None):
        groups.setdefault(row.top or row, []).append((row.code, row.name))
    return [(top.name, listed) for top, listed in groups.items()]
