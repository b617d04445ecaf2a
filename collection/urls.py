"""Pages of the in-door."""

from django.urls import path

from collection import views

urlpatterns = [
    path("peser/", views.choose_site, name="weigh"),
    path("peser/refus/", views.refusals, name="refusals"),
    path("peser/retour/<str:code>/", views.give_back, name="give-back"),
    path("peser/registre/", views.register, name="register"),
    path("d/<str:number>/recu.pdf", views.receipt, name="receipt"),
    path("peser/<str:site>/", views.weigh, name="weigh"),
]
