"""Files made ready for the national register, as they are downloaded."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from organisation.doors import require
from organisation.permissions import CallerRequest
from reporting.models import DeclarationFile
from reporting.registers.columns import headers
from reporting.registers.declaring import file_rows
from reporting.registers.tables import as_csv, as_xlsx
from reporting.registers.trackdechets import table

SHEET = "Déchets sortants"


def file_of(request: CallerRequest, uuid: UUID) -> DeclarationFile:
    """A file at whose every site the caller may do what they ask. Raises Http404,
    PermissionDenied.
    """
    rows = DeclarationFile.objects.within(request).told()
    file: DeclarationFile = get_object_or_404(rows, submission__uuid=uuid)
    for site in file.sites:
        require(request, site)
    return file


def csv_of(file: DeclarationFile) -> StreamingHttpResponse:
    """The file as it was made ready: CSV, as the national register takes it."""
    return as_csv(_named(file), headers(), table(file_rows(file)))


def xlsx_of(file: DeclarationFile) -> HttpResponse:
    """The file as it was made ready: XLSX, as the national register takes it."""
    return as_xlsx(_named(file), SHEET, headers(), table(file_rows(file)))


def _named(file: DeclarationFile) -> str:
    return f"dechets-sortants-{file.made_at:%Y-%m-%d}-{file.pk}"
