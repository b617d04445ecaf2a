"""Pages of reports: templates, a draft, publishing, what was published."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.views.acts import as_pdf
from organisation.doors import caller, page
from organisation.models import Network, Site
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, form_uuid, submit
from reporting.models import Logo, PartnerOutlet, Report, ReportTemplate
from reporting.periods import Period
from reporting.reports import files, publishing, services, shipped
from reporting.reports.dossier import dossier as due_reports
from reporting.reports.drafting import Subject, draft
from reporting.reports.editing import TemplateForm
from reporting.reports.forms import LogoForm, OutletForm, Wanted
from reporting.reports.layout import FACTS, RATES, Layout
from reporting.reports.printed import printed
from reporting.reports.reading import Offered, chosen, offered, require_told
from reporting.scopes import Scope

LISTED = 100
BLANK = Layout(title="—")
RESERVED = ("dossier", "logo", "debouches", "publies", "modeles")  # addresses of other pages


@page("read_figures")
@require_safe
def reports(request: CallerRequest) -> HttpResponse:
    """Templates to start from, and what was published."""
    user = caller(request)
    found = Report.objects.within(request).readable_by(user)
    context = {
        "offered": offered(_owner(request)),
        "published": found.listed()[:LISTED],
        "may_configure": user.may_anywhere("configure"),
        "logo_form": LogoForm(),
        "has_logo": Logo.objects.filter(organisation=_owner(request)).exists(),
    }
    return render(request, "reporting/reports.html", context)


@page("read_figures")
@require_safe
def dossier(request: CallerRequest) -> HttpResponse:
    """For each funder: when it is due, what is ready, what is missing."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    scope = Scope.of_sites(sites.select_related("organisation"))
    networks = Network.objects.read_by(caller(request))
    dues = due_reports(_owner(request), scope, timezone.localdate(), networks)
    return render(request, "reporting/dossier.html", {"dues": dues})


@page("read_figures")
@require_safe
def report_draft(request: CallerRequest, template: str) -> HttpResponse:
    """A template written for a period: as it would be published."""
    found, wanted = _wanted(request, template, request.GET)
    if not wanted.is_valid():
        return render(
            request, "reporting/report_draft.html", {"offered": found, "wanted": wanted}, status=422
        )
    document = draft(layout=found.layout, subject=_subject(request, wanted))
    context = {
        "offered": found,
        "wanted": wanted,
        "given": printed(document),
        "id": uuid4(),
        "may_publish": _may_publish(request, wanted.scope),
        "may_configure": caller(request).may_anywhere("configure"),
        "is_over": wanted.period_asked.end < timezone.localdate(),
    }
    return render(request, "reporting/report_draft.html", context)


@page("read_figures")
@require_safe
def report_draft_pdf(request: CallerRequest, template: str) -> HttpResponse:
    """The draft as a PDF, marked as one."""
    found, wanted = _wanted(request, template, request.GET)
    if not wanted.is_valid():
        raise Http404
    subject = _subject(request, wanted)
    logo = Logo.objects.filter(organisation=subject.organisation).first()
    content = files.pdf(
        draft(layout=found.layout, subject=subject), logo=bytes(logo.png) if logo else None
    )
    return as_pdf(content, f"{template}-{wanted.name_asked}")


@page("publish")
@require_POST
def publish(request: CallerRequest, template: str) -> HttpResponse:
    """Close the months where that can be, freeze the report, and show it."""
    found, wanted = _wanted(request, template, request.POST)
    if not wanted.is_valid():
        raise Http404
    if not _may_publish(request, wanted.scope):
        raise PermissionDenied(_("Your role does not allow this at every site."))
    claim = claim_of(request, form_uuid(request), _owner(request))
    subject = _subject(request, wanted)
    notes: list[str] = []
    if request.POST.get("locks"):
        notes = publishing.lock_months(subject=subject, author=caller(request))
    try:
        prepared = publishing.prepare(chosen=found.chosen, subject=subject, notes=notes)
        _is_new, code = submit(
            claim=claim,
            content=form_content(request.POST, but=("id",)),
            record=lambda submission: (
                publishing.publish(
                    found=prepared, submission=submission, author=caller(request)
                ).code
            ),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('report-draft', args=[template])}?{wanted.address}")
    return redirect("report", code=code)


@page("read_figures")
@require_safe
def report(request: CallerRequest, code: str) -> HttpResponse:
    """A published report: its files, whether the ledger still agrees, and its public page."""
    found = _report(request, code)
    checked = publishing.check(found, reads_flows="empreinte" in request.GET)
    context = {
        "report": found,
        "given": files.shown(found),
        "checked": checked,
        "address": publishing.address_of(found.code),
        "may_publish": _may_publish(request, publishing.subject_of(found).scope),
        "may_share": caller(request).may_anywhere("govern"),
        "share": _behind(found),
    }
    return render(request, "reporting/report.html", context)


