"""Telling people by mail that they have a role in an organization, and letting the new ones set a password."""

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import get_reset_password_from_key_url
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string

from apps.accounts.models import Organization, User
from apps.core.tenancy import SIGN_IN, bind, current_organization_id

SECONDS_PER_DAY = 86_400


def send_invitation(request: HttpRequest, *, user: User, organization: Organization) -> None:
    """Write to a person who was given a role, once the transaction has committed. Who has no password yet gets the
    link by which allauth lets one be set; an account that has one is only told."""
    context = {
        "user": user,
        "organization": organization,
        "sign_in_url": request.build_absolute_uri("/"),
        "password_url": None if user.has_usable_password() else _password_url(request, user),
        "good_for_days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_PER_DAY,
    }
    text = render_to_string("accounts/invitation.txt", context)
    subject, recipient = f"{organization.name} on BodyLink", user.email

    def send() -> None:
        send_mail(subject, text, None, [recipient])

    # A mail server that is away must not undo what was decided; the failure is in the log and the mail can be sent
    # again from the person's page.
    transaction.on_commit(send, robust=True)


def _password_url(request: HttpRequest, user: User) -> str:
    """The key depends on the account's addresses, which are shown at the sign-in door only."""
    with bind(current_organization_id(), user_id=user.pk, door=SIGN_IN):
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_reset_password_from_key_url(request, key))
