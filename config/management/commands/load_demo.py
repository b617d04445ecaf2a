"""``manage.py load_demo``: La Navette, up to today."""

from typing import Any

from django.core.management.base import BaseCommand

from config import demo


class Command(BaseCommand):
    help = "Load the fictional structure La Navette, or bring it up to today."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{demo.load()} days")
