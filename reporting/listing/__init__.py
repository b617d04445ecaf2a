"""What is behind a figure: the rows of the cube that it adds up, and the flows behind each."""

from reporting.listing.figures import (
    COUNTED,
    CROSSING,
    LABELS,
    MADE_OF,
    NARROWS,
    RECLASSIFIED,
    RECOVERED,
    RECYCLED,
    ROAD,
    STOCK,
)
from reporting.listing.listing import Listing
from reporting.listing.rows import Leaf, Row

__all__ = [
    "COUNTED",
    "CROSSING",
    "LABELS",
    "MADE_OF",
    "NARROWS",
    "RECLASSIFIED",
    "RECOVERED",
    "RECYCLED",
    "ROAD",
    "STOCK",
    "Leaf",
    "Listing",
    "Row",
]
