"""Objects that wear a code, each followed one by one."""

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models.catalogue import Category
from inventory.models.ledger import Account, Flow
from organisation.models import Organisation
from organisation.permissions import CallerRequest


class ItemQuerySet(models.QuerySet["Item"]):
    def within(self, request: CallerRequest) -> "ItemQuerySet":
        own = FilteredRelation(
            "codes", condition=Q(codes__organisation=request.user.organisation_id)
        )
        return self.annotate(own=own)

    def named(self, code: str) -> "ItemQuerySet":
        """The item that the caller's structure knows by this code (after ``within``)."""
        return self.filter(Q(own__code=code)).select_related("account", "category")


class Item(models.Model):
    """An object with a label. Its whole weight is in exactly one account, or it is dismantled.

    ``account`` follows the ledger and is written by it alone; the rest describes the object.
    """

    class Condition(models.TextChoices):
        NEW = "new", _("like new")
        GOOD = "good", _("good")
        WORN = "worn", _("worn")
        TO_REPAIR = "to_repair", _("to repair")

    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="items")
    category = models.ForeignKey(Category, models.PROTECT, related_name="items")
    weight_g = models.BigIntegerField(_("weight (g)"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    price_cents = models.PositiveIntegerField(_("price (cents)"), null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=12, choices=Condition, blank=True)
    arrival = models.ForeignKey(Flow, models.PROTECT, null=True, related_name="+")
    history = HistoricalRecords(excluded_fields=["account", "weight_g", "arrival"])

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [models.CheckConstraint(name="item_has_weight", condition=Q(weight_g__gt=0))]
        indexes = [models.Index(F("account"), F("category"), name="item_where_and_what")]

    def __str__(self) -> str:
        return self.title or str(self.category)


class ItemCode(models.Model):
    """The code that a structure's labels give an item; another structure may give it another."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=6)
    item = models.ForeignKey(Item, models.PROTECT, related_name="codes")

    class Meta:
        verbose_name = _("item code")
        verbose_name_plural = _("item codes")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="item_code_once")
        ]

    def __str__(self) -> str:
        return self.code
