"""HTTP and the live stream, for Daphne or any other ASGI server."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bodylink.settings")
http = get_asgi_application()

# Django must be set up before anything of ours is imported.
from apps.core.boot import refuse_unbound_roles  # noqa: E402
from apps.live.routing import application as live  # noqa: E402

refuse_unbound_roles()
application = ProtocolTypeRouter({"http": http, "websocket": live})
