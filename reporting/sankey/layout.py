"""Where the nodes, bands and labels of a flow picture stand: whole tenths of a pixel.

Every column is as high as the others: each fate gets its part of the height, and what comes and
what goes share out that part, by largest remainder. So heights add up exactly, whatever is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from inventory.shares import shares
from reporting.rounding import FATES

START, FATE, END = range(3)

Pair = tuple[str, str]  # a name and a fate


class Stream(NamedTuple):
    """Grams that came from ``start``, had a fate, and went to ``end``."""

    start: str
    fate: str
    end: str
    weight_g: int


class Shape(NamedTuple):
    """The measures of a picture; ``columns`` are the left edges of those that are drawn.

    ``names`` is how many signs of a name there is room for.
    """

    width: int
    height: int
    columns: Mapping[int, int]
    names: int = 28
    node: int = 140
    gap: int = 140
    line: int = 360
    top: int = 360


WIDE = Shape(11_800, 4_200, {START: 2_200, FATE: 5_500, END: 9_300})
NARROW = (  # one under the other: legible on a telephone
    Shape(3_600, 2_600, {START: 1_300, FATE: 2_100}, names=18, node=100),
    Shape(3_600, 2_600, {FATE: 1_400, END: 2_200}, names=18, node=100),
)


class Node(NamedTuple):
    """What a column stacks; ``label_y`` is the middle of its words."""

    column: int
    name: str
    weight_g: int
    x: int
    y: int
    height: int
    label_y: int


class Band(NamedTuple):
    """A ribbon between a name of ``column`` and its fate, from left to right."""

    column: int
    name: str
    fate: str
    weight_g: int
    x: int
    y: int
    to_x: int
    to_y: int
    height: int


class Layout(NamedTuple):
    """Everything in its place; ``height`` is that of the whole picture."""

    shape: Shape
    nodes: list[Node]
    bands: list[Band]
    height: int


class Size(NamedTuple):
    """Grams, and how high they are drawn."""

    weight_g: int
    height: int


def folded(streams: Sequence[Stream], most: Mapping[int, int], rest: str) -> list[Stream]:
    """The largest names of the columns in ``most``; the others of each become ``rest``.

    A single one too many keeps its name.
    """
    kept = {}
    for column, count in most.items():
        names = [name for name, _g in _by_name(streams, column).most_common()]
        kept[column] = set(names if len(names) <= count + 1 else names[:count])
    sums = Counter[tuple[str, str, str]]()
    for stream in streams:
        start, end = (
            name if name in kept.get(column, {name}) else rest
            for column, name in ((START, stream.start), (END, stream.end))
        )
        sums[start, stream.fate, end] += stream.weight_g
    return [Stream(*names, grams) for names, grams in sums.items()]


def layout(streams: Sequence[Stream], shape: Shape = WIDE, last: str = "") -> Layout:
    """Lay out streams of more than no grams: names by weight, each beside its fate; then ``last``.

    Raises ValueError where a stream is not above zero: a picture cannot show what came back.
    """
    if min((stream.weight_g for stream in streams), default=0) <= 0:
        raise ValueError("A flow picture shows grams above zero.")
    fates = _fates(streams, shape.height)
    pairs = {n: _pairs(streams, n, fates) for n in shape.columns if n != FATE}
    named = {n: _in_order(pairs[n], n, last) if n != FATE else fates for n in shape.columns}
    most = max(map(len, named.values()))
    room = max(shape.height + shape.gap * (most - 1), shape.line * most)
    nodes = [node for n in shape.columns for node in _stack(named[n], n, shape, room)]
    bands = [band for n in pairs for band in _bands(pairs[n], n, shape, nodes)]
    return Layout(shape, nodes, bands, shape.top + room + 20)


def spread(wanted: Sequence[int], line: int, top: int, bottom: int) -> list[int]:
    """The middles of labels, in order and ``line`` apart, as near to those wanted as room allows.

    They stay between ``top`` and ``bottom`` where that is room enough for all.
    """
    placed: list[int] = []
    for middle in wanted:
        lowest = placed[-1] + line if placed else top + line // 2
        placed.append(max(middle, lowest))
    limit = bottom - line // 2
    for n in reversed(range(len(placed))):
        placed[n] = min(placed[n], limit)
        limit = placed[n] - line
    return placed


def _by_name(streams: Sequence[Stream], column: int) -> Counter[str]:
    sums = Counter[str]()
    for stream in streams:
        sums[str(stream[column])] += stream.weight_g
    return sums


def _fates(streams: Sequence[Stream], height: int) -> dict[str, Size]:
    sums = _by_name(streams, FATE)
    found = [fate for fate in FATES if sums[fate]]
    split = shares([sums[fate] for fate in found], height) or []
    return {fate: Size(sums[fate], high) for fate, high in zip(found, split, strict=True)}


def _pairs(streams: Sequence[Stream], column: int, fates: Mapping[str, Size]) -> dict[Pair, Size]:
    """What each name has of each fate: together, the fate's own height."""
    sums = Counter[Pair]()
    for stream in streams:
        sums[str(stream[column]), stream.fate] += stream.weight_g
    sizes: dict[Pair, Size] = {}
    for fate, whole in fates.items():
        keys = sorted(key for key in sums if key[1] == fate)
        split = shares([sums[key] for key in keys], whole.height) or []
        sizes |= {key: Size(sums[key], high) for key, high in zip(keys, split, strict=True)}
    return sizes


