"""What reporting keeps joins the tables that triggers hold as they were written."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "reporting"

    def ready(self) -> None:
        from inventory import triggers
        from reporting.guards import GROWING, GUARDS, WRITTEN

        triggers.keep_written(WRITTEN, growing=GROWING, guards=GUARDS)
