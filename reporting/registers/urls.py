"""Pages of the registers, below the report's."""

from django.urls import path

from reporting.registers import claim_views as claims
from reporting.registers import declaration_views as national
from reporting.registers import views

urlpatterns = [
    path("", views.registers, name="registers"),
    path("dechets/", views.waste, name="waste-register"),
    path("dechets/registre.csv", views.waste_csv, name="waste-register-csv"),
    path("dechets/registre.xlsx", views.waste_xlsx, name="waste-register-xlsx"),
    path("dechets/registre.pdf", views.waste_pdf, name="waste-register-pdf"),
    path("objets/", views.came_in, name="objects-register"),
    path("objets/registre.csv", views.came_in_csv, name="objects-register-csv"),
    path("objets/registre.xlsx", views.came_in_xlsx, name="objects-register-xlsx"),
    path("trackdechets/", national.national, name="national"),
    path("trackdechets/non-declarables.csv", national.blocked_csv, name="national-blocked"),
    path("trackdechets/declarer/", national.declare, name="national-declare"),
    path("trackdechets/<uuid:uuid>.csv", national.file_csv, name="national-csv"),
    path("trackdechets/<uuid:uuid>.xlsx", national.file_xlsx, name="national-xlsx"),
    path("trackdechets/<uuid:uuid>/retirer/", national.withdraw, name="national-withdraw"),
    path("eco-organismes/", claims.claimed, name="claims"),
    path("eco-organismes/trimestre.csv", claims.claims_csv, name="claims-csv"),
    path("eco-organismes/trimestre.xlsx", claims.claims_xlsx, name="claims-xlsx"),
    path("eco-organismes/reclamer/", claims.claim, name="claim"),
    path("eco-organismes/<uuid:uuid>/liberer/", claims.release, name="claim-release"),
]
