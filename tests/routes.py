"""One row per door of Tracerie: how to knock at it rightly.

``$site``, ``$intake``… stand for what a spot (a site and the documents made there) calls so.
``names`` tells what a row points at: a site or a thing of it, a thing of the whole structure, or
nothing.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from django.utils import timezone

from config.urls import urlpatterns
from inventory import services
from inventory.ledger import Entry
from inventory.models import (
    Carrier,
    Category,
    CollectionMode,
    Container,
    EcoOrganisme,
    EprStream,
    Flow,
    Item,
    Kind,
    Movement,
    Origin,
    Partner,
    Photo,
    Place,
    TreatmentCode,
    Verb,
)
from inventory.pictures import made_safe
from inventory.services import Departure, Draft, StockLine
from organisation.doors import ANYONE, acts_of, callbacks, operations_of
from organisation.models import HeldEntry, Membership, Organisation, Site, Station, Submission, User
from organisation.permissions import Role
from reporting.evening.reading import endpoint_of
from reporting.evening.recording import Sheet, record_sheet
from reporting.models import ClaimedFlow, DeclarationFile, EprClaim, Target
from reporting.periods import Period
from reporting.registers.quarters import Quarter
from reporting.reports import shipped
from reporting.reports.drafting import Subject
from reporting.reports.publishing import Chosen, prepare, publish
from reporting.scopes import Scope
from reporting.services import share
from sales.archive import make_archive
from sales.models import (
    Buyer,
    Chain,
    Method,
    PeriodClosing,
    PriceKey,
    Reduction,
    Sale,
    ShopSettings,
    VoucherIssuer,
)
from sales.services import (
    Count,
    Paid,
    Wanted,
    close_session,
    issue_invoice,
    rehearse_sale,
    remit_cash,
)
from tests.tills import lend_till, open_till, till_entry

API = "api/v1/"


@dataclass(frozen=True)
class Sample:
    """A valid request: values of the path, the query and the body."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    names: Literal["site", "structure", "nothing"] = "site"
    at_tablet: bool = False  # the one that holds the spot's till


def _document(name: str) -> Sample:
    return Sample(path={"id": f"${name}"})


def _owned(name: str) -> Sample:
    return Sample(path={"code": f"${name}"}, names="structure")


# A PNG of one dot.
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
    "lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ALONE = Sample(names="nothing")
YEAR_DAYS = (date(2026, 1, 1), date(2026, 12, 31))
LISTED = Sample(query={"site": "$site"})
DATED = Sample(query={"site": "$site", "from": "2026-01-01", "to": "2026-12-31"})
BILAN = Sample(
    query={"start": "2026-01-01", "end": "2026-12-31", "figure": "collected_g"}, names="nothing"
)
BOOKS = Sample(query={"start": "2026-01-01", "end": "2026-12-31"}, names="nothing")
REGISTER = Sample(query={"from": "2026-01-01", "to": "2026-12-31"}, names="nothing")
DECLARED = Sample(path={"uuid": "$declared"})
SLIP = Sample(path={"number": "$slip"})
STATEMENT = Sample(path={"issuer": "$issuer", "month": "202601"}, names="structure")
YEAR = Sample(query={"from": "2026-01-01", "to": "2026-12-31", "site": "$site"})

