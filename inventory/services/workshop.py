"""The workshop's acts: tests and repairs, and the photos of objects and papers."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.models import Item, Photo, Repair
from inventory.pictures import Picture
from inventory.services.labelling import describe
from organisation.models import User


@transaction.atomic
def note_repair(*, repair: Repair, condition: str | None = None) -> Repair:
    """Keep what was done to an object, and the condition it is in now where that was said.

    Raises ValidationError ``item_gone`` once it is no longer in stock.
    """
    describe(item=repair.item, changes={} if condition is None else {"condition": condition})
    repair.full_clean(exclude=["submission"])
    repair.save()
    return repair


@transaction.atomic
def keep_photo(*, photo: Photo, picture: Picture) -> Photo:
    """Keep a picture of an object or of a paper. Raises ValidationError ``too_many_photos``."""
    if photo.item is not None:
        Item.objects.select_for_update().get(pk=photo.item.pk)
        there = photo.item.photos
    else:
        assert photo.movement is not None  # noqa: S101 (of one thing: a constraint)
        there = photo.movement.photos
    if there.filter(removed_by=None).count() >= Photo.MAX_EACH:
        raise ValidationError(
            _("There are %(n)s photos already: take one away first."),
            code="too_many_photos",
            params={"n": Photo.MAX_EACH},
        )
    photo.content, photo.width, photo.height = picture
    photo.save()
    return photo


@transaction.atomic
def remove_photo(*, photo: Photo, by: User) -> None:
    """Take a photo away: it is shown no more, and who took it away stays known."""
    rows = Photo.objects.filter(pk=photo.pk, removed_by=None)
    rows.update(removed_by=by, removed_at=timezone.now())
