"""The worked year and the worked March of docs/indicators.md, written in the books."""

from datetime import date

from collection.services import Arrival, Line, record_intake
from inventory import services
from inventory.models import Account, Category, CollectionMode, Method, Origin, Verb
from reporting.activities.recording import note_activity, note_population
from reporting.models import Activity, ActivityKind, FigureSettings, Population
from sales.models import Method as PaidBy
from sales.models import Till, Visitors
from sales.services import note_takings

YEAR, MARCH = 2026, 2025


class WorkedWorld:
    """Writes with ``books`` and ``sell`` what ``facts``, the tables of the page, say."""

    def __init__(self, world, books, facts):
        self.world, self.books, self.facts = world, books, facts

    def live_the_year(self):
        """At canal; gare only sends and receives."""
        facts, canal, gare = self.facts, self.world.canal, self.world.gare
        here = self.books.at(canal)
        self._balance(here)
        self._road(gare, canal, facts["received_g"])
        self._road(canal, gare, facts["sent_g"])
        self._came_in(here)
        self._left(here)
        population = Population(
            organisation=self.world.navette,
            since=date(YEAR, 1, 1),
            people=facts["inhabitants"],
            source="INSEE",
        )
        note_population(
            population=population, author=self.world.anna, submission=self.books.submission()
        )
        self._people()

    def live_march(self, sell, give_back):
        """At gare, the year before."""
        facts, gare = self.facts, self.world.gare
        here = self.books.at(gare)
        book = self.books.book
        book(here.drop_off, here.bulk, "VAI", facts["crockery_in_january_g"], f"{MARCH}-01-10")
        book(here.bulk, here.reuse, "VAI", facts["crockery_given_in_february_g"], f"{MARCH}-02-10")
        self._arrivals()
        for code, name in (
            ("VAI", "crockery_given_in_march_g"),
            ("MOB.BANC", "furniture_given_g"),
        ):
            book(here.bulk, here.reuse, code, facts[name], f"{MARCH}-03-20", verb=Verb.GIVE)
        self._shop(sell, give_back)
        self._noted_in_march()
        FigureSettings.objects.create(organisation=self.world.navette, tells_carbon=True)

    def _balance(self, here):
        facts, book = self.facts, self.books.book
        book(here.opening, here.bulk, "VAI", facts["opening_stock_g"], f"{YEAR - 1}-12-31")
        book(here.opening, here.bulk, "VAI", facts["opened_g"], f"{YEAR}-03-02")
        book(here.bulk, here.adjustment, "VAI", -facts["adjusted_g"], f"{YEAR}-06-30")

    def _road(self, start, end, grams):
        road = Account.transit(start, end)
        self.books.book(self.books.at(start).bulk, road, "VAI", grams, f"{YEAR}-04-01")
        self.books.book(road, self.books.at(end).bulk, "VAI", grams, f"{YEAR}-04-02")

    def _came_in(self, here):
        """Weighed, averaged and estimated as the example of ``quality`` says."""
        facts, book = self.facts, self.books.book
        furniture_g, clothes_g, averaged_g = (
            facts["furniture_in_g"],
            facts["clothes_in_g"],
            9_900_000,
        )
        rest_g = facts["collected_g"] - furniture_g - clothes_g - averaged_g
        day = f"{YEAR}-02-10"
        book(here.drop_off, here.bulk, "MOB.CHAI", furniture_g, day)
        book(here.home_pickup, here.bulk, "TEX.VETE", clothes_g, day, method=Method.ESTIMATED)
        book(here.drop_off, here.bulk, "VAI", averaged_g, day, method=Method.UNIT_AVERAGE)
        book(here.drop_off, here.bulk, "VAI", rest_g, day)

    def _left(self, here):
        facts, book, day = self.facts, self.books.book, f"{YEAR}-05-10"
        furniture_g, sold_g = facts["furniture_reused_g"], facts["sold_g"]
        settled = {"method": Method.BY_BALANCE, "verb": Verb.SETTLE}
        book(here.bulk, here.reuse, "MOB.CHAI", sold_g, day)
        book(here.bulk, here.reuse, "MOB.CHAI", furniture_g - sold_g, day, **settled)
        book(here.bulk, here.reuse, "VAI", facts["reuse_g"] - furniture_g, day, **settled)
        chairs_g, clothes_g = facts["furniture_recycled_g"], facts["clothes_recycled_g"]
        book(here.bulk, here.recycling, "MOB.CHAI", chairs_g, day)
        book(here.bulk, here.recycling, "TEX.VETE", clothes_g, day)
        book(here.bulk, here.recycling, "VAI", facts["recycling_g"] - chairs_g - clothes_g, day)
        for name in ("other_recovery", "energy", "disposal"):
            book(here.bulk, getattr(here, name), "VAI", facts[f"{name}_g"], day)

    def _people(self):
        facts, kind = self.facts, ActivityKind
        for month in range(1, facts["months_paid"] + 1):
            for what, name in (("cddi", "in_integration"), ("cdi", "on_cdi")):
                people, minutes = facts[f"people_{name}"], 60 * facts[f"hours_{name}"]
                self._note(kind.JOBS, YEAR, month, what=what, people=people, minutes=minutes)
        for what in ("durable", "transition", "positive", "other"):
            self._note(kind.EXITS, YEAR, 6, what=what, people=facts[f"{what}_exits"])
        said = {"times": facts["sessions"], "people": facts["participants"]}
        minutes = facts["session_minutes"]
        self._note(kind.WORKSHOPS, YEAR, 5, what="schools", minutes=minutes, **said)

    def _arrivals(self):
        """Two that stand, one of them of a chair labelled ten days later, and one cancelled."""
        gare, facts, books = self.world.gare, self.facts, self.books
        navette, chair, crockery = (
            self.world.navette,
            books.category("MOB.CHAI"),
            books.category("VAI"),
        )
        arrival = Arrival(
            CollectionMode.objects.get(organisation=navette, code="drop_off"),
            Origin.objects.not_asked(navette.pk),
        )

        def arrive(category: Category, weight_g, day):
            entry = books.entry(gare, Verb.COLLECT, day)
            return record_intake(entry=entry, arrival=arrival, lines=[Line(category, weight_g)])

        arrive(crockery, facts["crockery_in_march_g"], f"{MARCH}-03-05")
        came = arrive(chair, facts["chair_g"], f"{MARCH}-03-11")
        wrong = arrive(crockery, facts["chair_g"], f"{MARCH}-03-12")
        books.undo(wrong.movement, f"{MARCH}-03-12")
        draft = services.Draft(chair, facts["chair_g"], arrival=came.movement.flows.get())
        entry = books.entry(gare, Verb.LABEL, f"{MARCH}-03-21")
        services.label(entry=entry, place=None, drafts=[draft])

    def _shop(self, sell, give_back):
        facts, gare, day = self.facts, self.world.gare, f"{MARCH}-03-15"
        tickets = (("first", "first"), ("second", "second"), ("third", None))
        sold = [
            sell(
                gare,
                (facts[f"{ticket}_ticket_cents"], chair and facts[f"{chair}_chair_g"]),
                on=day,
                code="MOB.CHAI",
            )
            for ticket, chair in tickets
        ]
        give_back(sold[1], f"{MARCH}-03-16")
        entry = self.books.entry(gare, Verb.SELL, f"{MARCH}-03-17")
        cents = {PaidBy.CASH: facts["noted_takings_cents"]}
        note_takings(entry=entry, cents=cents, customers=facts["noted_customers"])
        till = Till.objects.get(site=gare)
        at_till = facts["visitors_at_the_till"]
        Visitors.objects.create(till=till, day=date(MARCH, 3, 15), count=at_till)

    def _noted_in_march(self):
        facts, kind = self.facts, ActivityKind
        gare = self.world.gare
        for what, said in {
            kind.BENEFICIARIES: {"people": facts["beneficiaries_noted"]},
            kind.VISITORS: {"people": facts["visitors_noted"]},
            kind.VOLUNTEERS: {
                "people": facts["volunteers_noted"],
                "minutes": facts["volunteer_minutes_noted"],
            },
            kind.OTHER: {
                "what": "Café",
                "unit": "meals",
                "times": facts["meals"],
                "cents": facts["meals_cents"],
            },
        }.items():
            self._note(what, MARCH, 3, gare, **said)

    def _note(self, kind, year, month, site=None, **said):
        activity = Activity(
            site=site or self.world.canal, kind=kind, day=date(year, month, 1), **said
        )
        note_activity(activity=activity, author=self.world.anna, submission=self.books.submission())