SAMPLES = {
    "GET organisation/sites": ALONE,
    "GET organisation/me": ALONE,
    "POST organisation/held": Sample(
        body={
            "site": "$site",
            "entry": "6f1f0c9e-57a1-4f0e-9c1c-000000000001",
            "path": "/api/v1/collection/intakes",
            "body": "{}",
            "occurred_at": "2026-01-02T10:00:00+01:00",
        },
        names="structure",
    ),
    "GET inventory/categories": LISTED,
    "GET inventory/places": LISTED,
    "GET inventory/containers": LISTED,
    "GET inventory/partners": LISTED,
    "GET inventory/stock": LISTED,
    "GET inventory/lots": LISTED,
    "GET inventory/departures/day": LISTED,
    "GET inventory/departures/open": LISTED,
    "GET inventory/unsold": Sample(query={"site": "$site", "weeks": "8"}),
    "POST inventory/crates": Sample(body={"site": "$site", "category": "MOB", "weight_g": 700}),
    "POST inventory/crates/<crate>/rest": Sample(path={"crate": "$crate"}, body={"weight_g": 200}),
    "GET inventory/movements": DATED,
    "GET inventory/movements/<number>": Sample(path={"number": "$number"}),
    "GET inventory/opening-stock": DATED,
    "GET inventory/opening-stock/<id>": _document("opening"),
    "POST inventory/opening-stock": Sample(
        body={
            "site": "$site",
            "lines": [
                {"category": "MOB", "weight_g": 20_000},
                {"category": "MOB.CHAI", "weight_g": 50_000, "units": 10},
            ],
        }
    ),
    "GET inventory/moves": DATED,
    "GET inventory/moves/<id>": _document("move"),
    "POST inventory/moves": Sample(
        body={
            "site": "$site",
            "to_place": "reserve",
            "lines": [{"category": "MOB", "weight_g": 500}],
            "items": ["$item"],
        }
    ),
    "GET inventory/shipments": DATED,
    "GET inventory/shipments/<id>": _document("shipment"),
    "POST inventory/shipments": Sample(
        body={
            "site": "$site",
            "fate": "recycling",
            "partner": "gebetex",
            "lines": [{"category": "MOB", "weight_g": 700, "estimated": True}, {"item": "$item"}],
        }
    ),
    "POST inventory/shipments/<shipment>/weights": Sample(
        path={"shipment": "$shipment"}, body={"lines": [{"category": "MOB", "weight_g": 650}]}
    ),
    "GET inventory/counts": DATED,
    "GET inventory/counts/<id>": _document("count"),
    "POST inventory/counts": Sample(
        body={
            "site": "$site",
            "reason": "loss",
            "lines": [{"category": "MOB", "weight_g": 100}],
            "items": ["$item"],
        }
    ),
    "POST inventory/finds": Sample(body={"site": "$site", "item": "$lost"}),
    "POST inventory/losses": Sample(body={"site": "$site", "item": "$item"}),
    "GET inventory/settlements": DATED,
    "GET inventory/settlements/<id>": _document("settlement"),
    "POST inventory/settlements": Sample(
        body={
            "site": "$site",
            "on": "$today",
            "as": "reuse",
            "lines": [{"category": "MOB", "closing_weight_g": 0}],
        }
    ),
    "GET inventory/reversals": DATED,
    "GET inventory/reversals/<id>": _document("reversal"),
    "POST inventory/reversals": Sample(body={"movement": "$mine", "reason": "wrong key"}),
    "GET inventory/sortings": DATED,
    "GET inventory/sortings/<id>": _document("sorting"),
    "POST inventory/sortings": Sample(
        body={
            "site": "$site",
            "from": {"category": "MOB", "weight_g": 1_000},
            "to": [{"category": "MOB.CHAI", "weight_g": 990}],
        }
    ),
    "POST inventory/spreads": Sample(
        body={
            "site": "$site",
            "category": "DIV.VRAC",
            "weight_g": 1_000,
            "shares": [{"category": "MOB", "share": 70}, {"category": "TEX", "share": 30}],
        }
    ),
    "POST inventory/codes": Sample(body={"site": "$site", "count": 2}),
    "POST inventory/items": Sample(
        body={"site": "$site", "category": "MOB.CHAI", "weight_g": 1_500, "price_cents": 900}
    ),
    "GET inventory/items/<code>": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/catalogue": LISTED,
    "GET inventory/items/<code>/life": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/items/<code>/trace": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/items/<code>/epcis": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/items/<code>/label.png": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/items/<code>/label.pdf": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/items/<code>/label.zpl": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/codes/<code>": Sample(path={"code": "$item"}, names="structure"),
    "GET inventory/dots": Sample(query={"site": "$site"}, names="structure"),
    "GET inventory/items/<code>/repairs": Sample(path={"code": "$item"}, names="structure"),
    "POST inventory/items/<code>/repairs": Sample(
        path={"code": "$item"}, body={"act": "test", "result": "works"}
    ),
    "POST inventory/items/<code>/photos": Sample(path={"code": "$item"}, body={"picture": DOT}),
    "POST inventory/movements/<number>/photos": Sample(
        path={"number": "$shipment_number"}, body={"picture": DOT}
    ),
    "PATCH inventory/items/<code>": Sample(path={"code": "$item"}, body={"title": "Tabouret"}),
    "GET inventory/dismantlings": DATED,
    "GET inventory/dismantlings/<id>": _document("dismantling"),
    "POST inventory/dismantlings": Sample(
        body={
            "site": "$site",
            "item": "$item",
            "parts": [
                {"category": "MOB", "weight_g": 3_000},
                {"category": "MOB.CHAI", "weight_g": 1_000, "label": True},
            ],
        }
    ),
    "GET inventory/transfers": DATED,
    "GET inventory/transfers/<id>": _document("transfer"),
    "POST inventory/transfers": Sample(
        body={
            "site": "$site",
            "to_site": "$peer",
            "lines": [{"category": "MOB", "weight_g": 500}, {"item": "$item"}],
        }
    ),
    "POST inventory/transfers/<transfer>/receipt": Sample(
        path={"transfer": "$incoming"},
        body={"lines": [{"category": "MOB", "weight_g": 200}], "final": False},
    ),
    "POST inventory/clearings": Sample(
        body={
            "site": "$site",
            "to": [
                {
                    "fate": "reuse",
                    "public": True,
                    "lines": [{"category": "MOB", "weight_g": 200}, {"item": "$item"}],
                },
                {
                    "fate": "disposal",
                    "partner": "tip",
                    "lines": [{"category": "MOB", "weight_g": 100}],
                },
            ],
        }
    ),
    "GET inventory/clearings/<id>": _document("clearing"),
    "GET sales/tills": LISTED,
    "GET sales/keys": LISTED,
    "GET sales/issuers": LISTED,
    "GET sales/suggestions": LISTED,
    "GET sales/asides": LISTED,
    "GET sales/prices": Sample(query={"category": "MOB"}, names="nothing"),
    "GET sales/sales": DATED,
    "GET sales/sales/<id>": _document("sale"),
    "POST sales/tills/<till>/sessions": Sample(
        path={"till": "$shut_till"}, body={"float_cents": 10_000}
    ),
    "POST sales/tills/<till>/cash-moves": Sample(
        path={"till": "$till"}, body={"amount_cents": -500, "reason": "purchase"}
    ),
    "POST sales/tills/<till>/closings": Sample(
        path={"till": "$till"}, body={"counted": {"cash": {"5000": 2, "20": 1}}}
    ),
    "POST sales/tills/<till>/lease": Sample(path={"till": "$lent_till"}, body={}, at_tablet=True),
    "POST sales/tills/<till>/lease/end": Sample(
        path={"till": "$lent_till"}, body={}, at_tablet=True
    ),
    "POST sales/tills/<till>/retirement": Sample(
        path={"till": "$lent_till"}, body={"last_seq": 0, "reason": "stolen"}
    ),
    "GET sales/tills/<till>/x": Sample(path={"till": "$till"}),
    "POST sales/sales": Sample(
        body={
            "till": "$till",
            "lines": [
                {"item": "$item", "price_cents": 1_500},
                {"category": "MOB", "quantity": 2, "price_cents": 250, "weight_g": 800},
            ],
            "payments": [{"method": "cash", "amount_cents": 2_000}],
        }
    ),
    "POST sales/sales/<sale>/refunds": Sample(
        path={"sale": "$sale"},
        body={
            "till": "$till",
            "lines": [{"line": 2, "quantity": 1}],
            "method": "cash",
            "reason": "too small",
        },
    ),
    "POST collection/given-back": Sample(
        body={"site": "$site", "item": "$left", "mode": "drop_off", "weight_g": 3_900}
    ),
    "GET collection/origins": LISTED,
    "GET collection/modes": ALONE,
    "GET collection/day": Sample(query={"site": "$site"}),
    "GET collection/intakes": DATED,
    "GET collection/intakes/<id>": _document("intake"),
    "POST collection/intakes": Sample(
        body={
            "site": "$site",
            "mode": "drop_off",
            "lines": [{"category": "MOB", "weight_g": 12_500}],
        }
    ),
    "GET collection/refusals": LISTED,
    "POST collection/refusals": Sample(body={"site": "$site", "reason": "dirty", "count": 2}),
    "POST collection/donors": Sample(body={"intake": "$intake", "name": "Mme Dupont"}),
    "GET reporting/diversion": YEAR,
    "GET reporting/flows": Sample(query={**YEAR.query, "by": "month,fate"}),
    "GET reporting/indicators": ALONE,
    "GET reporting/values": Sample(query={**YEAR.query, "indicator": "collected", "by": "mode"}),
    "GET reporting/reports": LISTED,
    "GET reporting/reports/<id>": _document("report"),
    "GET reporting/reports/<id>.pdf": _document("report"),
    "GET reporting/reports/<id>.xlsx": _document("report"),
    "GET reporting/reports/<id>.csv": _document("report"),
    "GET reporting/activities": LISTED,
    "GET reporting/activities/<activity>": Sample(path={"activity": "$activity"}),
    "POST reporting/activities": Sample(
        body={"site": "$site", "kind": "visitors", "day": "2026-03-10", "people": 40}
    ),
    "POST reporting/activities/<activity>/cancellations": Sample(
        path={"activity": "$activity"}, body={"reason": "twice"}
    ),
    "GET reporting/populations": ALONE,
    "POST reporting/populations": Sample(
        body={"since": "2026-01-01", "people": 25_000, "source": "INSEE"}, names="nothing"
    ),
    "GET reporting/ledger.ndjson": YEAR,
    "GET reporting/ledger.csv": YEAR,
    "GET reporting/ledger.zip": YEAR,
    "GET reporting/closings": LISTED,
    "GET reporting/closings/<id>": _document("closing"),
    "POST reporting/closings": Sample(body={"site": "$site", "month": "$old_month"}),
    "GET reporting/waste": YEAR,
    "GET reporting/declarations": DATED,
    "GET reporting/declarations/preview": YEAR,
    "GET reporting/declarations/<id>": _document("declared"),
    "GET reporting/declarations/<id>.csv": _document("declared"),
    "GET reporting/declarations/<id>.xlsx": _document("declared"),
    "POST reporting/declarations": Sample(
        body={"from": "$today", "to": "$today", "site": ["$site"]}
    ),
    "POST reporting/declarations/<declaration>/withdraw": Sample(
        path={"declaration": "$declared"}, body={}
    ),
    "GET reporting/unclaimed": Sample(query={"quarter": "2026-Q1"}, names="nothing"),
    "GET reporting/claims": ALONE,
    "GET reporting/claims/<id>": _document("claim"),
    "POST reporting/claims": Sample(
        body={
            "eco_organisme": "$eco_organisme",
            "stream": "EA",
            "quarter": "$quarter",
            "fates": ["recycling", "disposal"],
        },
        names="structure",
    ),
    "POST reporting/claims/<claim>/release": Sample(
        path={"claim": "$claim"}, body={"reason": "refused"}
    ),
}

