"""Pages of the stockroom."""

from django.urls import path

from inventory.views import departures

urlpatterns = [
    path("departs/", departures.shipments, name="shipments"),
    path("departs/nouveau/", departures.ship, name="ship"),
]
