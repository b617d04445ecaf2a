"""What is asked for a report: its period and sites; a logo; a partner's outlet."""

from datetime import date
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Partner
from inventory.models.ledger import EXITS
from inventory.months import add_months, first_day, last_day, month_of
from organisation.models import Network, Site, User
from reporting.forms import require_one_scope
from reporting.models import PartnerOutlet
from reporting.models.reports import WHOLE_BP
from reporting.periods import Period
from reporting.printing import period_name
from reporting.reports.layout import Layout, Rule
from reporting.scopes import Scope

YEARS, QUARTERS, MONTHS = 6, 8, 18  # how far back a list of periods goes
LOGO_PX = (900, 300)
LOGO_BYTES = 2_000_000


def periods(rule: str, today: date) -> dict[str, Period]:
    """Name in an address → period, latest first: years, quarters or months."""
    if rule == Rule.MONTH:
        months = [add_months(month_of(today), -n) for n in range(MONTHS)]
        return {f"{m // 100}-{m % 100:02}": Period(first_day(m), last_day(m)) for m in months}
    if rule == Rule.QUARTER:
        start = month_of(today) - (month_of(today) % 100 - 1) % 3
        firsts = [add_months(start, -3 * n) for n in range(QUARTERS)]
        return {
            f"{m // 100}-T{(m % 100 + 2) // 3}": Period(first_day(m), last_day(add_months(m, 2)))
            for m in firsts
        }
    years = range(today.year, today.year - YEARS, -1)
    return {str(year): Period(date(year, 1, 1), date(year, 12, 31)) for year in years}


def usual(rule: str, today: date) -> str:
    """The period that one writes a report of: the last that is over."""
    return next(name for name, period in periods(rule, today).items() if period.end < today)


def quarter_name(name: str, period: Period) -> str:
    year, _dash, quarter = name.partition("-T")
    if quarter:
        return _("Quarter %(n)s of %(year)s") % {"n": quarter, "year": year}
    return period_name(period)


class Wanted(forms.Form):
    """Which period, and which sites or network, a report is about; the address says it all."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    site = forms.MultipleChoiceField(
        label=gettext_lazy("Sites"), required=False, widget=forms.CheckboxSelectMultiple
    )
    network = forms.ChoiceField(
        label=gettext_lazy("Network"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, asked: QueryDict, *, user: User, layout: Layout, today: date) -> None:
        self.periods = periods(layout.rule, today)
        rows = Site.objects.permitted(user, "read_figures").select_related("organisation")
        self.sites = {site.code: site for site in rows.order_by("code")}
        self.networks = {each.code: each for each in Network.objects.read_by(user)}
        self.usual = usual(layout.rule, today)
        super().__init__(asked)
        fields: Any = self.fields
        fields["period"].choices = [
            (name, quarter_name(name, period)) for name, period in self.periods.items()
        ]
        fields["site"].choices = [(code, site.name) for code, site in self.sites.items()]
        named = [(code, network.name) for code, network in self.networks.items()]
        fields["network"].choices = [("", _("my sites")), *named]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``scope_twice``."""
        cleaned = super().clean() or {}
        require_one_scope(self, cleaned)
        return cleaned

    @property
    def period_asked(self) -> Period:
        return self.periods[self.cleaned_data["period"] or self.usual]

    @property
    def name_asked(self) -> str:
        return str(self.cleaned_data["period"] or self.usual)

    @property
    def scope(self) -> Scope:
        """A network, or the sites ticked; all that one may read where none is."""
        if network := self.networks.get(self.cleaned_data["network"]):
            return Scope.of_network(network)
        chosen = self.cleaned_data["site"] or self.sites
        return Scope.of_sites(self.sites[code] for code in chosen)

    @property
    def address(self) -> str:
        query = QueryDict(mutable=True)
        query["period"] = self.name_asked
        query.setlist("site", self.cleaned_data["site"])
        if code := self.cleaned_data["network"]:
            query["network"] = code
        return query.urlencode()


class LogoForm(forms.Form):
    """A picture, made small: whatever it was, a PNG is kept."""

    logo = forms.FileField(label=gettext_lazy("Logo (PNG or JPEG)"))

    def clean_logo(self) -> bytes:
        """Raises ValidationError ``bad_logo``."""
        from PIL import Image, UnidentifiedImageError

        file: Any = self.cleaned_data["logo"]
        if (file.size or 0) > LOGO_BYTES:
            raise ValidationError(_("At most 2 MB."), code="bad_logo")
        into = BytesIO()
        try:
            with Image.open(file, formats=("PNG", "JPEG")) as picture:
                picture.thumbnail(LOGO_PX)
                picture.convert("RGBA").save(into, "PNG")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
            raise ValidationError(_("This is no picture."), code="bad_logo") from error
        return into.getvalue()


class OutletForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a partner declares, in percent; together 100."""

    class Meta:
        model = PartnerOutlet
        fields = ("partner", "since", "until", "source")
        widgets = {
            name: forms.DateInput({"type": "date"}, "%Y-%m-%d") for name in ("since", "until")
        }

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners: Any = self.fields["partner"]
        partners.queryset = Partner.objects.filter(organisation=organisation_id, is_active=True)
        for kind in EXITS:
            self.fields[kind.value] = forms.DecimalField(
                label=kind.label,
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=2,
                initial=getattr(self.instance, f"{kind.value}_bp") / 100,
                localize=True,
            )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``not_a_whole``."""
        cleaned = super().clean() or {}
        parts = {kind.value: int((cleaned.get(kind.value) or 0) * 100) for kind in EXITS}
        if not self.errors and sum(parts.values()) != WHOLE_BP:
            raise ValidationError(_("The five shares make 100 %."), code="not_a_whole")
        for name, share_bp in parts.items():
            setattr(self.instance, f"{name}_bp", share_bp)
        return cleaned