OBJECT = Sample(path={"code": "$item"}, names="structure")
OBJECTS = Sample(query={"code": "$item"}, names="structure")

PAGES = {
    "": ALONE,
    "trier/": ALONE,
    "trier/<str:site>/": Sample(path={"site": "$site"}),
    "expedier/": ALONE,
    "expedier/<str:site>/": Sample(path={"site": "$site"}),
    "peser/": ALONE,
    "peser/refus/": ALONE,
    "peser/registre/": ALONE,
    "peser/<str:site>/": Sample(path={"site": "$site"}),
    "departs/": ALONE,
    "peser/retour/<str:code>/": Sample(path={"code": "$left"}, names="structure"),
    "departs/nouveau/": LISTED,
    "departs/invendus/": LISTED,
    "transferts/": ALONE,
    "transferts/nouveau/": LISTED,
    "transferts/<str:number>/": Sample(path={"number": "$transfer_number"}),
    "transferts/<str:number>/reception/": Sample(path={"number": "$incoming_number"}, body={}),
    "suivre/": ALONE,
    "suivre/<str:site>/": Sample(path={"site": "$site"}),
    "compter/": ALONE,
    "compter/<str:site>/": Sample(path={"site": "$site"}),
    "chercher/": ALONE,
    "objets/": ALONE,
    "objets/nouveau/": LISTED,
    "o/<str:code>": OBJECT,
    "o/<str:code>/": OBJECT,
    "o/<str:code>/epcis.json": OBJECT,
    "o/<str:code>/description/": Sample(path={"code": "$item"}, body={}),
    "o/<str:code>/demontage/": Sample(path={"code": "$item"}),
    "o/<str:code>/reparation/": Sample(path={"code": "$item"}, body={}),
    "photos/<int:pk>.jpg": Sample(path={"pk": "$photo"}, names="structure"),
    "photos/<int:pk>/retirer/": Sample(path={"pk": "$photo"}, body={}),
    "o/<str:code>/retrouve/": Sample(path={"code": "$lost"}, body={}),
    "o/<str:code>/etiquette.png": OBJECT,
    "etiquettes/": OBJECTS,
    "etiquettes/rouleau.pdf": OBJECTS,
    "etiquettes/rouleau.zpl": OBJECTS,
    "etiquettes/planche.pdf": OBJECTS,
    "etiquettes/papier-<str:size>.css": Sample(path={"size": "57x32"}, names="nothing"),
    "pastilles/": ALONE,
    "etiquettes/vierges/": LISTED,
    "stock/tri/": LISTED,
    "stock/ventilation/": LISTED,
    "stock/": LISTED,
    "stock/depart/": LISTED,
    "stock/deplacement/": LISTED,
    "stock/inventaire/": LISTED,
    "stock/solde/": LISTED,
    "d/<str:number>/": Sample(path={"number": "$number"}),
    "d/<str:number>/recu.pdf": Sample(path={"number": "$intake_number"}),
    "d/<str:number>/annuler/": Sample(path={"number": "$number"}, body={}),
    "d/<str:number>/bon.pdf": Sample(path={"number": "$shipment_number"}),
    "departs/pesees/": ALONE,
    "d/<str:number>/poids/": Sample(path={"number": "$shipment_number"}, body={}),
    "caisse/": ALONE,
    "caisse/tickets/": ALONE,
    "caisse/prix/": ALONE,
    "caisse/<str:till>/": Sample(path={"till": "$till"}),
    "encaisser/": ALONE,
    "encaisser/<str:till>/": Sample(path={"till": "$till"}),
    "caisse/archives/": ALONE,
    "caisse/bons/": ALONE,
    "caisse/archives/nouvelle/": Sample(
        body={"of": "$site", "start": "2020-01-01", "end": "$today"}
    ),
    "caisse/archives/<uuid:uuid>.zip": Sample(path={"uuid": "$archive"}),
    "caisse/clotures/": ALONE,
    "caisse/clotures/mois/": Sample(body={"of": "$site"}),
    "caisse/clotures/<uuid:uuid>/": Sample(path={"uuid": "$period"}),
    "caisse/clotures/<uuid:uuid>.pdf": Sample(path={"uuid": "$period"}),
    "caisse/<str:till>/entrainement/": Sample(path={"till": "$till"}),
    "caisse/<str:till>/entrainement/<int:seq>/": Sample(path={"till": "$till", "seq": "1"}),
    "caisse/<str:till>/entrainement/<int:seq>/rembourser/": Sample(
        path={"till": "$till", "seq": "1"}, body={"line_1": "1", "method": "cash"}
    ),
    "caisse/comptabilite/": BOOKS,
    "caisse/comptabilite/fec.txt": BOOKS,
    "caisse/comptabilite/jours.csv": BOOKS,
    "caisse/banque/": LISTED,
    "caisse/banque/cheques/": LISTED,
    "caisse/banque/especes/": LISTED,
    "caisse/banque/<str:number>/": SLIP,
    "caisse/banque/<str:number>/bordereau.pdf": SLIP,
    "caisse/banque/<str:number>/annuler/": Sample(path={"number": "$slip"}, body={}),
    "caisse/banque/<str:number>/effacer/": Sample(path={"number": "$slip"}, body={}),
    "caisse/bons-tiers/": ALONE,
    "caisse/bons-tiers/<str:issuer>/<int:month>/": STATEMENT,
    "caisse/bons-tiers/<str:issuer>/<int:month>.pdf": STATEMENT,
    "caisse/bons-tiers/<str:issuer>/<int:month>.csv": STATEMENT,
    "caisse/<str:till>/ouvrir/": Sample(path={"till": "$shut_till"}, body={"float": "100"}),
    "caisse/<str:till>/tiroir/": Sample(
        path={"till": "$till"}, body={"way": "out", "kind": "bank", "amount": "5"}
    ),
    "caisse/journal/": ALONE,
    "caisse/<str:till>/tiroir/ouvrir/": Sample(path={"till": "$till"}, body={"reason": "change"}),
    "caisse/<str:till>/cloturer/": Sample(
        path={"till": "$till"}, body={"seen": "$seen", "p5000": "2"}
    ),
    "caisse/<str:till>/z/<int:number>/": Sample(path={"till": "$shut_till", "number": "1"}),
    "caisse/<str:till>/z/<int:number>/envoyer/": Sample(
        path={"till": "$shut_till", "number": "1"}, body={}
    ),
    "caisse/<str:till>/z/<int:number>.pdf": Sample(path={"till": "$shut_till", "number": "1"}),
    "tickets/<str:number>/": Sample(path={"number": "$sale_number"}),
    "tickets/<str:number>/remettre/": Sample(
        path={"number": "$sale_number"}, body={"way": "print"}
    ),
    "tickets/<str:number>/rembourser/": Sample(
        path={"number": "$sale_number"},
        body={"line_2": "1", "till": "$till", "method": "cash", "comment": "too small"},
    ),
    "acheteurs/": ALONE,
    "acheteurs/nouveau/": ALONE,
    "acheteurs/<int:number>/": Sample(path={"number": "$buyer"}, names="structure"),
    "factures/": ALONE,
    "factures/<str:number>.pdf": Sample(path={"number": "$invoice"}),
    "factures/<str:number>/payer/": Sample(path={"number": "$invoice"}),
    "factures/<str:number>/annuler-paiement/": Sample(path={"number": "$invoice"}, body={}),
    "tickets/<str:number>/facturer/": Sample(path={"number": "$sale_number"}),
    "donnees-personnelles/": ALONE,
    "donnees-personnelles/personne/": Sample(query={"buyer": "$buyer"}, names="structure"),
    "donnees-personnelles/personne.json": Sample(query={"buyer": "$buyer"}, names="structure"),
    "donnees-personnelles/effacer/": Sample(
        body={"buyer": "$buyer", "sure": "on"}, names="structure"
    ),
    "rapports/": ALONE,
    "rapports/dossier/": ALONE,
    "rapports/logo/": Sample(body={}, names="nothing"),
    "rapports/debouches/": ALONE,
    "rapports/publies/<str:code>/": Sample(path={"code": "$report_code"}),
    "rapports/publies/<str:code>/page/": Sample(path={"code": "$report_code"}, body={"open": "1"}),
    "rapports/publies/<str:code>/rapport.<str:kind>": Sample(
        path={"code": "$report_code", "kind": "pdf"}
    ),
    "rapports/modeles/nouveau/": ALONE,
    "rapports/modeles/<str:template>/": Sample(path={"template": "ademe"}, names="nothing"),
    "rapports/<str:template>/": Sample(path={"template": "dreets"}, names="nothing"),
    "rapports/<str:template>/brouillon.pdf": Sample(path={"template": "dreets"}, names="nothing"),
    "rapports/<str:template>/publier/": Sample(
        path={"template": "dreets"}, body={"period": "2026"}, names="nothing"
    ),
    "bilan/": BILAN,
    "bilan/indicateurs/": BILAN,
    "bilan/bilan.xlsx": BILAN,
    "bilan/lignes/": BILAN,
    "bilan/mouvements/": BILAN,
    "bilan/recettes/": BILAN,
    "bilan/flux.csv": BILAN,
    "bilan/donnees/": ALONE,
    "bilan/donnees/registre.ndjson": ALONE,
    "bilan/donnees/flux.csv": ALONE,
    "bilan/donnees/donnees.zip": ALONE,
    "bilan/partages/": ALONE,
    "bilan/partages/<int:pk>/retirer/": Sample(path={"pk": "$audit_link"}, body={}),
    "bilan/mois/": ALONE,
    "bilan/objectifs/": ALONE,
    "bilan/objectifs/<int:pk>/": Sample(path={"pk": "$target"}),
    "bilan/mois/<str:site>/": Sample(path={"site": "$site"}, body={"month": "$old_month_number"}),
    "bilan/registres/": ALONE,
    "bilan/registres/dechets/": REGISTER,
    "bilan/registres/dechets/registre.csv": REGISTER,
    "bilan/registres/dechets/registre.xlsx": REGISTER,
    "bilan/registres/dechets/registre.pdf": REGISTER,
    "bilan/registres/objets/": REGISTER,
    "bilan/registres/objets/registre.csv": REGISTER,
    "bilan/registres/objets/registre.xlsx": REGISTER,
    "bilan/registres/trackdechets/": REGISTER,
    "bilan/registres/trackdechets/non-declarables.csv": REGISTER,
    "bilan/registres/trackdechets/declarer/": Sample(body={}, names="nothing"),
    "bilan/registres/trackdechets/<uuid:uuid>.csv": DECLARED,
    "bilan/registres/trackdechets/<uuid:uuid>.xlsx": DECLARED,
    "bilan/registres/trackdechets/<uuid:uuid>/retirer/": Sample(
        path={"uuid": "$declared"}, body={}
    ),
    "bilan/registres/eco-organismes/": ALONE,
    "bilan/registres/eco-organismes/trimestre.csv": ALONE,
    "bilan/registres/eco-organismes/trimestre.xlsx": ALONE,
    "bilan/registres/eco-organismes/reclamer/": Sample(
        body={
            "quarter": "2021-Q1",
            "eco_organisme": "$eco_organisme",
            "stream": "TLC",
            "fates": "reuse",
        },
        names="nothing",
    ),
    "bilan/registres/eco-organismes/<uuid:uuid>/liberer/": Sample(
        path={"uuid": "$claim"}, body={"reason": "refused"}
    ),
    "bilan/activite/": ALONE,
    "bilan/activite/territoire/": ALONE,
    "bilan/activite/reglages/": ALONE,
    "bilan/activite/<str:site>/<str:kind>/": Sample(path={"site": "$site", "kind": "jobs"}),
    "bilan/activite/<str:site>/<uuid:activity>/": Sample(
        path={"site": "$site", "activity": "$activity"}
    ),
    "soir/": ALONE,
    "soir/<str:site>/": Sample(path={"site": "$site"}),
    "soir/<str:site>/<uuid:sheet>/": Sample(path={"site": "$site", "sheet": "$sheet"}),
    "soir/<str:site>/<uuid:sheet>/annuler/": Sample(
        path={"site": "$site", "sheet": "$sheet"}, body={}
    ),
    "mur/": ALONE,
    "mur/<str:site>/": Sample(path={"site": "$site"}),
    "mur/<str:site>/jour.json": Sample(path={"site": "$site"}),
    "mon-compte/": ALONE,
    "mon-compte/cles/": ALONE,
    "reglages/": ALONE,
    "reglages/sante/": ALONE,
    "reglages/sante/verifier/": Sample(body={}, names="nothing"),
    "reglages/structure/": ALONE,
    "reglages/personnes/": ALONE,
    "reglages/personnes/nouveau/": ALONE,
    "reglages/personnes/<str:login>/": Sample(path={"login": "$login"}),
    "reglages/personnes/<str:login>/mot-de-passe/": Sample(path={"login": "$login"}),
    "reglages/personnes/<str:login>/pin/": Sample(path={"login": "$login"}),
    "reglages/personnes/<str:login>/cles/": Sample(path={"login": "$login"}),
    "reglages/pastilles/": ALONE,
    "reglages/etiquettes/": LISTED,
    "reglages/etiquettes/exemple.png": LISTED,
    "reglages/categories/": ALONE,
    "reglages/categories/nouveau/": ALONE,
    "reglages/categories/<str:code>/": _owned("category"),
    "reglages/contenants/": ALONE,
    "reglages/contenants/nouveau/": ALONE,
    "reglages/contenants/<str:code>/": _owned("container"),
    "reglages/modes/": ALONE,
    "reglages/modes/nouveau/": ALONE,
    "reglages/modes/<str:code>/": _owned("mode"),
    "reglages/partenaires/": ALONE,
    "reglages/partenaires/nouveau/": ALONE,
    "reglages/partenaires/<str:code>/": _owned("partner"),
    "reglages/transporteurs/": ALONE,
    "reglages/transporteurs/nouveau/": ALONE,
    "reglages/transporteurs/<str:code>/": _owned("carrier"),
    "reglages/eco-organismes/": ALONE,
    "reglages/eco-organismes/nouveau/": ALONE,
    "reglages/eco-organismes/<str:code>/": _owned("eco_organisme"),
    "reglages/provenances/": ALONE,
    "reglages/provenances/nouveau/": ALONE,
    "reglages/provenances/<str:code>/": _owned("origin"),
    "reglages/sites/": ALONE,
    "reglages/sites/nouveau/": ALONE,
    "reglages/sites/<str:code>/": Sample(path={"code": "$site"}),
    "reglages/caisses/": ALONE,
    "reglages/prix/": ALONE,
    "reglages/comptes/": ALONE,
    "reglages/emetteurs-de-bons/": ALONE,
    "reglages/emetteurs-de-bons/nouveau/": ALONE,
    "reglages/emetteurs-de-bons/<str:code>/": _owned("issuer"),
    "reglages/remises/": ALONE,
    "reglages/boutique/": ALONE,
    "reglages/tva/": ALONE,
    "reglages/sites/<str:site>/caisses/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/caisses/nouveau/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/caisses/<str:till>/tablette/": Sample(
        path={"site": "$site", "till": "$lent_till"}, body={"lost": "2", "comment": "stolen"}
    ),
    "reglages/sites/<str:site>/caisses/<str:code>/": Sample(
        path={"site": "$site", "code": "$till"}
    ),
    "reglages/sites/<str:site>/prix/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/prix/nouveau/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/prix/<str:code>/": Sample(path={"site": "$site", "code": "$key"}),
    "reglages/sites/<str:site>/remises/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/remises/nouveau/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/remises/<str:code>/": Sample(
        path={"site": "$site", "code": "$reduction"}
    ),
    "reglages/sites/<str:site>/tuiles/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/lieux/": Sample(path={"site": "$site"}),
    "reglages/sites/<str:site>/lieux/nouveau/": Sample(path={"site": "$site"}),
    "mon-compte/pin/": ALONE,
    "saisies/": ALONE,
    "saisies/<int:pk>/": Sample(path={"pk": "$held"}, body={"do": "drop", "note": "double"}),
    "reglages/tablettes/": ALONE,
    "reglages/tablettes/<int:pk>/": Sample(path={"pk": "$station"}),
    "reglages/tablettes/site/<str:site>/": Sample(
        path={"site": "$site"}, body={"lock_after_min": "5"}
    ),
    "reglages/sites/<str:site>/lieux/<str:code>/": Sample(
        path={"site": "$site", "code": "reserve"}
    ),
}


