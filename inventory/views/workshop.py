"""The workshop's pages: tests and repairs of an object, photos of objects and papers."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.workshop import RepairForm
from inventory.ledger import Entry
from inventory.models import Photo, Verb
from inventory.views.acts import recorded, shown
from inventory.views.items import item_of
from organisation.doors import page, require
from organisation.permissions import CallerRequest
from organisation.submissions import writing


@page("label")
@require_http_methods(["GET", "HEAD", "POST"])
def repair(request: CallerRequest, code: str) -> HttpResponse:
    """Note a test or a repair of an object."""
    found = item_of(request, code)
    if found.account is None or not found.is_here:
        raise Http404
    require(request, found.account.site)
    user: Any = request.user
    form = RepairForm(request.POST or None, offer=Offer(found.account.site), user=user)

    def act(entry: Entry) -> str:
        services.note_repair(repair=form.repair(entry, found), condition=form.condition)
        return str(found.own_code)

    def onward(own_code: str) -> HttpResponse:
        return redirect("item", code=own_code)

    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and (response := recorded(request, form, Verb.LABEL, act, onward)):
        return response
    context = {"item": found, "form": form, "is_sent": request.method == "POST"}
    return shown(request, "inventory/repair.html", context)


def _version(request: CallerRequest, pk: int) -> str | None:
    """Not its number alone: after a backup is put back another picture may have it."""
    shown = Photo.objects.within(request).shown().filter(pk=pk)
    uuid = shown.values_list("submission__uuid", flat=True).first()
    return f'"{uuid}"' if uuid else None


@page("read_stock")
@require_safe
@cache_control(private=True, no_cache=True)
@condition(_version)
def photo(request: CallerRequest, pk: int) -> HttpResponse:
    """The picture itself; a browser keeps it, and asks each time whether it may still show it."""
    found = get_object_or_404(Photo.objects.within(request).filter(removed_by=None), pk=pk)
    return HttpResponse(bytes(found.content), content_type="image/jpeg")


@page("label")
@require_POST
def remove_photo(request: CallerRequest, pk: int) -> HttpResponse:
    """Take a photo away."""
    links = ("item__account__site", "movement__site")
    found = get_object_or_404(Photo.objects.within(request).select_related(*links), pk=pk)
    holder: Any = found.movement or (found.item and found.item.account)
    if holder is not None:
        require(request, holder.site)
    with writing():
        services.remove_photo(photo=found, by=request.user)
    if found.movement is not None:
        return redirect("document", number=found.movement.number)
    own = item_code(request, found)
    return redirect("item", code=own)


def item_code(request: CallerRequest, found: Photo) -> str:
    """The code that the caller's structure knows the object of a photo by."""
    owner = request.user.organisation_id
    return str(found.item.codes.get(organisation=owner).code)  # type: ignore[union-attr]
