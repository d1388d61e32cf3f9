"""What a course does to a body is what textbooks say of it: it begins, develops, ends, and comes again."""

from dataclasses import dataclass

import numpy as np
import pytest

from ml.physiology.person import Person
from ml.physiology.scenarios import SCENARIOS, Bodies, Life
from tests.ml.physiology.scenarios.people import AFTERNOON_S, MAN, WOMAN

MIDNIGHT_S = 1_763_596_800.0


@dataclass
class Seen:
    """At one minute of a course: what sensors would show, and what is behind it."""

    shown: dict[str, float]
    real: dict[str, float]

    def __getitem__(self, name: str) -> float:
        return self.shown.get(name, self.real.get(name, np.nan))


def seen(bodies: Bodies) -> Seen:
    shown = {name: float(values[0]) for name, values in bodies.shown.by_name.items()}
    return Seen(shown, {name: float(values[0]) for name, values in bodies.observe().items()})


def along(scenario: str, minutes: list[int], person: Person = MAN) -> list[Seen]:
    """At these minutes of the first course that begins after coming on air."""
    life = Life(person, scenario, seed=5)
    course = life.courses[-1]
    bodies, found = Bodies([life], AFTERNOON_S), []
    minute = course.minute_on_air(AFTERNOON_S, life.shift_min()) - course.minutes
    for wanted in minutes:
        passing = round(wanted - minute)
        bodies.skip(passing)
        minute += passing
        found.append(seen(bodies))
    return found


