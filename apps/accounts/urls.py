from django.urls import path

from apps.accounts import api

urlpatterns = [
    path("units/", api.Units.as_view()),
    path("organizations/current/", api.CurrentOrganization.as_view()),
]
