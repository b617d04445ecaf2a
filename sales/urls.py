"""Pages of the shop."""

from django.urls import path

from sales.views import (
    archives,
    buyers,
    checkout,
    drawer,
    handing,
    invoices,
    prices,
    technical,
    tickets,
    training,
    vouchers,
)

urlpatterns = [
    path("caisse/", checkout.choose_till, name="checkout"),
    path("caisse/tickets/", tickets.tickets, name="tickets"),
    path("caisse/prix/", prices.prices, name="prices"),
    path("caisse/bons/", vouchers.vouchers, name="vouchers"),
    path("caisse/archives/", archives.archives, name="archives"),
    path("caisse/archives/nouvelle/", archives.make, name="make-archive"),
    path("caisse/archives/<uuid:uuid>.zip", archives.archive, name="archive"),
    path("caisse/journal/", technical.technical, name="technical"),
    path("caisse/<str:till>/", checkout.checkout, name="checkout"),
    path("caisse/<str:till>/entrainement/", checkout.training, name="training"),
    path(
        "caisse/<str:till>/entrainement/<int:seq>/",
        training.training_ticket,
        name="training-ticket",
    ),
    path("caisse/<str:till>/ouvrir/", drawer.open_till, name="open-till"),
    path("caisse/<str:till>/tiroir/", drawer.drawer, name="drawer"),
    path("caisse/<str:till>/tiroir/ouvrir/", drawer.open_drawer, name="open-drawer"),
    path("caisse/<str:till>/cloturer/", drawer.close_till, name="close-till"),
    path("caisse/<str:till>/z/<int:number>/", drawer.closing, name="closing"),
    path("caisse/<str:till>/z/<int:number>.pdf", drawer.closing_paper, name="closing-pdf"),
    path("acheteurs/", buyers.buyers, name="buyers"),
    path("acheteurs/nouveau/", buyers.add, name="buyer-new"),
    path("acheteurs/<int:number>/", buyers.buyer, name="buyer"),
    path("factures/", invoices.invoices, name="invoices"),
    path("factures/<str:number>.pdf", invoices.paper, name="invoice-pdf"),
    path("tickets/<str:number>/facturer/", invoices.make, name="make-invoice"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/remettre/", handing.hand_out, name="hand-out"),
    path("t/<str:token>/", handing.public_ticket, name="public-ticket"),
    path("tickets/<str:number>/rembourser/", tickets.refund, name="refund"),
]
