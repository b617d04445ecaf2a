"""Publishing a report: its months closed where they can be, all that it says frozen."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory.models import Movement
from inventory.months import last_day
from organisation.models import Site, Submission, User
from reporting import services
from reporting.indicators import Unit
from reporting.models import Logo, PublicPage, Report
from reporting.months import first_open
from reporting.periods import Period
from reporting.reports import files, proof
from reporting.reports.amounts import Amount, figures_of
from reporting.reports.drafting import Document, Draft, Subject
from reporting.reports.layout import Layout
from reporting.reports.proof import Head, Kept
from reporting.reports.words import write
from reporting.scopes import Scope

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that reads as another
CODE_LENGTH = 12  # 60 bits: nobody finds a report by trying


class Chosen(NamedTuple):
    """A template to write: its code, its version, what it holds."""

    template: str
    version: int
    layout: Layout


def lock_months(*, subject: Subject, author: User) -> list[str]:
    """Close the months of the period at each site, in order; say why where one cannot be.

    Each in a transaction of its own: what is closed stays so, whatever follows. Of a network,
    the months of one's own structure; that they are not is said without naming a site.
    """
    network, own = subject.scope.network, subject.organisation
    refusals = []
    for site in subject.scope.sites:
        if network is not None and site.organisation_id != own.pk:
            continue
        try:
            _close(site, subject.period, author)
        except ValidationError as refusal:
            refusals.append(f"{site.name} : {' '.join(refusal.messages)}")
    if network is not None and refusals:
        return [_("%(site)s: months are not closed yet.") % {"site": own.name}]
    return refusals


def _close(site: Site, period: Period, author: User) -> None:
    if not author.may("close_month", site):
        if _open_before(site, period):
            raise ValidationError(_("Your role does not close months."), code="forbidden")
        return
    while (month := _open_before(site, period)) is not None:
        claim = Submission.objects.create(
            organisation=site.organisation, uuid=uuid4(), endpoint="reporting/closings"
        )
        services.close_month(site=site, month=month, author=author, submission=claim)


def _open_before(site: Site, period: Period) -> int | None:
    """The first open month of a site that ends within the period or before it."""
    month = first_open([site]).get(site.pk)
    return month if month is not None and last_day(month) <= period.end else None


class Prepared(NamedTuple):
    """A report that is about to be published, with its files."""

    subject: Subject
    chosen: Chosen
    document: Document
    head: Head
    at: datetime
    code: str
    pdf: bytes = b""
    xlsx: bytes = b""
    csv: str = ""

    @property
    def text(self) -> str:
        return files.canonical(self.document)


def prepare(*, chosen: Chosen, subject: Subject, notes: list[str]) -> Prepared:
    """Write a report and its files, from one snapshot; nothing is kept yet.

    ``notes`` say why months could not be closed. Raises ValidationError ``nothing_to_publish``.
    """
    at = timezone.now().replace(microsecond=0)
    with transaction.atomic(using="report"):
        document = Draft(chosen.layout, subject).document()
        head = proof.head(subject.scope, subject.period)
    if not document["blocks"]:
        raise ValidationError(_("There is nothing to tell."), code="nothing_to_publish")
    document |= {
        "warnings": [*document["warnings"], *({"type": "month_open", "msg": n} for n in notes)],
        "template": {"code": chosen.template, "version": chosen.version},
        "head": head._asdict(),
    }
    code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
    found = Prepared(subject, chosen, document, head, at, code)
    logo = Logo.objects.filter(organisation=subject.organisation).first()
    return found._replace(
        pdf=files.pdf(document, seal=_seal(found), logo=bytes(logo.png) if logo else None, at=at),
        xlsx=files.workbook(document, _facts(found), at),
        csv=files.lines(document),
    )


@transaction.atomic
def publish(*, found: Prepared, submission: Submission, author: User) -> Report:
    """Keep a report for good, and open its public page."""
    report = Report.objects.create(
        submission=submission,
        organisation=found.subject.organisation,
        network=found.subject.scope.network,
        code=found.code,
        template=found.chosen.template,
        version=found.chosen.version,
        layout=found.chosen.layout.model_dump(mode="json"),
        title=found.document["title"],
        start=found.subject.period.start,
        end=found.subject.period.end,
        head=found.head.movement,
        movements=found.head.movements,
        flows_hash=found.head.flows_hash,
        document=found.text,
        fingerprint=hash_of(found.text.encode()),
        pdf=found.pdf,
        pdf_hash=hash_of(found.pdf),
        xlsx=found.xlsx,
        xlsx_hash=hash_of(found.xlsx),
        csv=found.csv,
        csv_hash=hash_of(found.csv.encode()),
        author=author,
        published_at=found.at,
    )
    report.sites.set(found.subject.scope.sites)
    PublicPage.objects.create(report=report)
    return report


def _seal(found: Prepared) -> dict[str, Any]:
    """What the foot of a published PDF says, and its QR."""
    import segno

    address, fingerprint = address_of(found.code), hash_of(found.text.encode())
    facts = _("Published on %(day)s, template %(template)s v%(version)s, %(count)s movements.") % {
        "day": date_format(timezone.localtime(found.at), "j F Y, H:i"),
        "template": found.document["title"],
        "version": found.chosen.version,
        "count": found.head.movements,
    }
    return {
        "address": address,
        "facts": facts,
        "fingerprint": " ".join(fingerprint[n : n + 8] for n in range(0, 64, 8)),
        "qr": segno.make(address, error="m").svg_inline(border=0, omitsize=True),
    }


def address_of(code: str) -> str:
    """Where anybody checks a report."""
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + reverse("verify-report", args=[code])


def _facts(found: Prepared) -> dict[str, str]:
    network = found.subject.scope.network
    return {
        _("Structure"): found.subject.organisation.name,
        **({_("Network"): network.name} if network else {}),
        _("Report"): found.document["title"],
        _("First day"): found.subject.period.start.isoformat(),
        _("Last day"): found.subject.period.end.isoformat(),
        _("Check this document"): address_of(found.code),
        _("SHA-256 of the figures"): hash_of(found.text.encode()),
        _("SHA-256 of the flows"): found.head.flows_hash,
    }


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Difference(NamedTuple):
    """A figure that the ledger gives otherwise today."""

    section: str
    row: str
    name: str
    then: str
    now: str


class Checked(NamedTuple):
    """What the ledger says of a published report today."""

    differences: list[Difference]
    corrections: list[Movement] | list[Kept]
    flows_hold: bool | None


def check(report: Report, *, reads_flows: bool = False) -> Checked:
    """Write its own period again and compare; ``reads_flows`` hashes the flows it counted, too."""
    subject, then = replace(subject_of(report), compared=None), files.read(report)
    with translation.override(then["lang"]), transaction.atomic(using="report"):
        again = Draft(Layout.model_validate(report.layout), subject).document()
        later = _later(subject, report.head)
        hold = None
        if reads_flows:
            found = proof.flows_hash(subject.scope, subject.period, report.head)
            hold = found == report.flows_hash
    return Checked(list(_differences(then, again)), later, hold)


def _later(subject: Subject, last: int) -> list[Movement] | list[Kept]:
    if subject.scope.network is None:
        return proof.later(subject.scope, subject.period, last)
    return proof.kept_later(subject.scope, subject.period, last)


def subject_of(report: Report) -> Subject:
    """The scope and periods of a published report; a network's, with the members of that day."""
    document = files.read(report)
    compared = document["compared"]
    sites = report.sites.select_related("organisation")
    return Subject(
        report.organisation,
        Scope.of_network(report.network, sites) if report.network else Scope.of_sites(sites),
        Period(report.start, report.end),
        Period(*map(date.fromisoformat, (compared["from"], compared["to"]))) if compared else None,
        timezone.localdate(report.published_at),
    )


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    """Figures of the period that differ; what is new or gone counts."""
    before, after = figures_of(then), figures_of(now)
    for key in dict.fromkeys([*before, *after]):
        was, found = before.get(key), after.get(key)
        if _amount(was) != _amount(found):
            [title, each] = was or found or ("", None)
            assert each is not None  # noqa: S101 (one of the two is there)
            yield Difference(title, each.row, each.name, _written(was), _written(found))


def _amount(found: tuple[str, Amount] | None) -> Any:
    """None, zero and nothing are the same: nothing was there."""
    return (found[1].amount or 0) if found else 0


def _written(found: tuple[str, Amount] | None) -> str:
    return write(Unit(found[1].unit), found[1].amount) if found else "–"
