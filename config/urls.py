"""Every mount point."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from config import views
from config.api import api
from organisation.doors import anyone, require_acts

urlpatterns = [
    path("", views.home, name="home"),
    path("connexion/", anyone(LoginView.as_view()), name="login"),
    path("deconnexion/", anyone(LogoutView.as_view()), name="logout"),
    path("", include("collection.urls")),
    path("", include("inventory.urls")),
    path("", include("organisation.urls")),
    path("reglages/", include("inventory.catalogue_urls")),
    path("api/v1/", api.urls),
]

require_acts(urlpatterns)
