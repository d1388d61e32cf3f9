"""What a request for measurements may ask: which quantity, from when to when, how fine."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from apps.core.clock import SYSTEM_CLOCK
from apps.core.serializers import Instant, StrictSerializer
from apps.readings.forms import VALUE_CODES, WAVE_CODES
from apps.readings.selectors import RESOLUTIONS

READINGS_SPAN = timedelta(days=1)
WAVEFORM_SPAN = timedelta(minutes=1)
WAVEFORM_LONGEST = timedelta(hours=1)


class _SpanQuery(StrictSerializer):
    """From `start` up to, and not including, `end`."""

    default_span = READINGS_SPAN

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.setdefault("end", SYSTEM_CLOCK.now())
        attrs.setdefault("start", attrs["end"] - self.default_span)
        if attrs["start"] >= attrs["end"]:
            raise serializers.ValidationError({"start": ["The start must come before the end."]})
        return attrs


class ReadingsQuery(_SpanQuery):
    code = serializers.ListField(
        child=serializers.ChoiceField(VALUE_CODES),
        required=False,
        max_length=len(VALUE_CODES),
        help_text="Which quantities; may be repeated. All of them if left out.",
    )
    start = Instant(required=False, help_text="Inclusive. A day before the end if left out.")
    end = Instant(required=False, help_text="Exclusive. Now if left out.")
    resolution = serializers.ChoiceField(
        list(RESOLUTIONS),
        required=False,
        help_text="Rollups of so long, by UTC, instead of single readings. A minute is rolled up about two minutes "
        "after it has ended.",
    )
    cursor = serializers.CharField(required=False, help_text="Part of the `next` and `previous` links.")


class WaveformsQuery(_SpanQuery):
    default_span = WAVEFORM_SPAN

    channel = serializers.ChoiceField(WAVE_CODES)
    start = Instant(required=False, help_text="Inclusive. A minute before the end if left out.")
    end = Instant(required=False, help_text="Exclusive, at most an hour after the start. Now if left out.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["end"] - attrs["start"] > WAVEFORM_LONGEST:
            raise serializers.ValidationError({"end": ["At most an hour of a wave is given at once."]})
        return attrs
