"""Drawings: server-made SVG, each fate by colour and pattern, no style attributes.

Widths are percentages of the drawing, so that patterns keep their scale; the page must include
``parts/patterns.html`` once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from inventory.models import Kind
from reporting.paint import PAGE, Paint
from reporting.printing import Unit, unit_for
from reporting.rounding import FATES, PUBLISHED

ICONS = {
    "reuse": "hand-heart",
    "recycling": "recycle",
    "other_recovery": "factory",
    "energy": "flame",
    "disposal": "trash-2",
}
DONE = {
    "reuse": pgettext_lazy("share of what left", "reused"),
    "recycling": pgettext_lazy("share of what left", "recycled"),
    "disposal": pgettext_lazy("share of what left", "disposed of"),
}
DETAIL = {
    "reuse": gettext_lazy("sold or given"),
    "recycling": gettext_lazy("as material"),
    "other_recovery": gettext_lazy("recovered otherwise"),
    "energy": gettext_lazy("burnt for energy"),
    "disposal": gettext_lazy("thrown away"),
}
TRAMES = {fate: fate for fate in FATES[1:]} | {
    "unit_average": "recycling",
    "estimated": "other_recovery",
    "by_balance": "disposal",
    "age1": "other_recovery",
    "age2": "recycling",
    "age3": "disposal",
}
GROUP = {fate: name for name, fates in PUBLISHED.items() for fate in fates}
MONTH_HEIGHT = 96
STEP, BAR, SMALL_HEIGHT = 24, 18, 72  # of a small multiple
BAR_WIDTH, BAR_HEIGHT = 640, 22  # of a bar that stands alone


def shares(
    figures: Mapping[str, Any], base: str = "outgoing", unit: Unit | None = None
) -> dict[str, Any]:
    """What ``reporting/_shares.html`` shows for an answer of ``diversion``."""
    fates_g = {fate: figures[f"{fate}_g"] for fate in FATES}
    printed = figures["of_collected"] if base == "collected" else figures["shares"]
    if printed is None:
        return {"bar": None, "is_empty": not any(fates_g.values())}
    unit = unit or unit_for(fates_g.values())
    whole_g = max(figures["collected_g"], sum(fates_g.values())) if base == "collected" else None
    groups = [
        {
            "fate": name,
            "percent": printed[name],
            "share": f"{round(float(printed[name])):03}",
            "icon": ICONS[name],
            "word": DONE[name],
            "total": unit.write(sum(fates_g[fate] for fate in PUBLISHED[name])),
            "parts": [
                {"weight": unit.write(fates_g[fate]), "word": DETAIL[fate]}
                for fate in PUBLISHED[name]
                if fates_g[fate] or fate == name
            ],
        }
        for name in PUBLISHED
    ]
    label = ", ".join(f"{group['percent']} % {group['word']}" for group in groups)
    return {"bar": shares_bar(fates_g, label, whole_g), "groups": groups, "unit": unit.word}


def shares_bar(fates_g: Mapping[str, int], label: str, whole_g: int | None = None) -> SafeString:
    """One bar of the five fates; where ``whole_g`` is larger than their sum, the rest is hollow."""
    whole_g = whole_g or sum(fates_g.values())
    inside = _segments([(fate, fates_g[fate], Kind(fate).label) for fate in FATES], whole_g, "fate")
    return format_html(
        '<svg class="shares-bar" role="img" aria-label="{}">'
        '<rect class="rest" width="100%" height="100%"/>{}</svg>',
        label,
        inside,
    )


def quality_bar(quality: Mapping[str, int], words: Mapping[str, Any]) -> SafeString:
    """One bar of how the weights are known, in hundredths."""
    inside = _segments([(name, quality[name], words[name]) for name in quality], 100, "q")
    label = ", ".join(f"{words[name]} {quality[name]} %" for name in quality)
    return format_html('<svg class="q-bar" role="img" aria-label="{}">{}</svg>', label, inside)


def ages_bar(
    classes_g: Sequence[int], words: Sequence[str], masses: Sequence[str], paint: Paint = PAGE
) -> SafeString:
    """One bar of the stock, from what came last to what has been there longest."""
    parts = [(f"age{n}", grams, f"{words[n]}, {masses[n]},") for n, grams in enumerate(classes_g)]
    label = ", ".join(f"{word} {mass}" for word, mass in zip(words, masses, strict=True))
    whole_g = sum(grams for grams in classes_g if grams > 0)
    inside = _segments(parts, whole_g, "age", paint) if whole_g else ""
    if paint.is_alone:
        head = paint.root(f"0 0 {BAR_WIDTH} {BAR_HEIGHT}")
        return format_html("<svg {}>{}{}</svg>", head, paint.patterns(), inside)
    return format_html('<svg class="q-bar ages" role="img" aria-label="{}">{}</svg>', label, inside)


def goal_bar(amount: int, due: int, label: str) -> SafeString:
    """How far a figure has come: a bar, and a mark where it should be."""
    whole = max(amount, due, 1)
    return format_html(
        '<svg class="goal-bar" role="img" aria-label="{}"><title>{}</title>'
        '<rect class="rest" width="100%" height="100%"/>'
        '<rect class="done" width="{}%" height="100%"/>'
        '<rect class="due" x="{}%" width="4" height="100%" transform="translate(-4)"/></svg>',
        label,
        label,
        _percent(max(amount, 0), whole),
        _percent(max(due, 0), whole),
    )


def multiple(
    fate: str,
    bars: Sequence[tuple[int, int | None, str]],
    most_g: int,
    label: str,
    paint: Paint = PAGE,
) -> SafeString:
    """A fate's months as bars, ``most_g`` full height; a line where the compared month reached.

    Each bar is its grams, the grams it is compared with, and what it says.
    """
    shapes = [_small(fate, n, bar, most_g, paint) for n, bar in enumerate(bars)]
    width = STEP * len(bars)
    return format_html(
        '<svg {} role="img" aria-label="{}">{}{}<path {} d="M0 {}H{}"/></svg>',
        paint.root(f"-1 -1 {width + 2} {SMALL_HEIGHT + 3}"),
        label,
        paint.patterns(),
        format_html_join("", "{}", [(shape,) for shape in shapes]),
        paint.line("floor"),
        SMALL_HEIGHT,
        width,
    )


def _small(
    fate: str, n: int, bar: tuple[int, int | None, str], most_g: int, paint: Paint
) -> SafeString:
    grams, was_g, said = bar
    height = _high(grams, most_g)
    x, shape = STEP * n + (STEP - BAR) // 2, SafeString()
    if height:
        place = format_html(
            'x="{}" y="{}" width="{}" height="{}"', x, SMALL_HEIGHT - height, BAR, height
        )
        shape = format_html("<rect {} {}/>", paint.shape("fate", fate), place)
        if fate in TRAMES:
            shape += format_html('<rect fill="url(#pat-{})" {}/>', fate, place)
    if was_g:
        y = SMALL_HEIGHT - _high(was_g, most_g)
        shape += format_html('<path {} d="M{} {}h{}"/>', paint.line("mark"), STEP * n, y, STEP)
    return format_html("<g><title>{}</title>{}</g>", said, shape)


def _high(grams: int, most_g: int) -> int:
    return round(SMALL_HEIGHT * max(grams, 0) / most_g) if most_g > 0 else 0


def column(
    fates_g: Mapping[str, int], most_g: int, label: str, mark_g: int | None = None
) -> SafeString:
    """A month's column: the fates stacked, the fullest month full height; a line at ``mark_g``."""
    shapes, top = [], MONTH_HEIGHT
    for fate in FATES:
        height = round(MONTH_HEIGHT * max(fates_g[fate], 0) / most_g) if most_g > 0 else 0
        top -= height
        if height:
            shapes.append(_block(fate, top, height))
    return format_html(
        '<svg viewBox="-1 -1 102 {}" role="img" aria-label="{}">{}'
        '<path class="floor" d="M0 {}H100"/>{}</svg>',
        MONTH_HEIGHT + 2,
        label,
        format_html_join("", "{}", [(shape,) for shape in shapes]),
        MONTH_HEIGHT,
        _mark(mark_g, most_g),
    )


