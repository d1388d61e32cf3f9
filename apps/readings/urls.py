from django.urls import path

from apps.readings import api

urlpatterns = [
    path("patients/<uuid:patient_id>/vitals/", api.Vitals.as_view()),
    path("patients/<uuid:patient_id>/readings/", api.Readings.as_view()),
    path("patients/<uuid:patient_id>/waveforms/", api.Waveforms.as_view()),
]
