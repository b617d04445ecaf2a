"""What reporting keeps joins the tables that triggers hold as they were written."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "reporting"

    def ready(self) -> None:
        from inventory import triggers
        from reporting.models.activities import WRITTEN_ONCE

        triggers.keep_written(WRITTEN_ONCE)
