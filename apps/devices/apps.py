from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "apps.devices"

    def ready(self) -> None:
        from apps.devices import checks  # noqa: F401, PLC0415 - registers its checks once the apps are there