def _mark(mark_g: int | None, most_g: int) -> SafeString:
    """Where the month that it is compared with reached."""
    if not mark_g or most_g <= 0:
        return SafeString()
    return format_html(
        '<path class="mark" d="M-1 {}H101"/>', round(MONTH_HEIGHT - MONTH_HEIGHT * mark_g / most_g)
    )


def _block(fate: str, top: int, height: int) -> SafeString:
    shape = format_html('y="{}" width="100" height="{}"/>', top, height)
    block = format_html('<rect class="fate" data-fate="{}" {}', fate, shape)
    if fate in TRAMES:
        block += format_html('<rect fill="url(#pat-{})" {}', fate, shape)
    return block


def _segments(
    parts: Sequence[tuple[str, int, Any]], whole: int, kind: str, paint: Paint = PAGE
) -> SafeString:
    """Rectangles side by side, then the gaps between groups, in percent of the drawing."""
    shapes, ends, start = [], {}, 0
    for name, size, word in parts:
        if size > 0:
            x, width = _percent(start, whole), _percent(size, whole)
            drawn = paint.shape(kind, name)
            shapes.append((f"{word} {width} %", drawn, x, width, _trame(name, x, width)))
            start += size
            ends[GROUP.get(name, name)] = (_percent(start, whole),)
    gaps = [(paint.line("gap"), *end) for end in list(ends.values())[:-1]]
    return format_html(
        "{}{}",
        format_html_join(
            "",
            '<g><title>{}</title><rect {} x="{}%" width="{}%" height="100%"/>{}</g>',
            shapes,
        ),
        format_html_join("", '<rect {} x="{}%" width="3" height="100%"/>', gaps),
    )


def _trame(name: str, x: str, width: str) -> SafeString:
    """The pattern over a part; reuse and what was weighed are solid."""
    pattern = TRAMES.get(name)
    if pattern is None:
        return SafeString()
    return format_html(
        '<rect fill="url(#pat-{})" x="{}%" width="{}%" height="100%"/>', pattern, x, width
    )


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.2f}"
