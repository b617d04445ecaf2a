"""Pages of the figures."""

from django.urls import include, path

from reporting import views
from reporting.activities import views as activities
from reporting.audits import links
from reporting.audits import views as audits
from reporting.evening import views as evening
from reporting.opendata import views as opendata
from reporting.persons import views as persons
from reporting.reports import public
from reporting.targets import views as targets
from reporting.trail import money
from reporting.trail import views as trail
from reporting.wall import views as wall

urlpatterns = [
    path("bilan/", views.bilan, name="bilan"),
    path("bilan/indicateurs/", views.indicators, name="indicators"),
    path("bilan/bilan.xlsx", views.bilan_xlsx, name="bilan_xlsx"),
    path("bilan/donnees/", opendata.page_of, name="open-data"),
    path("bilan/donnees/registre.ndjson", opendata.ndjson, name="open-data-ndjson"),
    path("bilan/donnees/flux.csv", opendata.flows_csv, name="open-data-csv"),
    path("bilan/donnees/donnees.zip", opendata.zipped, name="open-data-zip"),
    path("bilan/donnees/schema.json", opendata.schema, name="open-data-schema"),
    path("bilan/lignes/", trail.rows, name="rows"),
    path("bilan/mouvements/", trail.movements, name="movements"),
    path("bilan/recettes/", money.takings_behind, name="takings-behind"),
    path("bilan/flux.csv", trail.flows_csv, name="flows_csv"),
    path("bilan/partages/", links.links, name="audit-links"),
    path("bilan/partages/<int:pk>/retirer/", links.end_link, name="audit-link-end"),
    path("bilan/mois/", views.months, name="months"),
    path("bilan/mois/<str:site>/", views.close_month, name="close_month"),
    path("rapports/", include("reporting.reports.urls")),
    path("v/<str:code>/", public.verify_report, name="verify-report"),
    path("bilan/registres/", include("reporting.registers.urls")),
    path("bilan/activite/", activities.activities, name="activities"),
    path("bilan/activite/territoire/", activities.territory, name="territory"),
    path("bilan/activite/reglages/", activities.settings, name="figure-settings"),
    path("bilan/activite/<str:site>/<uuid:activity>/", activities.activity, name="activity"),
    path("bilan/activite/<str:site>/<str:kind>/", activities.note, name="note-activity"),
    path("bilan/objectifs/", targets.targets, name="targets"),
    path("bilan/objectifs/<int:pk>/", targets.target, name="target"),
    path("soir/", evening.choose, name="evening"),
    path("soir/<str:site>/", evening.evening, name="evening"),
    path("soir/<str:site>/<uuid:sheet>/", evening.sheet, name="evening-sheet"),
    path("soir/<str:site>/<uuid:sheet>/annuler/", evening.cancel, name="evening-cancel"),
    path("donnees-personnelles/", persons.search, name="personal-data"),
    path("donnees-personnelles/personne/", persons.person, name="personal-data-person"),
    path("donnees-personnelles/personne.json", persons.person_json, name="personal-data-json"),
    path("donnees-personnelles/effacer/", persons.erase_person, name="personal-data-erase"),
    path("audit/<str:token>/", audits.summary, name="audit"),
    path("audit/<str:token>/lignes/", audits.rows, name="audit-rows"),
    path("audit/<str:token>/mouvements/", audits.movements, name="audit-movements"),
    path("audit/<str:token>/d/<str:number>/", audits.document, name="audit-document"),
    path("audit/<str:token>/o/<str:code>/", audits.item, name="audit-item"),
    path("mur/", wall.choose, name="wall"),
    path("mur/<str:site>/", wall.wall, name="wall"),
    path("mur/<str:site>/jour.json", wall.figures, name="wall-figures"),
]
