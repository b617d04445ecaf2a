"""``manage.py load_demo``: La Navette, up to today."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config import demo


class Command(BaseCommand):
    help = "Load the fictional structure La Navette, or bring it up to today."

    def handle(self, *args: Any, **options: Any) -> None:
        stamp = settings.DATA_DIR / "demo"  # ./run prints the logins where it lies
        if not demo.is_welcome():
            stamp.unlink(missing_ok=True)
            self.stderr.write(_("Another structure lives here: the demo is left out."))
            return
        stamp.touch()
        try:
            self.stdout.write(f"{demo.load()} days")
        except ValidationError as refusal:  # someone has worked in it: that must not stop a start
            why = " ".join(refusal.messages)
            self.stderr.write(_("The demo stays as it is: %(why)s") % {"why": why})
