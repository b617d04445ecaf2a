"""Labels over HTTP: the same drawing as a picture, a page, or what a Zebra printer understands."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Field, Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from inventory import labels
from inventory.api.documents import router
from inventory.models import Item
from inventory.printed import is_size, labels_of, site_of, size_at
from organisation.doors import May, Permitted
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape, file_answer


def _size(value: str) -> str:
    """A size at which a label can be drawn."""
    if not is_size(value):
        raise PydanticCustomError("bad_label_size", "")
    return value


LabelSize = Annotated[str, Field(max_length=7), AfterValidator(_size)]


class LabelAsked(Shape):
    """For which printer, and on labels of which size in millimetres."""

    dpi: Literal["203", "300"] | None = Field(None, description="As the site prints, if not said.")
    size: LabelSize | None = Field(None, description="Such as 57x32; the site's, if not said.")


def _label(request: CallerRequest, item: Any) -> labels.Label:
    """The label of an item that is the caller's own now. Raises Http404."""
    found = labels_of(request.user.organisation, [item.own_code])  # type: ignore[arg-type]
    if not found:
        raise Http404
    return found[0]


def _paper(request: CallerRequest, item: Any, asked: LabelAsked) -> dict[str, Any]:
    """Size and dots, as the site of the item prints where nothing was asked."""
    site = site_of(request.user.organisation, [item.own_code])  # type: ignore[arg-type]
    if site is None:
        raise Http404
    return {"size": asked.size or size_at(site), "dpi": int(asked.dpi or site.label_dpi)}


@router.get(
    "items/{code}/label.png",
    auth=May("read_stock"),
    response=READ_ERRORS,
    openapi_extra=file_answer("image/png"),
)
def get_label_png(
    request: CallerRequest, code: Permitted[Item], asked: Annotated[LabelAsked, Query()]
) -> HttpResponse:
    """The label of an item as a picture of exact size."""
    picture = labels.label_png(_label(request, code), **_paper(request, code, asked))
    return HttpResponse(picture, content_type="image/png")


@router.get(
    "items/{code}/label.pdf",
    auth=May("read_stock"),
    response=READ_ERRORS,
    openapi_extra=file_answer("application/pdf"),
)
def get_label_pdf(
    request: CallerRequest, code: Permitted[Item], asked: Annotated[LabelAsked, Query()]
) -> HttpResponse:
    """The label of an item as a page of exact size."""
    page = labels.roll_pdf([_label(request, code)], **_paper(request, code, asked))
    return HttpResponse(page, content_type="application/pdf")


@router.get(
    "items/{code}/label.zpl",
    auth=May("read_stock"),
    response=READ_ERRORS,
    openapi_extra=file_answer("text/plain"),
)
def get_label_zpl(
    request: CallerRequest, code: Permitted[Item], asked: Annotated[LabelAsked, Query()]
) -> HttpResponse:
    """The label of an item as a Zebra printer is told to print it."""
    said = labels.roll_zpl([_label(request, code)], **_paper(request, code, asked))
    return HttpResponse(said, content_type="text/plain")
