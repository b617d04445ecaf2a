"""Pages of the stockroom. Documents by number are mounted by config: rooms above add to them."""

from django.urls import path

from inventory.views import departures, documents

urlpatterns = [
    path("departs/", departures.shipments, name="shipments"),
    path("departs/nouveau/", departures.ship, name="ship"),
    path("d/<str:number>/annuler/", documents.cancel, name="cancel"),
    path("d/<str:number>/poids/", documents.confirm_weights, name="confirm-weights"),
]
