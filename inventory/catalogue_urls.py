"""Pages of the lists a structure keeps itself."""

from django.urls import URLPattern, path

from inventory.views import catalogue as views
from inventory.views import settings, tiles
from inventory.views.listings import CATEGORIES, LISTINGS, SITES, Listing


def row_pages(listing: Listing) -> list[URLPattern]:
    """Pages of one row of a list, and of a new one."""
    name, at, options = listing.name, listing.at, {"listing": listing}
    new = views.add_site if listing is SITES else views.edit
    return [
        path(f"{at}/nouveau/", new, options, name=f"{name}-new"),
        path(f"{at}/<str:code>/", views.edit, options, name=f"{name}-edit"),
    ]


def list_pages(listing: Listing) -> list[URLPattern]:
    """Pages of a list, and of its rows."""
    whole = path(f"{listing.at}/", views.rows, {"listing": listing}, name=listing.name)
    return [whole, *row_pages(listing)]


urlpatterns = [
    path("pastilles/", settings.dots, name="dot-settings"),
    path("etiquettes/", settings.labels_of_site, name="label-settings"),
    path("etiquettes/exemple.png", settings.specimen_png, name="label-specimen"),
    path("categories/", views.categories, {"listing": CATEGORIES}, name="categories"),
    *row_pages(CATEGORIES),
    path("sites/<str:site>/tuiles/", tiles.tiles, name="tiles"),
]
for _listing in LISTINGS:
    urlpatterns += list_pages(_listing)
