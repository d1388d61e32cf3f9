"""Many ids in a query as one array parameter: `IN` would make a placeholder of each, and parse them all every time."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, UUIDField, Value


class _Any(Func):
    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def any_of(field: str, ids: Iterable[UUID]) -> Func:
    """A condition for `filter`: SQL's `field = ANY (array)`."""
    return _Any(F(field), Value(list(ids), output_field=ArrayField(UUIDField())))
