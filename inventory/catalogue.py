"""What may happen to a row that other rows, or stock, may rest on."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from inventory.models import Balance, Category, Place, Tile
from organisation.models import Site


def is_pointed_at(row: models.Model) -> bool:
    """Whether anything rests on ``row``: then it is set aside, never deleted."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.PROTECT
    )


@transaction.atomic
def erase(*, row: models.Model) -> None:
    """Delete a row that was never used. Raises ValidationError ``in_use``."""
    if is_pointed_at(row):
        raise ValidationError(
            _("“%(name)s” has been used: set it aside instead."),
            code="in_use",
            params={"name": row},
        )
    row.delete()


def _held(site: Site) -> models.QuerySet[Balance]:
    """What keeps a place of ``site`` in use: grams, or labelled items.

    Units in bulk are not always told when it leaves: what they leave behind weighs nothing.
    """
    return Balance.objects.in_stock(site).exclude(weight_g=0, account__holds_items=False)


@transaction.atomic
def offer(*, row: Any, is_offered: bool) -> None:
    """Offer a row, or no longer. Raises ValidationError ``place_not_empty``."""
    is_place = isinstance(row, Place)
    if is_place and not is_offered and _held(row.site).filter(account__place=row).exists():
        raise ValidationError(
            _("“%(name)s” still holds stock: move or count it first."),
            code="place_not_empty",
            params={"name": row},
        )
    row.is_active = is_offered
    row.save()


def require_one_place(site: Site) -> None:
    """Refuse to forget places where stock lies. Raises ValidationError ``places_in_use``."""
    if _held(site).filter(account__place__is_main=False).exists():
        raise ValidationError(
            _("Other places of this site still hold stock: move or count it first."),
            code="places_in_use",
        )


@transaction.atomic
def show_first(*, site: Site, tops: Sequence[Category]) -> None:
    """Let a site's screens show these tops first, in this order; none: as the catalogue has them.

    Raises ValidationError ``too_many_tiles``.
    """
    if len(tops) > Tile.MOST:
        raise ValidationError(
            _("At most %(most)s tiles are shown first."),
            code="too_many_tiles",
            params={"most": Tile.MOST},
        )
    tiles = {tile.category_id: tile for tile in site.tiles.all()}
    for pk in tiles.keys() - {top.pk for top in tops}:
        tiles[pk].delete()
    for rank, top in enumerate(tops):
        tile = tiles.get(top.pk) or Tile(site=site, category=top)
        if tile.rank != rank:  # history keeps changes only
            tile.rank = rank
            tile.save()
