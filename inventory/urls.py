"""Pages of the stockroom. Documents by number are mounted by config: rooms above add to them."""

from django.urls import path

from inventory.views import counts, departures, documents, stock

urlpatterns = [
    path("departs/", departures.shipments, name="shipments"),
    path("departs/nouveau/", departures.ship, name="ship"),
    path("stock/", stock.stock, name="stock"),
    path("stock/depart/", stock.open_stock, name="open-stock"),
    path("stock/deplacement/", stock.move, name="move"),
    path("stock/inventaire/", counts.count, name="count"),
    path("stock/solde/", counts.settle, name="settle"),
    path("d/<str:number>/annuler/", documents.cancel, name="cancel"),
    path("d/<str:number>/poids/", documents.confirm_weights, name="confirm-weights"),
]
