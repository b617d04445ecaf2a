"""Pages of the lists that the shop adds to the settings."""

from django.urls import path

from inventory.catalogue_urls import list_pages
from sales.views import leases, listings, settings
from sales.views.listings import PRICE_KEYS, REDUCTIONS, TILLS

urlpatterns = [
    path("caisses/", listings.choose_site, {"listing": TILLS}, name="till-settings"),
    path("prix/", listings.choose_site, {"listing": PRICE_KEYS}, name="price-settings"),
    path("boutique/", settings.shop, name="shop-settings"),
    path("tva/", settings.vat, name="vat-settings"),
    path("sites/<str:site>/caisses/<str:till>/tablette/", leases.lease, name="till-lease"),
    path("remises/", listings.choose_site, {"listing": REDUCTIONS}, name="reduction-settings"),
    *list_pages(REDUCTIONS),
    *list_pages(TILLS),
    *list_pages(PRICE_KEYS),
]
