"""What the label of an object says, and the address that its QR holds."""

from collections.abc import Iterable

from django.conf import settings

from inventory.labels import Label
from inventory.models import Item, ItemCode
from inventory.units import NO_BREAK, exact_kg
from organisation.models import Organisation


def labels_of(organisation: Organisation, wanted: Iterable[str]) -> list[Label]:
    """A label for each code: of an object that is the structure's own now, or a blank one."""
    codes = list(wanted)
    rows = Item.objects.known_to(organisation.pk).wearing(codes).select_related("category")
    rows = rows.filter(account__site__organisation=organisation)
    known = {item.own_code: _label_of(item, organisation.name) for item in rows}
    blank = ItemCode.objects.filter(organisation=organisation, code__in=codes, item=None)
    for code in blank.values_list("code", flat=True):
        known[code] = Label(code=code, url=address(code), owner=organisation.name)
    return [known[code] for code in codes if code in known]


def address(code: str) -> str:
    """The address of an object: a telephone opens it, a scanner reads its last segment."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/o/{code}"


def _label_of(item: Item, owner: str) -> Label:
    """A title where there is one, above its category; else the category alone."""
    condition = f" · {item.get_condition_display()}" if item.condition else ""
    return Label(
        code=item.own_code,
        url=address(item.own_code),
        owner=owner,
        title=item.title or item.category.name_fr,
        category=item.category.name_fr if item.title else "",
        detail=f"{exact_kg(item.weight_g)}{NO_BREAK}kg{condition}",
        price_cents=item.price_cents,
    )
