"""The shape of what is asked of labels: on which paper, how many blank, a site's usual size."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from inventory import labels
from inventory.forms.entries import Once
from inventory.printed import SPECIMEN, address, is_size, size_at
from organisation.models import Site

SHEET = 24
MOST = 240  # labels at once: ten sheets


class SizeField(forms.ChoiceField):
    """A size to choose from those that rolls usually have; an address may name any other."""

    def valid_value(self, value: Any) -> bool:
        return is_size(value)


class Paper(forms.Form):
    """On which paper: the label's size, the printer's dots, how much of a sheet is used.

    What is not said is as the site has set it.
    """

    size = SizeField(label=_("Size, mm"), required=False)
    dpi = forms.TypedChoiceField(
        label=_("Printer, dots per inch"),
        choices=[(str(dpi), str(dpi)) for dpi in labels.DPIS],
        coerce=int,
        empty_value="",
        required=False,
    )
    skip = forms.IntegerField(
        label=_("Labels of the sheet already used"),
        min_value=0,
        max_value=SHEET - 1,
        required=False,
    )

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        self.site = site
        sizes = dict.fromkeys((size_at(site), *filter(is_size, labels.SIZES)))
        self.fields["size"].choices = [  # type: ignore[attr-defined]
            (size, size.replace("x", " × ")) for size in sizes
        ]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``sheet_is_smaller``."""
        said = self.cleaned_data
        size = said.get("size") or size_at(self.site)
        if (said.get("skip") or 0) >= labels.grid_of(size).cells:
            self.add_error(
                "skip",
                ValidationError(
                    _("A sheet of this size has fewer labels."), code="sheet_is_smaller"
                ),
            )
        return said

    @property
    def said(self) -> dict[str, Any]:
        """Size, dots and skip, as usual where nothing sensible was asked."""
        self.full_clean()
        said = self.cleaned_data
        return {
            "size": said.get("size") or size_at(self.site),
            "dpi": said.get("dpi") or self.site.label_dpi,
            "skip": said.get("skip") or 0,
        }

    @property
    def demanded(self) -> dict[str, Any]:
        """What was asked, where all of it is sensible. Raises Http404."""
        if not self.is_valid():
            raise Http404
        return self.said


class BlankForm(Once):
    """How many blank labels to draw codes for."""

    count = forms.IntegerField(
        label=_("How many labels?"), min_value=1, max_value=MOST, initial=SHEET
    )


class LabelSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the labels of a site are: their size, their printer, how they are printed."""

    class Meta:
        model = Site
        fields = ("label_width_mm", "label_height_mm", "label_dpi", "label_output")
        help_texts = {
            "label_width_mm": _("As the roll's box says it, such as 57 × 32, 62 × 29 or 38 × 25."),
            "label_height_mm": _("The way it comes out of the printer."),
            "label_output": _("What “Print the label” starts."),
            "label_dpi": _("On the printer's plate or in its manual; most have 203."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("label_width_mm", "label_height_mm"):
            self.fields[name].widget.attrs["class"] = "n"

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``label_too_small``."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"label_width_mm", "label_height_mm", "label_dpi"} <= said.keys():
            return said
        size = labels.name_of(said["label_width_mm"], said["label_height_mm"])
        if not labels.fits(size, said["label_dpi"], address(SPECIMEN)):
            raise ValidationError(
                _("On so small a label the barcode could not be read: take a larger one."),
                code="label_too_small",
            )
        return said
