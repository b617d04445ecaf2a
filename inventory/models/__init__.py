"""Catalogue, places and partners, items, and the ledger."""

from inventory.models.carriers import Carrier, EcoOrganisme
from inventory.models.catalogue import (
    UNSORTED,
    Category,
    EprStream,
    Tile,
    TreatmentCode,
    UnitWeight,
    WasteCode,
)
from inventory.models.documents import (
    Packing,
    Receipt,
    ShelfRest,
    Shipment,
    ShipmentWeights,
    Transfer,
)
from inventory.models.dots import DotCalendar
from inventory.models.items import Item, ItemCode
from inventory.models.ledger import (
    EXITS,
    Account,
    Flow,
    Kind,
    Method,
    Movement,
    Reason,
    Verb,
)
from inventory.models.places import CollectionMode, Container, Origin, Partner, Place, WasteStatus
from inventory.models.sums import Balance, MonthlyFlow, MonthlyOrigin, NumberSeries
from inventory.models.workshop import Photo, Repair

__all__ = [
    "EXITS",
    "UNSORTED",
    "Account",
    "Balance",
    "Carrier",
    "Category",
    "CollectionMode",
    "Container",
    "DotCalendar",
    "EcoOrganisme",
    "EprStream",
    "Flow",
    "Item",
    "ItemCode",
    "Kind",
    "Method",
    "MonthlyFlow",
    "MonthlyOrigin",
    "Movement",
    "NumberSeries",
    "Origin",
    "Packing",
    "Partner",
    "Photo",
    "Place",
    "Reason",
    "Receipt",
    "Repair",
    "ShelfRest",
    "Shipment",
    "ShipmentWeights",
    "Tile",
    "Transfer",
    "TreatmentCode",
    "UnitWeight",
    "Verb",
    "WasteCode",
    "WasteStatus",
]
