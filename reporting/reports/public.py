"""The public page of a published report: no login, no more than its PDF shows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from organisation.doors import anyone
from reporting.models import Report
from reporting.reports import files, publishing


@anyone
@csrf_exempt  # it writes nothing, and whoever checks a file has no session
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_report(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a file in hand is the one published, and whether the ledger still says the same."""
    rows = Report.objects.select_related("organisation", "network", "page")
    report = get_object_or_404(rows, code=code.upper())
    if not report.page.is_open:
        raise Http404
    context: dict[str, Any] = {
        "report": report,
        "given": files.shown(report),
        "checked": publishing.check(report),
        "address": publishing.address_of(report.code),
        "hashes": hashes_of(report),
        **_in_hand(request, report),
    }
    response = render(request, "reporting/verify_report.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def hashes_of(report: Report) -> dict[str, str]:
    """Kind of file → its SHA-256."""
    return {
        "PDF": report.pdf_hash,
        "XLSX": report.xlsx_hash,
        "CSV": report.csv_hash,
        "JSON": report.fingerprint,
    }


def _in_hand(request: HttpRequest, report: Report) -> dict[str, Any]:
    """Which of the published files was sent in, if it is one of them. It is not kept."""
    file = request.FILES.get("file")
    if request.method != "POST" or file is None:
        return {}
    found = publishing.hash_of(file.read())
    kinds = [kind for kind, known in hashes_of(report).items() if known == found]
    return {"in_hand": found, "is_published": kinds[0] if kinds else ""}
