"""Published reports join the tables that triggers keep as they were written."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "reporting"

    def ready(self) -> None:
        from inventory import triggers

        triggers.keep_written(
            {
                "reporting_report": "id = NEW.id OR code = NEW.code"
                " OR submission_id = NEW.submission_id",
                "reporting_report_sites": "id = NEW.id",
                "reporting_templateversion": "id = NEW.id"
                " OR (template_id = NEW.template_id AND number = NEW.number)",
            }
        )
