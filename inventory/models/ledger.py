"""The ledger of grams: accounts, movements, flows, and the sums kept beside them.

A movement is one act; its flows carry grams from one account to another, so nothing appears or
vanishes. Movements and flows are written once: triggers refuse any change, and a mistake is
reversed by a new movement that names it.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import Category
from inventory.models.places import CollectionMode, Origin, Partner, Place, WasteStatus
from inventory.months import month_of
from organisation.models import Organisation, Site, Submission, User
from organisation.permissions import CallerRequest

if TYPE_CHECKING:
    from uuid import UUID


class Kind(models.TextChoices):
    """What an account stands for."""

    SOURCE = "source", _("arrivals")
    OPENING = "opening", _("opening stock")
    STOCK = "stock", _("stock")
    TRANSIT = "transit", _("on the road")
    REUSE = "reuse", _("reuse")
    RECYCLING = "recycling", _("recycling")
    OTHER_RECOVERY = "other_recovery", _("other recovery")
    ENERGY = "energy", _("energy recovery")
    DISPOSAL = "disposal", _("disposal")
    ADJUSTMENT = "adjustment", _("discrepancy")


EXITS = (Kind.REUSE, Kind.RECYCLING, Kind.OTHER_RECOVERY, Kind.ENERGY, Kind.DISPOSAL)


class Verb(models.TextChoices):
    """What was done. The prefix of a movement's number tells it."""

    OPEN = "open", _("opening stock")
    COLLECT = "collect", _("arrival")
    SORT = "sort", _("sorting")
    LABEL = "label", _("labelling")
    MOVE = "move", _("move")
    SELL = "sell", _("sale")
    GIVE = "give", _("gift")
    RETURN = "return", _("return")
    REST = "rest", _("rest of a crate")
    SHIP = "ship", _("departure")
    SETTLE = "settle", _("month's balance")
    DISMANTLE = "dismantle", _("dismantling")
    TRANSFER = "transfer", _("transfer")
    RECEIVE = "receive", _("receipt of a transfer")
    COUNT = "count", _("stock count")
    REVERSE = "reverse", _("cancellation")


PREFIXES = {
    Verb.OPEN: "ST",
    Verb.COLLECT: "AP",
    Verb.SORT: "TR",
    Verb.LABEL: "ET",
    Verb.MOVE: "DP",
    Verb.SELL: "VE",
    Verb.GIVE: "DO",
    Verb.RETURN: "RE",
    Verb.REST: "RS",
    Verb.SHIP: "DE",
    Verb.SETTLE: "SO",
    Verb.DISMANTLE: "DM",
    Verb.TRANSFER: "TF",
    Verb.RECEIVE: "RC",
    Verb.COUNT: "IN",
    Verb.REVERSE: "AN",
}


class Method(models.TextChoices):
    """How the weight is known."""

    WEIGHED = "weighed", _("weighed")
    NET_OF_TARE = "net_of_tare", _("weighed, tare taken off")
    UNIT_AVERAGE = "unit_average", _("units × average weight")
    ESTIMATED = "estimated", _("estimated")
    BY_BALANCE = "by_balance", _("by balance")


class Reason(models.TextChoices):
    """Why books and shelves differ. None of it enters a rate."""

    LOSS = "loss", _("loss or breakage")
    THEFT = "theft", _("theft")
    DRYING = "drying", _("drying")
    WEIGHING_ERROR = "weighing_error", _("weighing error")
    FOUND = "found", _("found")
    SORTING_GAP = "sorting_gap", _("gap when sorting")
    TRANSIT = "transit", _("gap on the road")


SALE = "sold"  # the reason of the exit through which what is sold at a site's tills leaves
UNTOLD = "untold"  # that of reuse taken over from files that do not say how it left


