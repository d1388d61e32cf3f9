from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "apps.alerts"

    def ready(self) -> None:
        # Once the apps are there: what lies below is told what an organization's alarms begin with.
        from apps.accounts.beginnings import begins_with  # noqa: PLC0415
        from apps.alerts.services import seed_default_rules  # noqa: PLC0415

        begins_with(seed_default_rules)
