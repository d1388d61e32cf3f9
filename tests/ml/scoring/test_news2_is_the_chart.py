"""NEWS2 at every boundary of the chart (Royal College of Physicians, 2017), one by one and many at once."""

import itertools

import numpy as np
import pytest

from ml.scoring import news2
from ml.scoring.news2 import PARAMETERS, responses, score, score_many

WELL = {
    "respiratory_rate": 16.0,
    "spo2": 97.0,
    "supplemental_oxygen": 0.0,
    "systolic_pressure": 120.0,
    "heart_rate": 70.0,
    "consciousness": 0.0,
    "temperature": 37.0,
}
# The last value of each band of the chart and the first of the next, with what they score.
CHART = {
    "respiratory_rate": [(0, 3), (8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3), (60, 3)],
    "spo2": [(60, 3), (91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0), (100, 0)],
    "systolic_pressure": [(50, 3), (90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)],
    "heart_rate": [
        (20, 3),
        (40, 3),
        (41, 1),
        (50, 1),
        (51, 0),
        (90, 0),
        (91, 1),
        (110, 1),
        (111, 2),
        (130, 2),
        (131, 3),
    ],
    "temperature": [
        (34, 3),
        (35.0, 3),
        (35.1, 1),
        (36.0, 1),
        (36.1, 0),
        (38.0, 0),
        (38.1, 1),
        (39.0, 1),
        (39.1, 2),
        (41, 2),
    ],
    "consciousness": [(0, 0), (1, 3), (2, 3), (3, 3), (4, 3)],
    "supplemental_oxygen": [(0, 0), (0.5, 2), (15, 2)],
}
CASES = [(name, value, points) for name, cases in CHART.items() for value, points in cases]
SCALE_2_AIR = [(83, 3), (84, 2), (85, 2), (86, 1), (87, 1), (88, 0), (92, 0), (93, 0), (94, 0), (96, 0), (100, 0)]
SCALE_2_OXYGEN = [(83, 3), (85, 2), (86, 1), (88, 0), (92, 0), (93, 1), (94, 1), (95, 2), (96, 2), (97, 3), (100, 3)]


def test_who_is_well_scores_nothing() -> None:
    found = score(**WELL)  # type: ignore[arg-type]
    assert found == (0, dict.fromkeys(PARAMETERS, 0), 0, 0)


@pytest.mark.parametrize(("name", "value", "points"), CASES)
def test_each_boundary_of_the_chart(name: str, value: float, points: int) -> None:
    found = score(**{**WELL, name: value})  # type: ignore[arg-type]
    assert found.parts[name] == found.total == found.lowest == found.highest == points


@pytest.mark.parametrize(("spo2", "points"), SCALE_2_AIR)
def test_the_second_scale_on_air(spo2: float, points: int) -> None:
    assert score(**{**WELL, "spo2": spo2}, spo2_scale=2).parts["spo2"] == points  # type: ignore[arg-type]


@pytest.mark.parametrize(("spo2", "points"), SCALE_2_OXYGEN)
def test_the_second_scale_on_oxygen(spo2: float, points: int) -> None:
    found = score(**{**WELL, "spo2": spo2, "supplemental_oxygen": 2.0}, spo2_scale=2)  # type: ignore[arg-type]
    assert (found.parts["spo2"], found.total) == (points, points + 2)


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("temperature", 35.04, 3),
        ("temperature", 35.05, 1),
        ("temperature", 36.05, 0),
        ("temperature", 38.049, 0),
        ("temperature", 38.05, 1),
        ("temperature", 39.05, 2),
        ("respiratory_rate", 8.49, 3),
        ("respiratory_rate", 8.5, 1),
        ("respiratory_rate", 11.5, 0),
        ("respiratory_rate", 24.5, 3),
        ("spo2", 91.49, 3),
        ("spo2", 91.5, 2),
        ("spo2", 95.5, 0),
        ("heart_rate", 40.5, 1),
        ("heart_rate", 90.49, 0),
        ("heart_rate", 90.5, 1),
        ("heart_rate", 130.5, 3),
        ("systolic_pressure", 219.49, 0),
        ("systolic_pressure", 219.5, 3),
    ],
)
def test_what_lies_between_two_bands_is_rounded_to_the_chart_first(name: str, value: float, points: int) -> None:
    assert score(**{**WELL, name: value}).parts[name] == points  # type: ignore[arg-type]