def _in_order(pairs: Mapping[Pair, Size], column: int, last: str) -> dict[str, Size]:
    """The names of a column from the top: the heaviest first; partners beside their main fate."""
    held: defaultdict[str, list[tuple[str, Size]]] = defaultdict(list)
    for (name, fate), size in pairs.items():
        held[name].append((fate, size))
    sums = {
        name: Size(sum(size.weight_g for _f, size in parts), sum(s.height for _f, s in parts))
        for name, parts in held.items()
    }

    def rank(name: str) -> tuple[bool, int, int, str]:
        main = max(held[name], key=lambda part: part[1].weight_g)[0]
        place = FATES.index(main) if column == END else 0
        return name == last, place, -sums[name].weight_g, name

    return {name: sums[name] for name in sorted(sums, key=rank)}


def _stack(names: Mapping[str, Size], column: int, shape: Shape, room: int) -> Iterator[Node]:
    """The nodes of a column, spread over its whole height."""
    free, steps = room - shape.height, len(names) - 1
    tops, used = [], shape.top
    for n, size in enumerate(names.values()):
        tops.append(used + (free * n // steps if steps else free // 2))
        used += size.height
    middles = [top + size.height // 2 for top, size in zip(tops, names.values(), strict=True)]
    labels = spread(middles, shape.line, shape.top, shape.top + room)
    for (name, size), top, label in zip(names.items(), tops, labels, strict=True):
        yield Node(column, name, size.weight_g, shape.columns[column], top, size.height, label)


def _bands(
    pairs: Mapping[Pair, Size], column: int, shape: Shape, nodes: Sequence[Node]
) -> Iterator[Band]:
    """The bands of a column, in its own order at both ends: they cross as little as can be."""
    ends = {node.name: node for node in nodes if node.column == FATE}
    at_fate = {name: node.y for name, node in ends.items()}
    for node in (each for each in nodes if each.column == column):
        y = node.y
        for fate in ends:
            if size := pairs.get((node.name, fate)):
                here, there = (node.x, y), (ends[fate].x, at_fate[fate])
                left, right = (here, there) if column == START else (there, here)
                yield Band(
                    column,
                    node.name,
                    fate,
                    size.weight_g,
                    left[0] + shape.node,
                    left[1],
                    *right,
                    size.height,
                )
                y += size.height
                at_fate[fate] += size.height
