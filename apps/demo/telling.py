"""Simulated people tell what they eat, drink and inject: their clinician enters it when they begin, and at the start
what still acts. Beside the simulator, which must not wait for a database."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import Error, close_old_connections

from apps.core.errors import DomainError
from apps.core.tenancy import bind
from apps.demo.cast import Part
from apps.demo.rounds import clinician
from apps.patients.models import Patient
from apps.readings.observing import Given, observe
from ml.physiology.scenarios import Life
from ml.physiology.scenarios.timetable import Timetable
from ml.physiology.scenarios.told import told_between
from ml.twin.given import ACTS_FOR_S

logger = logging.getLogger(__name__)
LOOKED_EVERY_S: Final = 20.0


class Teller:
    """Of some simulated people, who came on air at `epoch_s`."""

    def __init__(self, people: Sequence[tuple[Part, Patient, Life]], epoch_s: float) -> None:
        self._people = people
        self._lives = [life for _, _, life in people]
        self._timetable = Timetable(self._lives, epoch_s)
        self._told_s = epoch_s - ACTS_FOR_S

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. What could not be entered is entered later, once."""
        while not stop.is_set():
            try:
                close_old_connections()
                self.tell(time.time())
            except (Error, DomainError):
                logger.warning("what simulated people tell could not be entered; it is tried again", exc_info=True)
            stop.wait(LOOKED_EVERY_S)

    def tell(self, now_s: float) -> int:
        """All that was begun since the last time. How many entries that is."""
        entries: dict[tuple[int, float], list[Given]] = defaultdict(list)
        for each in told_between(self._lives, self._timetable, self._told_s, now_s):
            entries[each.row, each.at_s].append(Given(each.code, each.amount))
        for (row, at_s), given in entries.items():
            part, patient, _ = self._people[row]
            with bind(patient.organization_id):
                observe(
                    actor=clinician(patient.organization_id),
                    patient_id=patient.pk,
                    given=given,
                    at=datetime.fromtimestamp(at_s, UTC),
                    key=f"{part.device_uid} {at_s:.0f}",
                )
        self._told_s = now_s
        return len(entries)
