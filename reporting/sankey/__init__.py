"""The flow picture: from where, by which fate, to whom. Server-made SVG, no solver.

``layout`` says where everything stands, in whole tenths of a pixel; ``drawing`` writes it;
``told`` says the same in figures that add up.
"""

from reporting.paint import PAGE, PAPER, Paint
from reporting.sankey.drawing import Words, draw
from reporting.sankey.layout import (
    END,
    FATE,
    NARROW,
    START,
    WIDE,
    Layout,
    Shape,
    Stream,
    folded,
    layout,
)
from reporting.sankey.told import Table, table, words

__all__ = [
    "END",
    "FATE",
    "NARROW",
    "PAGE",
    "PAPER",
    "START",
    "WIDE",
    "Layout",
    "Paint",
    "Shape",
    "Stream",
    "Table",
    "Words",
    "draw",
    "folded",
    "layout",
    "table",
    "words",
]