CHAIRS = {"category": "MOB", "weight_g": 700}
ACTS_ON_AN_ITEM = {
    "dismantling": "inventory/dismantlings",
    "transfer": "inventory/transfers",
    "clearing": "inventory/clearings",
    "sale": "sales/sales",
}


@dataclass(frozen=True)
class Door:
    """A method and a path of the API (or a page), and the act it asks for."""

    method: str
    route: str
    act: str

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    def url(self, sample: Sample, spot: dict[str, str]) -> str:
        url = "/" + self.route
        for name, value in fill(sample.path, spot).items():
            for mark in (f"<{name}>", f"<str:{name}>", f"<int:{name}>", f"<uuid:{name}>"):
                url = url.replace(mark, value)
        return url


def doors() -> dict[str, Door]:
    """Every operation of the API, from the URL table: ``"POST collection/intakes"`` → door."""
    return {
        f"{method} {route.removeprefix(API)}": Door(method, route, operation.auth_param.act)
        for route, view in callbacks(urlpatterns)
        for operation in operations_of(view)
        for method in operation.methods
    }


def pages() -> dict[str, Door]:
    """Every guarded page, from the URL table; one that takes only forms has a body."""
    return {
        route: Door(_page_method(route), route, acts_of(view)[0])
        for route, view in callbacks(urlpatterns)
        if not route.startswith("api/") and acts_of(view) != [ANYONE]
    }


