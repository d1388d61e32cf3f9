"""E-mail addresses and second factors, which allauth keeps, are shown to their owner, and at the sign-in door."""

from typing import ClassVar

from django.db import migrations

from apps.core import rls

OWN = f"user_id = {rls.USER} OR {rls.DOOR} = 'sign-in'"


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        rls.guard("account_emailaddress", visible=OWN),
        rls.guard("mfa_authenticator", visible=OWN),
    ]
