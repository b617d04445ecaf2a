"""Yesterday's file is put back behind the program's back: who can tell, and by what.

The file is right in itself. It is told by what lies outside of it: a tablet that goes on from what
it sent, and whatever bears a fingerprint, as a ticket, a Z or an archive does.
"""

from uuid import uuid4

import pytest
from django.db import connections

from inventory.verify import differences
from organisation.models import Submission, Token
from sales.journal.verify import findings
from sales.models import Chain, Envelope, Sale
from sales.services import Count, close_session
from tests.databases import connected_to, copied
from tests.faults.hands import Desk
from tests.sales.device import Device, mob
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database


def faults(anchors=()):
    told = {chain: {seq: digest} for chain, seq, digest in anchors}
    return [
        *differences(using="default"),
        *findings(chains=Chain.objects.all(), anchors=told, using="default"),
    ]


class Tablet(Device):
    """Keeps what it sent, as the station does with its last 300."""

    def __init__(self, *told):
        super().__init__(*told)
        self.kept = []

    def sell(self, count):
        for _n in range(count):
            self.kept.append(self.sale(mob(1_000), total=1_000))
        self.send()

    def send_again_from(self, seq):
        for path, content in self.kept:
            if f'"seq":{seq},' in content["envelope"]["body"]:
                answer = self.post(path, **content)
                assert answer.status_code == 201, answer.json()
                seq += 1


class Days:
    """A tablet's till C1 and the server's own C2, yesterday and today."""

    def __init__(self, world):
        self.world = world
        self.tablet = Tablet(world.canal, world.cashier)
        self.till = open_till(world.canal, "C2", "Caisse 2")
        lent = open_till(world.canal, "C1", "Caisse 1")
        close_session(entry=till_entry(world.canal), till=lent, count=Count({}))
        self.tablet.hold("C1").open()
        self.tablet.send()

    def sell(self, count):
        self.tablet.sell(count)
        return [self.ticket() for _n in range(count)]

    def ticket(self):
        """A ticket of the server's own till."""
        paid = [{"method": "cash", "amount_cents": 500}]
        answer = self.office.post(
            "sales/sales",
            {"id": str(uuid4()), "till": "C2", "lines": [mob(500)], "payments": paid},
        )
        assert answer[0] == 201, answer
        return Sale.objects.select_related("event", "movement").latest("pk")

    @property
    def office(self):
        return Desk(Token.objects.issue(self.world.anna)[1])


@pytest.fixture
def days(own_database):
    return Days(own_database)


@pytest.fixture
def yesterday(days, own_database, tmp_path):
    """The file of yesterday evening; the shop goes on until this evening."""
    days.sell(2)
    connections.close_all()
    with copied(own_database.database, tmp_path / "yesterday") as name:
        days.today = days.sell(3)
        days.z = close_session(
            entry=till_entry(own_database.canal), till=days.till, count=Count({})
        )
        yield name


def anchor(event):
    return event.chain_id, event.seq, event.hash


def test_an_old_file_is_right_in_itself(yesterday):
    """The control: whoever looks at the file alone sees nothing."""
    with connected_to(yesterday):
        assert faults() == []


def test_a_ticket_or_a_z_in_somebody_s_hands_tells(days, yesterday):
    papers = [*(sale.event for sale in days.today), days.z.event]
    assert [faults([anchor(event)]) for event in papers] == [[]] * 4  # true of the true file
    with connected_to(yesterday):
        for event in papers:
            [found] = faults([anchor(event)])
            assert (found.chain, found.seq, found.wrong) == (event.chain_id, event.seq, "missing")


def test_paper_tells_also_once_its_number_was_given_again(days, yesterday):
    """What nobody sees without paper: the server's own till gives numbers a second time."""
    with connected_to(yesterday):
        again = days.ticket()
        assert again.movement.number == days.today[0].movement.number
        assert faults() == []
        [found] = faults([anchor(days.today[0].event)])
        assert (found.seq, found.wrong) == (again.event.seq, "altered")


def test_a_tablet_that_holds_a_till_tells_by_itself_and_brings_its_tickets_back(days, yesterday):
    known = list(Envelope.objects.order_by("seq").values_list("seq", "hash"))
    with connected_to(yesterday):
        entry = days.tablet.sale(mob(1_000), total=1_000)
        days.tablet.kept.append(entry)
        answer = days.tablet.post_entry(days.tablet.queue.pop())
        [told] = answer.json()["detail"]
        assert (answer.status_code, told["type"]) == (409, "resend_from")
        missing = told["loc"][-1]
        assert missing == known[-3][0]
        days.tablet.send_again_from(missing)
        back = list(Envelope.objects.order_by("seq").values_list("seq", "hash"))
        assert back[: len(known)] == known
        assert len(back) == len(known) + 1
        assert faults() == []


def test_what_a_tablet_still_holds_is_taken_anew(days, yesterday):
    """An entry that was sent and forgotten is gone with the file; one that waits is not."""
    desk = days.office
    entry = {"id": str(uuid4()), "site": "canal", "mode": "drop_off",
             "lines": [{"category": "MOB", "weight_g": 1_000}]}  # fmt: skip
    assert desk.post("collection/intakes", entry)[0] == 201
    with connected_to(yesterday):
        assert not Submission.objects.filter(uuid=entry["id"]).exists()
        again = days.office.post("collection/intakes", entry)
        assert again[0] == 201
        assert faults() == []
