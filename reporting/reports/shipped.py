"""The templates that come with Tracerie. No funder's own form could be opened: each says so."""

from functools import cache
from typing import Any

from reporting.reports.layout import Layout, read

MAY_DIFFER = (
    "Le formulaire officiel du financeur peut différer : ce document en réunit les chiffres."
)
SHARES: dict[str, Any] = {"kind": "shares"}
BALANCE: dict[str, Any] = {"kind": "balance", "title": "Bilan matière"}
QUALITY: dict[str, Any] = {"kind": "quality", "title": "Ce sur quoi reposent ces chiffres"}
FLOW: dict[str, Any] = {"kind": "flow", "title": "D’où viennent les objets, où ils vont"}
MONTHS: dict[str, Any] = {"kind": "months", "title": "Mois par mois"}
AGES: dict[str, Any] = {"kind": "ages", "title": "Depuis quand le stock est là"}
OUTLETS: dict[str, Any] = {"kind": "outlets", "title": "Devenir déclaré par les partenaires"}
METHOD: dict[str, Any] = {
    "kind": "text",
    "title": "Méthode",
    "text": (
        "Chaque masse est une somme de pesées, en grammes. Un objet compte comme réemployé quand"
        " il quitte le site, vendu ou donné, jamais à l’arrivée. Les parts sont arrondies pour"
        " faire 100. Ce qui passe d’un site à l’autre n’est compté qu’une fois."
    ),
}
OPENING = (
    "Du {first_day} au {last_day}, {structure} a collecté {collected}. Il en est sorti {reused}"
    " réemployés, {recycled} recyclés et {disposed} éliminés. Taux de valorisation :"
    " {recovery_rate}."
)


def _table(title: str, indicators: str, *by: str, units: bool = False) -> dict[str, Any]:
    told = {"indicators": indicators.split(), "by": list(by), "units": units}
    return {"kind": "table", "title": title, **told}


RATES = "reuse_rate recycling_rate recovery_rate"
PEOPLE = "headcount fte dynamic_exits volunteers volunteer_minutes"
WORKSHOPS = "workshops workshop_people workshop_minutes"
MASSES = "collected reused recycled energy disposed"
LAYOUTS: dict[str, dict[str, Any]] = {
    "rapport-annuel": {
        "title": "Rapport annuel",
        "intro": OPENING,
        "deadline": "03-31",
        "parts": [
            SHARES,
            BALANCE,
            FLOW,
            _table("Par famille d’objets", "collected reused recycled", "category"),
            _table("Par mode de collecte", "collected", "mode"),
            MONTHS,
            _table("Par partenaire", "recycled disposed", "partner"),
            OUTLETS,
            AGES,
            _table("Boutique", "sales average_basket price_per_kg given buyers"),
            _table("Emplois et bénévolat", PEOPLE),
            _table("Sensibilisation", WORKSHOPS),
            QUALITY,
            METHOD,
        ],
    },
    "ademe": {
        "title": "Fonds économie circulaire",
        "funder": "ADEME",
        "intro": OPENING,
        "deadline": "01-31",
        "note": MAY_DIFFER,
        "parts": [
            SHARES,
            _table("Masses", MASSES),
            _table("Taux", f"{RATES} reuse_of_collected"),
            _table("Emplois, ventes, sensibilisation", f"fte fte_per_kt sales {WORKSHOPS}"),
            _table("Par filière", "collected reused recycled", "stream"),
            _table("Par famille d’objets", "reused reuse_rate", "category"),
            QUALITY,
            METHOD,
        ],
    },
    "collectivite": {
        "title": "Région, collectivité : par commune",
        "funder": "Collectivité",
        "intro": OPENING,
        "deadline": "01-31",
        "note": MAY_DIFFER,
        "parts": [
            SHARES,
            {**FLOW, "by": ["origin"]},
            _table("Par habitant", "collected collected_per_inhabitant diverted"),
            _table(
                "Par commune de provenance", "collected collected_per_inhabitant diverted", "origin"
            ),
            _table("Par mode de collecte", "collected", "mode"),
            _table("Par site", "collected reused recycled disposed recovery_rate", "site"),
            _table("Solidarité et sensibilisation", f"given beneficiaries {WORKSHOPS} volunteers"),
            QUALITY,
            METHOD,
        ],
    },
    "dreets": {
        "title": "Atelier et chantier d’insertion",
        "funder": "DREETS",
        "deadline": "01-31",
        "note": MAY_DIFFER,
        "intro": "Activité de {structure} du {first_day} au {last_day}.",
        "parts": [
            _table("Emplois", "headcount fte", "contract"),
            _table("Sorties", "exits", "exit"),
            _table("Sorties dynamiques et emplois", "dynamic_exits fte fte_per_kt"),
            _table("Activité support", f"{MASSES} sales"),
            SHARES,
            QUALITY,
        ],
    },
    "eco-organisme": {
        "title": "Éco-organisme, par filière",
        "funder": "Éco-organismes",
        "rule": "quarter",
        "deadline": "",
        "note": MAY_DIFFER,
        "intro": "Tonnages de {structure} du {first_day} au {last_day}, par filière.",
        "parts": [
            _table(
                "Par filière",
                "stream_collected stream_reused stream_recycled",
                "stream",
                units=True,
            ),
            _table("Collecté, par filière et mode", "stream_collected", "stream", "mode"),
            OUTLETS,
            QUALITY,
        ],
    },
    "reseau": {
        "title": "Observatoire de réseau",
        "funder": "Réseau",
        "basis": "collected",
        "deadline": "02-28",
        "note": MAY_DIFFER,
        "intro": OPENING,
        "parts": [
            SHARES,
            _table("Masses", MASSES),
            _table("Taux", f"{RATES} reuse_of_collected"),
            _table("Par famille d’objets", "collected reused recycled disposed", "category"),
            _table("Par mode de collecte", "collected", "mode"),
            _table("Emplois et bénévolat", PEOPLE),
            _table("Sensibilisation", WORKSHOPS),
            QUALITY,
        ],
    },
}
VERSION = 1  # of all of them
OF_NETWORKS = "reseau"  # the one that a network asks for


@cache
def layouts() -> dict[str, Layout]:
    """Code → layout, checked."""
    return {code: read(content) for code, content in LAYOUTS.items()}
