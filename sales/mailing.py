"""Zs brought to the treasurer by e-mail, where mail is set up.

Sending comes after the closing is kept, and outside its transaction: a mail that does not leave
changes nothing of it, is written down, and may be sent again. It is written down before it leaves,
so that of two tills that close at once one sends it.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organisation.models import Site
from organisation.submissions import writing
from sales.models import Closing, ClosingMail, ShopSettings
from sales.templatetags.money import euros
from sales.zreport import closing_pdf

LATELY = timedelta(days=3)  # whoever sets mail up gets no Zs of long ago
logger = logging.getLogger(__name__)


def treasurer_of(site: Site) -> str:
    """Where the Zs of a site go; empty where nobody wants them, or no mail is set up."""
    if not settings.EMAIL_HOST:
        return ""
    return ShopSettings.objects.of(site.organisation_id).treasurer_email


def deliver(site: Site) -> list[Closing]:
    """Send the Zs of a site that nobody tried to send yet; return those that did not leave."""
    if not (to := treasurer_of(site)):
        return []
    since = timezone.now() - LATELY
    rows = Closing.objects.filter(session__till__site=site, mails=None, closed_at__gte=since)
    rows = rows.select_related("event", "session__till__site__organisation").order_by("pk")
    return [closing for closing in rows if (mail := _claimed(closing)) and not _sent(mail, to)]


def _claimed(closing: Closing) -> ClosingMail | None:
    """The first try to send a Z; none where another till that closes at once has it in hand."""
    with writing():
        mail, is_mine = ClosingMail.objects.get_or_create(closing=closing, is_again=False)
    return mail if is_mine else None


def send(closing: Closing, to: str) -> bool:
    """Send a Z as a PDF because somebody asks for it; say whether it left."""
    with writing():
        mail = ClosingMail.objects.create(closing=closing, is_again=True)
    return _sent(mail, to)


def _sent(mail: ClosingMail, to: str) -> bool:
    """Send what a row announces; say whether it left, and write it there."""
    closing = mail.closing
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _message(closing, to).send()
    except Exception:  # whatever it is, the closing stands
        logger.exception("%s could not be sent", closing.number)
        return False
    with writing():
        ClosingMail.objects.filter(pk=mail.pk).update(is_sent=True)
    return True


def _message(closing: Closing, to: str) -> EmailMessage:
    session = closing.session
    day = date_format(session.business_date, "j F Y")
    gap = closing.gap_cents
    lines = [
        f"{session.till.site.name}, {session.till.name}, {day}",
        _("Total: %(sum)s") % {"sum": euros(closing.total_cents)},
        _("Nobody counted that day: it was closed at the next opening.")
        if gap is None
        else _("Gap of the drawer: %(sum)s") % {"sum": euros(gap)},
        _("Fingerprint of the journal: %(hash)s") % {"hash": closing.event.hash},
        "",
        _("Keep this message: it proves that the journal was not written anew."),
    ]
    subject = f"{closing.number}, {day}, {euros(closing.total_cents)}"
    message = EmailMessage(subject, "\n".join(lines), to=[to])
    message.attach(f"{closing.number}.pdf", closing_pdf(closing), "application/pdf")
    return message
