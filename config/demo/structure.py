"""What La Navette has: its sites and their places, its people, partners, tills and prices."""

from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from config.demo import papers
from config.demo.goods import GRID
from inventory import reference
from inventory.models import Category, Container, DotCalendar, Kind, Origin, Partner, Place
from organisation.models import Membership, Organisation, Site, User
from organisation.permissions import Role
from sales.models import Nature, PriceKey, Till

CODE = "navette"
PASSWORD = "demo-tracerie"  # noqa: S105 (printed by ./run; these logins exist in the demo only)

SHOPS = ("canal", "gare")  # where there is a scale, a door and a till
SITES = (  # with the word of the day on the wall
    (
        "canal",
        "Ressourcerie du Canal",
        "Le couloir reste libre\N{NO-BREAK SPACE}: le camion charge à 17\N{NO-BREAK SPACE}h.",
    ),
    ("gare", "Ressourcerie de la Gare", "Les livres vont dans les caisses vertes."),
    ("cafe", "Café de la Navette", ""),
    ("velo", "Atelier vélo", ""),
)
MAIN, STORE, WORKSHOP, SHOP = "principal", "reserve", "atelier", "boutique"
PLACES = (
    (STORE, "Réserve", Place.Use.STORAGE, ("canal",)),
    (WORKSHOP, "Atelier", Place.Use.WORKSHOP, SHOPS),
    (SHOP, "Boutique", Place.Use.SHOP, SHOPS),
)
TILLS = {"canal": "Caisse Canal", "gare": "Caisse Gare"}
PEOPLE = (
    ("direction", "Solène", "Kerouanton", Role.DIRECTOR, ""),
    ("responsable", "Mehdi", "Arnaud", Role.MANAGER, ""),
    ("tri", "Inès", "Barbosa", Role.SORTER, "canal gare"),
    ("caisse", "Jeanne", "Leclerc", Role.CASHIER, "canal gare"),
    ("audit", "Paul-Émile", "Vasseur", Role.AUDITOR, ""),
)
ORIGINS = (
    ("75110", "Paris 10e"),
    ("75111", "Paris 11e"),
    ("75112", "Paris 12e"),
    ("75119", "Paris 19e"),
    ("75120", "Paris 20e"),
    ("93055", "Pantin"),
)
# Neighbours bring the most: how often each origin, at each shop.
NEIGHBOURS = {
    "canal": {"75110": 9, "75119": 8, "93055": 5, "75111": 3, "75120": 3, "75112": 1},
    "gare": {"75112": 9, "75111": 6, "75120": 5, "75110": 2, "75119": 1, "93055": 1},
}
PARTNERS = (
    ("fibres", "Fibres du Nord", Kind.RECYCLING),
    ("papier", "Papier Source", Kind.RECYCLING),
    ("electro", "Électro Reprise", Kind.RECYCLING),
    ("metaux", "Métaux Réunis", Kind.RECYCLING),
    ("chiffons", "Chiffons de Paris", Kind.OTHER_RECOVERY),
    ("chaleur", "Chaleur Urbaine", Kind.ENERGY),
    ("decheterie", "Déchèterie municipale", Kind.DISPOSAL),
    ("entraide", "Entraide du Quartier", Kind.REUSE),
)
# A colour a week: two at the full price, then less and less, then free.
DOTS = {
    "first_day": date(2024, 1, 1),  # a Monday
    "colours": ["blue", "yellow", "red", "green", "orange", "pink"],
    "steps": [[2, 0], [1, 30], [1, 50]],
    "ending": DotCalendar.Ending.FREE,
}


def furnish(organisation: Organisation) -> None:
    """Give the structure all that it needs to open its doors; what is there stays as it is."""
    reference.furnish(organisation)
    sites = {
        code: Site.objects.get_or_create(
            code=code, defaults={"organisation": organisation, "name": name, "daily_word": word}
        )[0]
        for code, name, word in SITES
    }
    for site in sites.values():
        _lay_out(site)
    _employ(organisation, sites)
    for position, (code, name) in enumerate(ORIGINS):
        Origin.objects.get_or_create(
            organisation=organisation,
            code=code,
            defaults={"name": name, "insee_code": code, "position": position},
        )
    for position, (code, name, fate) in enumerate(PARTNERS):
        Partner.objects.get_or_create(
            organisation=organisation,
            code=code,
            defaults={"name": name, "default_fate": fate, "position": position},
        )
    papers.hand_out(organisation)
    DotCalendar.objects.get_or_create(organisation=organisation, defaults=DOTS)
    Container.objects.filter(organisation=organisation, code="roll").update(average_load_g=95_000)
    for code in SHOPS:
        _open_shop(sites[code])


def _lay_out(site: Site) -> None:
    main = Place.objects.main(site)
    main.name = "Plateau de tri"
    main.save()
    for position, (code, name, use, where) in enumerate(PLACES):
        if site.code in where:
            Place.objects.get_or_create(
                site=site, code=code, defaults={"name": name, "use": use, "position": position}
            )
    if site.code in SHOPS and not site.tracks_places:
        site.tracks_places = True
        site.save()


def _employ(organisation: Organisation, sites: dict[str, Site]) -> None:
    hashed = make_password(PASSWORD)
    for login, first, last, role, where in PEOPLE:
        user, is_new = User.objects.get_or_create(
            username=login,
            defaults={
                "password": hashed,
                "first_name": first,
                "last_name": last,
                "organisation": organisation,
            },
        )
        for code in where.split() or [""]:
            if is_new:
                Membership.objects.create(user=user, role=role, site=sites.get(code))


ALSO: dict[str, dict[str, Any]] = {  # what the grid sells otherwise than by the piece
    "kilo": {
        "name_fr": "Vêtements au kilo",
        "name_en": "Clothes by weight",
        "category": "TEX",
        "price_cents": 600,
        "is_per_kg": True,
    },
    "libre-livre": {
        "name_fr": "Livres, prix libre",
        "name_en": "Books, pay what you want",
        "category": "LIV",
        "is_free": True,
    },
    "adhesion": {
        "name_fr": "Adhésion",
        "name_en": "Membership",
        "nature": Nature.MEMBERSHIP,
        "price_cents": 1_000,
    },
    "bon": {"name_fr": "Bon cadeau", "name_en": "Gift voucher", "nature": Nature.VOUCHER},
    "livraison": {
        "name_fr": "Livraison",
        "name_en": "Delivery",
        "nature": Nature.DELIVERY,
        "price_cents": 2_500,
    },
}


def _open_shop(site: Site) -> None:
    """A till, and the prices on its wall: each shop has its own."""
    Till.objects.get_or_create(
        organisation=site.organisation,
        code=f"caisse-{site.code}",
        defaults={
            "site": site,
            "name": TILLS[site.code],
            "place": Place.objects.get(site=site, code=SHOP),
        },
    )
    categories = {category.code: category for category in Category.objects.of(None)}
    for position, price in enumerate(GRID.values()):
        PriceKey.objects.get_or_create(
            organisation=site.organisation,
            code=f"{site.code}-{price.code}",
            defaults={
                "site": site,
                "name_fr": price.name_fr,
                "name_en": price.name_en,
                "category": categories[price.category],
                "price_cents": price.cents[site.code],
                "position": position,
            },
        )
    for position, (code, said) in enumerate(ALSO.items(), start=len(GRID)):
        category = categories.get(said.get("category", ""))
        PriceKey.objects.get_or_create(
            organisation=site.organisation,
            code=f"{site.code}-{code}",
            defaults={**said, "category": category, "site": site, "position": position},
        )
