"""Tickets and refunds join the tables that triggers keep as they were written, and the proof."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "sales"

    def ready(self) -> None:
        from inventory import triggers, verify
        from sales.models import WRITTEN_ONCE
        from sales.verify import CHECKS

        triggers.keep_written(WRITTEN_ONCE)
        verify.check_also(CHECKS)
