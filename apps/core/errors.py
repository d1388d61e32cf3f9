"""What can go wrong in the domain. `problems.py` is the one translator of these to HTTP (RFC 9457)."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal that its caller can understand. `detail` is one sentence for a person, without patient data."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "invalid"
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, detail: str, *, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields or {}


class Invalid(DomainError):
    """The input is not acceptable."""


class NotAllowed(DomainError):
    """The actor's role does not permit it. Say this only of things whose existence the actor may know."""

    status = 403
    slug = "not-allowed"
    title = "This role does not permit it"


class NotFound(DomainError):
    """It does not exist, or is not the actor's to see: the two are never told apart."""

    status = 404
    slug = "not-found"
    title = "There is no such thing here"


class Conflict(DomainError):
    """The state does not permit it now."""

    status = 409
    slug = "conflict"
    title = "The present state does not permit it"
