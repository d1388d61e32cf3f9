"""The body against published facts: every fact's value, accepted range, source and verdict; no recordings needed."""

from pathlib import Path
from typing import Any, Final

from ml.evaluate.facts import FACTS, Fact
from ml.evaluate.facts.fact import Run, Trial
from ml.physiology.simulate import Case, simulate_together

CONVENTION: Final = (
    "a fact holds if its figure lies within the accepted range, ends included; the man is 35 years, 175 cm, 70 kg; "
    "tuned: the model was adjusted with this fact in view; "
    "steps of 1 s for ten minutes after every change, then of 5 s"
)
LENGTHS_MIN: Final = (45.0, 75.0, 120.0, 420.0, float("inf"))  # trials of like length run as one array


def evaluate(data: Path | None = None) -> dict[str, Any]:
    """`data` is not read."""
    rows = judge(FACTS)
    return {
        "set": "published facts",
        "convention": CONVENTION,
        "held": _counts(rows),
        "tuned": _counts([row for row in rows if row["tuned"]]),
        "untuned": _counts([row for row in rows if not row["tuned"]]),
        "records": rows,
    }


def judge(facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    """A row for each fact, in their order."""
    runs = run_all(list(dict.fromkeys(trial for fact in facts for trial in fact.trials)))
    return [_row(fact, fact.figure(*(runs[trial] for trial in fact.trials))) for fact in facts]


def run_all(trials: list[Trial]) -> dict[Trial, Run]:
    """Each distinct trial once."""
    runs: dict[Trial, Run] = {}
    shortest = 0.0
    for longest in LENGTHS_MIN:
        group = [trial for trial in trials if shortest < trial.minutes <= longest]
        cases: list[Case] = [(trial.person, trial.segments) for trial in group]
        runs.update(zip(group, simulate_together(cases), strict=True) if cases else ())
        shortest = longest
    return runs


def _row(fact: Fact, figure: float) -> dict[str, Any]:
    return {
        "fact": fact.what,
        "value": round(figure, 4),
        "accepted": (fact.low, fact.high),
        "holds": bool(fact.low <= figure <= fact.high),
        "tuned": fact.tuned,
        "source": fact.source,
        "protocol": " against ".join(str(trial) for trial in fact.trials),
    }


def _counts(rows: list[dict[str, Any]]) -> dict[str, float]:
    held = sum(row["holds"] for row in rows)
    return {"facts": len(rows), "held": held, "held_percent": 100.0 * held / len(rows) if rows else float("nan")}
