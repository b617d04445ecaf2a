"""What the label of an object says, and the address that its QR holds."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.labels import DPIS, Label, fits, name_of, size_of
from inventory.models import Item, ItemCode
from inventory.units import NO_BREAK, exact_kg
from organisation.models import Organisation, Site

SPECIMEN = "7K3MPT"  # all codes are as wide
LARGEST_MM = 110


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


def size_at(site: Site) -> str:
    """The size of the labels of a site."""
    return name_of(site.label_width_mm, site.label_height_mm)


def is_size(name: str) -> bool:
    """Whether labels of this size can be drawn, for a fine printer at least."""
    try:
        size = size_of(name)
    except ValueError:
        return False
    longest = max(size.width_mm, size.height_mm)
    return longest <= LARGEST_MM and fits(name, DPIS[-1], address(SPECIMEN))


def site_of(organisation: Organisation, wanted: Iterable[str]) -> Site | None:
    """Where the first of these objects is, if that is a site of the structure."""
    rows = Item.objects.known_to(organisation.pk).wearing(wanted).select_related("account__site")
    item = rows.filter(account__site__organisation=organisation).first()
    return item.account.site if item and item.account else None


def specimen(organisation: Organisation) -> Label:
    """A label that shows what others will look like."""
    return Label(
        code=SPECIMEN,
        url=address(SPECIMEN),
        owner=organisation.name,
        title=str(_("Coffee machine with its jug")),
        category=str(_("Kitchen")),
        detail=f"4,25{NO_BREAK}kg",
        price_cents=1_250,
    )


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
