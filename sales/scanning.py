"""A code read at a till: the object that wears it, or in plain words why it is not for sale."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.models import Item, Place
from sales.models import SaleLine, Till, Voucher
from sales.services.vouching import require_good

State = Item.State


def read(till: Till, text: str) -> Item:
    """The object whose label says ``text``, if it may be sold at ``till``; its ``own_code`` too.

    Raises ValidationError ``bad_code``, ``unknown_item``, ``item_already_sold`` or
    ``item_not_there``.
    """
    code = codes.normalise(text)
    if not codes.is_valid(code):
        raise ValidationError(
            _("“%(code)s” was mistyped or misread: its check does not fit."),
            code="bad_code",
            params={"code": text.strip()[:40]},
        )
    item = Item.objects.known_to(till.organisation_id).named(code).first()
    if item is None:
        raise ValidationError(
            _("No object of ours wears the code %(code)s."),
            code="unknown_item",
            params={"code": code},
        )
    _require_here(till, item)
    return item


def read_voucher(till: Till, text: str) -> Voucher:
    """The voucher of the house whose code says ``text``, if something is left of it.

    Raises ValidationError ``unknown_voucher``, ``voucher_over`` or ``voucher_too_low``.
    """
    found = Voucher.objects.named(text).first()
    voucher = require_good(found, till.site, till.site.business_date(timezone.now()))
    if voucher.left_cents <= 0:
        said = _("Nothing is left of the voucher %(voucher)s.")
        raise ValidationError(said, code="voucher_too_low", params={"voucher": voucher})
    return voucher


def doubt(item: Item) -> Any:
    """What makes one hesitate to sell an object that is here; empty where nothing does."""
    if kept := _kept_for(item):
        return _("%(item)s is put aside until %(day)s for whoever has the voucher %(voucher)s.") % {
            "item": item,
            "day": kept.expires_on,
            "voucher": kept,
        }
    if item.price_cents is None:
        return _("%(item)s has no price yet: type one.") % {"item": item}
    place = item.account and item.account.place
    if place and place.use == Place.Use.WORKSHOP:
        return _("%(item)s is still in the workshop by the books: has it been tested?") % {
            "item": item
        }
    return ""


def _kept_for(item: Item) -> Voucher | None:
    """The deposit for which an object is put aside, while it lasts."""
    kept = item.deposits.filter(expires_on__gte=timezone.localdate()).order_by("-pk").first()
    return kept if kept and kept.left_cents > 0 else None


def _require_here(till: Till, item: Any) -> None:
    account, state = item.account, item.state
    known = {"item": item, "code": item.own_code, "state": state.label}
    if account and account.site.organisation_id != till.organisation_id:
        raise _refusal(_("%(item)s (%(code)s) is no longer ours."), known)
    if state == State.SOLD:
        raise _sold(item, known)
    if state == State.IN_TRANSIT:
        raise _refusal(_("%(item)s (%(code)s) is on the road: it must be received first."), known)
    if state != State.IN_STOCK:
        raise _refusal(_("%(item)s (%(code)s) has left by the books: %(state)s."), known)
    if account.site_id != till.site_id:
        known |= {"site": account.site}
        raise _refusal(_("%(item)s (%(code)s) is in the stock of %(site)s."), known)


def _sold(item: Any, known: dict[str, Any]) -> ValidationError:
    """That it is sold already, and on which ticket."""
    lines = (
        SaleLine.objects.filter(item=item).select_related("sale__movement__site").order_by("-pk")
    )
    line = lines.first()
    known |= {"number": line.sale.number if line else ""}
    return _refusal(_("%(item)s (%(code)s) is already sold."), known, "item_already_sold")


def _refusal(said: Any, known: dict[str, Any], code: str = "item_not_there") -> ValidationError:
    return ValidationError(said, code=code, params=known)
