"""What reporting keeps joins the tables that triggers hold as they were written, and the proof."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "reporting"

    def ready(self) -> None:
        from inventory import triggers, verify
        from reporting.guards import GROWING, GUARDS, WRITTEN
        from reporting.verify import CHECKS

        triggers.keep_written(WRITTEN, growing=GROWING, guards=GUARDS)
        verify.check_also(CHECKS)
