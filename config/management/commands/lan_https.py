"""``manage.py lan_https``: a certificate for a server that no public authority can vouch for."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _

from config.lan import certificates
from config.lan.hosts import address_from, name_from, written


class Command(BaseCommand):
    help = "Make a local authority once, and the server's certificate; again: renew the latter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--name", action="append", default=[], help="of this server: tracerie.lan"
        )
        parser.add_argument("--address", action="append", default=[], help="192.168.1.20")
        parser.add_argument("--new-ca", action="store_true", help="replace the authority as well")
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing while the certificate is good"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._certify(**options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self._say_what_next()

    def _certify(self, **options: Any) -> None:
        hosts = [name_from(each) for each in options["name"]]
        addresses = [address_from(each) for each in options["address"]]
        is_asked = hosts or addresses or options["new_ca"]
        if is_asked or not options["if_needed"] or not certificates.is_good():
            certificates.certify(hosts, addresses, new_ca=options["new_ca"])

    def _say_what_next(self) -> None:
        first = written(certificates.vouched_for()[:1])
        page = f"https://{first}:{os.environ.get('PORT', '8000')}{reverse('installer')}"
        for line in (
            _("Certificate to install on each device: %(file)s")
            % {"file": certificates.handed_out()},
            _("Its SHA-256 fingerprint: %(digest)s") % {"digest": certificates.fingerprint()},
            _("Now type: HOST=0.0.0.0 ./run --https"),
            _("Then, on each device, open %(page)s") % {"page": page},
        ):
            self.stdout.write(line)
