"""Sign-in by e-mail; the account of a session is read under that account's own binding."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.core.tenancy import bind, current


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]
    def get_user(self, user_id: Any) -> User | None:
        """Row-level security shows an account to itself: bind to it to read it."""
        binding = current()
        try:
            key = UUID(str(user_id))
        except ValueError:
            return None
        with bind(binding.organization_id, user_id=key, door=binding.door):
            return User.objects.filter(pk=key, is_active=True).first()
