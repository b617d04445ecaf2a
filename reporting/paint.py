"""What drawings look like: by the classes of the page, or by colours and patterns of their own."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PATTERNS = {
    "recycling": SafeString(
        'width="8" height="8" patternTransform="rotate(45)">'
        '<path d="M0 0V8" stroke="#140e1c" stroke-opacity=".34" stroke-width="4"/>'
    ),
    "other_recovery": SafeString(
        'width="8" height="8"><circle cx="4" cy="4" r="1.8" fill="#140e1c" fill-opacity=".34"/>'
    ),
    "energy": SafeString(
        'width="7" height="7">'
        '<path d="M1 0V7" stroke="#140e1c" stroke-opacity=".34" stroke-width="2"/>'
    ),
    "disposal": SafeString(
        'width="7" height="7" patternTransform="rotate(45)">'
        '<path d="M0 0V7M0 0H7" stroke="#140e1c" stroke-opacity=".34" stroke-width="3"/>'
    ),
}

LINES = {
    "floor": SafeString('stroke="#8a8291" stroke-width="1.5"'),
    "mark": SafeString('stroke="#211c26" stroke-width="2.5"'),
    "gap": SafeString('fill="#ffffff"'),
}


class Paint(NamedTuple):
    """What shapes and words of a picture look like: attributes, by what they are.

    ``fates`` are the fill and the outline of each fate; without, the page's classes colour it.
    """

    font: str = ""
    fates: Mapping[str, tuple[str, str]] = {}

    @property
    def is_alone(self) -> bool:
        """Whether the picture has its own colours, patterns and font."""
        return bool(self.fates)

    def shape(self, kind: str, fate: str) -> SafeString:
        """Of a ``node``, a ``link``, a bar; what has no fate yet is neutral."""
        if not self.is_alone:
            fated = format_html(' data-fate="{}"', fate) if fate else ""
            return format_html('class="{}"{}', kind, fated)
        fill, edge = self.fates.get(fate, ("#8a8291", "#5f5866"))
        if kind == "link":
            return format_html('fill="{}" fill-opacity=".5"', fill)
        return format_html('fill="{}" stroke="{}"', fill, edge)

    def line(self, kind: str) -> SafeString:
        """Of the ``floor`` bars stand on, a ``mark`` that they are compared with, or a ``gap``."""
        return LINES[kind] if self.is_alone else format_html('class="{}"', kind)

    def root(self, box: str) -> SafeString:
        """The first attributes of a picture; alone it is a file of its own."""
        if not self.is_alone:
            return format_html('viewBox="{}"', box)
        return format_html('xmlns="http://www.w3.org/2000/svg" viewBox="{}"', box)

    def words(self, kind: str) -> SafeString:
        """Of a ``head``, a ``name`` or a ``sum``."""
        if not self.is_alone:
            return format_html('class="{}"', kind)
        fill = "#211c26" if kind == "name" else "#5f5866"
        return format_html(
            'font-family="{}" font-size="{}" font-weight="{}" fill="{}" paint-order="stroke"'
            ' stroke="#ffffff" stroke-width="4" stroke-linejoin="round"',
            self.font,
            13 if kind == "sum" else 14,
            700 if kind == "head" else 400,
            fill,
        )

    def patterns(self) -> SafeString:
        """Those of its own; a page includes ``parts/patterns.html``."""
        if not self.is_alone:
            return SafeString()
        made = format_html_join(
            "", '<pattern id="pat-{}" patternUnits="userSpaceOnUse" {}</pattern>', PATTERNS.items()
        )
        return format_html("<defs>{}</defs>", made)


PAGE = Paint()
PAPER = Paint(
    font="Atkinson Hyperlegible",
    fates={
        "reuse": ("#23794a", "#155c36"),
        "recycling": ("#5f9fdc", "#1d5690"),
        "other_recovery": ("#8fd6cc", "#14625a"),
        "energy": ("#eda823", "#7d4e00"),
        "disposal": ("#948d84", "#5b554d"),
        "age0": ("#ffffff", "#5f5866"),
        "age1": ("#e9e4d9", "#5f5866"),
        "age2": ("#cfc8ba", "#5f5866"),
        "age3": ("#a29aa9", "#5f5866"),
    },
)
