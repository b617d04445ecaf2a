"""Objects that wear a code, each followed one by one."""

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.db import models
from django.db.models import F, FilteredRelation, Min, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from inventory import codes
from inventory.models.catalogue import Category
from inventory.models.ledger import Account, Flow, Kind, Method
from inventory.models.places import Place
from organisation.models import Organisation, Site
from organisation.permissions import CallerRequest

MAX_TITLE = 120
MAX_FOLDED = 2 * MAX_TITLE  # a few signs unfold to many: what is beyond is not searched
MAX_WORDS = 8  # of a search: more only slow it down


def folded(text: str) -> str:
    """``text`` as searches compare it: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


class ItemQuerySet(models.QuerySet["Item"]):
    def within(self, request: CallerRequest) -> Self:
        return self.known_to(request.user.organisation_id)

    def known_to(self, organisation_id: int | None) -> Self:
        """Items that a structure has a code for, as ``own_code``."""
        own = FilteredRelation("codes", condition=Q(codes__organisation=organisation_id))
        rows = self.annotate(own=own).filter(own__isnull=False)
        return rows.annotate(own_code=F("own__code"))

    def named(self, code: str) -> Self:
        """The item that the caller's structure knows by this code (after ``known_to``)."""
        rows = self.filter(own__code=Item.kept_code(code))
        return rows.select_related("account__site", "account__place", "category__parent__parent")

    def each_named(self, said: Iterable[str]) -> dict[str, "Item"]:
        """Code as it was said → the item that the caller's structure knows by it, in one query."""
        worn = {code: codes.normalise(code) for code in said}
        rows = self.wearing(set(worn.values()))
        rows = rows.select_related("account__site", "account__place", "category__parent__parent")
        found = {row.own_code: row for row in rows}
        return {code: found[own] for code, own in worn.items() if own in found}

    def wearing(self, worn: Iterable[str]) -> Self:
        """Those with one of these codes (after ``known_to``), in the order of codes."""
        return self.filter(own__code__in=list(worn)).order_by("own__code")

    def lying_in(self, place: Place) -> Self:
        """Those on the shelf of a place (after ``known_to``), in the order of codes."""
        shelf = Account.stock(place, items=True)
        return self.filter(account__key=shelf.key).order_by("own__code")

    def codes_of(self, keys: Iterable[int], organisation_id: int | None) -> dict[int, str]:
        """Item key → the code that a structure has for it."""
        known = ItemCode.objects.filter(organisation=organisation_id, item__in=list(keys))
        return {pk: code for pk, code in known.values_list("item", "code") if pk}

    def in_stock(self, sites: Iterable[Site]) -> Self:
        """Items that lie at these sites."""
        return self.filter(
            account__site__in=sites, account__kind=Kind.STOCK, account__holds_items=True
        )

    def newest(self, number: int) -> list[dict[str, Any]]:
        """The latest of these (after ``known_to``), in few words each."""
        rows = self.annotate(code=F("own__code"), place=F("account__place__code"))
        told = ("title", "weight_g", "price_cents", "condition", "code", "place", "since")
        return list(rows.order_by("-pk").values(*told, kind=F("category__code"))[:number])

    def about(self, words: str, organisation_id: int | None) -> Self:
        """Items whose title, category or code there holds every one of ``words``, accents aside.

        Words beyond ``MAX_WORDS`` narrow nothing.
        """
        rows, names = self, _category_names()
        for word in folded(words).split()[:MAX_WORDS]:
            named = [pk for pk, name in names if word in name]
            found = Q(folded_title__contains=word) | Q(category__in=named)
            worn = ItemCode.objects.filter(organisation=organisation_id)
            worn = worn.filter(code=codes.normalise(word), item__isnull=False)
            rows = rows.filter(found | Q(pk__in=worn.values("item")))
        return rows

    def oldest(self) -> dict[int, Any]:
        """Category → the day since which the oldest of these items has been here; tops too."""
        found: dict[int, Any] = {}
        rows = self.order_by().values_list("category", "category__top").annotate(Min("since"))
        for category, top, since in rows:
            for key in {category, top or category}:
                found[key] = min(found.get(key, since), since)
        return found

    def labelled_from(self, lines: Iterable[Flow]) -> dict[int, int]:
        """Line of an arrival → grams of the items labelled from it. Parts count within theirs."""
        made = self.filter(arrival__in=lines, part_of=None, codes__isnull=False)
        # an item known to two structures has two codes, and weighs once
        weights = made.order_by().values_list("pk", "arrival", "weight_g").distinct()
        found: dict[int, int] = {}
        for _pk, line, weight_g in weights:
            found[line] = found.get(line, 0) + weight_g
        return found


def _category_names() -> list[tuple[int, str]]:
    rows = Category.objects.values_list("pk", "name_fr", "name_en", "parent__name_fr")
    return [(pk, folded(" ".join(filter(None, names)))) for pk, *names in rows]