@page("read_figures")
@require_safe
def report_file(request: CallerRequest, code: str, kind: str) -> HttpResponse:
    """A file of a published report, as it was handed out."""
    return files.file_of(_report(request, code), kind)


@page("publish")
@require_POST
def open_report(request: CallerRequest, code: str) -> HttpResponse:
    """Switch the public page of a report on or off."""
    found = _report(request, code)
    if not _may_publish(request, publishing.subject_of(found).scope):
        raise PermissionDenied(_("Your role does not allow this at every site."))
    services.open_page(report=found, is_open=request.POST.get("open") == "1")
    return redirect("report", code=code)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def report_template(request: CallerRequest, template: str) -> HttpResponse:
    """A template, part by part; what is saved is its next version."""
    found = chosen(_owner(request), template)
    if found is None:
        raise Http404
    return _edited(request, found.layout, lambda _layout: template, found)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def new_template(request: CallerRequest) -> HttpResponse:
    """A template of one's own."""
    rows = ReportTemplate.objects.of(_owner(request)).values_list("code", flat=True)
    known = {*rows, *shipped.LAYOUTS, *RESERVED}

    def code(layout: Layout) -> str:
        base = slugify(layout.title)[:30] or "modele"
        names = [base, *(f"{base}-{n}" for n in range(2, LISTED))]
        return next(name for name in names if name not in known)

    return _edited(request, BLANK, code, None)


def _edited(
    request: CallerRequest,
    layout: Layout,
    code: Callable[[Layout], str],
    found: Offered | None,
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    owner = _owner(request)
    form = TemplateForm(data, layout=layout, organisation_id=owner.pk)
    is_refused = data is not None and not form.is_valid()
    if data is not None and not is_refused:
        name = code(form.layout)
        version = services.save_template(
            organisation=owner, code=name, layout=form.layout, author=caller(request)
        )
        messages.success(
            request, _("Version %(n)s of the template is kept.") % {"n": version.number}
        )
        return redirect("report-draft", template=name)
    context = {
        "form": form,
        "offered": found,
        "places": [*FACTS, *RATES],
    }
    return render(
        request, "reporting/report_template.html", context, status=422 if is_refused else 200
    )


@page("configure")
@require_POST
def report_logo(request: CallerRequest) -> HttpResponse:
    """Keep the logo of reports to come."""
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        services.keep_logo(organisation=_owner(request), png=form.cleaned_data["logo"])
        messages.success(request, _("The logo will head the next reports."))
    else:
        messages.error(
            request, " ".join(str(e) for refusals in form.errors.values() for e in refusals)
        )
    return redirect("reports")


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def outlets(request: CallerRequest) -> HttpResponse:
    """What partners declare becomes of what they get: the keys, and a new one."""
    owner = _owner(request)
    data = request.POST if request.method == "POST" else None
    form = OutletForm(data, organisation_id=owner.pk)
    if data is not None and form.is_valid():
        form.save()
        messages.success(request, _("The key is kept: reports show it beside what was sent."))
        return redirect("outlets")
    rows = PartnerOutlet.objects.filter(partner__organisation=owner).select_related("partner")
    context = {"form": form, "rows": rows.order_by("partner__name", "-since")}
    return render(request, "reporting/outlets.html", context, status=422 if data else 200)


def _behind(found: Report) -> str:
    """How the pages of figures ask for a report's sites and period; a network's open none."""
    if found.network_id is not None:
        return ""
    query = QueryDict(mutable=True)
    query["from"], query["to"] = found.start.isoformat(), found.end.isoformat()
    query.setlist("site", [site.code for site in found.sites.all()])
    return query.urlencode()


def _owner(request: CallerRequest) -> Any:
    return request.user.organisation


def _wanted(request: CallerRequest, template: str, asked: QueryDict) -> tuple[Offered, Wanted]:
    """The template and what is asked of it. Raises Http404 where there is no such template."""
    found = chosen(_owner(request), template)
    if found is None:
        raise Http404
    today = timezone.localdate()
    return found, Wanted(asked, user=caller(request), layout=found.layout, today=today)


def _subject(request: CallerRequest, wanted: Wanted) -> Subject:
    period = wanted.period_asked
    return Subject(_owner(request), wanted.scope, period, _year_earlier(period))


def _year_earlier(period: Period) -> Period | None:
    try:
        return period.year_earlier
    except ValidationError:
        return None  # before the calendar begins


def _may_publish(request: CallerRequest, scope: Scope) -> bool:
    """A network's report is published by whoever may publish at all of their structure's sites."""
    user = caller(request)
    sites = scope.sites if scope.network is None else _owner(request).sites.all()
    return bool(scope.sites) and all(user.may("publish", site) for site in sites)


def _report(request: CallerRequest, code: str) -> Report:
    """A report of the caller's structure, if they may read all that it is about."""
    rows = Report.objects.within(request)
    rows = rows.select_related("organisation", "network", "page", "author")
    found = get_object_or_404(rows, code=code)
    require_told(request, found)
    return found
