"""What browsers let our pages do, beside the policy of content in the settings."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A camera reads codes and takes photos, a cable reads scales, a till's screen stays awake.
OURS = ("camera", "serial", "screen-wake-lock", "fullscreen", "autoplay")
NOBODYS = (
    "accelerometer",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join([*(f"{each}=(self)" for each in OURS), *(f"{each}=()" for each in NOBODYS)])


def stated(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Name the devices that pages may use, and let nobody else embed or keep what is ours."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):  # documents heed it
            response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if not response.has_header("Cache-Control"):  # nobody's pages are somebody else's
            response["Cache-Control"] = "private, no-cache"
        return response

    return answer
