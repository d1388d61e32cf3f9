from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    name = "apps.readings"

    def ready(self) -> None:
        from apps.readings import preview  # noqa: F401, PLC0415 - registers itself once the models are there