class Account(models.Model):
    """One side of flows: a source, a place's bulk or items, a road, an exit, a discrepancy.

    ``key`` says in one word what the row stands for, so that it exists once. ``reason`` tells a
    discrepancy's, and what was sold, or left nobody says how, from what was given.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="accounts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    key = models.CharField(max_length=120, unique=True, editable=False)
    mode = models.ForeignKey(CollectionMode, models.PROTECT, null=True, related_name="+")
    waste_status = models.CharField(max_length=8, choices=WasteStatus, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    holds_items = models.BooleanField(default=False)
    to_site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [models.Index(fields=["site", "kind"], name="account_site_kind")]
        constraints = [
            models.CheckConstraint(
                name="account_stands_for_its_kind",
                condition=Q(kind=Kind.SOURCE, mode__isnull=False) & ~Q(waste_status="")
                | Q(kind=Kind.STOCK, place__isnull=False)
                | Q(kind=Kind.TRANSIT, to_site__isnull=False)
                | Q(kind=Kind.ADJUSTMENT) & ~Q(reason="")
                | Q(kind=Kind.OPENING)
                | Q(kind__in=EXITS),
            )
        ]

    def __str__(self) -> str:
        what = self.place or self.partner or self.mode or self.to_site or self.reason_label
        return f"{self.get_kind_display()} {what or ''}".strip()

    @property
    def reason_label(self) -> Any:
        words = {SALE: _("sale"), UNTOLD: _("way out not told"), **dict(Reason.choices)}
        return words.get(self.reason, self.reason)

    @property
    def is_sale(self) -> bool:
        return self.reason == SALE

    @classmethod
    def source(cls, site: Site, mode: CollectionMode, waste_status: str = "") -> "Account":
        """Where arrivals of a mode come from, as products or as waste."""
        status = waste_status or mode.waste_status
        return cls._named(site, f"source/{mode.code}/{status}", mode=mode, waste_status=status)

    @classmethod
    def opening(cls, site: Site) -> "Account":
        """What was in the hangar on day one."""
        return cls._named(site, "opening")

    @classmethod
    def stock(cls, place: Place, *, items: bool = False) -> "Account":
        """A place's bulk, or its labelled items."""
        key = f"stock/{place.code}/{'items' if items else 'bulk'}"
        return cls._named(place.site, key, place=place, holds_items=items)

    @classmethod
    def transit(cls, site: Site, to_site: Site) -> "Account":
        """The road from one site to another."""
        return cls._named(site, f"transit/{to_site.code}", to_site=to_site)

    @classmethod
    def exit(cls, site: Site, fate: Kind, partner: Partner | None = None) -> "Account":
        """Where things leave to: a fate, at a partner's or with the public."""
        return cls._named(site, f"{fate.value}/{partner.code if partner else ''}", partner=partner)

    @classmethod
    def sale(cls, site: Site) -> "Account":
        """Where what is sold at the site's tills leaves to: reuse, by the public."""
        return cls._named(site, f"{Kind.REUSE.value}//{SALE}", reason=SALE)

    @classmethod
    def untold(cls, site: Site) -> "Account":
        """Reuse of which a file tells neither the till nor the partner: sold or given."""
        return cls._named(site, f"{Kind.REUSE.value}//{UNTOLD}", reason=UNTOLD)

    @classmethod
    def adjustment(cls, site: Site, reason: str) -> "Account":
        """A discrepancy, by its reason (loss, theft, drying, sorting_gap…)."""
        return cls._named(site, f"adjustment/{reason}", reason=reason)

    @classmethod
    def _named(cls, site: Site, key: str, **meaning: Any) -> "Account":
        return cls(
            site=site,
            organisation_id=site.organisation_id,
            kind=key.partition("/")[0],
            key=f"{site.code}/{key}",
            **meaning,
        )


class MovementQuerySet(models.QuerySet["Movement"]):
    def within(self, request: CallerRequest) -> "MovementQuerySet":
        return self.filter(site__organisation=request.user.organisation_id)

    def named(self, number: str) -> "MovementQuerySet":
        """The movement of this public number."""
        return self.filter(number=number).select_related("site__organisation")

    def submitted_as(self, uuid: "UUID", verb: Verb) -> "MovementQuerySet":
        """The movement that a client's request made."""
        return self.filter(submission__uuid=uuid, verb=verb).select_related("site__organisation")


