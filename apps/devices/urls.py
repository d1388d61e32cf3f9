from django.urls import path

from apps.devices import api

urlpatterns = [
    path("devices/", api.Devices.as_view()),
    path("devices/<uuid:device_id>/", api.DeviceDetail.as_view()),
]
