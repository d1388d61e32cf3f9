"""The shipped risk models: missing inputs are taken as missing, and the contributions add up to the risk."""

import numpy as np
import pytest

from ml import artifacts
from ml.scoring.course import course
from ml.scoring.course_features import ALL, WARD, features
from ml.scoring.deterioration import ALL_INPUTS, VITALS_ONLY, probability, risk

HOURS = np.arange(0.0, 48.0, 1.0)
WELL = {"HR": 78, "SysABP": 122, "DiasABP": 70, "MAP": 86, "RespRate": 16, "Temp": 36.9, "SaO2": 98, "GCS": 15}
ILL = {"HR": 128, "SysABP": 84, "DiasABP": 44, "MAP": 56, "RespRate": 32, "Temp": 35.4, "SaO2": 88, "GCS": 6}
LABS = {"BUN": 90, "Creatinine": 3.4, "Lactate": 9, "Platelets": 40, "Bilirubin": 8, "HCO3": 12, "pH": 7.1}


def course_of(values: dict[str, float], *, age: float = 60.0) -> object:
    series = {name: (HOURS, np.full(len(HOURS), float(value))) for name, value in values.items()}
    return course({**series, "Age": (np.zeros(1), np.array([age]))})


def log_odds(died: float) -> float:
    return float(np.log(died / (1 - died)))


@pytest.mark.parametrize("model", [ALL_INPUTS, VITALS_ONLY])
def test_who_is_ill_is_at_greater_risk(model: str) -> None:
    well, ill = probability([course_of(WELL), course_of({**ILL, **LABS}, age=82)], model=model)
    assert well < 0.15
    assert ill > 0.4


@pytest.mark.parametrize("model", [ALL_INPUTS, VITALS_ONLY])
@pytest.mark.parametrize("values", [WELL, ILL, {**ILL, **LABS}, {"HR": 100.0}])
def test_the_contributions_add_up_to_the_risk(model: str, values: dict[str, float]) -> None:
    found = risk(course_of(values), model=model)
    whole = log_odds(found.probability) - log_odds(found.reference)
    assert sum(part.log_odds for part in found.contributions) == pytest.approx(whole, abs=1e-3)
    sizes = [abs(part.log_odds) for part in found.contributions]
    assert sizes == sorted(sizes, reverse=True)
    assert probability([course_of(values)], model=model)[0] == pytest.approx(found.probability, abs=1e-6)


def test_the_strongest_reason_is_what_is_wrong() -> None:
    found = risk(course_of({**WELL, "GCS": 3}), model=VITALS_ONLY)
    assert (found.contributions[0].quantity, found.contributions[0].latest) == ("GCS", 3.0)
    assert found.contributions[0].log_odds > 0


def test_nothing_at_all_is_still_a_course() -> None:
    for model in (ALL_INPUTS, VITALS_ONLY):
        (died,) = probability([course({})], model=model)
        assert 0.0 < died < 1.0
        assert probability([], model=model).shape == (0,)


def test_the_ward_needs_no_laboratory_and_no_count_of_what_was_measured() -> None:
    assert set(WARD) < set(ALL)
    assert not {
        name for name in WARD if name.endswith(".count") or name.startswith(("BUN", "MechVent", "Urine", "FiO2"))
    }
    assert artifacts.load(VITALS_ONLY).inputs == WARD
    assert artifacts.load(ALL_INPUTS).inputs == ALL


def test_what_cannot_be_is_left_out_of_a_course() -> None:
    found = course({"HR": (HOURS[:3], np.array([0.0, 80.0, 900.0])), "pH": (HOURS[:2], np.array([735.0, 7.2]))})
    assert found["HR"][1].tolist() == [80.0]
    assert found["pH"][1].tolist() == [7.35, 7.2]
    assert "Temp" not in course({"Temp": (HOURS[:1], np.array([-17.8]))})


def test_figures_are_those_of_both_days() -> None:
    rate = np.where(HOURS <= 24, 80.0, 100.0)
    found = features(course({"HR": (HOURS, rate)}))
    assert (found["HR.day1_mean"], found["HR.day2_mean"], found["HR.recent"]) == (80.0, 100.0, 100.0)
    assert (found["HR.least"], found["HR.most"], found["HR.change"]) == (80.0, 100.0, 20.0)
    assert np.isnan(found["Temp.mean"])
