"""Tables of an archive, for people: the journal in rows. Heads are French, as the inspector reads.

Rows are written from bodies of events alone.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from inventory.shares import shares
from organisation.papers.cells import table
from sales.models import TECHNICAL, JournalEntry, Kind

TICKETS = (
    "caisse", "rang", "numéro", "nature", "heure (UTC)", "jour", "rembourse", "total (centimes)",
    "rendu (centimes)", "remise du ticket (centimes)", "motif de la remise", "régime de TVA",
    "HT (centimes)", "TVA (centimes)", "personne", "acheteur", "empreinte",
    "empreinte de l'enveloppe",
)  # fmt: skip
LINES = (
    "numéro", "ligne", "nature", "objet", "catégorie", "libellé", "quantité", "prix (centimes)",
    "mode de prix", "lot", "remise (centimes)", "motif de la remise",
    "part de la remise du ticket (centimes)", "total (centimes)", "TVA (centièmes de %)",
    "HT (centimes)", "poids (g)", "poids connu par", "rembourse", "bon", "signalé",
)  # fmt: skip
PAYMENTS = ("numéro", "moyen", "montant (centimes)", "émetteur", "référence")
CLOSINGS = (
    "période", "caisse", "rang", "n° de Z", "premier jour", "dernier jour", "tickets",
    "remboursements", "total (centimes)", "total de l'année (centimes)",
    "total perpétuel (centimes)", "attendu (centimes)", "compté (centimes)", "oubliée", "empreinte",
)  # fmt: skip
TECHNICALS = ("chaîne", "rang", "heure (UTC)", "nature", "code", "personne", "faits", "empreinte")
NOTED = (*TECHNICAL, Kind.SETTING, Kind.KEY, Kind.RESTORED, Kind.ARCHIVE)
PERIODS = {Kind.CLOSE_MONTH.value: "mois", Kind.CLOSE_YEAR.value: "année"}

Row = tuple[Any, ...]
Told = tuple[JournalEntry, Any]  # an event, and what its body says


def tables(told: Sequence[Told]) -> dict[str, bytes]:
    """The name of each table, and its bytes."""
    kinds: Mapping[str, tuple[Sequence[str], Callable[[JournalEntry, Any], Iterator[Row]]]] = {
        "tickets.csv": (TICKETS, _tickets),
        "lignes.csv": (LINES, _lines),
        "paiements.csv": (PAYMENTS, _payments),
        "clotures.csv": (CLOSINGS, _closings),
        "technique.csv": (TECHNICALS, _technicals),
    }
    return {
        name: table(heads, (row for each in told for row in rows(*each))).encode()
        for name, (heads, rows) in kinds.items()
    }


def _tickets(event: JournalEntry, body: Any) -> Iterator[Row]:
    data = body["data"]
    if body["kind"] in (Kind.SALE, Kind.REFUND):
        way, nature = (1, "vente") if body["kind"] == Kind.SALE else (-1, "remboursement")
        total_cents = way * data["total_cents"]
        vat_cents = way * sum(vat_cents for _bp, _cents, vat_cents in data["vat"])
        yield (
            body["till"], event.seq, data["number"], nature, data["occurred_at"],
            data["business_date"], data.get("of", ""), total_cents, data.get("change_cents", 0),
            data.get("discount_cents", ""), data.get("discount_reason", ""),
            data.get("regime", ""), total_cents - vat_cents, vat_cents, _known(data["by"]),
            _known(data.get("buyer")), event.hash, data.get("envelope", ""),
        )  # fmt: skip


def _lines(_event: JournalEntry, body: Any) -> Iterator[Row]:
    data = body["data"]
    if body["kind"] == Kind.SALE:
        for line, net_cents in zip(data["lines"], _net(data, "total_cents"), strict=True):
            yield (
                data["number"], line["n"], line["nature"], line["item"] or "",
                line["category"] or "", line["label"], line["quantity"],
                line["price_cents"], line["price_mode"], int(line["lot"]), line["discount_cents"],
                line["discount_reason"], line["shared_cents"],
                line["total_cents"], _known(line["vat_bp"]), net_cents, _known(line["weight_g"]),
                line["weight_source"], "", line["voucher"] or "", line["flag"],
            )  # fmt: skip
    elif body["kind"] == Kind.REFUND:
        for line, net_cents in zip(data["lines"], _net(data, "amount_cents"), strict=True):
            yield (
                data["number"], line["n"], line["nature"], "", line["category"] or "",
                f"rendu sur {data['of']}", -line["quantity"], "", "", "", "", "", "",
                -line["amount_cents"], _known(line["vat_bp"]), -net_cents,
                _known(line["weight_g"], -1), "", data["of"], "", "",
            )  # fmt: skip


def _net(data: Any, cents: str) -> list[int]:
    """Each line without VAT. A ticket's is reckoned once by rate: its lines share it."""
    net = [line[cents] for line in data["lines"]]
    for bp, _total, vat_cents in data["vat"]:
        parts = [line[cents] if line["vat_bp"] == bp else 0 for line in data["lines"]]
        shared = shares(parts, vat_cents) or [0] * len(parts)
        net = [one - share for one, share in zip(net, shared, strict=True)]
    return net


def _known(value: int | None, sign: int = 1) -> Any:
    return "" if value is None else sign * value


def _payments(_event: JournalEntry, body: Any) -> Iterator[Row]:
    data = body["data"]
    if body["kind"] == Kind.SALE:
        for method, cents, *of in data["payments"]:
            yield data["number"], method, cents, *_voucher(of)
        if data["change_cents"]:
            yield data["number"], "cash", -data["change_cents"], "", ""
    elif body["kind"] == Kind.REFUND:
        issuer, voucher = data.get("issuer") or "", data["voucher"] or ""
        yield data["number"], data["method"], -data["total_cents"], issuer, voucher


def _voucher(of: Sequence[Any]) -> tuple[Any, Any]:
    """Who issued what was paid with, and its number; of a voucher of the house, its code."""
    issuer, reference = of if len(of) > 1 else (None, *of) if of else (None, None)
    return issuer or "", reference or ""


def _closings(event: JournalEntry, body: Any) -> Iterator[Row]:
    data = body["data"]
    if body["kind"] == Kind.CLOSE_DAY:
        counted = data["counted_cents"]
        yield (
            "jour", body["till"], event.seq, data["session"], data["business_date"],
            data["business_date"], data["tickets"], data["refunds"], data["total_cents"],
            data["year_cents"], body["perpetual_cents"], data["expected_cents"],
            "" if counted is None else counted, int(data["missed"]), event.hash,
        )  # fmt: skip
    elif body["kind"] in PERIODS:
        tills = [*data["tills"].items(), ("", data)]  # each till, then the site
        for till, told in tills:
            yield (
                PERIODS[body["kind"]], till, event.seq, "", data["first_day"], data["last_day"],
                told["tickets"], told["refunds"], told["total_cents"], told["year_cents"],
                told["perpetual_cents"], "", "", told["missed"], event.hash,
            )  # fmt: skip


def _technicals(event: JournalEntry, body: Any) -> Iterator[Row]:
    if body["kind"] in NOTED:
        data = body["data"]
        facts = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield (
            event.chain_id, event.seq, body["at"], body["kind"], data.get("code", ""),
            _known(body["operator"]), facts, event.hash,
        )  # fmt: skip
