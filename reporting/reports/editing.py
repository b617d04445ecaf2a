"""A template on screen: what it says, its parts, and the funder's own names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Category, CollectionMode, EprStream
from reporting import indicators
from reporting.forms import BASES
from reporting.reports.layout import KINDS, MOST_PARTS, RULES, Layout, read
from reporting.reports.tables import FIRST

MORE = 2  # empty parts that a form offers
NAMED: Mapping[str, Any] = {
    "category": gettext_lazy("Categories as the funder names them"),
    "stream": gettext_lazy("Streams as the funder names them"),
    "mode": gettext_lazy("Modes as the funder names them"),
}


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


Parts = forms.formset_factory(PartForm, formset=_Parts, extra=MORE, max_num=MOST_PARTS)


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