class ItemState(models.TextChoices):
    IN_STOCK = "in_stock", pgettext_lazy("item", "in stock")
    SOLD = "sold", pgettext_lazy("item", "sold")
    GIVEN = "given", pgettext_lazy("item", "given")
    RECYCLED = "recycled", pgettext_lazy("item", "recycled")
    DISPOSED = "disposed", pgettext_lazy("item", "disposed of")
    DISMANTLED = "dismantled", pgettext_lazy("item", "dismantled")
    IN_TRANSIT = "in_transit", pgettext_lazy("item", "on the road")
    LOST = "lost", pgettext_lazy("item", "lost")


class Item(models.Model):
    """An object with a label. Its whole weight is in exactly one account, or it is dismantled.

    ``account`` follows the ledger and is written by it alone; the rest describes the object.
    ``since`` is the day it came to its site: of its arrival where that is known, of its receipt
    after a transfer, else of its label. ``method`` says how its weight is known, and goes along
    with every gram of it.
    """

    class Condition(models.TextChoices):
        NEW = "new", _("like new")
        GOOD = "good", _("good")
        WORN = "worn", _("worn")
        TO_REPAIR = "to_repair", _("to repair")

    State: TypeAlias = ItemState  # named apart: each is a schema of the API's description
    if TYPE_CHECKING:
        own_code: str  # the reader's code for it, where ``known_to`` asked

    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="items")
    category = models.ForeignKey(Category, models.PROTECT, related_name="items")
    weight_g = models.BigIntegerField(_("weight (g)"))
    method = models.CharField(
        _("known by"), max_length=12, choices=Method, default=Method.WEIGHED, editable=False
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    folded_title = models.CharField(max_length=MAX_FOLDED, blank=True, editable=False)
    price_cents = models.PositiveIntegerField(_("price (cents)"), null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=12, choices=Condition, blank=True)
    since = models.DateField(_("here since"))
    arrival = models.ForeignKey(Flow, models.PROTECT, null=True, related_name="+")
    former = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="next_lives", verbose_name=_("former life")
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", verbose_name=_("part of")
    )
    history = HistoricalRecords(
        excluded_fields=[
            "account",
            "weight_g",
            "method",
            "folded_title",
            "since",
            "arrival",
            "former",
            "part_of",
        ]
    )

    objects = ItemQuerySet.as_manager()
    kept_code = staticmethod(codes.normalise)  # as the books have one, however it was typed

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [models.CheckConstraint(name="item_has_weight", condition=Q(weight_g__gt=0))]
        indexes = [
            # what lies in a place, of which category; and since when, without reading the rows
            models.Index(F("account"), F("category"), F("since"), name="item_where_and_what")
        ]

    def __str__(self) -> str:
        return self.title or str(self.category)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_title = folded(self.title)[:MAX_FOLDED]
        super().save(*args, **kwargs)

    @property
    def state(self) -> ItemState:
        """Where the ledger has it, in one word."""
        if self.account is None:
            return self.State.DISMANTLED
        if self.account.kind == Kind.REUSE:
            return self.State.SOLD if self.account.is_sale else self.State.GIVEN
        return STATES[Kind(self.account.kind)]

    @property
    def is_here(self) -> bool:
        """Whether it lies in stock somewhere."""
        return self.account is not None and self.account.kind == Kind.STOCK


STATES = {
    Kind.STOCK: Item.State.IN_STOCK,
    Kind.TRANSIT: Item.State.IN_TRANSIT,
    Kind.RECYCLING: Item.State.RECYCLED,
    Kind.OTHER_RECOVERY: Item.State.RECYCLED,
    Kind.ENERGY: Item.State.DISPOSED,
    Kind.DISPOSAL: Item.State.DISPOSED,
    Kind.ADJUSTMENT: Item.State.LOST,
}


class ItemCodeQuerySet(models.QuerySet["ItemCode"]):
    def within(self, request: CallerRequest) -> Self:
        """Codes that the caller's structure has drawn, each with the item that wears it."""
        rows = self.filter(organisation=request.user.organisation_id)
        return rows.select_related("item")

    def named(self, code: str) -> Self:
        return self.filter(code=codes.normalise(code))

    def blank(self) -> Self:
        """Those that no object wears yet."""
        return self.filter(item=None)


class ItemCode(models.Model):
    """The code that a structure's labels give an item; another structure may give it another.

    A code drawn ahead, for blank labels, waits without item.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=6)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="codes")

    objects = ItemCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("item code")
        verbose_name_plural = _("item codes")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="item_code_once"),
            models.UniqueConstraint(fields=["organisation", "item"], name="item_code_one_each"),
        ]

    def __str__(self) -> str:
        return self.code
