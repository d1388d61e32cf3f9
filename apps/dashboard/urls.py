"""The addresses of the pages."""

from django.urls import path

from apps.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("organizations/", views.organizations, name="organizations"),
    path("ward/", views.wards, name="wards"),
    path("ward/<uuid:unit_id>/", views.ward, name="ward"),
    path("patients/<uuid:patient_id>/", views.patient, name="patient"),
    path("patients/<uuid:patient_id>/break-glass/", views.break_glass_form, name="break_glass"),
    path("patients/<uuid:patient_id>/observations/", views.observations, name="observations"),
    path("patients/<uuid:patient_id>/observations/<uuid:observation_id>/in-error/", views.in_error, name="in_error"),
    path("patients/<uuid:patient_id>/scoring/", views.scoring, name="scoring"),
    path("me/", views.me, name="me"),
    path("me/<uuid:patient_id>/", views.person, name="person"),
]
