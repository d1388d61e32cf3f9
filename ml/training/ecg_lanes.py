"""Annotated ECG as lanes to learn from: a minute each, at many rates and gains, with the noise of real electrodes.

Each excerpt of a record is taken several times: once as it is, then with noise of the MIT-BIH Noise Stress Test
(electrode motion, muscle, wandering) at a drawn ratio, at a drawn rate and gain, sometimes with a step of the gain, a
stretch without any beat, or hum. Lanes of noise alone teach that there may be nothing to find.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from scipy.signal import resample_poly

from ml.evaluate.noise_mix import Noise, gain_for
from ml.evaluate.recordings import EcgRecord
from ml.signals.filters import FloatArray, IntArray

EXCERPT_S: Final = 60.0
RATES_HZ: Final = (100.0, 128.0, 200.0, 250.0, 250.0, 300.0, 360.0, 360.0, 500.0)
SNR_DB: Final = (0.0, 3.0, 6.0, 6.0, 9.0, 12.0, 18.0)
QUICKENED: Final = 0.2
LOWERED: Final = 0.25
UNEVEN: Final = 0.12
QRS_S: Final = 0.045
KINDS: Final = ("em", "em", "em", "ma", "ma", "bw", "em+ma")


@dataclass(frozen=True)
class Lane:
    """`person`: whose, or "a+b" of beats of several, or "" of nobody; `beats`: ascending samples; `unsure`: (first,
    last) samples of stretches that teach nothing."""

    person: str
    rate_hz: float
    signal_mv: FloatArray
    beats: IntArray
    unsure: list[tuple[float, float]]

    @property
    def persons(self) -> list[str]:
        return self.person.split("+")


def excerpts(record: EcgRecord, noise: Noise, variants: int, draw: np.random.Generator) -> Iterator[Lane]:
    """Every minute of a record, `variants` times."""
    length = min(round(EXCERPT_S * record.rate_hz), len(record.signal_mv))
    for start in range(0, len(record.signal_mv) - length + 1, length):
        inside = (record.beats >= start) & (record.beats < start + length)
        unsure = [(first - start, last - start) for first, last in record.flutter]
        lane = Lane(
            record.person,
            record.rate_hz,
            record.signal_mv[start : start + length],
            record.beats[inside] - start,
            [(float(first), float(last)) for first, last in unsure if last > 0 and first < length],
        )
        yield lane
        for _ in range(variants - 1):
            yield _altered(lane, noise, draw)


def other_leads(first: EcgRecord, second: EcgRecord, count: int, draw: np.random.Generator) -> Iterator[EcgRecord]:
    """The same heart seen from elsewhere: two leads mixed at drawn angles, each in units of its own spread.

    Low beats beside high P waves come of it, and other shapes that few persons here have.
    """
    spread = [max(float(np.subtract(*np.percentile(one.signal_mv, (99, 1)))), 1e-3) for one in (first, second)]
    for angle in draw.uniform(0.0, np.pi, count):
        mixed = np.cos(angle) * first.signal_mv / spread[0] + np.sin(angle) * second.signal_mv / spread[1]
        yield replace(first, signal_mv=mixed * spread[0])


def _altered(lane: Lane, noise: Noise, draw: np.random.Generator) -> Lane:
    if (
        draw.random() < QUICKENED
    ):  # a faster heart than any recorded here, or wider beats: the same samples in other time
        lane = _first(replace(lane, rate_hz=float(round(lane.rate_hz * draw.uniform(0.75, 1.7)))), 0.5 * EXCERPT_S)
    if draw.random() < LOWERED:
        lane = replace(lane, signal_mv=with_low_beats(lane, np.full(len(lane.beats), draw.uniform(0.25, 0.8))))
    if draw.random() < UNEVEN:  # of one person's beats some may be much lower than others
        few = draw.random(len(lane.beats)) < draw.uniform(0.05, 0.5)
        lane = replace(lane, signal_mv=with_low_beats(lane, np.where(few, draw.uniform(0.3, 0.9, len(few)), 1.0)))
    signal, beats, n = lane.signal_mv, lane.beats, len(lane.signal_mv)
    chance = draw.random()
    if chance < 0.08:
        signal, beats = _silenced(lane, draw)
    elif chance < 0.13:
        at = int(n * draw.uniform(0.3, 0.7))
        signal = signal * np.where(np.arange(n) < at, 1.0, 2.0 ** draw.uniform(-3, 2))
    if draw.random() < 0.8:
        added = noise.drawn(KINDS[draw.integers(len(KINDS))], n, lane.rate_hz, draw)
        added *= gain_for(lane.signal_mv, lane.beats, lane.rate_hz, added, draw.choice(SNR_DB))
        if draw.random() < 0.3:  # noise comes and goes
            first, last = np.sort(draw.integers(0, n, 2))
            added[first:last] = 0.0
        signal = signal + added
    if draw.random() < 0.15:
        hum = np.sin(2 * np.pi * draw.choice((50.0, 60.0)) * np.arange(n) / lane.rate_hz)
        signal = signal + draw.uniform(0.02, 0.6) * hum
    signal = signal + draw.choice((0.0, 0.003, 0.01)) * draw.standard_normal(n)
    return at_rate(
        Lane(lane.person, lane.rate_hz, signal * 2.0 ** draw.uniform(-2.5, 1.5), beats, lane.unsure),
        float(draw.choice(RATES_HZ)),
    )


def _first(lane: Lane, seconds: float) -> Lane:
    """Its first seconds, or all of a shorter one."""
    n = round(seconds * lane.rate_hz)
    return replace(lane, signal_mv=lane.signal_mv[:n], beats=lane.beats[lane.beats < n])


def with_low_beats(lane: Lane, height: FloatArray) -> FloatArray:
    """QRS complexes of `height` (beats,) of what they were, P and T waves as they are: few leads here are so."""
    reach = round(4.0 * QRS_S * lane.rate_hz)
    lower = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (QRS_S * lane.rate_hz)) ** 2)
    about = np.zeros(len(lane.signal_mv) + 2 * reach)
    for beat, left in zip(lane.beats, height, strict=True):
        about[beat : beat + len(lower)] = np.maximum(about[beat : beat + len(lower)], (1.0 - left) * lower)
    base = np.median(lane.signal_mv)
    return np.asarray(base + (lane.signal_mv - base) * (1.0 - about[reach : reach + len(lane.signal_mv)]))


def _silenced(lane: Lane, draw: np.random.Generator) -> tuple[FloatArray, IntArray]:
    """The heart stops for a while, or altogether: a baseline with the noise of an amplifier."""
    n = len(lane.signal_mv)
    first = int(n * draw.uniform(0.1, 0.6))
    last = min(n, first + int(lane.rate_hz * draw.uniform(5, 40)))
    signal = lane.signal_mv.copy()
    size = draw.choice((0.002, 0.006, 0.012))
    signal[first:last] = signal[first] + size * draw.standard_normal(last - first)
    reach = 0.2 * lane.rate_hz
    return signal, lane.beats[(lane.beats < first - reach) | (lane.beats > last + reach)]


def at_rate(lane: Lane, rate_hz: float) -> Lane:
    if rate_hz == lane.rate_hz:
        return lane
    ratio = Fraction(rate_hz / lane.rate_hz).limit_denominator(1000)
    signal = resample_poly(lane.signal_mv - lane.signal_mv[0], ratio.numerator, ratio.denominator)
    beats = np.rint(lane.beats * float(ratio)).astype(np.int64)
    unsure = [(first * float(ratio), last * float(ratio)) for first, last in lane.unsure]
    return Lane(lane.person, rate_hz, signal, beats, unsure)


def empty_lanes(noise: Noise, count: int, draw: np.random.Generator) -> Iterator[Lane]:
    """Noise without a heart, of nobody."""
    for _ in range(count):
        rate_hz = float(draw.choice(RATES_HZ))
        n = round(EXCERPT_S * 360.0)
        kind = str(draw.choice(("em", "ma", "bw", "white")))
        signal = draw.standard_normal(n) if kind == "white" else noise.drawn(kind, n, 360.0, draw)
        signal = signal * 2.0 ** draw.uniform(-7, 1)
        yield at_rate(Lane("", 360.0, signal, np.zeros(0, np.int64), []), rate_hz)
