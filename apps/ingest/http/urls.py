"""The papers' addresses, without a slash at their end, as they wrote them."""

from django.urls import path

from apps.ingest.http import data

urlpatterns = [
    path("data", data.LastReadings.as_view()),
    path("data/ingest", data.Ingest.as_view()),
    path("data/analyze", data.Analyze.as_view()),
    path("alert/send", data.SendAlert.as_view()),
]
