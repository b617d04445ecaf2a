"""Pages of the shop.

Opening a till, its cash moves and its closings (Z) come to live under ``caisse/<till>/`` with the
fiscal journal; they are not there yet.
"""

from django.urls import path

from sales.views import checkout, prices, tickets

urlpatterns = [
    path("caisse/", checkout.choose_till, name="checkout"),
    path("caisse/tickets/", tickets.tickets, name="tickets"),
    path("caisse/prix/", prices.prices, name="prices"),
    path("caisse/<str:till>/", checkout.checkout, name="checkout"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/rembourser/", tickets.refund, name="refund"),
]