def _page_method(route: str) -> str:
    return "GET" if PAGES.get(route, ALONE).body is None else "POST"


def fill(value: Any, spot: dict[str, str]) -> Any:
    """``value`` with every ``$name`` replaced by what the spot calls so."""
    if isinstance(value, dict):
        return {key: fill(inner, spot) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, spot) for inner in value]
    if isinstance(value, str) and value.startswith("$"):
        return spot[value[1:]]
    return value


def _report(site, person) -> dict[str, str]:
    """A report that was published of the site alone."""
    chosen = Chosen("dreets", 1, shipped.layouts()["dreets"])
    subject = Subject(site.organisation, Scope.of_sites([site]), Period(*YEAR_DAYS))
    claim = Submission.objects.create(organisation=site.organisation, uuid=uuid4())
    found = publish(
        found=prepare(chosen=chosen, subject=subject, notes=[]), submission=claim, author=person
    )
    return {"report": str(claim.uuid), "report_code": found.code}


def furnish(site, person, post_json) -> dict[str, str]:
    """Make one document of every kind at ``site``, and tell what they are called.

    ``post_json(path, body)`` sends as ``person``, who may do everything there.
    """
    Place.objects.get_or_create(site=site, code="reserve", defaults={"name": "Réserve"})
    Site.objects.filter(pk=site.pk).update(tracks_places=True)
    Organisation.objects.filter(pk=site.organisation_id).update(lists_objects=True)
    peer, _new = Site.objects.get_or_create(
        code=f"peer-{site.code}", organisation=site.organisation, defaults={"name": "Annexe"}
    )
    helper = User.objects.create(username=f"helper-{site.code}", organisation=site.organisation)
    Membership.objects.create(user=helper, site=site, role=Role.SORTER)
    spot = {
        "site": site.code,
        "login": helper.username,
        "held": str(_held(site)),
        "sheet": _sheet(site, person),
        "audit_link": _audit_link(site),
        "station": str(Station.objects.create(site=site, name="Quai").pk),
        "peer": peer.code,
        "target": str(_target(site).pk),
        **_shop(site),
        **_own_codes(site.organisation),
        "today": site.business_date(timezone.now()).isoformat(),
        "item": label_item(site, person),
        **_report(site, person),
    }

    def made(key: str, path: str, **more: Any) -> dict[str, Any]:
        body = {"id": str(uuid4()), **fill(SAMPLES[f"POST {path}"].body, spot), **more}
        answer = post_json(path, body)
        spot[key] = answer["id"]
        return answer

    long_ago = timezone.now() - timedelta(days=70)
    made("intake", "collection/intakes", occurred_at=long_ago.isoformat())
    spot["old_month"] = f"{long_ago:%Y-%m}"
    made("closing", "reporting/closings")
    next_month = long_ago.replace(day=1) + timedelta(days=31)
    spot["old_month"] = f"{next_month:%Y-%m}"
    spot["old_month_number"] = f"{next_month:%Y%m}"
    made("activity", "reporting/activities")
    made("opening", "inventory/opening-stock")
    spot["intake_number"] = made("intake", "collection/intakes")["number"]
    made("sorting", "inventory/sortings")
    spot["mine"] = made("move", "inventory/moves")["number"]
    made("reversal", "inventory/reversals")
    made("count", "inventory/counts")
    made("settlement", "inventory/settlements")
    spot["lost"] = _lost(site, person, spot, made)
    spot["left"], left = label_item(site, person), spot["item"]
    spot["item"] = spot["left"]
    made("crate", "inventory/crates")
    spot["shipment_number"] = made("shipment", "inventory/shipments")["number"]
    spot["quarter"] = Quarter.of_day(site.business_date(timezone.now())).code
    spot["claim"], spot["declared"] = _claim(site, spot), _declared(site, spot)
    _papers(site.organisation)
    for document, act in ACTS_ON_AN_ITEM.items():
        spot["item"] = label_item(site, person)
        spot[f"{document}_number"] = made(document, act).get("number", "")
    coming = {"site": peer.code, "to_site": site.code, "lines": [CHAIRS]}
    spot["incoming_number"] = made("incoming", "inventory/transfers", **coming)["number"]
    spot["item"] = left
    spot["number"] = made("intake", "collection/intakes")["number"]
    spot["photo"] = _photo(spot["item"], site, person)
    spot["mine"] = made("intake", "collection/intakes")["number"]
    spot["invoice"] = _invoice(site, spot)
    chain = Chain.objects.get(till__code=spot["till"], is_training=False)
    spot["seen"] = str(chain.last_seq)
    return spot


