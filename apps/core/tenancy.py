"""The tenant binder: who this transaction acts for, told to PostgreSQL, whose row-level security then decides.

One binder serves HTTP, Channels, Celery, the admin and commands. `bind` opens a transaction, sets three settings for
it alone (SET LOCAL) and restores the former ones; outside a binding every tenant table is empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction
from django_scopes import scope

SIGN_IN = "sign-in"
"""The door by which accounts may be looked up before anybody is known: sign-in, and nothing else, opens it."""
OPERATOR = "operator"
"""The door by which the platform's operator sees what belongs to no organization. It opens no tenant's row."""


@dataclass(frozen=True, slots=True)
class Binding:
    organization_id: UUID | None = None
    user_id: UUID | None = None
    door: str = ""


UNBOUND = Binding()
_current: ContextVar[Binding] = ContextVar("bodylink_binding", default=UNBOUND)


def current() -> Binding:
    """The binding in force."""
    return _current.get()


def current_organization_id() -> UUID | None:
    """The organization that rows are read and written for, or None outside a binding."""
    return _current.get().organization_id


def bound_organization_id() -> UUID:
    """The organization that a write is for. Raises RuntimeError outside a binding."""
    organization_id = current_organization_id()
    if organization_id is None:
        raise RuntimeError("nothing is written for a tenant outside a binding to it")
    return organization_id


@contextmanager
def bind(
    organization_id: UUID | None, *, user_id: UUID | None = None, door: str = "", using: str = "default"
) -> Iterator[None]:
    """Act for one organization (and user) inside a transaction.

    A rollback restores the former setting by itself (SET LOCAL belongs to the savepoint), and so does the end of the
    transaction; only a released savepoint keeps what was set in it, and has to be followed by restoring it.
    """
    binding = Binding(organization_id, user_id, door)
    inside = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        former = _current.get()
        _tell(binding, using)
        token = _current.set(binding)
        try:
            with scope(organization=organization_id):
                yield
        finally:
            _current.reset(token)
        if inside and not connections[using].needs_rollback:
            _tell(former, using)


def _tell(binding: Binding, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bodylink.organization', %s, true), set_config('bodylink.user', %s, true), "
            "set_config('bodylink.door', %s, true)",
            [str(binding.organization_id or ""), str(binding.user_id or ""), binding.door],
        )
