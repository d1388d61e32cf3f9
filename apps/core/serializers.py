"""Strict forms: what is not expected is refused, never ignored."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from apps.core.instants import utc_text

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown fields, and those that cannot be set, each by name."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            writable = {field.field_name for field in self._writable_fields}
            for name in data:
                if name not in writable:
                    known = name in self.fields
                    errors[str(name)] = ["This field cannot be set here." if known else "There is no such field."]
        try:
            accepted = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                errors |= error.detail
            raise serializers.ValidationError(errors or error.detail) from error
        if errors:
            raise serializers.ValidationError(errors)
        return accepted


class Text(serializers.CharField):
    """A JSON string; not a number that could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Number(serializers.FloatField):
    """A finite JSON number; not a string that looks like one, not true or false."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            number = float(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class Instant(serializers.DateTimeField):
    """A moment, ISO 8601. Without an offset it is UTC. Between 1970 and 2200: outside of these no clock is right."""

    default_error_messages = {"range": "The time must lie between 1970 and 2200."}

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not EARLIEST <= moment < LATEST:
            self.fail("range")
        return moment

    def to_representation(self, value: datetime) -> str:
        return utc_text(value)


def checked_query(params: QueryDict, form: type[StrictSerializer], *, also: frozenset[str] = frozenset()) -> Any:
    """The query parameters as `form` understands them. `also`: names that somebody else reads (pagination).

    Raises ValidationError for an unknown parameter and for one given twice that may stand once.
    """
    instance = form()
    data: dict[str, Any] = {}
    for name in params:
        if name in also:
            continue
        values = params.getlist(name)
        if isinstance(instance.fields.get(name), serializers.ListField | serializers.MultipleChoiceField):
            data[name] = values
        elif len(values) > 1:
            raise serializers.ValidationError({name: ["This parameter may stand only once."]})
        else:
            data[name] = values[0]
    bound = form(data=data)
    bound.is_valid(raise_exception=True)
    return bound.validated_data
