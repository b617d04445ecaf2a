"""Tickets and refunds join the tables that triggers keep as they were written."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "sales"

    def ready(self) -> None:
        from inventory import triggers
        from sales.models import WRITTEN_ONCE

        triggers.keep_written(WRITTEN_ONCE)
