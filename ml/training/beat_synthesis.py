"""Rhythms that the recordings hold too few of, put together from their own beats, for training only.

Twenty-odd persons have premature beats of few kinds: one person's runs, another's bigeminy. A model that knows only
those knows the persons. Here beats of a recording are laid on a new time axis: on-time beats as they were, premature
ones with a P wave that is turned over, flattened, moved or missing; ventricular beats of another person; fusions of
both; and fibrillation, whose irregular beats are normal ones. What such a beat is follows from how it was made. No
figure is ever measured on these; a stretch is left out of training whenever one of its persons is held out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.training.beat_rhythms import BEAT_PATTERNS, PATTERNS, Pattern, Rhythm, rhythm

RATE_HZ: Final = 360.0
BEFORE: Final = round(0.30 * RATE_HZ)
AFTER: Final = round(0.62 * RATE_HZ)
LENGTH: Final = BEFORE + AFTER
LEAST_BEATS: Final = 60
LEAST_VENTRICULAR: Final = 5
BEATS: Final = 180
FADE: Final = round(0.05 * RATE_HZ)
MIXED: Final = 0.35  # of the stretches have ventricular beats between those of two persons
AND: Final = "+"  # between the names of persons

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """One lead of one person. `normal`, `ventricular` (n, LENGTH): waves about zero; the latter in heights of a QRS."""

    person: str
    lead: int
    usual_s: float
    normal: Array
    ventricular: Array

    @property
    def height_mv(self) -> float:
        return float(np.ptp(np.median(self.normal, axis=0)[BEFORE - 36 : BEFORE + 36]))


@dataclass(frozen=True)
class Made:
    """A synthetic stretch, and whose beats it is made of."""

    persons: frozenset[str]
    signal_mv: Array
    r_peaks: npt.NDArray[np.int64]
    classes: npt.NDArray[np.str_]


def source(
    person: str, lead: int, signal_mv: Array, beats: npt.NDArray[np.int64], symbols: npt.NDArray[np.str_]
) -> Source | None:
    """Beats of an annotated lead at `RATE_HZ`; None where too few are normal."""
    between = np.diff(beats, append=beats[-1])
    inside = (beats > BEFORE) & (beats + AFTER < len(signal_mv))
    normal = np.isin(symbols, ("N", "L", "R"))
    steady = normal & np.roll(normal, 1) & np.roll(normal, -1) & inside & (between > 0.68 * RATE_HZ)
    ventricular = np.isin(symbols, ("V", "E")) & inside & (between > 0.6 * RATE_HZ)
    if steady.sum() < LEAST_BEATS:
        return None
    own = _faded(_alike(_cut(signal_mv, beats[steady]), 0.8))
    made = Source(person, lead, float(np.median(np.diff(beats))) / RATE_HZ, own, np.zeros((0, LENGTH)))
    if ventricular.sum() < LEAST_VENTRICULAR:
        return made
    foreign = _without_p(_alike(_cut(signal_mv, beats[ventricular]), 0.9)) / made.height_mv
    return Source(person, lead, made.usual_s, own, foreign)


def synthesise(sources: list[Source], generator: np.random.Generator) -> list[Made]:
    """One stretch of every pattern for every source."""
    return [made for _, made in stretch_pairs(sources, generator, BEATS, BEAT_PATTERNS)]


def stretch_pairs(
    sources: list[Source],
    generator: np.random.Generator,
    beats: int,
    patterns: Sequence[Pattern] = PATTERNS,
    mixed: float = MIXED,
) -> Iterator[tuple[Pattern, Made]]:
    """The same, each beside its pattern."""
    donors = [each for each in sources if len(each.ventricular)]
    for host in sources:
        same_lead = [each for each in donors if each.lead == host.lead]
        others = [each for each in sources if each.lead == host.lead]
        for pattern in patterns:
            donor = same_lead[generator.integers(len(same_lead))] if same_lead else host
            if mixed and len(donor.ventricular) and generator.uniform() < mixed:
                donor = _mixed(donor, same_lead[generator.integers(len(same_lead))], generator)
            if pattern.blocked:
                donor = _conducting(donor, others[generator.integers(len(others))])
            if len(donor.ventricular) or not pattern.ventricular:
                yield pattern, _stretch(host, donor, pattern, beats, generator)


def _mixed(one: Source, other: Source, generator: np.random.Generator) -> Source:
    """Ventricular beats between those of two persons: more shapes than there are persons."""
    count, share = min(len(one.ventricular), len(other.ventricular)), generator.uniform(0.25, 0.75)
    mixture = share * one.ventricular[:count] + (1.0 - share) * other.ventricular[:count]
    return replace(one, person=f"{one.person}{AND}{other.person}", ventricular=mixture)


def _conducting(donor: Source, other: Source) -> Source:
    """`donor` with the normal beats of `other`."""
    return replace(donor, person=f"{donor.person}{AND}{other.person}", normal=other.normal)


def _stretch(host: Source, donor: Source, pattern: Pattern, count: int, generator: np.random.Generator) -> Made:
    usual_s = float(np.clip(host.usual_s * generator.uniform(0.85, 1.2), 0.5, 1.3))
    beats = rhythm(pattern, usual_s, count, generator)
    peaks = ((np.cumsum(beats.interval_s) + 1.0) * RATE_HZ).astype(np.int64)
    waves = _waves(host, donor, beats=beats, pattern=pattern, usual_s=usual_s, generator=generator)
    signal = np.zeros(int(peaks[-1]) + 3 * round(RATE_HZ))
    for peak, wave in zip(peaks, waves, strict=True):
        signal[peak - BEFORE : peak + AFTER] += wave
    signal += _background(len(signal), host.height_mv, pattern.fibrillation, generator)
    foreign = donor.person.split(AND) if pattern.ventricular or pattern.blocked else ()
    classes = np.array(list(beats.classes.replace("B", "N")))
    return Made(frozenset({host.person, *foreign}), signal, peaks, classes)


def _waves(
    host: Source, donor: Source, *, beats: Rhythm, pattern: Pattern, usual_s: float, generator: np.random.Generator
) -> Array:
    count = len(beats.classes)
    waves = host.normal[(generator.integers(len(host.normal)) + np.arange(count)) % len(host.normal)].copy()
    before_qrs = _before_qrs()
    classes = np.array(list(beats.classes))
    if pattern.fibrillation:
        waves *= 1.0 - before_qrs
    early = classes == "S"
    waves[early] = _premature(waves[early], before_qrs, generator)
    blocked = classes == "B"
    if blocked.any():
        waves[blocked] = _blocked(host, donor, own=waves[blocked], before_qrs=before_qrs, generator=generator)
    foreign = np.isin(classes, ("V", "F"))
    if foreign.any():
        mixed = (classes[foreign] == "F") & (pattern.fusing == 0.0)
        waves[foreign] = _ventricular(
            host, donor, own=waves[foreign], fused=mixed, before_qrs=before_qrs, generator=generator
        )
    if pattern.fusing:
        fused = classes == "F"
        own = host.normal[generator.integers(len(host.normal), size=int(fused.sum()))]
        waves[fused] = _fused(own, waves[fused], before_qrs, generator)
    shorten = np.clip((beats.interval_s / usual_s) ** 0.35, 0.72, 1.15)
    height = 1.0 + 0.04 * generator.standard_normal(count)
    return np.stack([size * _repolarised(wave, by) for wave, by, size in zip(waves, shorten, height, strict=True)])


def _premature(waves: Array, before_qrs: Array, generator: np.random.Generator) -> Array:
    """Another focus: the P wave turned over, flat, away, moved, or (rarely) the same; perhaps aberrant conduction."""
    gain, moved = {
        "turned": (generator.uniform(-1.0, -0.3), 0.0),
        "flat": (generator.uniform(0.1, 0.7), 0.0),
        "away": (0.0, 0.0),
        "moved": (1.0, generator.uniform(-0.04, 0.03)),
        "other": (generator.uniform(0.1, 0.7), generator.uniform(-0.04, 0.03)),
        "same": (1.0, 0.0),
    }[str(generator.choice(["turned", "flat", "away", "moved", "other", "same"], p=[0.22, 0.2, 0.18, 0.1, 0.18, 0.12]))]
    p = gain * np.roll(waves * before_qrs, round(moved * RATE_HZ), axis=1)
    changed = waves * (1.0 - before_qrs) + p
    if generator.uniform() < 0.25:
        changed = _stretched(changed, generator.uniform(1.03, 1.2))
    changed[:, BEFORE + round(0.14 * RATE_HZ) :] *= generator.uniform(0.6, 1.2)
    return changed


def _ventricular(
    host: Source,
    donor: Source,
    *,
    own: Array,
    fused: npt.NDArray[np.bool_],
    before_qrs: Array,
    generator: np.random.Generator,
) -> Array:
    chosen = (generator.integers(len(donor.ventricular)) + np.arange(len(own))) % len(donor.ventricular)
    turned = -1.0 if generator.uniform() < 0.2 else 1.0
    size = host.height_mv * generator.uniform(0.75, 1.3) * turned
    foreign = size * _stretched(donor.ventricular[chosen], generator.uniform(0.88, 1.12))
    share = generator.uniform(0.3, 0.75, (len(own), 1))
    p = generator.uniform(0.3, 1.0, (len(own), 1)) * own * before_qrs
    return np.where(fused[:, None], share * foreign + (1.0 - share) * own * (1.0 - before_qrs) + p, foreign)


def _fused(own: Array, foreign: Array, before_qrs: Array, generator: np.random.Generator) -> Array:
    """The normal and the ventricular wavefront, each at its time: the sooner the latter, the more is its. Either their
    sum, or the ventricular QRS ends when the other wavefront has taken the rest; the T waves are in proportion. In most
    stretches the ventricular one keeps nearly the same delay, and the fusion beats are alike."""
    seconds = (np.arange(LENGTH) - BEFORE) / RATE_HZ
    count, scatter_s = len(own), float(generator.choice((0.008, 0.015, 0.05)))
    delays_s = np.clip(generator.uniform(-0.09, 0.05) + scatter_s * generator.standard_normal(count), -0.1, 0.06)
    ends, ends_s, left, height = generator.uniform() < 0.5, *generator.uniform((-0.01, 0.0, 0.5), (0.05, 0.4, 1.0))
    likely = generator.uniform(0.35, 0.65)
    fused = np.empty_like(own)
    for row, (normal, ventricular, delay_s) in enumerate(zip(own, foreign, delays_s, strict=True)):
        share = float(np.clip(likely - 4.0 * delay_s + 0.05 * generator.standard_normal(), 0.15, 0.9))
        other = np.roll(ventricular, round(delay_s * RATE_HZ))
        size, its = np.full(LENGTH, share), np.full(LENGTH, 1.0 - share)
        if ends:
            end = 1.0 / (1.0 + np.exp((seconds - ends_s - 0.004 * generator.standard_normal()) / 0.006))
            late = np.clip((seconds - 0.1) / 0.06, 0.0, 1.0)
            size = late * share + (1.0 - late) * (end + (1.0 - end) * left)
            its = late * (1.0 - share) + (1.0 - late) * height
        p = generator.uniform() * before_qrs
        fused[row] = size * other + (its * (1.0 - before_qrs) + p) * normal
    return fused


def _blocked(host: Source, donor: Source, *, own: Array, before_qrs: Array, generator: np.random.Generator) -> Array:
    """The own P wave, another person's QRS and T."""
    chosen = (generator.integers(len(donor.normal)) + np.arange(len(own))) % len(donor.normal)
    size = host.height_mv / max(donor.height_mv, 0.05) * generator.uniform(0.7, 1.3)
    turned = -1.0 if generator.uniform() < 0.2 else 1.0
    return np.asarray(own * before_qrs + turned * size * donor.normal[chosen] * (1.0 - before_qrs))


