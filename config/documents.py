"""Which page shows a document: the prefix of its number names the room that made it."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from inventory.models import Movement, Verb
from inventory.models.ledger import PREFIXES
from inventory.views.documents import document as in_the_books
from organisation.doors import page
from organisation.permissions import CallerRequest

ARRIVAL_LINES = ("weighing__container",)  # what the in-door knows of a flow: gross weight, tare


class Room(NamedTuple):
    """A page of a room above that shows its own documents, and the act it asks for."""

    url: str
    act: str


ROOMS = {
    PREFIXES[Verb.SELL]: Room("ticket", "read_sales"),
    PREFIXES[Verb.RETURN]: Room("ticket", "read_sales"),
}


@page("read_stock")
@require_safe
def document(request: CallerRequest, number: str) -> HttpResponse:
    """A document on its own room's page; to those who may not enter it, the grams it moved."""
    room = ROOMS.get(number.partition("-")[0])
    if room and _may_enter(request, room, number):
        return redirect(room.url, number=number)
    answer: HttpResponse = in_the_books(request, number=number, papers=ARRIVAL_LINES)
    return answer


def _may_enter(request: CallerRequest, room: Room, number: str) -> bool:
    """Whether the caller may do the room's act at the document's own site."""
    rows = Movement.objects.within(request).named(number)
    movement = rows.first() if number.isprintable() else None
    return movement is not None and request.user.may(room.act, movement.site)
