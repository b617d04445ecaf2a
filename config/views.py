"""Pages that belong to no room: home, documents by number, errors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old, in the shape that fits the path."""
    return render(request, "403.html", {"reason": _("This page is too old.")}, status=403)
