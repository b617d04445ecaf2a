"""Tickets and refunds join the tables that triggers keep as they were written, and the proof."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "sales"

    def ready(self) -> None:
        from inventory import triggers, verify
        from organisation.services import (
            ask_before_withdrawing,
            hear_of_leaving,
            hear_of_rights,
        )
        from sales.journal import technical
        from sales.journal.guards import GROWING, GUARDS, WRITTEN
        from sales.services.leasing import held_by_tablet
        from sales.verify import CHECKS

        triggers.keep_written(WRITTEN, growing=GROWING, guards=GUARDS)
        verify.check_also(CHECKS)
        hear_of_rights(technical.note_rights)
        ask_before_withdrawing(held_by_tablet)
        hear_of_leaving(technical.note_leaving)
