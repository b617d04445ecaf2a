"""What is too large is refused before it is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

MOST_BYTES = 3_000_000  # a photo in base64, a count of two thousand objects


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a body by the length it claims: a form's would fill the disk as it is parsed."""

    def answer(request: HttpRequest) -> HttpResponse:
        claimed = request.META.get("CONTENT_LENGTH") or "0"
        if not claimed.isdecimal() or int(claimed) > MOST_BYTES:
            return HttpResponse(
                _("This is too large. Nothing was recorded."),
                status=413,
                content_type="text/plain; charset=utf-8",
            )
        return get_response(request)

    return answer
