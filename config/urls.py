"""Every mount point."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.urls import include, path
from django.views.i18n import set_language

from config import checkup, devices, offline, views
from config.api import api
from config.documents import document
from config.health import health, ready
from organisation.doors import anyone, require_acts
from organisation.views.account import LogOut

BUSY = ("collection/intakes", "sales/sales")  # what tablets send most passes no other pattern


def _busiest_first(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    patterns, app, namespace = urls
    return sorted(patterns, key=lambda each: str(each.pattern) not in BUSY), app, namespace


urlpatterns = [
    path("api/v1/", _busiest_first(api.urls)),
    path("", views.home, name="home"),
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("horsligne/", offline.away, name="away"),
    path("installer/", devices.installer, name="installer"),
    path("installer/tracerie-ca.crt", devices.authority, name="authority"),
    path("diagnostic/", devices.diagnostic, name="diagnostic"),
    path("reglages/sante/", checkup.checkup, name="checkup"),
    path("reglages/sante/verifier/", checkup.verify, name="checkup-verify"),
    path("connexion/", anyone(LoginView.as_view()), name="login"),
    path("langue/", anyone(set_language), name="language"),
    path("deconnexion/", anyone(LogOut.as_view()), name="logout"),
    path("", include("collection.urls")),
    path("", include("inventory.urls")),
    path("", include("sales.urls")),
    path("d/<str:number>/", document, name="document"),
    path("", include("organisation.urls")),
    path("reglages/", include("inventory.catalogue_urls")),
    path("reglages/", include("sales.catalogue_urls")),
    path("", include("reporting.urls")),
]

require_acts(urlpatterns)
