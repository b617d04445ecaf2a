"""A till lent to one tablet, which numbers and chains what it sells, with or without a network.

What the tablet wrote is kept as it came: an envelope, whose hash the journal's event bears.
"""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, Station
from organisation.prepared import Prepared
from sales.models.journal import GENESIS, Bytes, JournalEntry
from sales.models.shop import Till

if TYPE_CHECKING:
    from uuid import UUID


class TillLeaseQuerySet(models.QuerySet["TillLease"]):
    def live(self) -> Self:
        return self.filter(ended=None)

    def live_at(self, till: Till) -> "TillLease | None":
        """The lease under way of a till."""
        lease = _LIVE.row(till.pk)
        if lease is not None:
            lease.till = till  # with what is known of it
        return lease


class TillLease(models.Model):
    """A till in the hands of one tablet, from ``begun`` to ``ended``: both events of its chain.

    It goes on after ``first_seq`` and ``prev_hash``, where the one before stopped. ``last_seq`` is
    the last envelope that came; of a tablet that was lost, those up to ``lost_seq`` never did.
    """

    till = models.ForeignKey(Till, models.PROTECT, related_name="leases")
    station = models.ForeignKey(Station, models.PROTECT, related_name="+")
    begun = models.OneToOneField(JournalEntry, models.PROTECT, related_name="lease_begun")
    first_seq = models.PositiveBigIntegerField()
    prev_hash = models.CharField(max_length=64)
    public_key = models.CharField(max_length=500, blank=True)
    ended = models.OneToOneField(
        JournalEntry, models.PROTECT, null=True, related_name="lease_ended"
    )
    last_seq = models.PositiveBigIntegerField(null=True)
    lost_seq = models.PositiveBigIntegerField(null=True)
    is_retired = models.BooleanField(default=False)  # the till with it: its numbers are spent
    reason = models.CharField(_("why"), max_length=120, blank=True)  # no part of the event

    objects = TillLeaseQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("lease of a till")
        verbose_name_plural = _("leases of tills")
        constraints = [
            models.UniqueConstraint(
                fields=["till"], condition=Q(ended=None), name="lease_one_at_a_time"
            ),
            models.CheckConstraint(
                name="lease_ends_whole",
                condition=Q(ended=None, last_seq=None, lost_seq=None)
                | Q(ended__isnull=False, last_seq__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.till.code} · {self.station}"

    @property
    def guarded_by(self) -> Site:
        return self.till.site

    @property
    def hole(self) -> list[int] | None:
        """The first and the last envelope that never came."""
        if self.lost_seq is None or self.last_seq is None:
            return None
        return [self.last_seq + 1, self.lost_seq]

    @property
    def uuid(self) -> "UUID":
        """What a tablet calls its lease."""
        return self.begun.uuid


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def last_at(self, till: Till) -> "Envelope | None":
        return self.filter(till=till).order_by("-seq").first()

    def last_number_at(self, till: Till) -> int:
        """How many tickets and refunds a till's tablets have numbered."""
        numbered = self.filter(till=till).exclude(number=None).order_by("-seq").first()
        return int(numbered.number.rpartition("-")[2]) if numbered and numbered.number else 0

    def raw_bodies(self) -> Self:
        """With ``raw_body``, the bytes of the body, in its place."""
        return self.defer("body").annotate(raw_body=Bytes("body"))

    def sent_as(self, uuid: "UUID") -> "Envelope | None":
        return self.filter(event__uuid=uuid).first()


class Envelope(models.Model):
    """What a tablet said of an act at its till: ``body`` is what it hashed, byte for byte."""

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="envelope")
    lease = models.ForeignKey(TillLease, models.PROTECT, related_name="envelopes", db_index=False)
    till = models.ForeignKey(Till, models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveBigIntegerField()
    number = models.CharField(max_length=80, null=True, db_index=True)  # noqa: DJ001 (many have none)
    body = models.TextField()
    hash = models.CharField(max_length=64)
    raw_body: bytes  # of those read by ``raw_bodies``

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("envelope of a till")
        verbose_name_plural = _("envelopes of tills")
        constraints = [
            models.UniqueConstraint(fields=["lease", "seq"], name="envelope_of_lease_once"),
            models.UniqueConstraint(fields=["till", "seq"], name="envelope_seq_once"),
            models.UniqueConstraint(fields=["till", "number"], name="envelope_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.till.code} · {self.seq}"

    @property
    def short_hash(self) -> str:
        """What the ticket prints."""
        return self.hash[:8]


def where_it_stands(till: Till) -> dict[str, Any]:
    """What comes next at a till that is or was lent: number, hash before, number of a ticket."""
    last = Envelope.objects.last_at(till)
    number = Envelope.objects.last_number_at(till) + 1
    return {
        "next_seq": last.seq + 1 if last else 1,
        "prev_hash": last.hash if last else GENESIS,
        "next_number": number_of(till, number),
    }


def number_of(till: Till, count: int) -> str:
    """As a tablet numbers the tickets of a till: ``C1-000123``."""
    return f"{till.code}-{count:06d}"


_LIVE = Prepared(lambda till: TillLease.objects.live().filter(till=till), -1)
