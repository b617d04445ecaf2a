"""What the workshop keeps of an object: tests and repairs, and photos; and photos of papers."""

from typing import Self, TypeAlias

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inventory.models.items import Item
from inventory.models.ledger import Movement
from organisation.models import Submission, User
from organisation.permissions import CallerRequest


class RepairAct(models.TextChoices):
    TEST = "test", pgettext_lazy("workshop", "test")
    CLEANING = "cleaning", pgettext_lazy("workshop", "cleaning")
    REPAIR = "repair", pgettext_lazy("workshop", "repair")
    PART = "part", pgettext_lazy("workshop", "part replaced")
    UPCYCLING = "upcycling", pgettext_lazy("workshop", "upcycling")


class RepairResult(models.TextChoices):
    WORKS = "works", _("works")
    CONTINUES = "continues", _("to be continued")
    PARTS_ONLY = "parts_only", _("good for parts")
    BEYOND_REPAIR = "beyond_repair", _("beyond repair")


class Repair(models.Model):
    """What was tried on an object, how long it took and what came of it. Never edited."""

    MAX_MINUTES = 6_000
    Act: TypeAlias = RepairAct
    Result: TypeAlias = RepairResult

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="repair")
    item = models.ForeignKey(Item, models.PROTECT, related_name="repairs")
    act = models.CharField(_("what was done"), max_length=12, choices=RepairAct)
    minutes = models.PositiveIntegerField(
        _("minutes"), default=0, validators=[MaxValueValidator(MAX_MINUTES)]
    )
    parts = models.CharField(_("parts used"), max_length=120, blank=True)
    result = models.CharField(_("result"), max_length=16, choices=RepairResult)
    note = models.CharField(_("note"), max_length=500, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes = [models.Index(fields=["item", "occurred_at"], name="repair_of_item")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.get_result_display()}"


class PhotoQuerySet(models.QuerySet["Photo"]):
    def within(self, request: CallerRequest) -> Self:
        """Photos of the structure's own papers, and of objects that it has a code for."""
        owner = request.user.organisation_id
        return self.filter(
            Q(movement__site__organisation=owner) | Q(item__codes__organisation=owner)
        ).distinct()

    def shown(self) -> Self:
        """Those that nobody took away, oldest first, without their bytes."""
        return self.filter(removed_by=None).defer("content").order_by("pk")


class Photo(models.Model):
    """A picture of an object, or of a departure's paper: small, and without what it knew.

    The bytes lie in the database: kept in the same transaction as the rest, and in its backups.
    """

    MAX_EACH = 6

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="photo")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="photos")
    movement = models.ForeignKey(Movement, models.PROTECT, null=True, related_name="photos")
    content = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                name="photo_of_one_thing",
                condition=Q(item__isnull=False, movement=None)
                | Q(item=None, movement__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


def repairs_of(item: Item) -> models.QuerySet[Repair]:
    """What the workshop did to an object, oldest first."""
    return item.repairs.select_related("author", "submission").order_by("occurred_at", "pk")
