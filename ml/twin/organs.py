"""The nine organs, judged: status, reserve with its band, why, how sure that is and what it rests on.

Only margins with evidence count: of a figure that is measured, freshness x consistency of its sensor's innovations; of
one that is inferred, the least of the sensors it needs, x what they told of it (identifiability). Under 0.3 it is no
evidence; an organ with less than 0.3 of its own is unknown, never good. A vital that scores on NEWS2 caps the organ
it belongs to, at 40 with 3 points and at 65 with 2, whatever the body makes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, TypedDict

import numpy as np

from ml.assimilation.bands import band, identifiability
from ml.assimilation.consistency import Consistency
from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.scoring.usual import OfVital
from ml.twin import reasons
from ml.twin.keeping import Kept
from ml.twin.margins import ORGANS, Margin, Measured, measured
from ml.twin.sensors import SENSORS
from ml.twin.told import TOLD, figures, variances
from ml.twin.tracking import consistency_of

Status = Literal["good", "watch", "act", "unknown"]
ACT_TO: Final = 40.0
WATCH_BELOW: Final = 70.0
HYSTERESIS: Final = 5.0
HOLDS_S: Final = 120.0
EVIDENCE_FROM: Final = 0.3
LEAST_BELIEVED: Final = 0.65
"""A fresh reading is evidence however little it was expected: what is ill is not hidden by being surprising."""
NEEDS_ITS_FIRST: Final = ("heart", "lungs")
"""No heart is good without a rate, no lungs without a saturation, whatever else is known."""
CAPS: Final = {3: 40.0, 2: 65.0}
BELONGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "heart_rate": "heart", "pulse_rate": "heart", "systolic_pressure": "heart", "spo2": "lungs",
        "respiratory_rate": "lungs", "supplemental_oxygen": "lungs", "consciousness": "brain",
        "core_temperature": "skin",
    }
)  # fmt: skip
"""To which organ an input of NEWS2 belongs."""


class Former(TypedDict):
    """What an organ's next status rests on: JSON as it is."""

    status: Status
    wanted: Status
    since_s: float


@dataclass(frozen=True)
class Organ:
    """`reserve`: median, low and high of the 90 % band, 0 to 100, or None; `former` goes into the next call."""

    organ: str
    status: Status
    reserve: dict[str, int] | None
    confidence: float
    basis: Literal["measured", "inferred", "prior"]
    reasons: list[dict[str, Any]]
    former: Former


@dataclass(frozen=True)
class Evidence:
    """By code (patients,), not-a-number where nothing is known; `apart`: by patient, or empty."""

    age_s: Mapping[str, Array]
    points: Mapping[str, Array]
    usual: Mapping[str, OfVital]
    apart: Sequence[Sequence[str]] = ()


def organs(
    kept: Kept, guess: Parameters, evidence: Evidence, former: Sequence[Mapping[str, Former] | None]
) -> list[list[Organ]]:
    """Per patient, in the order of ORGANS. Raises ValueError for as many former ones as there are not patients."""
    if len(former) != len(kept.at_s):
        raise ValueError(f"{len(former)} former organs of {len(kept.at_s)} patients")
    readings = dict(zip(SENSORS, kept.last_value, strict=True))
    found = measured(kept.ensemble, guess, kept.surroundings, readings)
    trust, told = _trust(kept, evidence), _identifiable(kept, guess)
    sure = {name: np.array([_sure(each, trust, told) for each in margins]) for name, margins in ORGANS.items()}
    bands = {name: _bands(margins, found, sure[name]) for name, margins in ORGANS.items()}
    told_of = []
    for patient, before in enumerate(former):
        seen = frozenset(code for code, each in trust.items() if each[patient] >= EVIDENCE_FROM)
        of = {name: _Of(patient, found, sure[name][:, patient], bands[name][:, patient], seen) for name in ORGANS}
        told_of.append([_organ(name, kept, of[name], evidence, before or {}) for name in ORGANS])
    return told_of


@dataclass(frozen=True)
class _Of:
    """One organ of one patient: `sure` (margins,), `band` of the reserve: median, low, high, and which sensors are
    evidence."""

    patient: int
    found: Mapping[str, Measured]
    sure: Array
    band: Array
    seen: frozenset[str]


def _trust(kept: Kept, evidence: Evidence) -> dict[str, Array]:
    """By sensor (patients,) 0 to 1: fresh, and as consistent with the body as was predicted."""
    trust = {}
    for index, (code, sensor) in enumerate(SENSORS.items()):
        given = evidence.age_s.get(code)
        age_s = kept.at_s - kept.last_at_s[index] if given is None else np.where(np.isfinite(given), given, np.inf)
        live_s, lost_s = max(60.0, 1.5 * sensor.interval_s), max(300.0, 4.0 * sensor.interval_s)
        fresh = np.clip((lost_s - age_s) / (lost_s - live_s), 0.0, 1.0)
        trust[code] = np.where(np.isfinite(kept.last_value[index]), fresh * _believed(consistency_of(kept, index)), 0.0)
    return trust


