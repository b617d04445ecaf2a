"""Waste that may be declared: cards with all their papers, and departures in number."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from inventory.models import (
    Account,
    Carrier,
    EcoOrganisme,
    EprStream,
    Flow,
    Kind,
    Method,
    Movement,
    Partner,
    Place,
    Shipment,
    TreatmentCode,
    Verb,
    WasteCode,
)
from inventory.services import Departure, StockLine, ship
from organisation.models import Organisation, Site, Submission

SIRETS = ("73282932000074", "55203253400646", "40483304800022", "44306184100047")
TODAY = date(2026, 11, 27)
COMPANY = {
    "Type": "ETABLISSEMENT_FR",
    "OrgId": SIRETS[2],
    "Name": "Gebetex",
    "Address": "3 rue du Port",
    "PostalCode": "75012",
    "City": "Paris",
    "CountryCode": "FR",
}


def company(who, **changes):
    return {f"{who}{part}": said for part, said in {**COMPANY, **changes}.items()}


GOOD = {
    "publicId": "DE-canal-1.200110",
    "reportForCompanySiret": SIRETS[0],
    "wasteDescription": "Textiles",
    "wasteCode": "20 01 10",
    "wastePop": "NON",
    "wasteIsDangerous": "NON",
    "dispatchDate": "2026-11-02",
    "weightValue": "0,352",
    "weightIsEstimate": "REEL",
    **company("destinationCompany"),
    "operationCode": "R 3",
    "operationMode": "RECYCLAGE",
    "isDirectSupply": "NON",
    "transporter1TransportMode": "ROUTE",
    **company("transporter1Company"),
    "transporter1RecepisseNumber": "75-2026-12",
}


def furnish_papers(world):
    """Give the small world the SIRETs, addresses and cards that a declaration wants."""
    Organisation.objects.filter(pk=world.navette.pk).update(siret=SIRETS[0])
    where = {"address": "3 rue du Port", "postal_code": "75012", "city": "Paris"}
    Site.objects.filter(organisation=world.navette).update(**where)
    world.carrier = Carrier.objects.create(
        organisation=world.navette,
        code="martin",
        name="Transports Martin",
        siret=SIRETS[1],
        receipt="75-2026-12",
        **where,
    )
    world.eco = EcoOrganisme.objects.create(
        organisation=world.navette, code="refashion", name="Refashion", siret=SIRETS[3]
    )
    world.eco.streams.set(EprStream.objects.filter(code="TLC"))
    Partner.objects.filter(organisation=world.navette).update(
        siret=SIRETS[2],
        carrier=world.carrier,
        treatment_code=TreatmentCode.objects.get(code="R 3"),
        **where,
    )
    world.gebetex = Partner.objects.get(organisation=world.navette, code="gebetex")
    for site in (world.canal, world.gare, world.navette, world.gebetex):
        site.refresh_from_db()
    return world


def refused(code, act):
    """The act is refused for this reason."""
    with pytest.raises(ValidationError) as refusal:
        act()
    assert refusal.value.code == code


class Lorries:
    """What lets waste leave, one departure at a time or a thousand."""

    def __init__(self, world, books):
        self.world, self.books = world, books

    def leave(self, grams=352_400, code="TEX", on="2026-03-10", **more):
        """Let a departure leave; by default, weighed textiles to be recycled."""
        site = more.pop("site", self.world.canal)
        lines = more.pop("lines", None) or [
            StockLine(self.books.category(code), grams, is_estimated=more.pop("estimated", False))
        ]
        waste = more.pop("waste", "20 01 10")
        treatment = more.pop("treatment", None)
        departure = Departure(
            fate=more.pop("fate", Kind.RECYCLING),
            partner=more.pop("partner", self.world.gebetex),
            waste_code=waste and WasteCode.objects.get(code=waste),
            treatment_code=treatment and TreatmentCode.objects.get(code=treatment),
            **more,
        )
        entry = self.books.entry(site, Verb.SHIP, on)
        return ship(entry=entry, departure=departure, lines=lines)

    def many(self, count, seed=7, until=date(2026, 11, 1)):
        """Bulk departures of all kinds, good and bad, straight into the tables."""
        dice, world = Random(seed), self.world  # noqa: S311 (the same thousand each time)
        bulk = self._account(Account.stock(Place.objects.main(world.canal)))
        partners = [world.gebetex, *self._incomplete(), None]
        categories = [self.books.category(code) for code in ("TEX", "MOB", "VAI", "DIV")]
        exits = {}
        for fate in (Kind.RECYCLING, Kind.ENERGY, Kind.DISPOSAL, Kind.OTHER_RECOVERY):
            for partner in partners:
                key = fate, partner and partner.pk
                exits[key] = self._account(Account.exit(world.canal, fate, partner))
        wastes = [*WasteCode.objects.all(), None]
        treatments = [*TreatmentCode.objects.all(), None]
        submission = self.books.submission(world.navette)
        movements = [
            self._movement(submission, number, until - timedelta(days=dice.randrange(400)))
            for number in range(count)
        ]
        Movement.objects.bulk_create(movements)
        shipments, flows = [], []
        usual = (Kind.RECYCLING, world.gebetex.pk), exits[Kind.RECYCLING, world.gebetex.pk]
        for movement in movements:
            odd = dice.random() < 0.4  # the others have all they need
            (fate, _key), account = dice.choice(list(exits.items())) if odd else usual
            shipments.append(
                Shipment(
                    movement=movement,
                    fate=fate,
                    partner=account.partner,
                    waste_code=dice.choice(wastes) if odd else None,
                    treatment_code=dice.choice(treatments) if odd else None,
                    carrier=dice.choice(
                        ["", "transports martin", "Inconnu", "=1+1"] if odd else [""]
                    ),
                    bsd=dice.choice(["", "BSD-1"]),
                )
            )
            flows += [
                Flow(
                    movement=movement,
                    month=movement.month,
                    from_account=bulk,
                    to_account=account,
                    from_category=category,
                    to_category=category,
                    weight_g=dice.choice(
                        [1, 499, 500, *(dice.randrange(1, 9_000_000) for _n in range(9))]
                    ),
                    units=dice.randrange(3),
                    method=dice.choice([Method.WEIGHED, Method.WEIGHED, Method.ESTIMATED]),
                )
                for category in dice.sample(categories, dice.choice([1, 1, 2]))
            ]
        Shipment.objects.bulk_create(shipments)
        Flow.objects.bulk_create(flows)
        return movements

    def _incomplete(self):
        """Partners of whom something is missing, or looks like a formula."""
        for n, (name, siret) in enumerate((("=cmd|' /C calc'!A0", SIRETS[2]), ("Sans SIRET", ""))):
            yield Partner.objects.create(
                organisation=self.world.navette,
                code=f"half-{n}",
                name=name,
                siret=siret,
                address="+33 rue du Bac",
                postal_code="75007",
                city="Paris",
                carrier=self.world.carrier,
            )

    def _account(self, account):
        account.save()
        return account

    def _movement(self, submission, number, day):
        moment = datetime.combine(day, time(10), UTC)
        return Movement(
            number=f"DE-canal-{9_000 + number}",
            submission=submission,
            site=self.world.canal,
            verb=Verb.SHIP,
            occurred_at=moment,
            business_date=day,
            month=day.year * 100 + day.month,
            recorded_at=moment,
        )


def submission_of(organisation):
    """A submission of its own, where no fixture makes one."""
    return Submission.objects.create(
        organisation=organisation, uuid=uuid4(), endpoint="test", digest=""
    )
