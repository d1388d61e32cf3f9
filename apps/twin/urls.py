from django.urls import path

from apps.twin import api

urlpatterns = [path("patients/<uuid:patient_id>/twin/", api.Twin.as_view())]
