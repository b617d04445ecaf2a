"""What people fill in to keep their lists: categories, containers, partners, modes, origins."""

from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.looks import (
    CATEGORY_ICONS,
    COLOURS,
    CONTAINER_ICONS,
    MODE_ICONS,
    LookSelect,
    icon_field,
)
from inventory.models import (
    EXITS,
    Carrier,
    Category,
    CollectionMode,
    Container,
    EcoOrganisme,
    Origin,
    Partner,
)
from organisation.forms import SiretField
from organisation.models import Site

HEAVIEST_G = Site.SCALE_LIMIT_MAX_G


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of a list. Its code is chosen once, or drawn from its name, and never changes."""

    LONGEST_DRAWN = 24
    RESERVED: tuple[str, ...] = ("nouveau",)  # addresses of other pages than a row's

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.fields["code"]
        code.label = _("Code")
        code.disabled = self.instance.pk is not None
        code.required = False
        code.help_text = (
            _("A code never changes: files and tablets rely on it.")
            if code.disabled
            else _("Drawn from the name where left empty; never changes afterwards.")
        )
        code.widget.attrs |= {"autocapitalize": "none", "autocomplete": "off"}
        if "position" in self.fields:
            self.fields["position"].widget.attrs["class"] = "n"
            self.fields["position"].help_text = _("Smallest first, wherever the list is shown.")
        if "position" in self.fields and self.instance.pk is None:
            last = (
                self.siblings()
                .filter(position__lt=999)
                .aggregate(last=models.Max("position"))["last"]
            )
            self.initial.setdefault("position", 0 if last is None else last + 1)

    def siblings(self) -> models.QuerySet[Any]:
        """Rows among which a code is unique."""
        rows: models.QuerySet[Any] = self._meta.model._default_manager.exclude(pk=self.instance.pk)
        return rows.filter(organisation=self.instance.organisation)

    def named_by(self) -> str:
        """What an empty code is drawn from."""
        return self.cleaned_data.get("name") or self.cleaned_data.get("name_fr") or ""

    def clean_code(self) -> str:
        """Raises ValidationError ``code_taken``."""
        code: str = self.cleaned_data["code"]
        if self.instance.pk:
            return code
        taken = {*self.siblings().values_list("code", flat=True), *self.RESERVED}
        if code in taken:
            raise ValidationError(_("This code is already taken."), code="code_taken")
        return code or self._drawn(taken)

    def _drawn(self, taken: set[str]) -> str:
        stem = slugify(self.named_by())[: self.LONGEST_DRAWN].strip("-_")
        if not stem:
            return ""
        return next(
            code
            for code in (stem if n == 1 else f"{stem}-{n}" for n in count(1))
            if code not in taken
        )


class ContainerForm(RowForm):
    tare_g = KgField(
        label=_("Tare (kg)"),
        most_g=HEAVIEST_G,
        help_text=_("Its weight when empty, such as 11,5."),
    )
    average_load_g = KgField(
        label=_("Usual load (kg)"),
        required=False,
        most_g=HEAVIEST_G,
        help_text=_("Net weight of a full one, to estimate departures counted in containers."),
    )
    icon = icon_field(CONTAINER_ICONS)

    class Meta:
        model = Container
        fields = ("name", "code", "tare_g", "average_load_g", "icon", "position")


class PartnerForm(RowForm):
    siret = SiretField(
        label=_("SIRET"), required=False, help_text=_("14 digits; spaces do not matter.")
    )
    default_fate = forms.ChoiceField(
        label=_("Usual fate"),
        required=False,
        choices=[("", "–"), *((fate.value, fate.label) for fate in EXITS)],
        help_text=_("Proposed first when something leaves for this partner."),
    )

    class Meta:
        model = Partner
        fields = (
            "name",
            "code",
            "siret",
            "address",
            "postal_code",
            "city",
            "default_fate",
            "waste_code",
            "treatment_code",
            "carrier",
            "eco_organisme",
            "takes_pops",
            "position",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("waste_code", "treatment_code", "carrier", "eco_organisme"):
            self.fields[name].empty_label = _("none")  # type: ignore[attr-defined]
        for name, model in (("carrier", Carrier), ("eco_organisme", EcoOrganisme)):
            rows = model.objects.filter(organisation=self.instance.organisation)
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].help_text = _("Assumed where a departure says nothing else.")


class ModeForm(RowForm):
    icon = icon_field(MODE_ICONS)

    class Meta:
        model = CollectionMode
        fields = ("name_fr", "name_en", "code", "waste_status", "is_round", "icon", "position")


class OriginForm(RowForm):
    class Meta:
        model = Origin
        fields = ("name", "insee_code", "code", "position")
        help_texts = {
            "insee_code": _("5 characters, such as 75112 or 2A004; empty for a district.")
        }

    def named_by(self) -> str:
        return self.cleaned_data.get("insee_code") or super().named_by()


class CategoryForm(RowForm):
    unit_weight_g = KgField(
        label=_("Weight of one unit (kg)"),
        required=False,
        most_g=HEAVIEST_G,
        help_text=_("Used when there is no scale; empty: an estimate is asked for."),
    )
    plausible_max_g = KgField(
        label=_("Ask above (kg)"),
        required=False,
        most_g=HEAVIEST_G,
        help_text=_("A heavier weighing is asked once."),
    )
    measure_weight_g = KgField(
        label=_("Weight of one metre or litre (kg)"),
        required=False,
        most_g=HEAVIEST_G,
        help_text=_("Only for what is sold by the metre or by the litre."),
    )
    icon = icon_field(CATEGORY_ICONS)
    colour = forms.ChoiceField(
        label=_("Colour"), choices=COLOURS, required=False, widget=LookSelect("colour")
    )

    class Meta:
        model = Category
        fields = (
            "parent",
            "name_fr",
            "name_en",
            "code",
            "epr_stream",
            "waste_code",
            "unit_weight_g",
            "plausible_max_g",
            "measure",
            "measure_weight_g",
            "icon",
            "colour",
            "position",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        parent, stream, waste = (
            self.fields[name] for name in ("parent", "epr_stream", "waste_code")
        )
        parent.queryset = Category.objects.filter(organisation=None)  # type: ignore[attr-defined]
        parent.required = True
        parent.empty_label = _("Choose")  # type: ignore[attr-defined]
        stream.empty_label, waste.empty_label = _("as above"), _("none")  # type: ignore[attr-defined]
        if self.instance.pk and self.instance.is_used:
            self._freeze()

    def _freeze(self) -> None:
        """Show what no longer changes; what an older page still sends is for the model to judge."""
        for name in ("parent", "epr_stream", "waste_code"):
            self.fields[name].disabled = self.add_prefix(name) not in self.data
            self.fields[name].help_text = _("Already in use: it no longer changes.")

    def named_by(self) -> str:
        return self.cleaned_data.get("name_fr") or ""

    def _drawn(self, taken: set[str]) -> str:
        parent = self.cleaned_data.get("parent")
        drawn = super()._drawn({code.rpartition(".")[2].lower() for code in taken})
        return f"{parent.code}.{drawn.upper()}"[:32] if parent and drawn else drawn
