"""The figures that open, what they are called, and what they are made of."""

from django.utils.translation import gettext_lazy as _

from reporting.indicators import WEIGHTED
from reporting.scopes import BALANCE, CHANNELS, FATES, GIVEN, SHIPPED, SOLD, UNTOLD

STOCK = "stock_g"
ROAD = "in_transit_g"
RECLASSIFIED = "reclassified_g"
COUNTED = "counted_g"
RECYCLED = "recycled_g"
RECOVERED = "recovered_g"
LABELS = {
    STOCK: _("Stock"),
    "opened_g": _("Opening stock taken in"),
    "collected_g": _("Collected"),
    "received_g": _("Received from other sites"),
    "adjusted_g": _("Discrepancies"),
    RECLASSIFIED: _("Reclassified"),
    "outgoing_g": _("Gone out"),
    "reuse_g": _("Reuse"),
    "recycling_g": _("Recycling"),
    "other_recovery_g": _("Other recovery"),
    "energy_g": _("Energy"),
    "disposal_g": _("Disposal"),
    "sent_g": _("Sent to other sites"),
    ROAD: _("On the road"),
    COUNTED: _("Collected and gone out"),
    RECYCLED: _("Recycled"),
    RECOVERED: _("Recovered"),
    f"{SOLD}_g": _("Sold"),
    f"{GIVEN}_g": _("Given"),
    f"{BALANCE}_g": _("Deduced by balance"),
    f"{UNTOLD}_g": _("Sold or given, not told which"),
    f"{SHIPPED}_g": _("Shipped"),
}
NARROWS = ("mode", "partner", "stream")
CHANNEL_OF = {f"{channel}_g": channel for channel in CHANNELS}
CROSSING = "crossing"  # everything that adds to a figure, whichever
MADE_OF = {
    "outgoing_g": frozenset(FATES),
    RECYCLED: frozenset({"recycling_g", "other_recovery_g"}),
    RECOVERED: frozenset({"reuse_g", "recycling_g", "other_recovery_g"}),
    COUNTED: WEIGHTED,
}
