"""Pages of the figures."""

from django.urls import path

from reporting import views
from reporting.evening import views as evening
from reporting.persons import views as persons
from reporting.reports import public
from reporting.reports import views as reports
from reporting.wall import views as wall

urlpatterns = [
    path("bilan/", views.bilan, name="bilan"),
    path("bilan/bilan.xlsx", views.bilan_xlsx, name="bilan_xlsx"),
    path("bilan/mouvements/", views.movements, name="movements"),
    path("bilan/flux.csv", views.flows_csv, name="flows_csv"),
    path("bilan/mois/", views.months, name="months"),
    path("bilan/mois/<str:site>/", views.close_month, name="close_month"),
    path("rapports/", reports.reports, name="reports"),
    path("rapports/dossier/", reports.dossier, name="dossier"),
    path("rapports/logo/", reports.report_logo, name="report-logo"),
    path("rapports/debouches/", reports.outlets, name="outlets"),
    path("rapports/publies/<str:code>/", reports.report, name="report"),
    path("rapports/publies/<str:code>/page/", reports.open_report, name="report-page"),
    path("rapports/publies/<str:code>/rapport.<str:kind>", reports.report_file, name="report-file"),
    path("rapports/modeles/nouveau/", reports.new_template, name="report-template-new"),
    path("rapports/modeles/<slug:template>/", reports.report_template, name="report-template"),
    path("rapports/<slug:template>/", reports.report_draft, name="report-draft"),
    path("rapports/<slug:template>/brouillon.pdf", reports.report_draft_pdf, name="report-pdf"),
    path("rapports/<slug:template>/publier/", reports.publish, name="report-publish"),
    path("v/<str:code>/", public.verify_report, name="verify-report"),
    path("soir/", evening.choose, name="evening"),
    path("soir/<str:site>/", evening.evening, name="evening"),
    path("soir/<str:site>/<uuid:sheet>/", evening.sheet, name="evening-sheet"),
    path("soir/<str:site>/<uuid:sheet>/annuler/", evening.cancel, name="evening-cancel"),
    path("donnees-personnelles/", persons.search, name="personal-data"),
    path("donnees-personnelles/personne/", persons.person, name="personal-data-person"),
    path("donnees-personnelles/personne.json", persons.person_json, name="personal-data-json"),
    path("donnees-personnelles/effacer/", persons.erase_person, name="personal-data-erase"),
    path("mur/", wall.choose, name="wall"),
    path("mur/<str:site>/", wall.wall, name="wall"),
    path("mur/<str:site>/jour.json", wall.figures, name="wall-figures"),
]
