"""Pages for whoever holds a device: how it comes to trust this server, and what it can do."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.lan import certificates
from config.lan.hosts import LOOPBACK
from organisation.doors import anyone

# To trust this server


class Device(NamedTuple):
    """A kind of device: a sign by which its browser is known, and what to do on it."""

    code: str
    name: str
    icon: str
    sign: str
    steps: tuple[Promise, ...]


DEVICES = (
    Device(
        "android",
        "Android",
        "smartphone",
        "Android",
        (
            _("Download the certificate. If asked, keep it."),
            _("Open Settings and search for “CA certificate” (under Security, Encryption)."),
            _("Choose “CA certificate”, then “Install anyway”, then the file tracerie-ca.crt."),
            _("Close Chrome and open this page again: the warning is gone."),
        ),
    ),
    Device(
        "ipad",
        "iPad, iPhone",
        "tablet",
        "Mac OS",
        (
            _("In Safari, download the certificate and allow the profile."),
            _("In Settings, touch “Profile Downloaded”, at the top, then Install."),
            _("In Settings, General, About, Certificate Trust Settings: switch Tracerie on."),
            _("Open this page again: the warning is gone."),
        ),
    ),
    Device(
        "windows",
        "Windows",
        "monitor",
        "Windows",
        (
            _("Download the certificate, open the file, then choose Install Certificate."),
            _("Current User, then “Place all certificates in the following store”."),
            _("Browse: “Trusted Root Certification Authorities”. Finish, and answer Yes."),
            _("Close the browser and open this page again: the warning is gone."),
        ),
    ),
    Device(
        "linux",
        "Linux",
        "laptop",
        "Linux",
        (
            _("Download the certificate, then open the browser's settings."),
            _("Chromium, Chrome: Privacy and security, Security, Manage certificates, Import."),
            _("Firefox: Privacy and Security, View certificates, Authorities, Import."),
            _("Tick that it identifies websites, then open this page again."),
        ),
    ),
)


@anyone
@require_safe
def installer(request: HttpRequest) -> HttpResponse:
    """How a device comes to trust this server."""
    address = _address(request)
    has_ca = certificates.handed_out().exists()
    digest = certificates.fingerprint().split() if has_ca else []
    context = {
        "has_ca": has_ca,
        "address": address,
        "picture": _picture(address),
        "digest": [" ".join(digest[at : at + 4]) for at in range(0, len(digest), 4)],
        "devices": DEVICES,
        "yours": _device_of(request.headers.get("User-Agent", "")),
    }
    return render(request, "installer.html", context)


def _address(request: HttpRequest) -> str:
    """This page's address as other devices type it: seen from the server itself, the public one."""
    here = request.build_absolute_uri()
    public = f"{settings.PUBLIC_URL.rstrip('/')}{request.path}"
    is_here_only = urlsplit(here).hostname in LOOPBACK
    return public if is_here_only and urlsplit(public).hostname not in LOOPBACK else here


def _picture(address: str) -> SafeString:
    import segno

    drawn = segno.make(address, error="m").svg_inline(scale=6, border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 (drawn by segno from signs of ours)


def _device_of(agent: str) -> str:
    """What the reader most likely holds; Android also says that it is a Linux."""
    return next((each.code for each in DEVICES if each.sign in agent), DEVICES[0].code)


@anyone
@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate that a device installs, or a page that says why there is none."""
    path = certificates.handed_out()
    if not path.exists():
        return render(request, "installer.html", {"has_ca": False}, status=404)
    return HttpResponse(path.read_bytes(), content_type="application/x-x509-ca-cert")


# What a device can do


class Check(NamedTuple):
    """Something that a device can do or not, and what follows either way."""

    code: str
    icon: str
    name: Promise
    good: Promise
    other: Promise
    gravity: str = "warn"  # of the other: bad, warn, off


OFFLINE = (
    Check(
        "secure",
        "lock",
        _("Secure connection"),
        _("The address starts with https, or is this very machine."),
        _("Without https the browser opens nothing without a network."),
    ),
    Check(
        "worker",
        "wifi-off",
        _("Opening without a network"),
        _("The screens open again without a network."),
        _("Closed, the screen does not open again without a network: leave it open."),
    ),
    Check(
        "disk",
        "hard-drive",
        _("Keeping what is saved"),
        _("Written and read back: what is saved here outlives a power cut."),
        _("This browser keeps nothing: leave private browsing, or take another one."),
        "bad",
    ),
    Check(
        "lasting",
        "shield-check",
        _("Kept for good"),
        _("The browser promised to erase nothing that waits."),
        _("Short of room, the browser may erase what waits: install Tracerie on the home screen."),
    ),
    Check(
        "room",
        "database",
        _("Room left"),
        _("{free} free: enough for months of entries."),
        _("Hardly any room: free some on this device."),
    ),
)
THIS_DEVICE = (
    Check(
        "queue",
        "list-ordered",
        _("Waiting to be sent"),
        _("Nothing waits: everything has been sent."),
        _("It leaves by itself once a screen of the floor is open and the network is back."),
    ),
    Check(
        "refused",
        "circle-alert",
        _("Refused by the server"),
        _("Nothing to settle."),
        _("Open the screen it was saved on, then touch the red pill."),
        "bad",
    ),
    Check(
        "contact",
        "radio",
        _("Last contact"),
        _("The server has just answered."),
        _("The server does not answer: look for the Wi-Fi."),
    ),
    Check(
        "clock",
        "clock",
        _("Its clock"),
        _("The same as the server's, within five seconds."),
        _("Entries are dated by the server's clock; set this one all the same."),
    ),
)
EQUIPMENT = (
    Check(
        "camera",
        "camera",
        _("Camera"),
        _("The browser sees a camera."),
        _("No camera, or none allowed: a hand scanner does as well."),
        "off",
    ),
    Check(
        "barcode",
        "scan-barcode",
        _("Barcode reading"),
        _("This browser can read barcodes by itself."),
        _("This browser reads no barcode by itself: use a hand scanner."),
        "off",
    ),
    Check(
        "serial",
        "cable",
        _("Scale by cable"),
        _("This browser can talk to a scale by cable."),
        _("This browser cannot talk to a scale: type the weight."),
        "off",
    ),
    Check(
        "locks",
        "layers",
        _("One tab at a time"),
        _("Two open tabs never send at once."),
        _("Without it, tabs take turns: nothing counts twice."),
        "off",
    ),
    Check(
        "ids",
        "badge-check",
        _("Unique numbers"),
        _("The browser makes them itself."),
        _("Tracerie makes them instead."),
        "off",
    ),
)


@anyone
@require_safe
@cache_control(no_cache=True)
def diagnostic(request: HttpRequest) -> HttpResponse:
    """What this device can do; it says nothing of anybody, for a tablet keeps it."""
    groups = (
        (_("Without a network"), OFFLINE),
        (_("On this device"), THIS_DEVICE),
        (_("Equipment and browser"), EQUIPMENT),
    )
    return render(request, "diagnostic.html", {"groups": groups, "answers": reverse("manifest")})
