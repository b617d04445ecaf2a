"""A laid out flow picture as SVG: by the classes of the page, or by colours of its own."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reporting import rounding
from reporting.paint import PAGE, PATTERNS, Paint
from reporting.sankey.layout import FATE, START, Band, Layout, Node
from reporting.templatetags.figures import percent


class Words(NamedTuple):
    """What a picture says: its name, the heads of its columns, the fates, and each mass as printed.

    ``mass`` is asked by column, name and fate; without a fate, for the whole of the name.
    """

    label: str
    heads: tuple[Any, Any, Any]
    fates: Mapping[str, Any]
    mass: Callable[[int, str, str], str]


def draw(picture: Layout, words: Words, paint: Paint = PAGE) -> SafeString:
    """The picture; every band and node tells its names, mass and share by a ``title``."""
    whole_g = sum(node.weight_g for node in picture.nodes if node.column == FATE)
    shape = picture.shape
    return format_html(
        '<svg class="sankey" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
        ' aria-label="{}">{}{}{}{}{}</svg>',
        _px(shape.width),
        _px(picture.height),
        words.label,
        paint.patterns(),
        _all(_head(column, picture, words, paint) for column in shape.columns),
        _all(_band(band, whole_g, words, paint) for band in picture.bands if band.height),
        _all(_node(node, picture, whole_g, words, paint) for node in picture.nodes),
        _all(_label(node, picture, words, paint) for node in picture.nodes),
    )


def _all(parts: Any) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _head(column: int, picture: Layout, words: Words, paint: Paint) -> SafeString:
    x, anchor = _beside(column, picture)
    return format_html(
        '<text x="{}" y="16" text-anchor="{}" {}>{}</text>',
        _px(x),
        anchor,
        paint.words("head"),
        words.heads[column],
    )


def _band(band: Band, whole_g: int, words: Words, paint: Paint) -> SafeString:
    fate, mass = words.fates[band.fate], words.mass(band.column, band.name, band.fate)
    names = (band.name, fate) if band.column == START else (fate, band.name)
    outline = _ribbon(band)
    pattern = ""
    if band.fate in PATTERNS:
        pattern = format_html('<path d="{}" fill="url(#pat-{})"/>', outline, band.fate)
    return format_html(
        '<g><title>{} → {}: {}{}</title><path d="{}" {}/>{}</g>',
        *names,
        mass,
        _share(band.weight_g, whole_g),
        outline,
        paint.shape("link", band.fate),
        pattern,
    )


def _ribbon(band: Band) -> str:
    """Two curves, as far apart all along as the band is high."""
    middle = _px((band.x + band.to_x) // 2)
    top, low = _px(band.y), _px(band.y + band.height)
    to_top, to_low = _px(band.to_y), _px(band.to_y + band.height)
    x, to_x = _px(band.x), _px(band.to_x)
    return (
        f"M{x} {top}C{middle} {top} {middle} {to_top} {to_x} {to_top}"
        f"V{to_low}C{middle} {to_low} {middle} {low} {x} {low}Z"
    )


def _node(node: Node, picture: Layout, whole_g: int, words: Words, paint: Paint) -> SafeString:
    fate = node.name if node.column == FATE else ""
    place = format_html(
        'x="{}" y="{}" width="{}" height="{}"',
        _px(node.x),
        _px(node.y),
        _px(picture.shape.node),
        _px(max(node.height, 5)),  # what is too little to be seen still leaves a line
    )
    pattern = ""
    if fate in PATTERNS:
        pattern = format_html('<rect {} fill="url(#pat-{})"/>', place, fate)
    return format_html(
        "<g><title>{}: {}{}</title><rect {} {}/>{}</g>",
        words.fates.get(node.name, node.name) if fate else node.name,
        words.mass(node.column, "" if fate else node.name, fate),
        _share(node.weight_g, whole_g),
        place,
        paint.shape("node", fate),
        pattern,
    )


def _label(node: Node, picture: Layout, words: Words, paint: Paint) -> SafeString:
    """The name and under it the mass."""
    x, anchor = _beside(node.column, picture)
    is_fate = node.column == FATE
    name = str(words.fates[node.name]) if is_fate else node.name
    mass = words.mass(node.column, "" if is_fate else node.name, node.name if is_fate else "")
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" {}>{}</text>'
        '<text x="{}" y="{}" text-anchor="{}" {}>{}</text>',
        _px(x),
        _px(node.label_y - 30),
        anchor,
        paint.words("name"),
        _cut(name, picture.shape.names),
        _px(x),
        _px(node.label_y + 120),
        anchor,
        paint.words("sum"),
        mass,
    )


def _beside(column: int, picture: Layout) -> tuple[int, str]:
    """Where the words of a column begin: outside of it, or after it where both sides are taken."""
    x, shape = picture.shape.columns[column], picture.shape
    is_left = column == START or (column == FATE and START not in shape.columns)
    return (x - 80, "end") if is_left else (x + shape.node + 80, "start")


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _share(part_g: int, whole_g: int) -> str:
    return f", {percent(rounding.percent(part_g, whole_g))}"


def _px(tenths: int) -> str:
    """Tenths of a pixel as SVG wants them."""
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}" if rest else str(whole)
