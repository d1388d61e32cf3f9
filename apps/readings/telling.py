"""Telling who looks at a patient what has changed of the vitals, from the tick; and whose turn it is to be told all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.core.publish import publish
from apps.core.watch import watched
from apps.readings.messages import patient_group, vitals_message
from apps.readings.selectors import VITAL_CODES, Vital, vital, vitals_of
from apps.readings.value import Value

WHOLE_EVERY_S: Final = 5
"""The way is lossy, so every vital of each patient is said again so often; not of all in the same second."""


def in_turn(patient_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """Those whose second it is: each has one in WHOLE_EVERY_S."""
    second = int(now.timestamp()) % WHOLE_EVERY_S
    return [patient_id for patient_id in patient_ids if patient_id.int % WHOLE_EVERY_S == second]


def tell_vitals(patient_ids: Iterable[UUID], changed: Iterable[Value], *, now: datetime) -> None:
    """Publish, on commit, what has changed of these patients, or all of it where that is due."""
    looked_at = watched().intersection(patient_ids)
    told: dict[UUID, list[Vital]] = defaultdict(list)
    for value in changed:
        if value.patient_id in looked_at and value.code in VITAL_CODES:
            told[value.patient_id].append(vital(value, now=now))
    told |= vitals_of(in_turn(looked_at, now), now=now)
    for patient_id, vitals in told.items():
        publish(patient_group(patient_id), vitals_message(patient_id, vitals))
