"""Sequences of intervals and beat classes for synthetic stretches: how premature beats come, and what follows them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Pattern:
    """After `gap` on-time beats one of `classes`, `run` times. Ranges are of least and most."""

    classes: str = ""
    gap: tuple[int, int] = (1, 1)
    run: tuple[int, int] = (1, 1)
    long_pauses: bool = False
    breathing: float = 0.1  # most share by which breath moves the interval
    fibrillation: bool = False
    escape: bool = False  # runs are about as fast as the rest
    fusing: float = 0.0  # share of runs that begin with a fusion beat, when the sinus node's is due

    @property
    def ventricular(self) -> bool:
        return any(each in self.classes for each in "VF")

    @property
    def blocked(self) -> bool:
        """B: conducted like another person's beats, after its own P wave; a normal beat."""
        return "B" in self.classes


ECTOPIC: Final = (
    Pattern(),
    Pattern(breathing=0.3),
    Pattern(fibrillation=True),
    Pattern(fibrillation=True),
    Pattern("S", gap=(3, 30)),
    Pattern("S", gap=(3, 30)),
    Pattern("S"),
    Pattern("S", gap=(2, 2)),
    Pattern("S", gap=(2, 12), run=(2, 2)),
    Pattern("S", gap=(3, 40), run=(3, 12)),
    Pattern("S", gap=(3, 40), run=(5, 28)),
    Pattern("S", run=(2, 8), long_pauses=True),
    Pattern("S", run=(2, 8), long_pauses=True),
    Pattern("V", gap=(2, 25)),
    Pattern("V", gap=(2, 25)),
    Pattern("V"),
    Pattern("V", gap=(2, 2)),
    Pattern("V", gap=(3, 12), run=(2, 2)),
    Pattern("V", gap=(4, 30), run=(3, 15)),
    Pattern("V", gap=(4, 30), run=(3, 15)),
    Pattern("V", gap=(2, 15), fibrillation=True),
    Pattern("V", gap=(2, 15), fibrillation=True),
    Pattern("SV", gap=(1, 8)),
    Pattern("SV", gap=(1, 8)),
    Pattern("FFV", gap=(1, 10)),
    Pattern("FFV", gap=(1, 10)),
)
ESCAPING: Final = (
    Pattern("V", gap=(8, 40), run=(10, 110), escape=True),
    Pattern("V", gap=(8, 40), run=(10, 110), escape=True),
    Pattern("V", gap=(2, 20), run=(2, 8), escape=True),
    Pattern("B", gap=(3, 60), run=(1, 60)),
    Pattern("BV", gap=(3, 30), run=(1, 6)),
)
PATTERNS: Final = (*ECTOPIC, *ESCAPING)
FUSING: Final = (
    Pattern("V", gap=(1, 10), fusing=0.5),
    Pattern("V", gap=(1, 4), run=(1, 2), fusing=0.6),
    Pattern("V", gap=(1, 3), run=(1, 3), fusing=0.6),
    Pattern("V", gap=(3, 20), run=(2, 10), fusing=0.7, escape=True),
)
LONG_RUNS: Final = (Pattern("S", gap=(10, 60), run=(30, 110)),)
BEAT_PATTERNS: Final = (*PATTERNS, *FUSING, *LONG_RUNS)


@dataclass(frozen=True)
class Rhythm:
    """`interval_s` (n,) before each beat; `classes`: a letter for each."""

    interval_s: npt.NDArray[np.float64]
    classes: str


