"""The accounts of the books: usual ones for an association, and those a structure chose.

Names of accounts are French: they go to an accountant and to the tax office.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.models import Category
from organisation.models import Organisation
from sales.models import BookAccount, CashMove, Method, Voucher, VoucherIssuer

JOURNAL = "journal"
OPENING = "cash:opening"
MISSING, EXCESS = "gap:missing", "gap:excess"
OTHER_RATE = "vat:other"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an account is for, and the account that is usual for it."""

    key: str
    name: Any
    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Purposes that stand together on the page of accounts."""

    name: Any
    purposes: tuple[Purpose, ...]


SOLD = Group(
    _("What is sold"),
    (
        Purpose("nature:goods", _("goods"), "707", "Ventes de marchandises"),
        Purpose("nature:delivery", _("deliveries"), "706", "Prestations de services"),
        Purpose("nature:membership", _("memberships"), "756", "Cotisations"),
        Purpose("nature:gift", _("gifts"), "7541", "Dons manuels"),
        Purpose("nature:voucher", _("vouchers of the house"), "41912", "Bons d'achat à honorer"),
        Purpose("nature:deposit", _("deposits"), "41911", "Acomptes reçus"),
    ),
)
VAT = Group(
    _("VAT collected"),
    (
        Purpose("vat:2000", "20 %", "4457120", "TVA collectée à 20 %"),
        Purpose("vat:1000", "10 %", "4457110", "TVA collectée à 10 %"),
        Purpose("vat:550", "5,5 %", "4457105", "TVA collectée à 5,5 %"),
        Purpose(OTHER_RATE, _("another rate"), "44571", "TVA collectée"),
    ),
)
PAID = Group(
    _("How it is paid"),
    (
        Purpose("method:cash", Method.CASH.label, "531", "Caisse"),
        Purpose("method:card", Method.CARD.label, "5115", "Cartes bancaires à encaisser"),
        Purpose("method:cheque", Method.CHEQUE.label, "5112", "Chèques à encaisser"),
        Purpose("method:voucher", Method.VOUCHER.label, "4671", "Bons à se faire rembourser"),
        Purpose(
            "method:local_currency", Method.LOCAL_CURRENCY.label, "5315", "Caisse, monnaie locale"
        ),
        Purpose("method:account", Method.ACCOUNT.label, "411", "Clients"),
        Purpose("method:other", Method.OTHER.label, "5118", "Autres valeurs à encaisser"),
    ),
)
DRAWER = Group(
    _("Cash in and out"),
    (
        Purpose("cash:bank", CashMove.Kind.BANK.label, "580", "Virements internes"),
        Purpose("cash:change", CashMove.Kind.CHANGE.label, "580", "Virements internes"),
        Purpose("cash:purchase", CashMove.Kind.PURCHASE.label, "606", "Petits achats"),
        Purpose("cash:mistake", CashMove.Kind.MISTAKE.label, "471", "Compte d'attente"),
        Purpose("cash:other", CashMove.Kind.OTHER.label, "471", "Compte d'attente"),
        Purpose(OPENING, _("float put in or out overnight"), "580", "Virements internes"),
        Purpose(MISSING, _("cash missing"), "658", "Charges diverses de gestion"),
        Purpose(EXCESS, _("cash too much"), "758", "Produits divers de gestion"),
    ),
)
BOOK = Purpose(JOURNAL, _("journal"), "CA", "Caisse")
GROUPS = (SOLD, VAT, PAID, DRAWER)
USUAL = {each.key: each for group in GROUPS for each in group.purposes} | {JOURNAL: BOOK}


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account of the books: its number and its name."""

    number: str
    label: str


@dataclass(slots=True)
class Plan:
    """Purpose → account, of one structure."""

    chosen: Mapping[str, Account]
    tops: Mapping[str, str] = field(default_factory=dict)  # a category's code → that of its top
    issuers: Mapping[str, str] = field(default_factory=dict)  # an issuer's code → its name
    deposits: Collection[str] = ()  # codes of vouchers that stand for one

    @classmethod
    def of(cls, organisation: Organisation) -> "Plan":
        rows = BookAccount.objects.filter(organisation=organisation)
        deposits = Voucher.objects.filter(organisation=organisation, kind=Voucher.Kind.DEPOSIT)
        issuers = VoucherIssuer.objects.filter(organisation=organisation)
        known = Category.objects.of(organisation.pk).values_list("code", "top__code")
        return cls(
            {row.purpose: Account(row.number, row.label) for row in rows},
            {code: top or code for code, top in known},
            dict(issuers.values_list("code", "name")),
            frozenset(deposits.values_list("code", flat=True)),
        )

    def account(self, purpose: str) -> Account:
        """The account that was chosen, or the usual one."""
        if purpose in self.chosen:
            return self.chosen[purpose]
        usual = USUAL.get(purpose)
        return Account(usual.number, usual.label) if usual else Account("", "")

    def sold(self, nature: str, category: str | None) -> Account:
        """Where what is sold goes: its category's own account, else that of its nature."""
        if nature == "goods" and category is not None:
            own = self.account(f"category:{self.tops.get(category, category)}")
            if own.number:
                return own
        return self.account(f"nature:{nature}")

    def third_party(self, code: str) -> tuple[str, str]:
        """Who issued a voucher, as an auxiliary account."""
        return code, self.issuers.get(code, code)

    def vat(self, rate_bp: int) -> Account:
        key = f"vat:{rate_bp}"
        return self.account(key if key in USUAL else OTHER_RATE)


@transaction.atomic
def choose_accounts(*, organisation: Organisation, chosen: Mapping[str, Account]) -> int:
    """Keep these accounts; return how many of them are new or other than before."""
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    plan = Plan.of(held)
    changed = {key: account for key, account in chosen.items() if plan.account(key) != account}
    rows = {
        row.purpose: row
        for row in BookAccount.objects.filter(organisation=held, purpose__in=changed)
    }
    for key, account in changed.items():
        row = rows.get(key) or BookAccount(organisation=held, purpose=key)
        row.number, row.label = account.number, account.label
        row.save()
    return len(changed)


def named_twice(accounts: Iterable[Account]) -> Account | None:
    """An account whose number has another name elsewhere."""
    names: dict[str, str] = {}
    for account in accounts:
        if account.number and names.setdefault(account.number, account.label) != account.label:
            return account
    return None
