"""Pages of the stockroom. Documents by number are mounted by config: rooms above add to them."""

from django.urls import path

from inventory.views import (
    clearing,
    counts,
    departures,
    documents,
    finding,
    items,
    labels,
    sorting,
    stock,
    transfers,
    workshop,
)

urlpatterns = [
    path("departs/", departures.shipments, name="shipments"),
    path("departs/nouveau/", departures.ship, name="ship"),
    path("departs/invendus/", clearing.clear, name="clear"),
    path("transferts/", transfers.transfers, name="transfers"),
    path("transferts/nouveau/", transfers.send, name="send"),
    path("transferts/<str:number>/", transfers.transfer, name="transfer"),
    path("transferts/<str:number>/reception/", transfers.receive, name="receive"),
    path("stock/", stock.stock, name="stock"),
    path("stock/depart/", stock.open_stock, name="open-stock"),
    path("stock/deplacement/", stock.move, name="move"),
    path("stock/inventaire/", counts.count, name="count"),
    path("stock/solde/", counts.settle, name="settle"),
    path("stock/tri/", sorting.sort, name="sort"),
    path("stock/ventilation/", sorting.spread, name="spread"),
    path("chercher/", finding.find, name="find"),
    path("objets/", finding.items, name="items"),
    path("objets/nouveau/", items.label, name="label-item"),
    path("o/<str:code>", items.item),  # as a label's QR says it
    path("o/<str:code>/", items.item, name="item"),
    path("o/<str:code>/description/", items.describe, name="describe"),
    path("o/<str:code>/demontage/", items.dismantle, name="dismantle"),
    path("o/<str:code>/reparation/", workshop.repair, name="repair"),
    path("photos/<int:pk>.jpg", workshop.photo, name="photo"),
    path("photos/<int:pk>/retirer/", workshop.remove_photo, name="remove-photo"),
    path("o/<str:code>/retrouve/", items.find_again, name="find-again"),
    path("o/<str:code>/etiquette.png", labels.png, name="label-png"),
    path("etiquettes/", labels.print_labels, name="print-labels"),
    path("etiquettes/rouleau.pdf", labels.roll, name="label-roll"),
    path("etiquettes/planche.pdf", labels.sheet, name="label-sheet"),
    path("etiquettes/vierges/", labels.blanks, name="blank-labels"),
    path("d/<str:number>/annuler/", documents.cancel, name="cancel"),
    path("d/<str:number>/poids/", documents.confirm_weights, name="confirm-weights"),
]