def _claim(site, spot) -> str:
    """A claim of one flow of the site, made by hand."""
    flow = Flow.objects.filter(movement__number=spot["shipment_number"]).earliest("pk")
    made = EprClaim.objects.create(
        submission=_submission(site),
        organisation=site.organisation,
        eco_organisme=EcoOrganisme.objects.get(
            organisation=site.organisation, code=spot["eco_organisme"]
        ),
        stream=EprStream.objects.get(code="EA"),
        quarter=20211,
        fates=["recycling"],
        weight_g=flow.weight_g,
        units=flow.units,
        claimed_at=timezone.now(),
    )
    ClaimedFlow.objects.create(claim=made, flow=flow)
    return str(made.submission.uuid)


def _declared(site, spot) -> str:
    """A file that declared a departure of the site, made by hand."""
    movement = Movement.objects.get(number=spot["shipment_number"])
    file = DeclarationFile.objects.create(
        submission=_submission(site), organisation=site.organisation, made_at=timezone.now()
    )
    cells = {"publicId": f"{movement.number}.200138"}
    file.lines.create(
        movement=movement, public_id=cells["publicId"], kind="new", digest="", cells=cells
    )
    return str(file.submission.uuid)


def _papers(organisation) -> None:
    """What departures need to be declared."""
    own = {"organisation": organisation}
    where = {"address": "3 rue du Port", "postal_code": "75012", "city": "Paris"}
    where["siret"] = "73282932000074"
    Organisation.objects.filter(pk=organisation.pk).update(siret=where["siret"])
    Carrier.objects.filter(**own).update(is_exempt=True, **where)
    Partner.objects.filter(**own).update(
        treatment_code=TreatmentCode.objects.get(code="R 3"),
        carrier=Carrier.objects.filter(**own).first(),
        **where,
    )