def _background(count: int, height_mv: float, fibrillation: bool, generator: np.random.Generator) -> Array:
    t = np.arange(count) / RATE_HZ
    noise = generator.uniform(0.002, 0.02) * generator.standard_normal(count)
    wander = generator.uniform(0.0, 0.15) * np.sin(2 * np.pi * generator.uniform(0.1, 0.35) * t)
    if not fibrillation:
        return np.asarray(height_mv * (noise + wander))
    wandering_hz = np.repeat(0.6 * generator.standard_normal(count // 90 + 1), 90)[:count]
    phase = np.cumsum(2 * np.pi * (generator.uniform(4.5, 8.5) + wandering_hz)) / RATE_HZ
    waves_mv = generator.uniform(0.0, 0.1) * (np.sin(phase) + 0.3 * np.sin(2 * phase))
    return np.asarray(height_mv * (noise + wander) + waves_mv)


def _cut(signal_mv: Array, beats: npt.NDArray[np.int64]) -> Array:
    """Waves without their level before the P wave and the slope between their ends."""
    waves = np.stack([signal_mv[beat - BEFORE : beat + AFTER] for beat in beats])
    waves -= np.median(waves[:, : round(0.06 * RATE_HZ)], axis=1, keepdims=True)
    first, last = waves[:, :10].mean(axis=1, keepdims=True), waves[:, -10:].mean(axis=1, keepdims=True)
    return np.asarray(waves - (first + (last - first) * np.linspace(0.0, 1.0, LENGTH)))


def _alike(waves: Array, share: float) -> Array:
    """Those that are nearest to the median wave."""
    away = np.abs(waves - np.median(waves, axis=0)).mean(axis=1)
    return np.asarray(waves[away <= np.quantile(away, share)])


def _faded(waves: Array) -> Array:
    ramp = np.sin(np.linspace(0.0, np.pi / 2, FADE)) ** 2
    return np.asarray(waves * np.concatenate((ramp, np.ones(LENGTH - 2 * FADE), ramp[::-1])))


def _without_p(waves: Array) -> Array:
    onset, ramp = BEFORE - round(0.11 * RATE_HZ), round(0.035 * RATE_HZ)
    fade = np.ones(LENGTH)
    fade[:onset] = 0.0
    fade[onset : onset + ramp] = np.linspace(0.0, 1.0, ramp)
    fade[-ramp:] = np.linspace(1.0, 0.0, ramp)
    return waves * fade


def _before_qrs() -> Array:
    """1 over the P wave, 0 from the QRS on, a ramp between."""
    mask, edge, ramp = np.zeros(LENGTH), BEFORE - round(0.055 * RATE_HZ), round(0.025 * RATE_HZ)
    mask[: edge - ramp] = 1.0
    mask[edge - ramp : edge] = np.linspace(1.0, 0.0, ramp)
    return mask


def _stretched(waves: Array, factor: float) -> Array:
    """Longer by `factor` about the R peak."""
    at, grid = np.arange(LENGTH) - BEFORE, np.arange(LENGTH)
    return np.stack([np.interp(at / factor + BEFORE, grid, wave) for wave in waves]) if len(waves) else waves


def _repolarised(wave: Array, factor: float) -> Array:
    """The T wave follows sooner after a short interval."""
    at, qrs_end = np.arange(LENGTH) - BEFORE, 0.08 * RATE_HZ
    where = np.where(at > qrs_end, qrs_end + (at - qrs_end) / factor, at) + BEFORE
    return np.asarray(np.interp(where, np.arange(LENGTH), wave, right=0.0))