@pytest.mark.parametrize(("letter", "points"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_consciousness_may_be_said_by_its_letter(letter: str, points: int) -> None:
    assert score(**{**WELL, "consciousness": letter}).total == points  # type: ignore[arg-type]


def test_what_does_not_exist_is_refused() -> None:
    for wrong in ({"consciousness": "X"}, {"consciousness": 5}, {"consciousness": 0.5}, {"spo2_scale": 3}):
        with pytest.raises(ValueError, match=r"consciousness|scale"):
            score(**{**WELL, **wrong})  # type: ignore[arg-type]


def test_nothing_known_is_anything_from_best_to_worst() -> None:
    found = score()
    assert (found.total, found.lowest, found.highest) == (None, 0, 20)
    assert set(found.parts.values()) == {None}


@pytest.mark.parametrize(("name", "worst"), [(name, 2 if name == "supplemental_oxygen" else 3) for name in PARAMETERS])
@pytest.mark.parametrize("missing", [None, float("nan")])
def test_what_is_missing_widens_the_score_and_is_never_nothing(name: str, worst: int, missing: float | None) -> None:
    found = score(**{**WELL, name: missing})  # type: ignore[arg-type]
    assert (found.total, found.parts[name], found.lowest, found.highest) == (None, None, 0, worst)


def test_oxygen_and_the_second_scale_are_missing_together() -> None:
    """At 97 %: on air nothing and nothing, on oxygen two and three. At 90 % the saturation itself is not open."""
    found = score(**{**WELL, "supplemental_oxygen": None}, spo2_scale=2)  # type: ignore[arg-type]
    assert (found.parts["spo2"], found.lowest, found.highest) == (None, 0, 5)
    found = score(**{**WELL, "spo2": 90.0, "supplemental_oxygen": None}, spo2_scale=2)  # type: ignore[arg-type]
    assert (found.parts["spo2"], found.lowest, found.highest) == (0, 0, 2)


@pytest.mark.parametrize(
    ("changes", "band", "monitoring"),
    [
        ({}, "low", "12 hours"),
        ({"heart_rate": 95.0}, "low", "4 to 6 hours"),
        ({"heart_rate": 115.0, "respiratory_rate": 22.0}, "low", "4 to 6 hours"),
        ({"consciousness": "C"}, "low-medium", "hourly"),
        ({"consciousness": "C", "heart_rate": 95.0}, "low-medium", "hourly"),
        ({"consciousness": "C", "heart_rate": 115.0}, "medium", "hourly"),
        ({"heart_rate": 115.0, "respiratory_rate": 22.0, "temperature": 39.5}, "medium", "hourly"),
        ({"heart_rate": 131.0, "respiratory_rate": 25.0, "temperature": 38.5}, "high", "continuous"),
    ],
)
def test_the_response_is_that_of_the_college(changes: dict[str, float], band: str, monitoring: str) -> None:
    best, worst = responses(score(**{**WELL, **changes}))  # type: ignore[arg-type]
    assert best == worst
    assert (best.band, monitoring in best.monitoring) == (band, True)


def test_an_open_score_has_the_response_of_its_best_and_of_its_worst() -> None:
    best, worst = responses(score(**{**WELL, "consciousness": None}))  # type: ignore[arg-type]
    assert (best.band, worst.band) == ("low", "low-medium")


def test_many_at_once_score_as_one_by_one() -> None:
    """Every pair of boundary values, each with everything that may be missing, on either scale."""
    generator = np.random.default_rng(7)
    choices = {name: [value for value, _ in cases] for name, cases in CHART.items()}
    choices["spo2"] += [value for value, _ in SCALE_2_OXYGEN]
    rows = [
        {name: float(generator.choice([*choices[name], np.nan])) for name in PARAMETERS}
        for _ in itertools.repeat(None, 4000)
    ]
    scales = generator.integers(1, 3, len(rows))
    columns = {name: np.array([row[name] for row in rows]) for name in PARAMETERS}
    parts, lowest, highest = score_many(columns, scales)
    for index, row in enumerate(rows):
        one = score(**row, spo2_scale=int(scales[index]))  # type: ignore[arg-type]
        assert (one.lowest, one.highest) == (lowest[index], highest[index]), row
        expected = [np.nan if one.parts[name] is None else one.parts[name] for name in PARAMETERS]
        assert np.array_equal(parts[index], np.array(expected, float), equal_nan=True), row


def test_the_worst_there_is() -> None:
    worst = score(
        respiratory_rate=30, spo2=80, supplemental_oxygen=True, systolic_pressure=80, heart_rate=140,
        consciousness="U", temperature=34,
    )  # fmt: skip
    assert worst.total == sum(news2.WORST for _ in range(6)) + news2.OXYGEN_SCORE == 20
