"""What things sold for: the structure's own sales, category by category."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory.models import Category
from organisation.doors import page
from organisation.permissions import CallerRequest
from sales.prices import prices_of, sold_by, within


@page("look_up")
@require_safe
def prices(request: CallerRequest) -> HttpResponse:
    """Count, quartiles and median of each family, or of what is in one."""
    owner: Any = request.user.organisation
    sold, top = sold_by(owner), _asked(request)
    if top:
        shown = [top, *(row for row in sold if row.top_id == top.pk)]
    else:
        shown = list(Category.objects.filter(pk__in={row.top_id or row.pk for row in sold}))
    rows = [(row, prices_of(owner, within(row, sold))) for row in shown]
    context = {"top": top, "rows": rows}
    return render(request, "sales/prices.html", context)


def _asked(request: CallerRequest) -> Category | None:
    """The family of ``?category=``. Raises Http404."""
    code = request.GET.get("category", "")
    if not code:
        return None
    top: Category | None = None
    if code.isprintable():
        top = Category.objects.tops().named(code).first()
    if top is None:
        raise Http404
    return top
