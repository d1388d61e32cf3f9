from django.apps import AppConfig


class TwinConfig(AppConfig):
    name = "apps.twin"

    def ready(self) -> None:
        # Once the apps are there: what lies below tells of minutes that changed after a body had lived them.
        from apps.readings.late import goes_by_minutes  # noqa: PLC0415
        from apps.twin import checks  # noqa: F401, PLC0415 - registers itself
        from apps.twin.snapshots import note_rewinds  # noqa: PLC0415

        goes_by_minutes(note_rewinds)
