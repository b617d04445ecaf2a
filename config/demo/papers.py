"""The papers that waste travels with: SIRETs, addresses and receipts, of firms that do not exist.

Their SIRENs begin with five zeros, as nobody's does. Some cards are left as half filled as cards
are: the page of the national register tells which.
"""

from typing import Any

from inventory.models import Carrier, EcoOrganisme, EprStream, Partner, TreatmentCode
from organisation.models import Organisation, Site

OWN_SIRET = "00000001800010"
SITES = {
    "canal": (OWN_SIRET, "14 quai de l’Écluse", "75010", "Paris"),
    "gare": ("00000001800028", "3 rue de la Consigne", "75012", "Paris"),
}
ECO = ("eco-boucle", "Éco-Boucle", "00000010900017", ("EEE-", "EA"))
CARRIERS: dict[str, dict[str, Any]] = {
    "halle": {
        "name": "Transports de la Halle",
        "siret": "00000011700010",
        "address": "27 rue des Quatre-Vents",
        "postal_code": "93500",
        "city": "Pantin",
        "receipt": "93-2025-0114",
    },
    "camion": {
        "name": "Camion de la Navette",
        "siret": OWN_SIRET,
        "address": "14 quai de l’Écluse",
        "postal_code": "75010",
        "city": "Paris",
        "is_exempt": True,
    },
    "electro": {
        "name": "Électro Reprise, tournées",
        "siret": "00000003400017",
        "address": "8 allée des Condensateurs",
        "postal_code": "94200",
        "city": "Ivry-sur-Seine",
        "receipt": "94-2024-0871",
    },
}
# SIRET, address, treatment and usual carrier of each, as far as somebody has asked for them.
PARTNERS = {
    "fibres": ("00000002600013", "5 rue du Métier-à-Tisser", "59100", "Roubaix", "R 3", "halle"),
    "papier": ("00000004200010", "40 route du Moulin", "77100", "Meaux", "R 3", "halle"),
    "electro": (
        *("00000003400017", "8 allée des Condensateurs", "94200", "Ivry-sur-Seine"),
        *("R 12", "electro"),
    ),
    "metaux": ("00000005900014", "2 chemin du Laminoir", "93240", "Stains", "R 4", "halle"),
    "decheterie": ("00000006700017", "1 rue du Tri", "75019", "Paris", "D 5", "camion"),
    "chaleur": ("00000007500010", "9 quai de la Vapeur", "94400", "Vitry-sur-Seine", "R 1", ""),
    "chiffons": ("", "", "", "", "R 3", "camion"),
    "entraide": ("00000009100017", "12 rue du Partage", "75011", "Paris", "", ""),
}


def hand_out(organisation: Organisation) -> None:
    """Fill in the cards of the structure, its sites, its partners and those who drive for them."""
    organisation.siret = OWN_SIRET
    organisation.save()
    for site in Site.objects.filter(organisation=organisation, code__in=SITES):
        _fill(site, *SITES[site.code])
    carriers = {
        code: Carrier.objects.get_or_create(organisation=organisation, code=code, defaults=said)[0]
        for code, said in CARRIERS.items()
    }
    treatments = dict(TreatmentCode.objects.values_list("code", "pk"))
    eco = _contract(organisation)
    for partner in Partner.objects.filter(organisation=organisation, code__in=PARTNERS):
        *where, treatment, carrier = PARTNERS[partner.code]
        partner.treatment_code_id = treatments.get(treatment)
        partner.carrier = carriers.get(carrier)
        partner.eco_organisme = eco if partner.code == "electro" else None
        _fill(partner, *where)


def _contract(organisation: Organisation) -> EcoOrganisme:
    code, name, siret, streams = ECO
    eco, _is_new = EcoOrganisme.objects.get_or_create(
        organisation=organisation, code=code, defaults={"name": name, "siret": siret}
    )
    eco.streams.set(s for s in EprStream.objects.all() if s.code.startswith(streams))
    return eco


def _fill(card: Any, siret: str, address: str, postal_code: str, city: str) -> None:
    card.siret, card.address, card.postal_code, card.city = siret, address, postal_code, city
    card.save()
