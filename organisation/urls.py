"""Pages of the ground floor."""

from django.urls import path

from organisation.views import account, held, people, settings, stations

urlpatterns = [
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/cles/", account.keys, name="account-keys"),
    path("mon-compte/pin/", account.pin, name="account-pin"),
    path("saisies/", held.held, name="held"),
    path("saisies/<int:pk>/", held.decide_held, name="decide-held"),
    path("tablette/", stations.tablet, name="tablet"),
    path("tablette/verrouiller/", stations.lock, name="lock"),
    path("reglages/", settings.settings, name="settings"),
    path("reglages/structure/", settings.structure, name="structure"),
    path("reglages/personnes/", people.people, name="people"),
    path("reglages/personnes/nouveau/", people.add, name="people-new"),
    path("reglages/personnes/<str:login>/", people.person, name="person"),
    path("reglages/personnes/<str:login>/mot-de-passe/", people.password, name="person-password"),
    path("reglages/personnes/<str:login>/pin/", people.pin, name="person-pin"),
    path("reglages/tablettes/", stations.stations, name="stations"),
    path("reglages/tablettes/<int:pk>/", stations.station, name="station"),
    path("reglages/tablettes/site/<str:site>/", stations.floor, name="floor"),
    path("reglages/personnes/<str:login>/cles/", people.keys, name="person-keys"),
]
