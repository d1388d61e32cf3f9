from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "apps.ingest"
    verbose_name = "Quarantine"

    def ready(self) -> None:
        from apps.ingest import checks  # noqa: F401, PLC0415 - registers its checks once the apps are there
