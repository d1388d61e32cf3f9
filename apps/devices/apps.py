from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "apps.devices"

    def ready(self) -> None:
        from apps.devices import checks, naming  # noqa: F401, PLC0415 - register themselves once the models are there
