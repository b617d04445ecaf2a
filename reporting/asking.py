"""What an address or a form asks of the figures, and the answer to one that is not understood."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from organisation.doors import caller
from organisation.permissions import CallerRequest
from reporting.forms import Question


def question_of(request: CallerRequest) -> Question:
    """The period and the sites that an address, or a form, asks for."""
    asked = request.POST if request.method == "POST" else request.GET
    return Question(asked, caller(request), timezone.localdate())


def not_understood(
    request: CallerRequest, asked: Question, page: str = "reporting/not_understood.html"
) -> HttpResponse:
    """Other figures than those asked for would be taken for them: the form, and none."""
    return render(request, page, {"asked": asked}, status=422)
