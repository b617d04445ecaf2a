"""Pages of the figures."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("bilan/", views.bilan, name="bilan"),
    path("bilan/bilan.xlsx", views.bilan_xlsx, name="bilan_xlsx"),
    path("bilan/mouvements/", views.movements, name="movements"),
    path("bilan/flux.csv", views.flows_csv, name="flows_csv"),
    path("bilan/mois/", views.months, name="months"),
    path("bilan/mois/<str:site>/", views.close_month, name="close_month"),
]
