from django.urls import path

from apps.twin import api

urlpatterns = [
    path("patients/<uuid:patient_id>/twin/", api.Twin.as_view()),
    path("patients/<uuid:patient_id>/twin/forecast/", api.Forecast.as_view()),
    path("patients/<uuid:patient_id>/twin/what-if/", api.WhatIf.as_view()),
]
