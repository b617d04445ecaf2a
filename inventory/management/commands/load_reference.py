"""``manage.py load_reference``: the shared lists, up to date with the shipped files."""

from typing import Any

from django.core.management.base import BaseCommand

from inventory import reference


class Command(BaseCommand):
    help = "Load or refresh categories, EPR streams, waste and treatment codes."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reference.load()} categories")