class _Heart:
    """What one person's rhythm keeps to for the length of a stretch."""

    def __init__(self, pattern: Pattern, usual_s: float, generator: np.random.Generator) -> None:
        self._pattern, self._usual_s, self._generator = pattern, usual_s, generator
        low = 0.1 if pattern.breathing > 0.1 else 0.0
        self._breathing = generator.uniform(low, pattern.breathing)
        self._breath_beats = generator.uniform(3.5, 7.0)
        self._jitter = generator.uniform(0.005, 0.03)
        self._scatter = generator.uniform(0.12, 0.3)
        self._rate = generator.uniform(0.6, 1.1) if pattern.fibrillation and not pattern.classes else 1.0
        self._early = {"S": generator.uniform(0.5, 0.82), "V": generator.uniform(0.45, 0.95)}
        slowest = 1.35 if pattern.escape else 0.85
        self._run = {"S": generator.uniform(0.42, 0.8), "V": generator.uniform(0.35, slowest)}
        self._slowest = max(1.0, slowest)
        self._run_jitter = generator.uniform(0.01, 0.08)
        self._pause = generator.uniform(0.95, 1.35)
        self._interpolated = generator.uniform() < 0.1
        self._drift = 0.0

    def on_time_s(self, number: int) -> float:
        normal = self._generator.standard_normal()
        if self._pattern.fibrillation:
            return float(self._usual_s * self._rate * np.clip(np.exp(self._scatter * normal), 0.45, 2.2))
        self._drift = float(np.clip(self._drift + 0.006 * self._generator.standard_normal(), -0.2, 0.25))
        breath = self._breathing * np.sin(2 * np.pi * number / self._breath_beats)
        return float(self._usual_s * (1.0 + self._drift + breath + self._jitter * normal))

    def early_s(self, kind: str) -> float:
        if kind == "F":
            return float(self._usual_s * self._generator.uniform(0.88, 1.0))
        if kind == "B":
            return self.on_time_s(0)
        if self._pattern.escape:
            return float(self._usual_s * self._generator.uniform(0.7, 1.5))
        if self._pattern.fibrillation:
            return float(self._usual_s * self._generator.uniform(0.4, 1.0))
        least, most = (0.42, 0.88) if kind == "S" else (0.36, 1.0)
        return float(self._usual_s * np.clip(self._early[kind] + 0.05 * self._generator.standard_normal(), least, most))

    def run_s(self, kind: str) -> float:
        """Within a run, after its first beat."""
        if kind == "B":
            return self.on_time_s(0)
        jitter = 1.0 + self._run_jitter * self._generator.standard_normal()
        return float(self._usual_s * np.clip(self._run[kind] * jitter, 0.33, self._slowest))

    def pause_s(self, kind: str, early_s: float, length: int) -> float:
        """Sinus beats begin anew after a supraventricular one; a ventricular one is compensated, or interpolated."""
        if kind == "F":
            return float(self._usual_s * self._generator.uniform(0.97, 1.1))
        if kind == "B":
            return self.on_time_s(0)
        if kind == "S":
            return float(
                self._usual_s * (self._generator.uniform(1.0, 2.2) if self._pattern.long_pauses else self._pause)
            )
        if length > 1:
            return float(self._usual_s * self._generator.uniform(1.0, 1.6))
        if self._interpolated:
            return max(self._usual_s - early_s, 0.4 * self._usual_s)
        return float((2.0 * self._usual_s - early_s) * (1.0 + 0.03 * self._generator.standard_normal()))


def rhythm(pattern: Pattern, usual_s: float, count: int, generator: np.random.Generator) -> Rhythm:
    """`count` beats of a heart whose on-time interval is `usual_s`."""
    heart = _Heart(pattern, usual_s, generator)
    intervals: list[float] = []
    classes: list[str] = []
    pause: float | None = None
    while len(intervals) < count:
        for _ in range(generator.integers(pattern.gap[0], pattern.gap[1] + 1)):
            intervals.append(heart.on_time_s(len(intervals)) if pause is None else pause)
            classes.append("N")
            pause = None
        if not pattern.classes or (pattern.gap[1] < 3 and generator.uniform() < 0.1):
            continue
        kind = pattern.classes[generator.integers(len(pattern.classes))]
        length = int(generator.integers(pattern.run[0], pattern.run[1] + 1))
        first = "F" if pattern.fusing and generator.uniform() < pattern.fusing else kind
        early_s = heart.early_s(first)
        intervals += [early_s, *(heart.run_s(kind) for _ in range(length - 1))]
        classes += [first] + [kind] * (length - 1)
        pause = heart.pause_s(first if length == 1 else kind, early_s, length)
    return Rhythm(np.clip(np.array(intervals[:count]), 0.28, 4.0), "".join(classes[:count]))
