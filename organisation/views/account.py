"""One's own account: password and keys to the API."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LogoutView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation.doors import page
from organisation.forms import PinOf, TokenForm
from organisation.models import Token, User
from organisation.permissions import CallerRequest
from organisation.services import leave, revoke_token, set_pin
from organisation.submissions import writing


class LogOut(LogoutView):
    """Sign out. Rooms above hear of it in the same transaction."""

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        with writing():
            if request.user.is_authenticated:
                leave(person=request.user)
            return super().post(request, *args, **options)


@page("look_up")
def account(request: CallerRequest) -> HttpResponse:
    """One's own roles, and a new password."""
    person: User = request.user
    form = PasswordChangeForm(person, request.POST or None)
    form.fields["old_password"].widget.attrs.pop("autofocus", None)
    if request.method == "POST" and form.is_valid():
        with writing():
            form.save()
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password is changed."))
        return redirect("account")
    roles = person.memberships.select_related("site")
    context = {"form": form, "title": _("My account"), "roles": roles, "is_own": True}
    return render(request, "organisation/account.html", context)


@page("look_up")
def keys(request: CallerRequest) -> HttpResponse:
    """One's own keys to the API."""
    person: User = request.user
    return keys_page(request, person, {"title": _("My keys"), "is_own": True})


@page("look_up")
def pin(request: CallerRequest) -> HttpResponse:
    """One's own PIN for tablets: changed with a password only."""
    if request.user.came_by_pin:
        raise PermissionDenied(_("Log in with your password to change your PIN."))
    context = {"title": _("My PIN"), "is_own": True}
    return pin_page(request, request.user, context, reverse("account"))


def pin_page(
    request: CallerRequest, person: User, context: dict[str, Any], onward: str
) -> HttpResponse:
    """Give ``person`` a PIN, or take it away."""
    form = PinOf(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with writing():
                set_pin(person=person, pin=form.cleaned_data["pin"])
        except ValidationError as refusal:
            form.add_error("pin", refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(onward)
    context |= {"form": form, "is_new": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "organisation/sheet.html", context, status=status)


def keys_page(request: CallerRequest, person: User, context: dict[str, Any]) -> HttpResponse:
    """Living keys of ``person``; one may be made, which is shown once, or ended."""
    if "revoke" in request.POST:
        with writing():
            revoke_token(token=get_object_or_404(_living(person), pk=_number(request)))
        messages.success(request, _("This key opens nothing any more."))
        return redirect(request.path)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with writing():
            token, secret = Token.objects.issue(person, form.cleaned_data["name"])
        return show_once(request, _("Key “%(name)s”") % {"name": token.name}, secret, request.path)
    context |= {"form": form, "tokens": _living(person), "submit": _("Make a key")}
    return render(request, "organisation/keys.html", context)


def show_once(request: CallerRequest, title: str, secret: str, onward: str) -> HttpResponse:
    """Show a secret of which only a hash is kept: nobody will see it again."""
    context = {"title": title, "secret": secret, "onward": onward}
    response = render(request, "organisation/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _living(person: User) -> Any:
    return person.tokens.filter(revoked_at=None).order_by("-created_at")


def _number(request: CallerRequest) -> int:
    text = request.POST["revoke"]
    return int(text) if text.isdecimal() and len(text) < 19 else 0
