"""What people fill in to keep the shop's lists: tills, and the price grid."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
from inventory.forms.catalogue import RowForm
from inventory.forms.choices import one_of
from inventory.forms.entries import day_input
from inventory.models import Category
from sales.journal import TRAINING
from sales.models import Nature, PriceKey, Reduction, Till, VoucherIssuer


class AtSiteForm(RowForm):
    """A row that a site keeps for itself, under a code of its structure."""

    def __init__(self, *args: Any, **options: Any) -> None:
        row = options["instance"]
        row.organisation_id = row.site.organisation_id
        super().__init__(*args, **options)

    def offer_categories(self, *, empty: Any) -> None:
        """Those in use, and the row's own though it is not."""
        known = self.instance.category_id and self.instance.category
        offered = Category.objects.of(self.instance.organisation_id).filter(is_active=True)
        rows = {row.code: row for row in (*offered.select_related("top"), *([known] * bool(known)))}
        self.fields["category"] = one_of(
            rows, _("Category"), choices=_grouped(rows), empty=empty, required=False
        )
        self.initial["category"] = known.code if known else ""


class TillForm(AtSiteForm):
    RESERVED = (  # /caisse/tickets/ is no till
        "nouveau",
        "tickets",
        "prix",
        "archives",
        "journal",
        "comptabilite",
        "banque",
        "bons",
        "bons-tiers",
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

    def clean_code(self) -> str:
        """Raises ValidationError ``code_taken``: the training of a till has that name."""
        code = super().clean_code()
        if code.upper().endswith(TRAINING):
            raise ValidationError(_("This code is already taken."), code="code_taken")
        return code


class IssuerForm(RowForm):
    class Meta:
        model = VoucherIssuer
        fields = ("name", "code", "address", "position")


class PriceKeyForm(AtSiteForm):
    price_cents = EuroField(
        label=_("Price (€)"),
        required=False,
        help_text=_("Such as 12,50. Empty: typed at the till."),
    )

    member_price_cents = EuroField(
        label=_("Price for members (€)"),
        required=False,
        help_text=_("Where members pay less."),
    )

    class Meta:
        model = PriceKey
        fields = (
            "name_fr",
            "name_en",
            "code",
            "nature",
            "category",
            "price_cents",
            "member_price_cents",
            "is_per_kg",
            "is_free",
            "position",
        )
        help_texts = {
            "is_per_kg": _("The till asks for the weight."),
            "is_free": _("The customer says the price, nothing included."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_categories(empty=_("None: no object"))
        self.fields["nature"].required = False
        self.fields["nature"].disabled = bool(self.instance.pk)  # tickets say what it was

    def clean_nature(self) -> str:
        return self.cleaned_data["nature"] or Nature.GOODS

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``category_missing``, ``not_an_object`` or ``priced_twice``."""
        cleaned = super().clean() or self.cleaned_data
        is_goods = cleaned.get("nature") == Nature.GOODS
        if is_goods and not cleaned.get("category") and "category" not in self.errors:
            self._refuse("category", _("Say what kind of object it is."), "category_missing")
        if not is_goods and (cleaned.get("category") or cleaned.get("is_per_kg")):
            self._refuse("nature", _("Only objects have a category and weigh."), "not_an_object")
        is_priced = cleaned.get("price_cents") is not None
        if cleaned.get("is_free") and (is_priced or cleaned.get("is_per_kg")):
            self._refuse("is_free", _("Then leave the price empty."), "priced_twice")
        if cleaned.get("is_per_kg") and not is_priced and "price_cents" not in self.errors:
            self._refuse("price_cents", _("Say what a kilogram costs."), "price_missing")
        members, others = cleaned.get("member_price_cents"), cleaned.get("price_cents")
        if members is not None and (others is None or members > others):
            self._refuse("member_price_cents", _("Members pay less."), "members_pay_more")
        return cleaned

    def _refuse(self, name: str, said: Any, code: str) -> None:
        self.add_error(name, ValidationError(said, code=code))

    def named_by(self) -> str:
        return self.cleaned_data.get("name_fr") or ""


class ReductionForm(AtSiteForm):
    class Meta:
        model = Reduction
        fields = (
            "name",
            "code",
            "percent",
            "category",
            "least_weeks",
            "weekday",
            "first_day",
            "last_day",
            "position",
        )
        help_texts = {
            "name": _("As tickets say it, such as “Half-price Saturday”."),
            "least_weeks": _("Only objects with a label say since when they are here."),
            "weekday": _("Empty: every day."),
        }
        widgets = {"first_day": day_input(), "last_day": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_categories(empty=_("All of them"))


def _grouped(rows: dict[str, Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Categories as a select shows them: under their top."""
    groups: dict[Category, list[tuple[str, str]]] = {}
    for row in sorted(rows.values(), key=lambda row: row.top_id is not None):
        groups.setdefault(row.top or row, []).append((row.code, row.name))
    return [(top.name, listed) for top, listed in groups.items()]
