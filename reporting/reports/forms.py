"""What is asked for a report: its period and sites; and a template, part by part."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Category, CollectionMode, EprStream, Partner
from inventory.models.ledger import EXITS
from inventory.months import add_months, first_day, last_day, month_of
from organisation.models import Site, User
from reporting import indicators
from reporting.forms import BASES
from reporting.models import PartnerOutlet
from reporting.models.reports import WHOLE_BP
from reporting.periods import Period
from reporting.printing import period_name
from reporting.reports.layout import KINDS, RULES, Layout, Rule, read
from reporting.reports.printed import FIRST
from reporting.scopes import Scope

MOST_PARTS = 12
MORE = 2  # empty parts that a form offers
YEARS, QUARTERS, MONTHS = 6, 8, 18  # how far back a list of periods goes
NAMED: Mapping[str, Any] = {
    "category": gettext_lazy("Categories as the funder names them"),
    "stream": gettext_lazy("Streams as the funder names them"),
    "mode": gettext_lazy("Modes as the funder names them"),
}
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
    """Which period and sites a report is about; the address says it all."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    site = forms.MultipleChoiceField(
        label=gettext_lazy("Sites"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, asked: QueryDict, *, user: User, layout: Layout, today: date) -> None:
        self.periods = periods(layout.rule, today)
        rows = Site.objects.permitted(user, "read_figures").select_related("organisation")
        self.sites = {site.code: site for site in rows.order_by("code")}
        self.usual = usual(layout.rule, today)
        super().__init__(asked)
        fields: Any = self.fields
        fields["period"].choices = [
            (name, quarter_name(name, period)) for name, period in self.periods.items()
        ]
        fields["site"].choices = [(code, site.name) for code, site in self.sites.items()]

    @property
    def period_asked(self) -> Period:
        return self.periods[self.cleaned_data["period"] or self.usual]

    @property
    def name_asked(self) -> str:
        return str(self.cleaned_data["period"] or self.usual)

    @property
    def scope(self) -> Scope:
        """The sites ticked; all that one may read where none is."""
        chosen = self.cleaned_data["site"] or self.sites
        return Scope.of_sites(self.sites[code] for code in chosen)

    @property
    def address(self) -> str:
        query = QueryDict(mutable=True)
        query["period"] = self.name_asked
        query.setlist("site", self.cleaned_data["site"])
        return query.urlencode()


class LayoutForm(forms.Form):
    """What a template says beside its parts."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    funder = forms.CharField(label=gettext_lazy("Funder"), max_length=160, required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Made for each"), choices=RULES)
    basis = forms.ChoiceField(label=gettext_lazy("Rates are shares of"), choices=BASES)
    deadline = forms.RegexField(
        label=gettext_lazy("Due each year on"),
        regex=r"^([0-3][0-9])/(0[1-9]|1[0-2])$",
        required=False,
        help_text=gettext_lazy("Day and month, such as 31/01."),
    )
    intro = forms.CharField(
        label=gettext_lazy("Introduction"), required=False, max_length=4000, widget=forms.Textarea
    )
    note = forms.CharField(
        label=gettext_lazy("Note at the end"),
        required=False,
        max_length=4000,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("intro", "note"):
            self.fields[name].widget.attrs["rows"] = 3


class PartForm(forms.Form):
    """One section; an empty kind leaves it out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Section"), required=False, choices=[("", "—"), *KINDS.items()]
    )
    position = forms.IntegerField(
        label=gettext_lazy("Order"), required=False, min_value=1, max_value=99
    )
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=160)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    indicators = forms.MultipleChoiceField(
        label=gettext_lazy("Indicators"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rows = forms.ChoiceField(label=gettext_lazy("Told by"), required=False)
    columns = forms.ChoiceField(label=gettext_lazy("And across by"), required=False)
    units = forms.BooleanField(label=gettext_lazy("Pieces beside the weight"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["indicators"].choices = [(e.code, e.name) for e in indicators.ALL.values()]
        dimensions = [("", _("nothing")), *FIRST.items()]
        fields["rows"].choices = fields["columns"].choices = dimensions

    @property
    def part(self) -> dict[str, Any]:
        told = self.cleaned_data
        part = {name: told[name] for name in ("kind", "title", "text", "units")}
        if told["kind"] == "flow" and told["rows"]:
            part["by"] = [told["rows"]]
        if told["kind"] == "table":
            by = [told["rows"], told["columns"]] if told["rows"] else []
            part |= {"indicators": told["indicators"], "by": [name for name in by if name]}
        return part


class _Parts(forms.BaseFormSet):  # type: ignore[type-arg]
    def parts(self) -> list[dict[str, Any]]:
        """Those that say what they are, in their order."""
        kept = [form for form in self.forms if form.cleaned_data.get("kind")]
        kept.sort(key=lambda form: form.cleaned_data["position"] or 99)
        return [form.part for form in kept]


Parts = forms.formset_factory(PartForm, formset=_Parts, extra=MORE, max_num=MOST_PARTS + MORE)


class NamesForm(forms.Form):
    """The funder's own names: a field for each of our codes."""

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: dict[str, list[str]] = {}
        for dimension in NAMED:
            for code, name in _codes(dimension, organisation_id):
                field = f"{dimension}-{code}"
                self.fields[field] = forms.CharField(label=name, required=False, max_length=160)
                self.rows.setdefault(dimension, []).append(field)

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(NAMED[name], [self[field] for field in fields])
                for name, fields in self.rows.items()]  # fmt: skip

    @property
    def names(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for field, name in self.cleaned_data.items():
            dimension, _dash, code = field.partition("-")
            if name:
                found.setdefault(dimension, {})[code] = name
        return found


def _codes(dimension: str, organisation_id: int) -> Iterable[tuple[str, str]]:
    if dimension == "category":
        return [(row.code, row.name) for row in Category.objects.of(organisation_id).tops()]
    if dimension == "stream":
        return [(row.code, row.name) for row in EprStream.objects.all()]
    modes = CollectionMode.objects.filter(organisation=organisation_id)
    return [(row.code, row.name) for row in modes]


class TemplateForm:
    """A whole template: what it says, its parts, the funder's names. Valid together or not."""

    def __init__(self, data: QueryDict | None, *, layout: Layout, organisation_id: int) -> None:
        told = layout.model_dump()
        month, _dash, day = layout.deadline.partition("-")
        head = told | {"deadline": f"{day}/{month}" if day else ""}
        names = {f"{d}-{code}": name for d, of in layout.names.items() for code, name in of.items()}
        self.head = LayoutForm(data, initial=head)
        self.parts = Parts(
            data, initial=[_part_fields(n, each) for n, each in enumerate(told["parts"], 1)]
        )
        self.names = NamesForm(data, initial=names, organisation_id=organisation_id)
        self.layout = layout

    def is_valid(self) -> bool:
        """Also reads the layout. What is wrong with it as a whole is told at its head."""
        if not all([self.head.is_valid(), self.parts.is_valid(), self.names.is_valid()]):
            return False
        told = dict(self.head.cleaned_data)
        day, _slash, month = told["deadline"].partition("/")
        told["deadline"] = f"{month}-{day}" if month else ""
        parts: Any = self.parts
        try:
            self.layout = read(told | {"parts": parts.parts(), "names": self.names.names})
        except ValidationError as refusal:
            self.head.add_error(None, refusal)
            return False
        return True


def _part_fields(position: int, part: Mapping[str, Any]) -> dict[str, Any]:
    by: Sequence[str] = [*part["by"], "", ""]
    return {**part, "position": position, "rows": by[0], "columns": by[1]}


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
