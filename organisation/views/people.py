"""People and their roles, as those who manage people see them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation.doors import page
from organisation.forms import PasswordForm, PersonForm
from organisation.history import changes, role_changes
from organisation.models import User
from organisation.permissions import CallerRequest
from organisation.services import add_person, change_roles, new_password, reaches, set_active
from organisation.submissions import writing
from organisation.views.account import keys_page, pin_page, show_once


@page("manage_people")
def people(request: CallerRequest) -> HttpResponse:
    """Everybody of the structure, with their roles; those who may sign in first."""
    by: User = request.user
    everybody = User.objects.filter(organisation=by.organisation_id)
    rows = everybody.order_by("-is_active", "first_name", "username")
    context = {
        "people": [
            {"person": person, "may_edit": reaches(by, person)}
            for person in rows.prefetch_related("memberships__site")
        ],
    }
    return render(request, "organisation/people.html", context)


@page("manage_people")
def add(request: CallerRequest) -> HttpResponse:
    """Somebody new, with roles and a first password."""
    by: User = request.user
    form = PersonForm(request.POST or None, instance=User(organisation=by.organisation), by=by)
    password = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() & password.is_valid():
        typed = password.cleaned_data["password"]
        secret = typed or new_password()
        person: User = form.save(commit=False)
        try:
            with writing():
                add_person(person=person, password=secret, grants=form.grants, by=by)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _done(request, person, "" if typed else secret)
    context = {"form": form, "also": password, "title": _("Add somebody"), "is_new": True}
    return render(request, "organisation/person.html", {**context, **_within_people()})


@page("manage_people")
def person(request: CallerRequest, login: str) -> HttpResponse:
    """Somebody's names and roles."""
    by: User = request.user
    found = _reached(request, login)
    if request.POST.get("do") == "active":
        return _switch(request, found)
    form = PersonForm(request.POST or None, instance=found, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            with writing():
                form.save()
                change_roles(person=found, grants=form.grants, by=by)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _done(request, found)
    history = [*changes(found, form, request.user), *role_changes(found, request.user)]
    context = {
        "form": form,
        "person": found,
        "title": _name(found),
        "changes": sorted(history, key=lambda change: change.at, reverse=True),
        **_within_people(),
    }
    return render(request, "organisation/person.html", context)


@page("manage_people")
def password(request: CallerRequest, login: str) -> HttpResponse:
    """A new password for somebody who has lost theirs; it ends their open sessions."""
    found = _reached(request, login)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["password"]
        found.set_password(secret := typed or new_password())
        with writing():
            found.save(update_fields=["password"])
        return _done(request, found, "" if typed else secret)
    context = {
        "form": form,
        "title": _("New password for %(name)s") % {"name": _name(found)},
        "is_new": True,
        **_within_people(found),
    }
    return render(request, "organisation/sheet.html", context)


@page("manage_people")
def pin(request: CallerRequest, login: str) -> HttpResponse:
    """A PIN with which somebody opens tablets; empty, they open none."""
    found = _reached(request, login)
    context = {"title": _("PIN of %(name)s") % {"name": _name(found)}, **_within_people(found)}
    return pin_page(request, found, context, reverse("people"))


@page("manage_people")
def keys(request: CallerRequest, login: str) -> HttpResponse:
    """Somebody's keys to the API."""
    found = _reached(request, login)
    title = _("Keys of %(name)s") % {"name": _name(found)}
    return keys_page(request, found, {"title": title, **_within_people(found)})


def _reached(request: CallerRequest, login: str) -> User:
    by: User = request.user
    if not login.isprintable():  # databases choke on control characters
        raise Http404
    found = get_object_or_404(User, organisation=by.organisation_id, username=login)
    if not reaches(by, found):
        raise PermissionDenied(_("This person also works where you do not manage people."))
    return found


def _switch(request: CallerRequest, person: User) -> HttpResponse:
    """Let somebody sign in, or no longer."""
    try:
        with writing():
            set_active(person=person, is_active=not person.is_active, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("person", login=person.username)


def _done(request: CallerRequest, person: User, secret: str = "") -> HttpResponse:
    """Back to the list, or first a password that nobody will see again."""
    said = _("“%(name)s” is saved.") % {"name": _name(person)}
    if secret:
        title = _("Password of %(name)s") % {"name": _name(person)}
        return show_once(request, title, secret, reverse("people"))
    messages.success(request, said)
    return redirect("people")


def _name(person: User) -> str:
    return person.get_full_name() or person.username


def _within_people(person: User | None = None) -> dict[str, Any]:
    crumbs = [(reverse("people"), _("People and roles"))]
    if person is not None:
        crumbs.append((reverse("person", kwargs={"login": person.username}), _name(person)))
    return {"crumbs": crumbs}
