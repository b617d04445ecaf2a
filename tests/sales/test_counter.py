"""Around a ticket: something off all of it, rounded up for a gift, put aside, and who came in."""

from sales.models import Nature, ParkedTicket, Sale, Visitors
from tests.sales.pages import refused


def checkout(paper):
    return paper.response.context["checkout"]


def sold_cents():
    return Sale.objects.get().total_cents


def test_something_is_taken_off_the_whole_ticket(paper):
    paper.press("key", "assiette")
    paper.press("more", "0")
    paper.press(off="10", unit="percent", reason="Grosse vente")
    assert (checkout(paper).off_cents, checkout(paper).total_cents) == (10, 90)
    assert paper.sell().status_code == 302
    sale = Sale.objects.get()
    assert (sale.discount_cents, sale.discount_reason, sale.total_cents) == (10, "Grosse vente", 90)


def test_what_is_off_the_ticket_has_a_reason(paper):
    paper.press("key", "assiette")
    refused(paper.sell(off="0,10"), "reason_missing")


def test_no_more_is_taken_off_than_it_costs(paper):
    paper.press("key", "assiette")
    refused(paper.sell(off="0,60", reason="Trop"), "discount_too_large")


def test_a_ticket_is_rounded_up_by_a_gift(paper, counter):
    paper.press("key", "assiette")
    assert checkout(paper).round_up_cents == 50
    paper.press("round", "50")
    assert checkout(paper).total_cents == 100
    paper.sell()
    gift = Sale.objects.get().lines.get(nature=Nature.GIFT)
    assert (gift.total_cents, gift.label, gift.weight_g) == (50, "Don", None)


def test_a_ticket_that_changed_is_rounded_up_anew(paper):
    paper.press("key", "assiette")
    paper.press("round", "50")
    paper.press("key", "assiette")
    assert checkout(paper).round_up_cents == 0
    paper.press("remove", "0")
    assert len(checkout(paper).lines.forms) == 1


def test_a_ticket_waits_while_another_is_sold(paper, counter):
    paper.press("key", "assiette")
    first = paper.fields["id"]
    paper.press("do", "park")
    assert checkout(paper).lines.forms == []
    paper.press("key", "assiette")
    paper.sell()
    row = ParkedTicket.objects.get()
    assert (str(row.uuid), row.count, row.total_cents) == (first, 1, 50)

    paper.read(paper.client.get(paper.path))
    paper.press("resume", str(row.pk))
    assert paper.fields["id"] == first
    assert checkout(paper).total_cents == 50
    assert ParkedTicket.objects.exists()  # until it is sold: an answer may be lost
    paper.sell()
    assert not ParkedTicket.objects.exists()
    assert Sale.objects.count() == 2


def test_a_ticket_that_waits_again_waits_once(paper):
    paper.press("key", "assiette")
    paper.press("do", "park")
    paper.press("resume", str(ParkedTicket.objects.get().pk))
    paper.press("key", "assiette")
    paper.press("do", "park")
    assert ParkedTicket.objects.get().count == 2


def test_tickets_that_wait_at_another_till_are_not_resumed_here(paper, world):
    from tests.tills import open_till

    other = open_till(world.canal, "C2", "Caisse 2")
    row = ParkedTicket.objects.create(
        till=other, uuid="7f1f3c52-6f0c-4b1e-9f2e-1a2b3c4d5e6f", fields={}, count=1, total_cents=1
    )
    paper.press("resume", str(row.pk))
    assert paper.fields["id"] != str(row.uuid)


def test_who_comes_in_is_counted_once_however_often_the_button_is_sent(paper, counter):
    for _again in range(2):
        paper.press("visitors", "1")
    assert Visitors.objects.get(till=counter.till).count == 1
    paper.press("visitors", "2")
    assert Visitors.objects.get(till=counter.till).count == 2


def test_an_object_without_price_says_so_at_the_scan(paper, label):
    paper.scan(label(price_cents=None).own_code)
    assert "pas encore de prix" in paper.response.content.decode()
    assert checkout(paper).asking is not None
