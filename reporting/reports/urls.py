"""Pages of reports for funders."""

from django.urls import path

from reporting.reports import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("dossier/", views.dossier, name="dossier"),
    path("logo/", views.report_logo, name="report-logo"),
    path("debouches/", views.outlets, name="outlets"),
    path("publies/<str:code>/", views.report, name="report"),
    path("publies/<str:code>/page/", views.open_report, name="report-page"),
    path("publies/<str:code>/rapport.<str:kind>", views.report_file, name="report-file"),
    path("modeles/nouveau/", views.new_template, name="report-template-new"),
    path("modeles/<str:template>/", views.report_template, name="report-template"),
    path("<str:template>/", views.report_draft, name="report-draft"),
    path("<str:template>/brouillon.pdf", views.report_draft_pdf, name="report-pdf"),
    path("<str:template>/publier/", views.publish, name="report-publish"),
]
