"""Pages of the shop."""

from django.urls import path

from sales.views import archives, checkout, drawer, prices, station, tickets, vouchers

urlpatterns = [
    path("caisse/", checkout.choose_till, name="checkout"),
    path("caisse/tickets/", tickets.tickets, name="tickets"),
    path("caisse/prix/", prices.prices, name="prices"),
    path("caisse/bons/", vouchers.vouchers, name="vouchers"),
    path("caisse/archives/", archives.archives, name="archives"),
    path("caisse/archives/nouvelle/", archives.make, name="make-archive"),
    path("caisse/archives/<uuid:uuid>.zip", archives.archive, name="archive"),
    path("caisse/<str:till>/", checkout.checkout, name="checkout"),
    path("caisse/<str:till>/ouvrir/", drawer.open_till, name="open-till"),
    path("caisse/<str:till>/tiroir/", drawer.drawer, name="drawer"),
    path("caisse/<str:till>/cloturer/", drawer.close_till, name="close-till"),
    path("caisse/<str:till>/z/<int:number>/", drawer.closing, name="closing"),
    path("caisse/<str:till>/z/<int:number>.pdf", drawer.closing_paper, name="closing-pdf"),
    path("encaisser/", station.choose_till, name="station-till"),
    path("encaisser/<str:till>/", station.till, name="station-till"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/rembourser/", tickets.refund, name="refund"),
]
