"""Personal data: whose they are, handed over as a file, erased."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from reporting.persons.erasing import erase
from reporting.persons.reading import Found

PICKED = ("buyer", "arrival", "held")


class Search(forms.Form):
    """Whom to look for."""

    q = forms.CharField(label=gettext_lazy("Name, number or card"), required=False, max_length=120)


@page("manage_people")
@require_safe
def search(request: CallerRequest) -> HttpResponse:
    """Everything that bears a name, to pick what is of one person."""
    form = Search(request.GET)
    sought = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {
        "search": form,
        "sought": sought,
        "found": Found.sought(*_reach(request), sought) if sought else Found(),
        "buyer": request.GET.get("buyer", ""),
    }
    return render(request, "reporting/persons.html", context, status=422 if form.errors else 200)


@page("manage_people")
@require_safe
def person(request: CallerRequest) -> HttpResponse:
    """All that is known of the person whose data were picked."""
    if not any(request.GET.get(name) for name in PICKED):
        messages.error(request, _("Tick what is of this person."))
        return redirect("personal-data")
    found = _picked(request, request.GET)
    told = found.told()
    context = {"found": found, "told": told, "query": request.GET.urlencode()}
    return render(request, "reporting/person.html", context)


@page("manage_people")
@require_safe
def person_json(request: CallerRequest) -> HttpResponse:
    """The same as a file that other programs read."""
    found = _picked(request, request.GET)
    organisation: Any = request.user.organisation
    told = {"from": organisation.name, **found.told()}
    options = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(told, json_dumps_params=options)
    response["Content-Disposition"] = 'attachment; filename="donnees-personnelles.json"'
    return response


@page("manage_people")
@require_POST
def erase_person(request: CallerRequest) -> HttpResponse:
    """Erase what was picked, where somebody ticked that they are sure."""
    found = _picked(request, request.POST)
    if "sure" not in request.POST:
        messages.error(request, _("Tick that you are sure: nothing was erased."))
        asked = QueryDict(mutable=True)
        for name in PICKED:
            asked.setlist(name, request.POST.getlist(name))
        response = redirect("personal-data-person")
        response["Location"] += f"?{asked.urlencode()}"
        return response
    with writing():
        erase(found=found, by=request.user)
    messages.success(request, _("Erased. Old backups still hold it until they are replaced."))
    if found.buyers:
        return redirect("buyer", number=found.buyers[0].number)
    return redirect("personal-data")


def _reach(request: CallerRequest) -> tuple[Any, list[Site]]:
    """The caller's structure, and the sites whose donors they may erase."""
    sites = Site.objects.permitted(request.user, "manage_people")
    return request.user.organisation, list(sites)


def _picked(request: CallerRequest, said: QueryDict) -> Found:
    """Raises Http404 where nothing was picked, or what is not ours."""
    found = Found.picked(*_reach(request), said)
    if not found:
        raise Http404
    return found
