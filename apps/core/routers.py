"""Only the owner of the tables migrates them."""


class MigratorOnly:
    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "migrator"