def day(scenario: str, every_min: int = 30) -> list[Seen]:
    """From midnight on."""
    bodies, found = Bodies([Life(MAN, scenario, seed=5)], MIDNIGHT_S), []
    for _ in range(1440 // every_min):
        found.append(seen(bodies))
        bodies.skip(every_min)
    return found


def hour(found: list[Seen], name: str, first: float, last: float) -> float:
    """The mean of these hours of a day of half hours."""
    return float(np.mean([each[name] for each in found[round(2 * first) : round(2 * last) + 1]]))


@pytest.mark.parametrize("person", [MAN, WOMAN])
def test_bleeding_quickens_the_heart_narrows_the_pulse_and_is_made_good(person: Person) -> None:
    before, bled, later, after = along("bleeding", [5, 42, 90, 235], person)
    assert -0.29 < bled["blood_volume"] / before["blood_volume"] - 1 < -0.15
    assert 12 < bled["heart_rate_per_min"] - before["heart_rate_per_min"] < 50
    assert bled["perfusion_index_percent"] < 0.5 * before["perfusion_index_percent"]
    assert bled["systolic_mmhg"] < before["systolic_mmhg"] - 15
    pulse = [each["systolic_mmhg"] - each["diastolic_mmhg"] for each in (before, bled)]
    assert pulse[1] < 0.75 * pulse[0]
    assert bled["spo2_percent"] == pytest.approx(before["spo2_percent"], abs=1)
    assert before["blood_lactate_mmol_l"] < 1.4
    assert later["blood_lactate_mmol_l"] > 2
    assert after["blood_volume"] == pytest.approx(before["blood_volume"], rel=0.04)
    assert after["heart_rate_per_min"] == pytest.approx(before["heart_rate_per_min"], abs=8)


def test_fever_rises_with_chill_makes_heart_and_breath_faster_and_ends_in_sweat() -> None:
    before, chill, high, falling, after = along("fever", [10, 60, 250, 352, 470])
    assert chill["skin_celsius"] - before["skin_celsius"] < 0 < chill["core_celsius"] - before["core_celsius"]
    assert chill["perfusion_index_percent"] < before["perfusion_index_percent"]
    assert 2.0 < high["core_celsius"] - before["core_celsius"] < 3.3
    assert 15 < high["heart_rate_per_min"] - before["heart_rate_per_min"] < 50
    assert high["respiratory_rate_per_min"] > before["respiratory_rate_per_min"] + 3
    assert high["sweat_rate"] < 0.05
    assert falling["sweat_rate"] > 0.2
    assert falling["skin_celsius"] > high["skin_celsius"]
    assert after["core_celsius"] == pytest.approx(before["core_celsius"], abs=0.8)  # at another hour


def test_hypoxia_lowers_saturation_and_is_answered_by_heart_and_breath() -> None:
    before, ill, after = along("hypoxia", [5, 150, 350])
    assert before["spo2_percent"] > 95
    assert 83 < ill["spo2_percent"] < 89
    assert ill["respiratory_rate_per_min"] > before["respiratory_rate_per_min"] + 7
    assert 15 < ill["heart_rate_per_min"] - before["heart_rate_per_min"] < 55
    assert ill["breath_depth"] < before["breath_depth"]
    assert after["spo2_percent"] > 95


@pytest.mark.parametrize("person", [MAN, WOMAN])
def test_sepsis_is_warm_fast_and_wide_open_with_lactate(person: Person) -> None:
    before, ill, treated, after = along("sepsis", [15, 260, 415, 700], person)
    assert ill["core_celsius"] > 38
    assert ill["heart_rate_per_min"] > before["heart_rate_per_min"] + 25
    assert ill["respiratory_rate_per_min"] > 22
    assert ill["systemic_resistance"] < 0.75 * before["systemic_resistance"]
    assert ill["cardiac_output"] > before["cardiac_output"]
    assert ill["mean_arterial_pressure"] < before["mean_arterial_pressure"] - 7
    assert ill["blood_lactate_mmol_l"] > 2.5
    assert treated["central_venous_pressure"] > ill["central_venous_pressure"] + 1
    assert after["blood_lactate_mmol_l"] < 1.3
    assert after["core_celsius"] < 37.5


def test_work_in_the_heat_without_a_drink_dries_out_and_drinking_makes_it_good() -> None:
    before, warm, dry, after = along("dehydration", [4, 35, 170, 400])
    assert -3.0 < 100 * (dry["weight_kg"] / before["weight_kg"] - 1) < -1.0
    assert dry["impedance_50khz_ohm"] > 1.015 * before["impedance_50khz_ohm"]
    assert dry["osmolality"] > before["osmolality"] + 3
    assert dry["heart_rate_per_min"] > warm["heart_rate_per_min"] + 3
    assert dry["sweat_lactate_mmol_l"] > 0
    assert np.isnan(before["sweat_lactate_mmol_l"])
    assert after["weight_kg"] == pytest.approx(before["weight_kg"], rel=0.008)
    assert after["heart_rate_per_min"] < before["heart_rate_per_min"] + 8


def test_exertion_and_the_rest_after_it() -> None:
    before, hard, after = along("exertion", [1, 36, 115])
    assert hard["heart_rate_per_min"] > 130
    assert hard["respiratory_rate_per_min"] > 22
    assert hard["breath_depth"] > 1.8
    assert hard["blood_lactate_mmol_l"] > 2
    assert hard["activity_mg"] > 100
    assert hard["core_celsius"] > before["core_celsius"] + 0.4
    assert hard["systolic_mmhg"] > before["systolic_mmhg"] + 10
    assert after["heart_rate_per_min"] == pytest.approx(before["heart_rate_per_min"], abs=10)


def test_fibrillation_comes_fast_and_goes_and_leaves_ectopic_beats_behind() -> None:
    before, ill, after = along("atrial-fibrillation", [2, 100, 240])
    assert [each["fibrillation"] for each in (before, ill, after)] == [0, 1, 0]
    assert ill["heart_rate_per_min"] > before["heart_rate_per_min"] + 25
    assert ill["ventricular_ectopics_per_min"] == 0 < after["ventricular_ectopics_per_min"]


def test_bradycardia_is_slow_with_a_large_pulse() -> None:
    ill, after = along("bradycardia", [100, 235])
    assert ill["heart_rate_per_min"] < 50 < after["heart_rate_per_min"]
    assert ill["stroke_volume"] > 1.15 * after["stroke_volume"]


def test_a_day_has_sleep_walks_and_meals() -> None:
    found = day("well")
    assert hour(found, "heart_rate_per_min", 2, 5) < hour(found, "heart_rate_per_min", 10, 12) - 2
    assert hour(found, "core_celsius", 3, 5) < hour(found, "core_celsius", 15.5, 17) - 0.4
    assert max(each["activity_mg"] for each in found) > 60
    assert found[6]["activity_mg"] < 5
    assert max(each["heart_rate_per_min"] for each in found) < 120
    assert max(each["glucose_mmol_l"] for each in found) > found[10]["glucose_mmol_l"] + 1
    assert all(3.9 < each["glucose_mmol_l"] < 10 and each["spo2_percent"] > 94 for each in found)


def test_a_diabetic_day_has_high_sugar_after_meals_and_low_after_insulin() -> None:
    sugar = [each["glucose_mmol_l"] for each in day("diabetic-day", 15)]
    assert max(sugar) > 9.5
    assert min(sugar[52:64]) < 4.5  # insulin for a lunch, 13 to 16 h
    assert sugar[16] > 6.0  # 4 h


def test_a_glucose_sensor_lags_behind_the_blood() -> None:
    bodies = Bodies([Life(MAN, "diabetic-day", seed=5)], MIDNIGHT_S + 7.6 * 3600)
    shown, real = [], []
    for _ in range(2700):
        bodies.second()
        shown.append(bodies.shown["glucose_mmol_l"][0])
        real.append(bodies.observe()["glucose"][0])
    rising = slice(1200, 2000)
    lag = (np.array(real) - np.array(shown))[rising] / np.gradient(real)[rising]
    assert 5 * 60 < np.median(lag) < 11 * 60


def test_a_battery_runs_down_and_is_charged_and_an_electrode_is_loose_now_and_then() -> None:
    bodies = Bodies([Life(MAN, name, seed=5) for name in ("falling-battery", "loose-electrode", "well")], AFTERNOON_S)
    off, battery = [], []
    for _ in range(600):
        now = bodies.second()
        off.append(now.faults.lead_off.tolist())
        battery.append(now.battery_percent.tolist())
    assert np.mean(off, axis=0).tolist() == pytest.approx([0, 12 / 90, 0], abs=0.02)
    assert battery[0][0] < 15 < battery[0][2]
    bodies.skip(240)
    assert bodies.second().battery_percent[0] > 90


def test_every_scenario_is_one_that_is_looked_at_here() -> None:
    looked_at = {"bleeding", "fever", "hypoxia", "sepsis", "dehydration", "exertion", "atrial-fibrillation"}
    assert set(SCENARIOS) == looked_at | {"bradycardia", "well", "diabetic-day", "falling-battery", "loose-electrode"}
