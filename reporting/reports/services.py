"""Templates and outlets: what a structure changes before it publishes."""

from django.db import transaction

from organisation.models import Organisation, User
from reporting.models import Logo, PublicPage, Report, ReportTemplate, TemplateVersion
from reporting.reports import shipped
from reporting.reports.layout import Layout


@transaction.atomic
def save_template(
    *, organisation: Organisation, code: str, layout: Layout, author: User
) -> TemplateVersion:
    """Keep a template's next version; the versions before stay for what was published.

    The same layout again is the same version.
    """
    template, is_new = ReportTemplate.objects.select_for_update().get_or_create(
        organisation=organisation, code=code
    )
    content = layout.model_dump(mode="json")
    number = shipped.VERSION + 1 if code in shipped.LAYOUTS else 1
    if not is_new:
        latest = template.latest
        if latest.layout == content:
            return latest
        number = latest.number + 1
    return TemplateVersion.objects.create(
        template=template, number=number, layout=content, author=author
    )


@transaction.atomic
def keep_logo(*, organisation: Organisation, png: bytes) -> None:
    """The picture of reports to come; published ones keep theirs."""
    Logo.objects.update_or_create(organisation=organisation, defaults={"png": png})


@transaction.atomic
def open_page(*, report: Report, is_open: bool) -> PublicPage:
    """Let anybody with the code check a report, or nobody any more."""
    page = PublicPage.objects.select_for_update().get(report=report)
    page.is_open = is_open
    page.save()
    return page
