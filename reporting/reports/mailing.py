"""Reports by mail: last month's figures to directors, and reminders before a deadline."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.months import add_months, first_day, last_day, month_of
from organisation.models import Organisation, User
from organisation.permissions import Role
from reporting.models import Mailing, Report
from reporting.periods import Period
from reporting.printing import period_name, write_day
from reporting.reports import files, shipped
from reporting.reports.dossier import Due, dossier
from reporting.reports.drafting import Subject, draft
from reporting.scopes import Scope

DAYS_BEFORE = (30, 7)  # a deadline
READY_AFTER = timedelta(days=2)  # a month: until then entries may be on their way


def due(
    organisation: Organisation, today: date
) -> Iterator[tuple[str, Callable[[], EmailMessage]]]:
    """Key → message, of all that is to be mailed by today."""
    scope = Scope.of_sites(organisation.sites.select_related("organisation"))
    if not scope.sites:
        return
    month = add_months(month_of(today), -1)
    if today > last_day(month) + READY_AFTER:
        yield f"month/{month}", partial(_monthly, organisation, scope, month)
    for each in dossier(organisation, scope, today):
        for days in DAYS_BEFORE:
            if (
                each.day
                and not _is_published(organisation, each)
                and today < each.day <= today + timedelta(days=days)
            ):
                key = f"deadline/{each.offered.code}/{each.day.isoformat()}/{days}"
                yield key, partial(_reminder, organisation, each)


def _is_published(organisation: Organisation, each: Due) -> bool:
    """Whether it needs no reminder: the networks' template is often published of a network."""
    if each.offered.code != shipped.OF_NETWORKS:
        return each.published is not None
    rows = Report.objects.filter(organisation=organisation)
    return rows.of_period(each.offered.code, each.period.start, each.period.end).exists()


def send(*, organisation: Organisation, today: date) -> list[str]:
    """Mail what is due and was not mailed yet; return the keys of what left.

    Each is noted in the transaction that sends it: what could not be sent is tried again.
    """
    left = []
    for key, write in list(due(organisation, today)):
        if Mailing.objects.filter(organisation=organisation, key=key).exists():
            continue
        message = write()
        message.to = addresses(organisation)
        if not message.to:
            continue
        with transaction.atomic():
            Mailing.objects.create(organisation=organisation, key=key)
            message.send()
        left.append(key)
    return left


def addresses(organisation: Organisation) -> list[str]:
    """Those of the directors of the whole structure who have one."""
    people = User.objects.filter(organisation=organisation, is_active=True).exclude(email="")
    people = people.filter(memberships__role=Role.DIRECTOR, memberships__site=None).distinct()
    return sorted(people.values_list("email", flat=True))


def _monthly(organisation: Organisation, scope: Scope, month: int) -> EmailMessage:
    period = Period(first_day(month), last_day(month))
    layout = shipped.layouts()["rapport-annuel"].model_copy(update={"title": _("Monthly report")})
    document = draft(
        layout=layout, subject=Subject(organisation, scope, period, period.year_earlier)
    )
    name = period_name(period)
    subject = _("%(structure)s: figures of %(month)s")
    body = _("Hello,\n\n%(intro)s\n\nThe whole report is attached, and here: %(address)s")
    message = EmailMessage(
        subject % {"structure": organisation.name, "month": name},
        body % {"intro": document["intro"], "address": _address(reverse("bilan"))},
    )
    message.attach(f"{first_day(month):%Y-%m}.pdf", files.pdf(document), "application/pdf")
    return message


def _reminder(organisation: Organisation, each: Due) -> EmailMessage:
    layout = each.offered.layout
    told: dict[str, Any] = {
        "title": layout.title,
        "funder": layout.funder or organisation.name,
        "day": write_day(each.day) if each.day else "",
        "address": _address(reverse("dossier")),
    }
    missing = "\n".join(f"– {line}" for line in each.missing) or _("Nothing is missing.")
    body = _(
        "Hello,\n\n“%(title)s” is due on %(day)s (%(funder)s), and is not published yet."
        "\n\n%(missing)s\n\n%(address)s"
    )
    subject = _("%(title)s: due on %(day)s")
    return EmailMessage(subject % told, body % (told | {"missing": missing}))


def _address(path: str) -> str:
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + path
