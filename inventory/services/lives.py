"""What one life of an object forbids another act: second lives, labels, arrivals under them."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.models import EXITS, Flow, Item, ItemCode, Movement, Verb


def require_gone(former: Item | None) -> None:
    """Refuse a second life to what has not left, or has come back. Locks it: it gets only one."""
    if former is None:
        return
    former = (
        Item.objects.select_for_update(of=("self",)).select_related("account").get(pk=former.pk)
    )
    if former.account is None or former.account.kind not in EXITS:
        raise ValidationError(
            _("%(item)s has not left: it cannot come back."),
            code="not_gone",
            params={"item": former},
        )
    _require_not_back([former])


def require_not_back(items: Iterable[int]) -> None:
    """Refuse to undo the exit of items that were given back since: they would be there twice.

    Locks them. Raises ValidationError ``already_back``.
    """
    _require_not_back(Item.objects.select_for_update().filter(pk__in=list(items)).order_by("pk"))


def _require_not_back(held: Iterable[Item]) -> None:
    back = Item.objects.filter(former__in=list(held), codes__isnull=False).select_related("former")
    if found := back.first():
        raise ValidationError(
            _("%(item)s has already come back, under another code."),
            code="already_back",
            params={"item": found.former},
        )


def free_codes(movement: Movement) -> None:
    """Give back the codes of items that ``movement`` made and that its cancelling unmade.

    Raises ValidationError ``moved_since`` where other acts that still stand carried them.
    """
    unmade = Item.objects.filter(flows__movement=movement, account=None)
    since = Flow.objects.filter(item__in=unmade, movement__pk__gt=movement.pk)
    standing = since.filter(movement__reverses=None, movement__reversed_by=None)
    if later := standing.select_related("movement", "item").first():
        raise ValidationError(
            _("%(item)s was in another act since, %(number)s: cancel that one first."),
            code="moved_since",
            params={"item": later.item, "number": later.movement},
        )
    ItemCode.objects.filter(item__in=unmade).update(item=None)


def require_unlabelled(arrival: Movement) -> None:
    """Refuse to cancel an arrival under the objects that wear a label of its lines.

    Raises ValidationError ``labels_first``.
    """
    if arrival.verb != Verb.COLLECT:
        return
    hold(arrival)
    made = Item.objects.filter(arrival__movement=arrival, part_of=None, codes__isnull=False)
    if item := made.first():
        raise ValidationError(
            _("%(item)s was labelled from this arrival: cancel its label first."),
            code="labels_first",
            params={"item": item},
        )


def hold(arrival: Movement) -> None:
    """One at a time: labelling from an arrival, or cancelling it."""
    Movement.objects.select_for_update(no_key=True).get(pk=arrival.pk)
