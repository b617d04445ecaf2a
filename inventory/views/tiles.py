"""Which categories a site's screens show first: chosen and ordered by buttons, without dragging."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.catalogue import show_first
from inventory.forms.tiles import TilesForm
from inventory.models import Category, Tile
from inventory.tiles import in_order
from inventory.views.catalogue import crumbs_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def tiles(request: CallerRequest, site: Site) -> HttpResponse:
    """The tiles shown first, in their order, and the others."""
    chosen = Tile.objects.ranks(site)
    offered = Category.objects.of(site.organisation_id).filter(is_active=True)
    tops = in_order(offered, chosen)
    form = TilesForm(request.POST or None, tops, chosen)
    refused: list[str] = []
    if request.method == "POST" and not form.step:
        refused = _saved(request, site, form)
        if not refused:
            return redirect(reverse("sites-edit", kwargs={"code": site.code}))
    context = {
        "site": site,
        "form": form,
        "refused": refused,
        "most": Tile.MOST,
        "crumbs": crumbs_of(site),
        "do": form.step,
    }
    return render(request, "inventory/tiles.html", context, status=422 if refused else 200)


def _saved(request: CallerRequest, site: Site, form: TilesForm) -> list[str]:
    """Save the order; what is wrong with it, if anything."""
    try:
        with writing():
            show_first(site=site, tops=form.first)
    except ValidationError as refusal:
        return refusal.messages
    messages.success(request, _("The tiles of “%(name)s” are saved.") % {"name": site})
    return []
