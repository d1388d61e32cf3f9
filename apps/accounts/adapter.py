"""People are invited by a manager; nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from apps.core.publish import access_changed


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def logout(self, request: HttpRequest) -> None:
        """Whatever else was open in this session ends with it, the live pages at once."""
        user_id = request.user.pk
        super().logout(request)
        if user_id is not None:
            access_changed(user_id)
