"""The addresses of the live stream."""

from channels.routing import URLRouter
from django.urls import path

from apps.live.backpressure import Paced
from apps.live.consumers import LiveConsumer
from apps.live.handshake import OriginChecked

application = Paced(OriginChecked(URLRouter([path("ws/v1/live/", LiveConsumer.as_asgi())])))
