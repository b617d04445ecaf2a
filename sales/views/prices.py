"""What things sold for: the structure's own sales, category by category."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory.models import Category
from organisation.doors import page
from organisation.permissions import CallerRequest
from sales.models import SaleLine
from sales.prices import prices_of


@page("look_up")
@require_safe
def prices(request: CallerRequest) -> HttpResponse:
    """Count, quartiles and median of each family, or of what is in one."""
    owner: Any = request.user.organisation
    sold, top = _sold(owner), _asked(request)
    if top:
        shown = [top, *(row for row in sold if row.top_id == top.pk)]
    else:
        shown = list(Category.objects.filter(pk__in={row.top_id or row.pk for row in sold}))
    rows = [(row, prices_of(owner, _within(row, sold))) for row in shown]
    context = {"top": top, "rows": rows}
    return render(request, "sales/prices.html", context)


def _within(category: Category, sold: list[Category]) -> list[Category]:
    """Of what was sold: the category, and what is below it."""
    return [row for row in sold if category in (row, row.parent, row.parent and row.parent.parent)]


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


def _sold(owner: Any) -> list[Category]:
    """Categories of which the structure ever sold something: one look into an index for each."""
    lines = SaleLine.objects.filter(organisation=owner, category=OuterRef("pk"))
    rows = Category.objects.of(owner.pk).filter(Exists(lines))
    return list(rows.select_related("parent__parent"))
