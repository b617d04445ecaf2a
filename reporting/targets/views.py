"""Where targets are set, changed and taken back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organisation.doors import caller, page
from organisation.history import changes
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from reporting.indicators import ALL
from reporting.models import Target
from reporting.targets.amounts import scale_of
from reporting.targets.forms import TargetForm


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: CallerRequest) -> HttpResponse:
    """The targets that are set, the latest year first, and one to add."""
    user, is_sent = caller(request), request.method == "POST"
    first = {"year": timezone.localdate().year}
    form = TargetForm(request.POST if is_sent else None, initial=first, user=user)
    if is_sent and form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("targets")
    rows = Target.objects.within(request).select_related("site").order_by("-year", "pk")
    context = {
        "form": form,
        "rows": [_row(target) for target in rows if _is_ours(target, form)],
    }
    return render(request, "reporting/targets.html", context, status=422 if is_sent else 200)


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: CallerRequest, pk: int) -> HttpResponse:
    """One target: its amount, its history, and the button that takes it back."""
    found = get_object_or_404(Target.objects.within(request), pk=pk)
    is_sent = request.method == "POST" and "remove" not in request.POST
    form = TargetForm(request.POST if is_sent else None, instance=found, user=caller(request))
    if not _is_ours(found, form):
        raise PermissionDenied(_("Your role does not allow this at this site."))
    if request.method == "POST" and (not is_sent or form.is_valid()):
        with writing():
            form.save() if is_sent else found.delete()
        messages.success(request, _("Saved.") if is_sent else _("The target is taken back."))
        return redirect("targets")
    context = {
        "form": form,
        "title": _row(found)["name"],
        "whose": found.site or found.organisation,
        "changes": changes(found, form, caller(request)),
    }
    return render(request, "reporting/target.html", context, status=422 if is_sent else 200)


def _is_ours(target: Target, form: TargetForm) -> bool:
    """Whether the reader governs what it is a target of."""
    return (target.site.code if target.site else "") in form.whose


def _row(target: Target) -> dict[str, Any]:
    indicator = ALL.get(target.indicator)
    amount = scale_of(indicator.unit).write(target.amount) if indicator else target.amount
    return {
        "target": target,
        "name": indicator.name if indicator else target.indicator,
        "amount": amount,
    }
