from django.urls import path

from apps.patients import api

urlpatterns = [
    path("patients/", api.Patients.as_view()),
    path("patients/<uuid:patient_id>/", api.PatientDetail.as_view()),
]