class Movement(models.Model):
    """One act, dated: who did what, where and when. Its flows say what moved."""

    number = models.CharField(_("number"), max_length=96, unique=True)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="movements")
    site = models.ForeignKey(Site, models.PROTECT, related_name="movements")
    verb = models.CharField(_("act"), max_length=12, choices=Verb)
    occurred_at = models.DateTimeField(_("happened at"))
    business_date = models.DateField(_("counted on"))
    month = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("cancels")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [
            # a day of a site: the edges of a custom period, the day's totals
            models.Index(fields=["site", "business_date"], name="movement_site_day"),
            # lists by kind, newest first, a page at a time
            models.Index(fields=["site", "verb", "-id"], name="movement_site_verb"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def guarded_by(self) -> Site:
        return self.site

    @cached_property
    def lines(self) -> list["Flow"]:
        """Its flows, in the order in which they were posted."""
        ends = ("from_account", "to_account", "from_category", "to_category")
        return list(self.flows.filter(month=self.month).select_related(*ends).order_by("pk"))


def on_days(start: date, end: date) -> Q:
    """Flows counted from ``start`` to ``end``: PostgreSQL looks into these months alone."""
    months = month_of(start), month_of(end)
    return Q(movement__business_date__range=(start, end), month__range=months)


class FlowQuerySet(models.QuerySet["Flow"]):
    def within(self, request: CallerRequest) -> "FlowQuerySet":
        return self.filter(movement__site__organisation=request.user.organisation_id)

    def on_days(self, start: date, end: date) -> "FlowQuerySet":
        """Those counted from ``start`` to ``end``."""
        return self.filter(on_days(start, end))

    def named(self, line: str) -> "FlowQuerySet":
        """The line of a document, such as ``AP-canal-12.3``: its third."""
        number, _dot, position = line.rpartition(".")
        rows = self.filter(movement__number=number).order_by("pk")
        nth = int(position) if position.isdecimal() and len(position) <= 4 else 0
        found = rows.values_list("pk", flat=True)[max(nth - 1, 0) : nth]
        return self.filter(pk__in=list(found)).select_related(
            "movement__site", "from_account", "to_account__place__site", "from_category"
        )


class Flow(models.Model):
    """Grams that went from one account and category to another. Always above zero."""

    movement = models.ForeignKey(Movement, models.PROTECT, related_name="flows")
    month = models.PositiveIntegerField()  # its movement's; PostgreSQL keeps a table for each
    from_account = models.ForeignKey(Account, models.PROTECT, related_name="flows_out")
    from_category = models.ForeignKey(Category, models.PROTECT, related_name="flows_out")
    to_account = models.ForeignKey(Account, models.PROTECT, related_name="flows_in")
    to_category = models.ForeignKey(Category, models.PROTECT, related_name="flows_in")
    origin = models.ForeignKey(Origin, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey("Item", models.PROTECT, null=True, related_name="flows")
    weight_g = models.BigIntegerField(_("weight (g)"))
    units = models.PositiveIntegerField(_("units"), default=0)
    method = models.CharField(_("known by"), max_length=12, choices=Method)

    objects = FlowQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("flow")
        verbose_name_plural = _("flows")
        constraints = [
            models.CheckConstraint(name="flow_has_weight", condition=Q(weight_g__gt=0)),
            models.CheckConstraint(
                name="flow_goes_somewhere",
                condition=~Q(from_account=F("to_account"), from_category=F("to_category")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movement_id}: {self.weight_g} g"

    @property
    def guarded_by(self) -> Site:
        return self.movement.site

    @property
    def line_name(self) -> str:
        """What ``named`` finds it by: its document's number and its place in it."""
        return f"{self.movement.number}.{self.movement.flows.filter(pk__lte=self.pk).count()}"
