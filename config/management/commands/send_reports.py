"""``manage.py send_reports``: mail last month's figures and reminders; for cron or a timer."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.models import Organisation
from reporting.reports.mailing import addresses, send

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Mail what is due and was not mailed yet; run it daily. Exit 1 where mail does not leave."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMAIL_HOST and not settings.EMAIL_BACKEND.endswith("locmem.EmailBackend"):
            raise CommandError(_("No mail is set up: see EMAIL_URL."))
        failed = [owner for owner in Organisation.objects.order_by("code") if not self._send(owner)]
        if failed:
            raise CommandError(
                _("Mail did not leave: %(who)s.") % {"who": ", ".join(map(str, failed))}
            )

    def _send(self, organisation: Organisation) -> bool:
        if not addresses(organisation):
            self.stdout.write(_("%(who)s: no director has an address.") % {"who": organisation})
            return True
        try:
            for key in send(organisation=organisation, today=timezone.localdate()):
                self.stdout.write(f"{organisation.code} {key}")
        except (SMTPException, OSError):
            logger.exception("%s could not be sent to", organisation.code)
            return False
        return True
