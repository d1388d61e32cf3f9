"""What was sent to a client ages: when a value turns stale, then lost, the client is told, also when nothing new
comes in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.readings.freshness import age_s, freshness, interval_s
from apps.readings.quantities import REGISTER

Vital = dict[str, Any]


class Shown:
    """The vitals that a client has, by patient and code."""

    def __init__(self) -> None:
        self._vitals: dict[tuple[str, str], Vital] = {}

    def note(self, patient: str, vitals: Iterable[Vital]) -> list[Vital]:
        """Those that are not older than what the client has: ingest and the tick publish independently, and what was
        read first can arrive last."""
        taken = []
        for vital in vitals:
            known = self._vitals.get((patient, vital["code"]))
            if known is None or vital["at"] >= known["at"]:
                self._vitals[patient, vital["code"]] = vital
                taken.append(vital)
        return taken

    def forget(self, patient: str) -> None:
        self._vitals = {key: vital for key, vital in self._vitals.items() if key[0] != patient}

    def aged(self, now: datetime) -> dict[str, list[Vital]]:
        """The vitals whose state has changed by age alone, by patient; they are noted thereby."""
        changed: dict[str, list[Vital]] = {}
        for key, vital in self._vitals.items():
            if vital["value"] is None:  # taken back: there is nothing that could age
                continue
            at = datetime.fromisoformat(vital["at"])
            expected_s = interval_s(REGISTER[vital["code"]].expected_interval_s, vital.get("origin", ""))
            state = str(freshness(expected_s, at=at, now=now))
            if state != vital["state"]:
                self._vitals[key] = {**vital, "state": state, "age_s": round(age_s(at, now), 1)}
                changed.setdefault(key[0], []).append(self._vitals[key])
        return changed
