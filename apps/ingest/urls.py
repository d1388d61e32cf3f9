from django.urls import path

from apps.ingest.http.frames import Frames

urlpatterns = [path("frames/", Frames.as_view())]
