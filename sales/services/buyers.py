"""Buyers and members: added, changed, made members, told everything, erased."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from organisation.models import User
from sales.models import Buyer, InvoiceParty, MemberPeriod


@transaction.atomic
def add_buyer(*, buyer: Buyer, by: User | None = None) -> Buyer:
    """Give a new buyer of their structure the next number; typed members are members from today.

    Raises ValidationError.
    """
    buyer.number = Buyer.objects.next_number(buyer.organisation)
    buyer.full_clean(exclude=["submission", "erased_by"])
    buyer.save(force_insert=True)
    if buyer.member_until:
        _note_typed(buyer, by)
    return buyer


@transaction.atomic
def change_buyer(*, buyer: Buyer, by: User | None = None) -> Buyer:
    """Keep what was corrected of a buyer; a typed end of membership is the one that counts.

    Raises ValidationError.
    """
    buyer.full_clean(exclude=["submission", "erased_by"])
    was = Buyer.objects.select_for_update().values_list("member_until", flat=True)
    is_typed = was.get(pk=buyer.pk) != buyer.member_until
    buyer.save()
    if is_typed:
        _note_typed(buyer, by)
    return buyer


def _note_typed(buyer: Buyer, by: User | None) -> None:
    """What runs longer ends when it was typed; what was typed is kept where nothing ends then."""
    today = timezone.localdate()
    until = buyer.member_until or today - timedelta(days=1)
    buyer.periods.filter(starts_on__gt=until).delete()
    buyer.periods.filter(ends_on__gt=until).update(ends_on=until)
    if buyer.member_until and not buyer.periods.filter(ends_on=until).exists():
        start = min(today, until)
        MemberPeriod.objects.create(buyer=buyer, starts_on=start, ends_on=until, author=by)


@transaction.atomic
def erase_buyer(*, buyer: Buyer, by: User) -> Buyer:
    """Empty all contact data of a buyer; the number stays, for tickets and the journal.

    What an invoice says is kept for ten years: C. com. art. L123-22.

    The digest of what was posted goes too: whoever guesses a name could try it.
    """
    for name in Buyer.CONTACT:
        setattr(buyer, name, "")
    buyer.wants_mail, buyer.member_until = False, None
    buyer.erased_at, buyer.erased_by = buyer.erased_at or timezone.now(), buyer.erased_by or by
    buyer.save()
    old = InvoiceParty.objects.filter(invoice__buyer=buyer, keep_until__lt=timezone.localdate())
    old.update(name="", address="", siret="", salt="")
    if buyer.submission:
        buyer.submission.digest = ""
        buyer.submission.save(update_fields=["digest"])
    return buyer
