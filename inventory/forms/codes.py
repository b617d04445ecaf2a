"""Objects named by their codes, as people type them and scanners read them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.models import Item
from organisation.models import Site
from organisation.shapes import MAX_LINES


def read_code(text: str) -> str:
    """A code as it is typed or scanned. Raises ValidationError ``bad_code``."""
    code = codes.normalise(text)
    if not codes.is_valid(code):
        raise ValidationError(
            _("%(code)s was mistyped: its check does not fit."),
            code="bad_code",
            params={"code": text.strip()[:20]},
        )
    return code


class CodeField(forms.CharField):
    """One object's code; an empty field is the empty text."""

    widget = forms.TextInput(
        attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return read_code(text) if text else ""


class CodesField(forms.CharField):
    """Objects by their codes, as a scanner types them one below the other: cleaned to items."""

    widget = forms.Textarea(
        attrs={
            "rows": 3,
            "autocapitalize": "characters",
            "autocomplete": "off",
            "spellcheck": "false",
            "class": "codes",
        }
    )

    def __init__(self, *, site: Site, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(max_length=20_000, **options)
        self.site = site

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        wanted = list(dict.fromkeys(map(read_code, re.split(r"[\s,;]+", text)) if text else ()))
        if len(wanted) > MAX_LINES:
            raise ValidationError(
                _("At most %(most)s objects at once."), code="too_long", params={"most": MAX_LINES}
            )
        return self._items(wanted)

    def _items(self, wanted: list[str]) -> list[Item]:
        rows = Item.objects.known_to(self.site.organisation_id).wearing(wanted)
        found = {item.own_code: item for item in rows.select_related("account", "category")}
        if unknown := [code for code in wanted if code not in found]:
            raise ValidationError(
                _("No object has this code: %(codes)s."),
                code="unknown_item",
                params={"codes": ", ".join(unknown[:5])},
            )
        return [found[code] for code in wanted]
