"""What a reader asks of a report: a period, sites, a category and a basis."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inventory.models import Category
from organisation.models import Network, Site, User
from organisation.shapes import FIRST_DAY, LAST_DAY
from reporting.periods import Period
from reporting.scopes import Scope

NAMES = {"start": "from", "end": "to", "other_start": "compare_from", "other_end": "compare_to"}
BASES = (("outgoing", _("what went out")), ("collected", _("what was collected")))
WHENCE = (("category", _("category")), ("origin", _("origin")))
BEFORE, YEAR_EARLIER, DATES = "before", "year", "dates"
COMPARISONS = (
    ("", _("nothing")),
    (YEAR_EARLIER, _("the same period a year earlier")),
    (BEFORE, _("the period just before, as long")),
    (DATES, _("other dates")),
)


class ClosingForm(forms.Form):
    """The button that closes a month."""

    id = forms.UUIDField()
    month = forms.IntegerField(min_value=200001, max_value=209912)
    accepts_negative = forms.BooleanField(required=False)

    def clean_month(self) -> int:
        month: int = self.cleaned_data["month"]
        if not 1 <= month % 100 <= 12:
            raise ValidationError(_("This month does not exist."), code="bad_month")
        return month


class DayField(forms.DateField):
    """A day as browsers pick it, in the years that the API takes too."""

    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    default_validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


def require_one_scope(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """A network, or sites. Adds ValidationError ``scope_twice`` where both are asked for."""
    if cleaned.get("network") and cleaned.get("site"):
        text = _("Ask for a network or for sites, not for both.")
        form.add_error("network", ValidationError(text, code="scope_twice"))


class Question(forms.Form):
    """The report's own address says it all: the same address is the same report.

    Its answers may be read once it is valid.
    """

    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    site = forms.MultipleChoiceField(
        label=_("Sites"), required=False, widget=forms.CheckboxSelectMultiple
    )
    network = forms.ChoiceField(
        label=_("Network"), required=False, widget=forms.RadioSelect, choices=[("", "")]
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    base = forms.ChoiceField(label=_("Rates are shares of"), required=False, choices=BASES)
    whence = forms.ChoiceField(label=_("Flows from"), required=False, choices=WHENCE)
    compare = forms.ChoiceField(label=_("Compare with"), required=False, choices=COMPARISONS)
    other_start = DayField(label=_("Compare from"), required=False)
    other_end = DayField(label=_("Compare to"), required=False)

    def __init__(self, asked: QueryDict, user: User, today: date) -> None:
        sites = Site.objects.permitted(user, "read_figures").select_related("organisation")
        self.sites = {site.code: site for site in sites}
        self.networks = {network.code: network for network in Network.objects.read_by(user)}
        found = Category.objects.of(user.organisation_id)
        self.tops = {category.code: category for category in found.tops()}
        code = asked.get("category", "")
        named = found.named(code) if code.isprintable() else found.none()
        self.categories = self.tops | {category.code: category for category in named}
        self.organisation = user.organisation_id
        self.today, self.year = today, Period.this_year(today)
        super().__init__(self._completed(asked))
        self.fields["site"].choices = [(site.code, site.name) for site in sites]  # type: ignore[attr-defined]
        self.fields["network"].choices = [("", _("my sites")), *self._networks()]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("All categories"))] + [  # type: ignore[attr-defined]
            (category.code, category.name) for category in self.categories.values()
        ]

    def add_prefix(self, field_name: str) -> str:
        return NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``period_reversed``, ``period_too_long``, ``period_too_early``,
        ``scope_twice``.
        """
        cleaned = super().clean() or {}
        require_one_scope(self, cleaned)
        if "start" in cleaned and "end" in cleaned:
            self._settle("period", "end", lambda: Period(cleaned["start"], cleaned["end"]))
        if cleaned.get("compare") == DATES:
            self._require_dates(cleaned)
        if cleaned.get("compare") and not self.errors:
            field = "other_end" if cleaned["compare"] == DATES else "compare"
            self._settle("compared", field, self._beside)
        return cleaned

    @property
    def period(self) -> Period:
        return self.cleaned_data["period"]  # type: ignore[no-any-return]

    @property
    def compared(self) -> Period | None:
        """The period beside it, if one was asked for."""
        return self.cleaned_data.get("compared")

    @property
    def scope(self) -> Scope:
        """A network, or the sites ticked; all of them where none is."""
        if self.network_asked is not None:
            return Scope.of_network(self.network_asked)
        chosen = self.cleaned_data["site"] or self.sites
        return Scope.of_sites(self.sites[code] for code in chosen)

    @property
    def network_asked(self) -> Network | None:
        """The network asked for: of what its members keep, nothing is told."""
        return self.networks.get(self.cleaned_data["network"])

    @property
    def whence_asked(self) -> str:
        """What the flow picture begins with; members keep their origins."""
        return "category" if self.network_asked else self.cleaned_data["whence"] or "category"

    @property
    def category_asked(self) -> Category | None:
        return self.categories.get(self.cleaned_data["category"])

    @property
    def base_asked(self) -> str:
        return self.cleaned_data["base"] or "outgoing"

    def address(self, period: Period | None = None, /, **changes: str) -> str:
        """The query string of this question, or of one with other answers."""
        period = period or self.period
        asked: dict[str, Any] = {"from": period.start.isoformat(), "to": period.end.isoformat()}
        asked["site"] = self.cleaned_data["site"]
        asked["network"] = self.cleaned_data["network"]
        asked["category"] = self.cleaned_data["category"]
        asked["whence"] = self.cleaned_data["whence"]
        asked["base"] = self.base_asked if self.base_asked != "outgoing" else ""
        asked["compare"] = self.cleaned_data["compare"]
        asked |= changes
        if asked["compare"] == DATES and self.compared:
            asked.setdefault("compare_from", self.compared.start.isoformat())
            asked.setdefault("compare_to", self.compared.end.isoformat())
        return urlencode({key: value for key, value in asked.items() if value}, doseq=True)

    @property
    def whole_year(self) -> str:
        """How the yearly report asks for the same; nothing where that is no year of all things."""
        is_year = self.period == Period.this_year(self.period.start)
        if not is_year or self.category_asked or self.network_asked:
            return ""
        asked = {"period": str(self.period.start.year), "site": self.cleaned_data["site"]}
        return urlencode(asked, doseq=True)

    def _networks(self) -> list[tuple[str, str]]:
        return [(code, network.name) for code, network in self.networks.items()]

    def _settle(self, name: str, field: str, period: Callable[[], Period]) -> None:
        """Keep a period, or say at ``field`` what is wrong with it."""
        try:
            self.cleaned_data[name] = period()
        except ValidationError as refusal:
            self.add_error(field, refusal)

    def _require_dates(self, cleaned: dict[str, Any]) -> None:
        for name in ("other_start", "other_end"):
            if name in cleaned and cleaned[name] is None:
                missing = self.fields[name].error_messages["required"]
                self.add_error(name, ValidationError(missing, code="required"))

    def _beside(self) -> Period:
        """The period that was asked for beside the other."""
        cleaned = self.cleaned_data
        if cleaned["compare"] == DATES:
            return Period(cleaned["other_start"], cleaned["other_end"])
        return self.period.before if cleaned["compare"] == BEFORE else self.period.year_earlier

    def _completed(self, asked: QueryDict) -> QueryDict:
        completed = asked.copy()
        if not asked.get("compare") and asked.get("compare_from") and asked.get("compare_to"):
            completed["compare"] = DATES  # who types two days means them
        if not asked.get("from") and not asked.get("to"):
            completed["from"] = self.year.start.isoformat()
            completed["to"] = self.year.end.isoformat()
        return completed
