"""Reports: their templates and versions, what was published, and whether the world may check it."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Partner
from inventory.models.ledger import EXITS
from organisation.models import Network, Organisation, Site, Submission, User
from organisation.permissions import CallerRequest

WHOLE_BP = 10_000


class ReportTemplateQuerySet(models.QuerySet["ReportTemplate"]):
    def of(self, organisation: Organisation) -> Self:
        """A structure's own templates, with their versions."""
        return self.filter(organisation=organisation).prefetch_related("versions")


class ReportTemplate(models.Model):
    """A report as a structure makes it: its own, or a shipped one that it changed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=40)
    history = HistoricalRecords()

    objects = ReportTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("report template")
        verbose_name_plural = _("report templates")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="template_code_once")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def latest(self) -> "TemplateVersion":
        return max(self.versions.all(), key=lambda version: version.number)


class TemplateVersion(models.Model):
    """What a template says from a day on: written once, so that a published report can name it."""

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    layout = models.JSONField()
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class Logo(models.Model):
    """The picture at the head of a structure's reports: a small PNG."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="logo")
    png = models.BinaryField()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return str(self.organisation)


class PartnerOutletQuerySet(models.QuerySet["PartnerOutlet"]):
    def between(self, organisation: Organisation, start: date, end: date) -> Self:
        """Keys that hold on some of these days, each partner's in order."""
        rows = self.filter(partner__organisation=organisation, since__lte=end)
        rows = rows.filter(Q(until=None) | Q(until__gte=start))
        return rows.select_related("partner").order_by("partner__name", "since")


class PartnerOutlet(models.Model):
    """What a partner says becomes of what it gets: shares in hundredths of a percent, with source.

    A sorter reuses part of what is sent for recycling. It changes no ledger: reports show the
    grams *as sent*, and beside them *as declared*.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="outlets")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    reuse_bp = models.PositiveIntegerField(default=0)
    recycling_bp = models.PositiveIntegerField(default=0)
    other_recovery_bp = models.PositiveIntegerField(default=0)
    energy_bp = models.PositiveIntegerField(default=0)
    disposal_bp = models.PositiveIntegerField(default=0)
    source = models.CharField(_("source"), max_length=240)
    history = HistoricalRecords()

    objects = PartnerOutletQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "since"]
        verbose_name = _("partner's outlet")
        verbose_name_plural = _("partners' outlets")
        constraints = [
            models.UniqueConstraint(fields=["partner", "since"], name="outlet_once_a_day"),
            models.CheckConstraint(
                condition=Q(
                    reuse_bp=WHOLE_BP
                    - models.F("recycling_bp")
                    - models.F("other_recovery_bp")
                    - models.F("energy_bp")
                    - models.F("disposal_bp")
                ),
                name="outlet_makes_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="outlet_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.since}"

    @property
    def key_bp(self) -> dict[str, int]:
        """Fate → hundredths of a percent; together 10,000."""
        return {kind.value: getattr(self, f"{kind.value}_bp") for kind in EXITS}

    @property
    def percents(self) -> list[str]:
        """The five shares as read."""
        return [number_format(share_bp / 100) for share_bp in self.key_bp.values()]


class ReportQuerySet(models.QuerySet["Report"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)

    def listed(self) -> Self:
        """Latest first, without the files."""
        rows = self.defer("document", "layout", "pdf", "xlsx", "csv").order_by("-pk")
        return rows.select_related("page", "network")

    def of_sites(self, sites: Iterable[Site]) -> Self:
        """Reports that speak of none but these sites, and of no network."""
        others = Site.objects.exclude(pk__in=[site.pk for site in sites])
        return self.filter(network=None).exclude(sites__in=others)

    def readable_by(self, user: User) -> Self:
        """Reports of sites that the person may read all of, and of networks that they read."""
        own = self.of_sites(Site.objects.permitted(user, "read_figures"))
        of_networks = self.filter(network__in=Network.objects.read_by(user))
        return own | of_networks

    def of_period(self, template: str, start: date, end: date) -> Self:
        """What was published of a template for a period."""
        return self.filter(template=template, start=start, end=end)


class Report(models.Model):
    """A published report: never changed, never deleted. The files are those that were handed out.

    ``document`` is the canonical JSON of all that it says; ``flows_hash`` is over the flows that
    it counted, up to ``head``, the highest movement there was. ``sites`` are those that it added
    up; of a network, those of the members of that day.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="report")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="reports")
    network = models.ForeignKey(
        Network, models.PROTECT, null=True, related_name="+", verbose_name=_("network")
    )
    sites = models.ManyToManyField(Site, related_name="+")
    code = models.CharField(max_length=16, unique=True)  # of its public page; not to be guessed
    template = models.CharField(max_length=40)
    version = models.PositiveIntegerField(_("version"))
    layout = models.JSONField()
    title = models.CharField(_("title"), max_length=160)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    head = models.BigIntegerField()
    movements = models.PositiveBigIntegerField()
    flows_hash = models.CharField(max_length=64)
    document = models.TextField()
    fingerprint = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_hash = models.CharField(max_length=64)
    xlsx = models.BinaryField()
    xlsx_hash = models.CharField(max_length=64)
    csv = models.TextField()
    csv_hash = models.CharField(max_length=64)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("published report")
        verbose_name_plural = _("published reports")

    def __str__(self) -> str:
        return f"{self.title} {self.code}"


class PublicPage(models.Model):
    """Whether anybody with the code may check a report. Open at first; who closed it is kept."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="page")
    is_open = models.BooleanField(_("public page"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("public page of a report")
        verbose_name_plural = _("public pages of reports")

    def __str__(self) -> str:
        return str(self.report)
