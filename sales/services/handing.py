"""A ticket handed out: what the customer gets of it, once as the original, then as duplicates."""

from django.db import transaction

from inventory.ledger import Entry
from sales import journal
from sales.journal import Event, technical
from sales.journal.bodies import copy_data
from sales.models import Copy, Kind, Sale


@transaction.atomic
def hand_out(*, entry: Entry, sale: Sale, way: Copy.Way) -> Copy:
    """Note that a ticket is printed or sent; its number is 0 for the original."""
    head = journal.hold(sale.till)
    technical.arrive(head=head, entry=entry)
    copy = Copy(sale=sale, number=sale.copies.count(), way=way)
    copy.event = journal.append(head=head, entry=entry, event=Event(Kind.REPRINT, copy_data(copy)))
    copy.save(force_insert=True)
    return copy
