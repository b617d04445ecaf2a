"""Pages of the lists a structure keeps itself."""

from django.urls import URLPattern, path

from inventory.views import catalogue as views
from inventory.views.listings import CATEGORIES, LISTINGS, SITES, Listing


def _row_pages(listing: Listing) -> list[URLPattern]:
    name, at, options = listing.name, listing.at, {"listing": listing}
    new = views.add_site if listing is SITES else views.edit
    return [
        path(f"{at}/nouveau/", new, options, name=f"{name}-new"),
        path(f"{at}/<str:code>/", views.edit, options, name=f"{name}-edit"),
    ]


urlpatterns = [
    path("categories/", views.categories, {"listing": CATEGORIES}, name="categories"),
    *_row_pages(CATEGORIES),
]
for _listing in LISTINGS:
    urlpatterns.append(
        path(f"{_listing.at}/", views.rows, {"listing": _listing}, name=_listing.name)
    )
    urlpatterns += _row_pages(_listing)
