"""Pages of the shop."""

from django.urls import path

from sales.views import (
    accounting,
    archives,
    checkout,
    drawer,
    prices,
    slips,
    statements,
    tickets,
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
    path("caisse/comptabilite/", accounting.accounting, name="accounting"),
    path("caisse/comptabilite/fec.txt", accounting.fec, name="fec"),
    path("caisse/comptabilite/jours.csv", accounting.by_day, name="takings-by-day"),
    path("caisse/banque/", slips.slips, name="bank-slips"),
    path("caisse/banque/cheques/", slips.cheques, name="bank-cheques"),
    path("caisse/banque/especes/", slips.cash, name="bank-cash"),
    path("caisse/banque/<str:number>/", slips.slip, name="bank-slip"),
    path("caisse/banque/<str:number>/bordereau.pdf", slips.paper, name="bank-slip-pdf"),
    path("caisse/banque/<str:number>/annuler/", slips.cancel, name="bank-slip-cancel"),
    path("caisse/banque/<str:number>/effacer/", slips.erase, name="bank-slip-erase"),
    path("caisse/bons-tiers/", statements.dues, name="voucher-dues"),
    path("caisse/bons-tiers/<str:issuer>/<int:month>/", statements.statement, name="statement"),
    path("caisse/bons-tiers/<str:issuer>/<int:month>.pdf", statements.paper, name="statement-pdf"),
    path("caisse/bons-tiers/<str:issuer>/<int:month>.csv", statements.table, name="statement-csv"),
    path("caisse/<str:till>/", checkout.checkout, name="checkout"),
    path("caisse/<str:till>/ouvrir/", drawer.open_till, name="open-till"),
    path("caisse/<str:till>/tiroir/", drawer.drawer, name="drawer"),
    path("caisse/<str:till>/cloturer/", drawer.close_till, name="close-till"),
    path("caisse/<str:till>/z/<int:number>/", drawer.closing, name="closing"),
    path("caisse/<str:till>/z/<int:number>.pdf", drawer.closing_paper, name="closing-pdf"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/rembourser/", tickets.refund, name="refund"),
]
