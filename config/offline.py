"""What lets a station open without a network: its worker, its manifest, the page for all else."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from organisation.doors import anyone

HERE = Path(__file__).resolve().parent / "static"
# Screens that a tablet keeps: they say nothing of anybody.
SHELL = r"^\/(peser|trier|expedier|suivre|compter|encaisser)\/(?!refus\/|registre\/)[^/]+\/$"
SHARED = (
    "css/tokens.css",
    "css/site.css",
    "css/station.css",
    "css/sort.css",
    "css/print-label.css",
    "css/ship.css",
    "css/device.css",
    "css/track.css",
    "css/dots.css",
    "css/till.css",
    "img/tracerie.svg",
    "js/menus.js",
    "fonts/AtkinsonHyperlegible-Regular.ttf",
    "fonts/AtkinsonHyperlegible-Bold.ttf",
)


def assets() -> list[str]:
    """Addresses of every file that the stations are made of."""
    modules = sorted(f"station/{each.name}" for each in (HERE / "station").glob("*.js"))
    return [static(name) for name in (*SHARED, *modules)]


@anyone
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, at the root so that it sees every page; its cache is named by what it holds."""
    files = assets()
    context = {
        "version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:12],
        "assets": json.dumps([*files, reverse("away"), reverse("diagnostic")]),
        "shell": SHELL,
        "away": reverse("away"),
    }
    return render(request, "sw.js", context, content_type="text/javascript")


@anyone
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a tablet needs to keep Tracerie among its programs."""
    icons: list[dict[str, Any]] = [
        {"src": static("img/tracerie.svg"), "sizes": "any", "type": "image/svg+xml"}
    ]
    icons += [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    return JsonResponse(
        {
            "name": "Tracerie",
            "short_name": "Tracerie",
            "description": _("From the donor to the one who uses it again, to the gram."),
            "lang": "fr",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#f4f1ea",
            "theme_color": "#f4f1ea",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@anyone
@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """What is shown, without a network, instead of a page that needs one."""
    return render(request, "away.html", {"shell": SHELL})
