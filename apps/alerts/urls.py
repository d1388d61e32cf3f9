from django.urls import path

from apps.alerts import api

urlpatterns = [
    path("alerts/", api.Alerts.as_view()),
    path("alerts/<uuid:alert_id>/acknowledge/", api.Acknowledge.as_view()),
    path("alerts/<uuid:alert_id>/resolve/", api.Resolve.as_view()),
]
