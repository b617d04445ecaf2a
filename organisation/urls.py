"""Pages of the ground floor."""

from django.urls import path

from organisation import views

urlpatterns = [
    path("reglages/", views.settings, name="settings"),
    path("reglages/structure/", views.structure, name="structure"),
]
