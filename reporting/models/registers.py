"""What was declared to the national register of waste."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from inventory.models import Movement
from organisation.models import Organisation, Site, Submission, User
from organisation.permissions import CallerRequest


class DeclarationFileQuerySet(models.QuerySet["DeclarationFile"]):
    def within(self, request: CallerRequest) -> "DeclarationFileQuerySet":
        """Files of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)

    def of(self, sites: Iterable[Site]) -> "DeclarationFileQuerySet":
        """Those whose every line is of these sites."""
        lines = Declaration.objects.filter(file=OuterRef("pk"))
        return self.filter(~Exists(lines.exclude(movement__site__in=sites)))

    def about(self, **departures: Any) -> "DeclarationFileQuerySet":
        """Those with a line of such departures, as fields of their movements."""
        such = {f"movement__{field}": said for field, said in departures.items()}
        return self.filter(Exists(Declaration.objects.filter(file=OuterRef("pk"), **such)))

    def told(self) -> "DeclarationFileQuerySet":
        """With all that is shown of them, and how many lines each has."""
        rows = self.select_related("submission", "author", "withdrawal")
        return rows.annotate(count=Count("lines"))


class DeclarationFile(models.Model):
    """Lines made ready for the national register in one act; what it says never changes."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="declaration_file")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = DeclarationFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration file")
        verbose_name_plural = _("declaration files")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} {self.pk}"

    @property
    def is_withdrawn(self) -> bool:
        return getattr(self, "withdrawal", None) is not None

    @property
    def sites(self) -> models.QuerySet[Site]:
        """Where its lines are from."""
        return Site.objects.filter(pk__in=self.lines.values("movement__site"))


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def standing(self) -> "DeclarationQuerySet":
        """Those of files that were sent, as far as anybody said, oldest first."""
        return self.filter(file__withdrawal=None).order_by("pk")


class Declaration(models.Model):
    """A line of a file: which waste of which departure, as what, with which cells."""

    class Kind(models.TextChoices):
        NEW = "new", _("new line")
        MODIFY = "modify", _("correction")
        CANCEL = "cancel", _("cancellation")

    file = models.ForeignKey(DeclarationFile, models.PROTECT, related_name="lines")
    movement = models.ForeignKey(Movement, models.PROTECT, related_name="+")
    public_id = models.CharField(_("identifier"), max_length=36, db_index=True)
    kind = models.CharField(_("reason"), max_length=8, choices=Kind)
    digest = models.CharField(max_length=64)
    cells = models.JSONField()

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared line")
        verbose_name_plural = _("declared lines")
        constraints = [
            models.UniqueConstraint(fields=["file", "public_id"], name="declared_once_per_file")
        ]

    def __str__(self) -> str:
        return self.public_id


class FileWithdrawal(models.Model):
    """A file that was never sent, or was refused whole: it declared nothing."""

    file = models.OneToOneField(DeclarationFile, models.PROTECT, related_name="withdrawal")
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("withdrawn file")
        verbose_name_plural = _("withdrawn files")

    def __str__(self) -> str:
        return str(self.file)
