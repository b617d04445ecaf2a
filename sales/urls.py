"""Pages of the shop."""

from django.urls import path

from sales.views import (
    archives,
    checkout,
    drawer,
    handing,
    periods,
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
    path("caisse/clotures/", periods.closings, name="closings"),
    path("caisse/clotures/mois/", periods.close, name="close-months"),
    path("caisse/clotures/<uuid:uuid>/", periods.period, name="period"),
    path("caisse/clotures/<uuid:uuid>.pdf", periods.period_paper, name="period-pdf"),
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
    path("caisse/<str:till>/z/<int:number>/envoyer/", drawer.send_closing, name="send-closing"),
    path("caisse/<str:till>/z/<int:number>.pdf", drawer.closing_paper, name="closing-pdf"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/remettre/", handing.hand_out, name="hand-out"),
    path("t/<str:token>/", handing.public_ticket, name="public-ticket"),
    path("tickets/<str:number>/rembourser/", tickets.refund, name="refund"),
]
