"""How good a forecast by quantiles is, beside persistence and the person's own usual: CRPS, skill, coverage; by person.

CRPS of quantiles is twice the mean of the pinball loss over levels (Laio & Tamea 2007). All forecasts are scored at the
same 99 levels, between which quantiles are straight lines. *Persistence* is the last reading dressed in quantiles of
its errors. Of everybody else's, which is what one could do for a new person; and, `persistence_own`, of this same
person's over the whole record, which nobody could know beforehand: a reference that is better than it could be, the
more so the fewer forecasts there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import by_person

Array = npt.NDArray[np.float64]
AT: Final = np.arange(1, 100) / 100.0


@dataclass(frozen=True)
class Score:
    """Means over one person's forecasts; CRPS in the unit of the figure."""

    name: str
    forecasts: int
    crps: float
    body: float
    persistence: float
    persistence_own: float
    climatology: float
    covered_90: float
    covered_50: float

    @property
    def skill(self) -> float:
        return 1.0 - self.crps / self.persistence if self.persistence > 0.0 else 0.0

    @property
    def recording_set(self) -> str:
        """The table or the set of stays that the person is of; who is alone in a recording, that recording."""
        return self.name.partition(":")[0]


def crps(quantiles: Array, came: Array) -> Array:
    """(n,) of quantiles (99, n) at AT."""
    short = came[None] - quantiles
    return np.asarray(2.0 * np.mean(np.maximum(AT[:, None] * short, (AT[:, None] - 1.0) * short), axis=0))


def at_all_levels(levels: Sequence[float], quantiles: Array) -> Array:
    """(99, n) out of (levels, n); beyond the outermost, as far as they are."""
    return np.array([np.interp(AT, levels, column) for column in quantiles.T]).T


def score(
    name: str, levels: Sequence[float], quantiles: Array, *, body: Array, now: Array, came: Array, errors: Array
) -> Score:
    """`quantiles` (levels, n); `body` (n, members): the ensemble's readings; `now`, `came` (n,); `errors`: of
    persistence, of everybody else."""
    whole = at_all_levels(levels, quantiles)
    usual = np.quantile(came, AT)
    of_body = np.quantile(body, AT, axis=1, method="weibull")
    inside = [(came >= whole[low]) & (came <= whole[high]) for low, high in ((4, 94), (24, 74))]
    return Score(
        name=name,
        forecasts=len(came),
        crps=float(crps(whole, came).mean()),
        body=float(crps(of_body, came).mean()),
        persistence=_dressed(now, came, errors),
        persistence_own=_dressed(now, came, came - now),
        climatology=float(crps(np.repeat(usual[:, None], len(came), axis=1), came).mean()),
        covered_90=float(inside[0].mean()),
        covered_50=float(inside[1].mean()),
    )


def _dressed(now: Array, came: Array, errors: Array) -> float:
    return float(crps(now[None] + np.quantile(errors, AT)[:, None], came).mean())


def pooled_skill(scores: Sequence[Score], against: str = "persistence", of: str = "crps") -> float:
    """1 - mean CRPS over that of the reference, every forecast counted alike; 0 where the reference is never wrong."""
    number = np.array([each.forecasts for each in scores], dtype=np.float64)
    ours, theirs = (np.array([getattr(each, name) for each in scores]) for name in (of, against))
    return float(1.0 - (number @ ours) / (number @ theirs)) if theirs.any() else 0.0


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """What a card and a report say of some persons; of nobody that there is nobody."""
    if not scores:
        return {"persons": 0}
    names, weights = [each.name for each in scores], [each.forecasts for each in scores]
    return {
        "persons": len(scores),
        "forecasts": sum(weights),
        "skill_against_persistence": pooled_skill(scores),
        "skill_95": by_person(names, scores, pooled_skill),
        "skill_against_persistence_of_own_errors": pooled_skill(scores, against="persistence_own"),
        "skill_of_own_errors_95": by_person(names, scores, _skill_against_own),
        "skill_against_climatology": pooled_skill(scores, against="climatology"),
        "skill_of_the_body_alone": pooled_skill(scores, of="body"),
        "persons_better": float(np.mean([each.skill > 0.0 for each in scores])),
        "persons_better_than_own_errors": float(np.mean([each.crps < each.persistence_own for each in scores])),
        "covered_90": float(np.average([each.covered_90 for each in scores], weights=weights)),
        "covered_50": float(np.average([each.covered_50 for each in scores], weights=weights)),
    }


def by_set(scores: Sequence[Score]) -> dict[str, dict[str, Any]]:
    """`summary` of the persons of each set of recordings."""
    names = sorted({each.recording_set for each in scores})
    return {name: summary([each for each in scores if each.recording_set == name]) for name in names}


def _skill_against_own(scores: Sequence[Score]) -> float:
    return pooled_skill(scores, against="persistence_own")
