from django.urls import path

from apps.readings import api, observation_api

urlpatterns = [
    path("patients/<uuid:patient_id>/vitals/", api.Vitals.as_view()),
    path("patients/<uuid:patient_id>/readings/", api.Readings.as_view()),
    path("patients/<uuid:patient_id>/waveforms/", api.Waveforms.as_view()),
    path("patients/<uuid:patient_id>/observations/", observation_api.Observations.as_view()),
    path(
        "patients/<uuid:patient_id>/observations/<uuid:observation_id>/entered-in-error/",
        observation_api.EnteredInError.as_view(),
    ),
]
