"""The door for the pipeline: frames of one patient's channel in, beats, quality and rate out, each second.

    channel = EcgChannel(rate_hz=250)
    update = channel.push(start_epoch_s, samples_mv)      # 1 s of samples, or any other length
    update.peaks_epoch_s, update.quality, update.rate_per_min, update.reason

`EcgChannel` takes millivolts, `PpgChannel` any unit; not-a-number where a sample is missing. A frame that does not
begin where the one before ended, within 1.5 samples, starts the channel anew (`update.reset`): nothing is carried over.
A beat is reported once, at most `DELAY_S` of `ecg` or `ppg` after it happened. Rates come after about four beats.

Channels are cheap: to continue after a restart, push the last 12 s of stored frames into a new one and ignore what it
returns. For a whole shard use `EcgShard` or `PpgShard`, which advance all patients' channels of one rate as one array:

    updates = shard.push({patient: (start_epoch_s, samples_mv), ...})    # -> {patient: ChannelUpdate}
"""

from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ml.signals import ecg, ppg
from ml.signals.beat_stream import BeatBank, Beats, Levels
from ml.signals.ecg import RPeakBank
from ml.signals.filters import FloatArray
from ml.signals.heart_rate import WINDOW_S, Rate, Reason, heart_rate, pulse_rate
from ml.signals.live_beats import ClassingBank, RhythmUpdate
from ml.signals.ppg import PulseBank
from ml.signals.quality import Quality, ecg_quality, ppg_quality

MAX_SLIP_SAMPLES: Final = 1.5
LANES_PER_BANK: Final = 1024  # arrays are allotted, not filled; what a push costs beside its lanes is shared by more
PEAK_MEMORY_S: Final = WINDOW_S + 5.0  # the rate's window, the detector's delay, one long interval

Key = TypeVar("Key", bound=Hashable)
RateRule = Callable[..., Rate]
Frame = tuple[float, npt.ArrayLike]  # epoch seconds of the first sample, samples


@dataclass(frozen=True)
class ChannelUpdate:
    """What one frame brought. `quality` 0 to 1 of the last second; `contact`: the part that a loose sensor spoils.

    `rate_per_min` is None where there is none; `reason` then says why. `reset`: this frame did not follow the last.
    `rhythm`: classes of beats and what they come to, of an ECG.
    """

    peaks_epoch_s: tuple[float, ...]
    quality: float
    contact: float
    rate_per_min: float | None
    reason: Reason
    reset: bool
    rhythm: RhythmUpdate | None = None


@dataclass
class _Lane:
    """Where one channel stands. `zero_epoch_s`: time of its sample 0."""

    bank: BeatBank
    row: int
    zero_epoch_s: float = 0.0
    count: int = 0
    rest: FloatArray = field(default_factory=lambda: np.zeros(0))
    recent: FloatArray = field(default_factory=lambda: np.zeros(0))
    peaks_epoch_s: list[float] = field(default_factory=list)
    qualities: deque[tuple[float, float]] = field(default_factory=deque)  # when, and how good
    reset: bool = False

    def accept(self, start_epoch_s: float, samples: FloatArray, rate_hz: float) -> FloatArray:
        """Joins a frame to the channel, or begins it anew; returns whole steps of samples to process."""
        expected = self.zero_epoch_s + self.count / rate_hz
        begun = self.count > 0
        self.reset = begun and abs(start_epoch_s - expected) * rate_hz > MAX_SLIP_SAMPLES
        if self.reset or not begun:
            self.bank.reset(np.array([self.row]))
            self.zero_epoch_s, self.count = start_epoch_s, 0
            self.rest, self.recent, self.peaks_epoch_s, self.qualities = samples[:0], samples[:0], [], deque()
        else:
            self.zero_epoch_s += start_epoch_s - expected
        self.count += len(samples)
        second = round(rate_hz)
        self.recent = samples[-second:] if len(samples) >= second else _joined(self.recent, samples)[-second:]
        waiting = _joined(self.rest, samples)
        whole = len(waiting) - len(waiting) % self.bank.step
        self.rest = waiting[whole:]
        return waiting[:whole]

    def end_epoch_s(self, rate_hz: float) -> float:
        return self.zero_epoch_s + self.count / rate_hz

    def keep(self, positions: list[float], rate_hz: float) -> tuple[float, ...]:
        """Adds new peaks and returns their times; forgets those too old to matter for the rate."""
        last = self.peaks_epoch_s[-1] if self.peaks_epoch_s else -np.inf
        times = [self.zero_epoch_s + position / rate_hz for position in positions]
        fresh = [time for time in times if time > last]
        oldest = self.end_epoch_s(rate_hz) - PEAK_MEMORY_S
        self.peaks_epoch_s = [time for time in self.peaks_epoch_s if time > oldest] + fresh
        return tuple(fresh)

    def mean_quality(self, quality: float, rate_hz: float) -> float:
        """Over the window of the rate, this moment's included."""
        now_s = self.end_epoch_s(rate_hz)
        self.qualities.append((now_s, quality))
        while self.qualities[0][0] <= now_s - WINDOW_S:
            self.qualities.popleft()
        return sum([each for _, each in self.qualities]) / len(self.qualities)


