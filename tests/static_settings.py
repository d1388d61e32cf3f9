"""Settings for tools that read the code and touch no service: types, migrations, the API's schema."""

import os

os.environ.setdefault("SECRET_KEY", "0123456789abcdef-a-key-for-tools-that-serve-nobody-0123456789")
for _name, _role in (
    ("DATABASE_URL", "bodylink_app"),
    ("DATABASE_MIGRATOR_URL", "bodylink_migrator"),
    ("DATABASE_INGEST_URL", "bodylink_ingest"),
):
    os.environ.setdefault(_name, f"postgres://{_role}@127.0.0.1:1/bodylink")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("MQTT_URL", "mqtt://127.0.0.1:1")

from bodylink.settings import *  # noqa: E402, F403