def _submission(site) -> Submission:
    return Submission.objects.create(
        organisation=site.organisation, uuid=uuid4(), endpoint="test", digest=""
    )


def _shop(site) -> dict[str, str]:
    """Its tills (one shut, one lent to a tablet), and one of each thing that a shop keeps."""
    shut_till = open_till(site, f"shut-{site.code}", at=timezone.now() - timedelta(days=40))
    close_session(entry=till_entry(site), till=shut_till, count=Count({}))
    till = open_till(site, f"till-{site.code}")
    lent_till, secret = lend_till(site, f"lent-{site.code}")
    lines = [Wanted(category=Category.objects.get(code="MOB"), price_cents=100)]
    rehearse_sale(entry=till_entry(site), till=till, lines=lines, payments=[Paid(Method.CASH, 100)])
    today = site.business_date(timezone.now())
    slip = remit_cash(entry=till_entry(site), pieces={2_000: 1}, till=None)
    start = today - timedelta(days=50)
    archive = make_archive(entry=till_entry(site), start=start, end=today)
    key, _new = PriceKey.objects.get_or_create(
        code=f"key-{site.code}",
        organisation=site.organisation,
        site=site,
        defaults={"name_fr": "Assiette", "category": Category.objects.get(code="MOB")},
    )
    reduction, _new = Reduction.objects.get_or_create(
        code=f"half-{site.code}",
        organisation=site.organisation,
        site=site,
        defaults={"name": "Moitié prix", "percent": 50, "weekday": 8},  # on no day
    )
    return {
        "till": till.code,
        "shut_till": shut_till.code,
        "lent_till": lent_till.code,
        "tablet": secret,
        "archive": str(archive.uuid),
        "slip": slip.number,
        "period": str(PeriodClosing.objects.filter(site=site).latest("pk").event.uuid),
        "key": key.code,
        "buyer": _buyer(site),
        "reduction": reduction.code,
    }


