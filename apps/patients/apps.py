from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "apps.patients"
    verbose_name = "Access to patients"

    def ready(self) -> None:
        from apps.patients import naming  # noqa: F401, PLC0415 - registers itself once the models are there
