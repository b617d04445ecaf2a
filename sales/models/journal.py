"""The fiscal journal's tables: chains of events, each event naming the hash of the one before.

Triggers refuse any change, and any row that is not the next of its chain: ``journal.guards``.
"""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Site
from sales.models.shop import Till

GENESIS = "0" * 64  # the hash before the first


class Kind(models.TextChoices):
    """What an event of the journal says."""

    SALE = "sale", _("ticket")
    REFUND = "refund", _("refund")
    SESSION_OPEN = "session_open", _("opening")
    CASH_MOVE = "cash_move", _("cash move")
    CLOSE_DAY = "close_day", _("closing (Z)")
    ARCHIVE = "archive", _("archive")
    SETTING = "setting", _("setting")
    JET = "jet", _("technical event")
    LEASE = "lease", _("till lent to a tablet")


TECHNICAL = (Kind.JET, Kind.LEASE)  # they move no money: in a session or between two
# What is done at a till: in an envelope where a tablet holds it
AT_TILL = (Kind.SALE, Kind.REFUND, Kind.SESSION_OPEN, Kind.CASH_MOVE, Kind.CLOSE_DAY)


class Chain(models.Model):
    """A chain and its head: the event that the next one follows, and what was ever sold.

    ``perpetual_cents`` is sales less what was given back; ``perpetual_abs_cents`` adds both.
    """

    name = models.CharField(max_length=120, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    till = models.ForeignKey(Till, models.PROTECT, null=True, related_name="chains")
    last_seq = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default=GENESIS)
    perpetual_cents = models.BigIntegerField(default=0)
    perpetual_abs_cents = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("chain of the journal")
        verbose_name_plural = _("chains of the journal")

    def __str__(self) -> str:
        return self.name


class Bytes(models.Func):
    """A text as it is stored, whether or not it still is one."""

    function = "convert_to"
    template = "%(function)s(%(expressions)s, 'UTF8')"
    output_field = models.BinaryField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS BLOB)")


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    def raw_bodies(self) -> Self:
        """With ``raw``, the bytes of the body, in its place."""
        return self.defer("body").annotate(raw=Bytes("body"))


class JournalEntry(models.Model):
    """An event: ``body`` is what was hashed, byte for byte, and is never written anew."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveBigIntegerField()
    uuid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    body = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    raw: bytes  # of those read by ``raw_bodies``

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("event of the journal")
        verbose_name_plural = _("events of the journal")
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="journal_seq_once"),
            models.UniqueConstraint(fields=["chain", "prev_hash"], name="journal_no_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id} n° {self.seq}"

    @property
    def printed_hash(self) -> str:
        """What its paper bears: of the envelope where a tablet wrote one, which it had already."""
        envelope = getattr(self, "envelope", None)
        return envelope.hash if envelope else self.hash

    @property
    def short_hash(self) -> str:
        """What a ticket prints: enough to find a journal that was written anew."""
        return self.printed_hash[:8]
