"""What waits for one client. Bounded, however slow the client is: numbers are the latest only, waves two seconds.

Alerts do not wait here. They are read from the database when the client can take them.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

from apps.live.protocol import MAX_FRAME_BYTES, MAX_SEGMENTS

WAVE_SECONDS: Final = 2.0
MAX_STATUSES: Final = 32

Fields = dict[str, Any]


class Numbers:
    """The next text frames: what is subscribed, other statuses in their order, then the latest vitals, twin and
    score of each patient."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self._subscribed: Fields | None = None
        self._statuses: deque[Fields] = deque(maxlen=MAX_STATUSES)
        self._vitals: dict[str, dict[str, Fields]] = {}
        self._twins: dict[str, Fields] = {}
        self._scores: dict[str, Fields] = {}

    def put_status(self, **fields: Any) -> None:
        self._statuses.append(fields)
        self.waiting.set()

    def put_subscribed(self, **fields: Any) -> None:
        self._subscribed = {"state": "subscribed", **fields}
        self.waiting.set()

    def put_vitals(self, patient: str, vitals: Iterable[Fields]) -> None:
        waiting = self._vitals.setdefault(patient, {})
        waiting.update((vital["code"], vital) for vital in vitals)
        self.waiting.set()

    def put_twin(self, twin: Mapping[str, Any]) -> None:
        self._twins[twin["patient"]] = {name: twin[name] for name in ("patient", "at", "organs")}
        self.waiting.set()

    def put_score(self, score: Mapping[str, Any]) -> None:
        self._scores[score["patient"]] = {name: score[name] for name in ("patient", "at", "news2")}
        self.waiting.set()

    def take(self, at: str) -> list[tuple[str, Fields]]:
        """Everything that waits, as (type, fields). `at`: the time that goes with the vitals."""
        frames = [("status", self._subscribed)] if self._subscribed else []
        frames += [("status", fields) for fields in self._statuses]
        frames += [
            ("vitals", {"patient": patient, "at": at, "vitals": list(vitals.values())})
            for patient, vitals in self._vitals.items()
            if vitals
        ]
        frames += [("twin", twin) for twin in self._twins.values()]
        frames += [("score", score) for score in self._scores.values()]
        self._subscribed = None
        self._statuses.clear()
        self._vitals.clear()
        self._twins.clear()
        self._scores.clear()
        self.waiting.clear()
        return frames


class Waves:
    """The next segments of each channel. What would wait longer than two seconds gives way: a gap, drawn as one."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self.dropped = 0
        self._channels: dict[tuple[str, str], deque[Fields]] = {}

    def put(self, patient: str, segments: Iterable[Fields]) -> None:
        for segment in segments:
            channel = self._channels.setdefault((patient, segment["code"]), deque())
            channel.append(segment)
            while len(channel) > 1 and sum(waiting["duration_s"] for waiting in channel) > WAVE_SECONDS:
                channel.popleft()
                self.dropped += 1
        self.waiting.set()

    def take(self) -> list[bytes]:
        """The encoded segments of the next frame, the oldest of each channel first. What does not fit waits on."""
        segments: list[bytes] = []
        size_bytes = 0
        while self._channels:
            key, channel = next(iter(self._channels.items()))
            data = channel[0]["data"]
            if segments and (size_bytes + len(data) > MAX_FRAME_BYTES or len(segments) == MAX_SEGMENTS):
                return segments
            segments.append(data)
            size_bytes += len(data)
            channel.popleft()
            if not channel:
                del self._channels[key]
        self.waiting.clear()
        return segments