def _own_samples(samples: npt.ArrayLike) -> FloatArray:
    """A copy, with every kind of missing as not-a-number."""
    array = np.asarray(samples, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def _by_lane(beats: Beats) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for lane, position in zip(beats.lane.tolist(), beats.position.tolist(), strict=True):
        found.setdefault(lane, []).append(position)
    return found


def _joined(before: FloatArray, after: FloatArray) -> FloatArray:
    return np.concatenate((before, after)) if len(before) else after


class Shard(ABC, Generic[Key]):
    """Channels of one kind and rate, under any keys; a key's first frame makes its channel."""

    _rate_of: RateRule
    _delay_s: float

    def __init__(self, rate_hz: float, lanes_per_bank: int = LANES_PER_BANK) -> None:
        self.rate_hz = rate_hz
        self._lanes_per_bank = lanes_per_bank
        self._lanes: dict[Key, _Lane] = {}
        self._free: list[tuple[BeatBank, int]] = []
        self._add_bank()

    @abstractmethod
    def _make_bank(self, lanes: int) -> BeatBank: ...

    @abstractmethod
    def _quality(self, samples: FloatArray, levels: Levels) -> Quality: ...

    def _rhythms(self, bank: BeatBank, lanes: list[tuple[int, float]]) -> list[RhythmUpdate | None]:
        """What the last push told of the rhythm of each lane (its row, and the time of its sample 0)."""
        return [None] * len(lanes)

    def forget(self, key: Key) -> None:
        """Drops a channel, if there is one; its next frame begins it anew."""
        lane = self._lanes.pop(key, None)
        if lane is not None:
            self._free.append((lane.bank, lane.row))

    def push(self, frames: Mapping[Key, Frame]) -> dict[Key, ChannelUpdate]:
        """One frame for each of some channels. Raises ValueError, before anything changes, for one that is no (n,)."""
        arrays = {key: _own_samples(samples) for key, (_, samples) in frames.items()}
        for key, array in arrays.items():
            if array.ndim != 1 or len(array) == 0:
                raise ValueError(f"frame of {key!r} has shape {array.shape}, not (n,) with n > 0")
        groups: defaultdict[tuple[int, int, int], list[tuple[_Lane, FloatArray, Key]]] = defaultdict(list)
        for key, (start_epoch_s, _) in frames.items():
            lane = self._lane(key)
            whole = lane.accept(start_epoch_s, arrays[key], self.rate_hz)
            groups[id(lane.bank), len(whole), len(lane.recent)].append((lane, whole, key))
        return {key: update for group in groups.values() for key, update in self._advance(group)}

    def _advance(self, group: list[tuple[_Lane, FloatArray, Key]]) -> Iterator[tuple[Key, ChannelUpdate]]:
        """Channels of one bank whose frames have one length, all at once."""
        bank = group[0][0].bank
        rows = np.array([lane.row for lane, _, _ in group])
        beats = bank.push(np.stack([whole for _, whole, _ in group]), rows)
        found = _by_lane(beats)
        rhythms = self._rhythms(bank, [(lane.row, lane.zero_epoch_s) for lane, _, _ in group])
        quality = self._quality(np.stack([lane.recent for lane, _, _ in group]), bank.levels(rows))
        for (lane, _, key), total, contact, rhythm in zip(group, quality.total, quality.contact, rhythms, strict=True):
            fresh = lane.keep(found.get(lane.row, []), self.rate_hz)
            rate = self._rate_of(
                lane.peaks_epoch_s,
                lane.end_epoch_s(self.rate_hz),
                float(total),
                mean_quality=lane.mean_quality(float(total), self.rate_hz),
                since_s=lane.zero_epoch_s,
                delay_s=self._delay_s,
            )
            yield key, ChannelUpdate(fresh, float(total), float(contact), rate.per_min, rate.reason, lane.reset, rhythm)

    def _lane(self, key: Key) -> _Lane:
        if key not in self._lanes:
            if not self._free:
                self._add_bank()
            self._lanes[key] = _Lane(*self._free.pop())
        return self._lanes[key]

    def _add_bank(self) -> None:
        bank = self._make_bank(self._lanes_per_bank)
        self._free.extend((bank, row) for row in reversed(range(self._lanes_per_bank)))


class EcgShard(Shard[Key]):
    """ECG leads in millivolts, 100 to 1000 Hz (else ValueError); `classes`: whether beats are classed too."""

    _rate_of = staticmethod(heart_rate)
    _delay_s = ecg.DELAY_S

    def __init__(self, rate_hz: float, lanes_per_bank: int = LANES_PER_BANK, *, classes: bool = True) -> None:
        self._classes = classes
        super().__init__(rate_hz, lanes_per_bank)

    def _make_bank(self, lanes: int) -> BeatBank:
        return (ClassingBank if self._classes else RPeakBank)(self.rate_hz, lanes)

    def _rhythms(self, bank: BeatBank, lanes: list[tuple[int, float]]) -> list[RhythmUpdate | None]:
        return bank.updates(lanes) if isinstance(bank, ClassingBank) else super()._rhythms(bank, lanes)

    def _quality(self, samples: FloatArray, levels: Levels) -> Quality:
        return ecg_quality(samples, self.rate_hz, levels)


class PpgShard(Shard[Key]):
    """PPG signals in any unit and polarity, 25 to 1000 Hz (else ValueError)."""

    _rate_of = staticmethod(pulse_rate)
    _delay_s = ppg.DELAY_S

    def _make_bank(self, lanes: int) -> BeatBank:
        return PulseBank(self.rate_hz, lanes)

    def _quality(self, samples: FloatArray, levels: Levels) -> Quality:
        return ppg_quality(samples, self.rate_hz, levels)


class EcgChannel:
    """One ECG lead in millivolts, 100 to 1000 Hz (else ValueError)."""

    def __init__(self, rate_hz: float) -> None:
        self._shard: EcgShard[int] = EcgShard(rate_hz, lanes_per_bank=1)

    def push(self, start_epoch_s: float, samples_mv: npt.ArrayLike) -> ChannelUpdate:
        return self._shard.push({0: (start_epoch_s, samples_mv)})[0]


class PpgChannel:
    """One PPG signal in any unit and polarity, 25 to 1000 Hz (else ValueError)."""

    def __init__(self, rate_hz: float) -> None:
        self._shard: PpgShard[int] = PpgShard(rate_hz, lanes_per_bank=1)

    def push(self, start_epoch_s: float, samples: npt.ArrayLike) -> ChannelUpdate:
        return self._shard.push({0: (start_epoch_s, samples)})[0]
