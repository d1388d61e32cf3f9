from django.urls import path

from apps.scores import api

urlpatterns = [
    path("patients/<uuid:patient_id>/news2/", api.News2.as_view()),
    path("patients/<uuid:patient_id>/news2/history/", api.News2History.as_view()),
    path("patients/<uuid:patient_id>/news2/decisions/", api.ScoringDecisions.as_view()),
]