def _audit_link(site) -> str:
    """A link by which somebody outside reads the site's year."""
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    made = {"organisation": site.organisation, "sites": [site], "period": year, "author": None}
    return str(share(**made)[0].pk)


def _buyer(site) -> str:
    """Somebody who buys by name; the number is of no other structure."""
    made = {"organisation": site.organisation, "number": 1_000 + site.pk, "name": "Mme Martin"}
    return str(Buyer.objects.create(**made).number)


def _invoice(site, spot) -> str:
    """The invoice of a ticket, of a year that no other structure has one of."""
    organisation = site.organisation
    Organisation.objects.filter(pk=organisation.pk).update(siret="73282932000074")
    ShopSettings.objects.get_or_create(organisation=organisation, defaults={"address": "1 rue"})
    buyer = Buyer.objects.get(organisation=organisation, number=spot["buyer"])
    Buyer.objects.filter(pk=buyer.pk).update(address="2 rue")
    entry = till_entry(site, datetime(2000 + organisation.pk % 90, 6, 1, tzinfo=UTC))
    sale = Sale.objects.get(movement__number=spot["sale_number"])
    buyer.refresh_from_db()
    return issue_invoice(entry=entry, sale=sale, buyer=buyer).number


def _lost(site, person, spot, made) -> str:
    """An item that a count of the storeroom had missed."""
    first, spot["item"] = spot["item"], label_item(site, person)
    made("moved", "inventory/moves")
    made("missed", "inventory/counts", place="reserve", items=[], lines=[])
    lost, spot["item"] = spot["item"], first
    return lost


def _target(site) -> Target:
    """What the site means to collect."""
    return Target.objects.create(
        organisation=site.organisation, site=site, year=2026, indicator="collected", amount=1
    )


def _photo(code, site, person) -> str:
    """A photo of an item."""
    submission = Submission.objects.create(
        organisation=site.organisation, uuid=uuid4(), endpoint="test", digest=""
    )
    item = Item.objects.known_to(site.organisation_id).named(code).get()
    photo = Photo(submission=submission, item=item, author=person)
    picture = made_safe(base64.b64decode(DOT))
    return str(services.keep_photo(photo=photo, picture=picture).pk)


def _held(site) -> int:
    """An entry that a tablet could not have recorded."""
    return HeldEntry.objects.create(
        site=site,
        uuid=uuid4(),
        endpoint="/api/v1/collection/intakes",
        content="{}",
        occurred_at=timezone.now(),
        received_at=timezone.now(),
    ).pk


def _sheet(site, person) -> str:
    """A day's sheet, recorded in the evening."""
    sheet = Submission.objects.create(
        organisation=site.organisation, uuid=uuid4(), endpoint=endpoint_of(site), digest=""
    )
    entry = Entry(site, Verb.SHIP, sheet, person, timezone.now() - timedelta(seconds=1))
    went = Departure(Kind.RECYCLING), StockLine(Category.objects.get(code="TEX"), 500)
    record_sheet(entry=entry, sheet=Sheet(departures=[went], cents={Method.CASH: 1_250}))
    return str(sheet.uuid)


def _own_codes(organisation) -> dict[str, str]:
    """A row of each list the structure keeps itself, under a code that nobody else has."""
    code = f"own-{organisation.code}"
    above = Category.objects.get(code="MOB", organisation=None)
    own = {"organisation": organisation, "code": code}
    Category.objects.get_or_create(**own, defaults={"parent": above, "name_fr": "Bancs"})
    CollectionMode.objects.get_or_create(**own, defaults={"name_fr": "Troc"})
    Container.objects.get_or_create(**own, defaults={"name": "Bac", "tare_g": 900})
    Partner.objects.get_or_create(**own, defaults={"name": "Ferrailleur"})
    Origin.objects.get_or_create(**own, defaults={"name": "Quartier"})
    VoucherIssuer.objects.get_or_create(**own, defaults={"name": "CCAS"})
    Carrier.objects.get_or_create(**own, defaults={"name": "Transports Martin"})
    eco, _new = EcoOrganisme.objects.get_or_create(**own, defaults={"name": "Ecomaison"})
    eco.streams.set(EprStream.objects.filter(code="EA"))
    lists = "category container mode partner origin issuer carrier eco_organisme"
    return dict.fromkeys(lists.split(), code)


def label_item(site, person) -> str:
    """Label a chair out of bulk; return its code."""
    submission = Submission.objects.create(
        organisation=site.organisation, uuid=uuid4(), endpoint="test", digest=""
    )
    moment = timezone.now() - timedelta(seconds=1)
    entry = Entry(site, Verb.LABEL, submission, person, moment)
    chairs = Category.objects.get(code="MOB.CHAI")
    draft = Draft(chairs, 4_000, from_category=chairs)
    [item] = services.label(entry=entry, place=None, drafts=[draft])
    return item.own_code