def _believed(running: Consistency) -> Array:
    """`Consistency.trust`, but for innovations that are smaller than predicted: readings that were averaged before they
    came are no reason to believe the sensor less, nor is the colour of what is small."""
    size = np.maximum(np.nan_to_num(running.mean_nis, nan=1.0), 1e-6)
    colour = np.maximum(np.nan_to_num(running.autocorrelation), 0.0) * np.minimum(size, 1.0)
    trust = 1.0 / (1.0 + (np.maximum(np.log2(size), 0.0) / 2.0) ** 2 + (colour / 0.5) ** 2)
    return np.maximum(trust, LEAST_BELIEVED)


def _identifiable(kept: Kept, guess: Parameters) -> dict[str, Array]:
    now = variances(figures(kept.ensemble, guess, kept.surroundings))
    return dict(zip(TOLD, identifiability(now, kept.prior_variance), strict=True))


def _sure(each: Margin, trust: Mapping[str, Array], told: Mapping[str, Array]) -> Array:
    if each.code is not None:
        return trust[each.code]
    return np.asarray(np.min([trust[code] for code in each.by], axis=0) * told[each.figure])


def _bands(margins: Sequence[Margin], found: Mapping[str, Measured], sure: Array) -> Array:
    """(3, patients): median, low and high of the reserve by the margins there is evidence of; 100 without any."""
    counted = [
        np.where((sure[index] >= EVIDENCE_FROM)[:, None], found[each.key()].margin, np.nan)
        for index, each in enumerate(margins)
    ]
    powers = np.array(counted) ** -4.0
    count = np.isfinite(powers).sum(axis=0)
    mean = np.where(count > 0, np.nansum(powers, axis=0) / np.maximum(count, 1), 1.0)
    return np.array(band(100.0 * mean**-0.25, 0.9))


def _organ(name: str, kept: Kept, of: _Of, evidence: Evidence, before: Mapping[str, Former]) -> Organ:
    margins = ORGANS[name]
    counted = [index for index in range(len(margins)) if of.sure[index] >= EVIDENCE_FROM]
    confidence = sum(margins[index].weight * float(of.sure[index]) for index in counted)
    cap, capping = _cap(name, of.patient, evidence)
    median, low, high = (min(float(value), cap) for value in of.band)
    seen = name not in NEEDS_ITS_FIRST or of.sure[0] >= EVIDENCE_FROM or median < WATCH_BELOW
    known = confidence >= EVIDENCE_FROM and seen
    at_s = float(kept.at_s[of.patient])
    former = _status(median if known else cap, known or cap <= CAPS[2], before.get(name), at_s, at_once=cap <= ACT_TO)
    said = [reasons.of_cap(code, kept, of.patient, evidence.usual) for code in capping]
    said += reasons.of_hypotheses(name, kept, of.patient)
    if known:
        found = reasons.of_margins([margins[index] for index in counted], of.found, of.patient, kept, evidence.usual)
        apart = evidence.apart[of.patient] if evidence.apart else ()
        said += [*found[:1], *reasons.of_apart(name, apart), *found[1:]]
    basis: Literal["measured", "inferred", "prior"] = "prior"
    if known or capping:
        direct = capping or any(margins[index].code is not None for index in counted)
        basis = "measured" if direct else "inferred"
    return Organ(
        organ=name,
        status=former["status"],
        reserve={"median": round(median), "low": round(low), "high": round(high)} if known else None,
        confidence=round(float(confidence), 2),
        basis=basis,
        reasons=reasons.strongest(said) or [reasons.missing(margins, of.seen)],
        former=former,
    )


def _cap(name: str, patient: int, evidence: Evidence) -> tuple[float, list[str]]:
    """The lowest cap, and the vitals that set one."""
    caps = {
        code: CAPS[int(points[patient])]
        for code, points in evidence.points.items()
        if BELONGS.get(code) == name and np.isfinite(points[patient]) and int(points[patient]) in CAPS
    }
    return min(caps.values(), default=100.0), sorted(caps, key=lambda code: caps[code])


def _status(reserve: float, known: bool, before: Former | None, at_s: float, *, at_once: bool) -> Former:
    """What the reserve says, once it has said so for two minutes; at once where nothing was known, or nothing is, or a
    vital by itself calls for action."""
    wanted: Status = _wanted(reserve, before["status"] if before else "unknown") if known else "unknown"
    if before is None or "unknown" in (wanted, before["status"]) or (at_once and wanted == "act"):
        return Former(status=wanted, wanted=wanted, since_s=at_s)
    since_s = before["since_s"] if before["wanted"] == wanted else at_s
    held = wanted == before["status"] or at_s - since_s >= HOLDS_S
    return Former(status=wanted if held else before["status"], wanted=wanted, since_s=since_s)


def _wanted(reserve: float, status: Status) -> Status:
    """A better status than the present one wants five points more."""
    act_to = ACT_TO + (HYSTERESIS if status == "act" else 0.0)
    watch_below = WATCH_BELOW + (HYSTERESIS if status in ("act", "watch") else 0.0)
    return "act" if reserve <= act_to else "watch" if reserve < watch_below else "good"
