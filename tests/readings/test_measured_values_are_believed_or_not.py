"""Single values: what no body could have is evidence for nothing; mean pressure and body water follow from the rest."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from apps.core.tenancy import bind
from apps.patients.models import Patient, Sex
from apps.readings.fresh_frames import FreshFrame
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.scalars import Scalars
from apps.readings.value import Value
from tests.personas import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PATIENT, DEVICE = uuid4(), uuid4()


def frame(second: float, **values: float) -> FreshFrame:
    codes = [REGISTER[code].number for code in values]
    at = NOW + timedelta(seconds=second)
    return FreshFrame(PATIENT, DEVICE, "node-1", at, Origin.MEASURED, b"", codes, list(values.values()))


def given(scalars: Scalars, *frames: FreshFrame) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for _, value in scalars.feed(frames):
        found.setdefault(value.code, []).append(value)
    return found


def test_what_a_device_measures_is_believed() -> None:
    [value] = given(Scalars(), frame(0, spo2=97.0))["spo2"]
    assert (value.value, value.quality, value.source, value.origin) == (97.0, 1.0, "sensor", Origin.MEASURED)


def test_a_thermometer_that_falls_off_is_evidence_for_nothing() -> None:
    values = [33.5] * 120 + [33.5 - 0.08 * n for n in range(60)]
    found = given(Scalars(), *(frame(second, skin_temperature=value) for second, value in enumerate(values)))
    qualities = [value.quality for value in found["skin_temperature"]]
    assert set(qualities[:120]) == {1.0}
    assert set(qualities[150:]) == {0.1}
    assert [value.value for value in found["skin_temperature"]] == values


def test_a_leap_of_glucose_is_evidence_for_nothing_until_it_stays() -> None:
    values = (5.5, 5.6, 15.0, 5.6)
    found = given(Scalars(), *(frame(300 * number, glucose=value) for number, value in enumerate(values)))
    assert [value.quality for value in found["glucose"]] == [1.0, 1.0, 0.1, 1.0]


def test_a_body_that_lies_on_its_sensor_is_suspected_and_still_watched() -> None:
    values = (6.0, 6.0, 6.0, 6.0, 4.2, 3.4)
    found = given(Scalars(), *(frame(300 * number, glucose=value) for number, value in enumerate(values)))
    assert [value.quality for value in found["glucose"]] == [1.0] * 4 + [0.6] * 2


def test_a_frame_that_is_seen_again_changes_nothing() -> None:
    scalars = Scalars()
    frames = [frame(second, core_temperature=37.0) for second in range(5)]
    given(scalars, *frames)
    again = given(scalars, *frames, frame(5, core_temperature=37.0))
    assert {value.quality for value in again["core_temperature"]} == {1.0}


def test_the_mean_follows_from_the_pair() -> None:
    found = given(Scalars(), frame(0, systolic_pressure=120.0, diastolic_pressure=81.0))
    [mean] = found["mean_pressure"]
    assert (mean.value, mean.source, mean.origin) == (94.0, "systolic_pressure", Origin.DERIVED)


def test_a_mean_that_was_measured_is_given_no_other() -> None:
    found = given(Scalars(), frame(0, systolic_pressure=120.0, diastolic_pressure=80.0, mean_pressure=97.0))
    assert [mean.source for mean in found["mean_pressure"]] == ["sensor"]


def test_a_pair_that_cannot_be_true_has_no_mean_and_is_evidence_for_nothing() -> None:
    found = given(Scalars(), frame(0, systolic_pressure=80.0, diastolic_pressure=118.0))
    assert "mean_pressure" not in found
    assert {found[code][0].quality for code in ("systolic_pressure", "diastolic_pressure")} == {0.1}


def test_sweat_lactate_gives_no_blood_lactate() -> None:
    found = given(Scalars(), *(frame(60 * minute, sweat_lactate=20.0) for minute in range(10)))
    assert set(found) == {"sweat_lactate"}


@pytest.mark.parametrize(("known", "codes"), [(True, {"total_body_water", "hydration"}), (False, set())])
def test_body_water_is_of_people_whose_stature_is_known(world: World, known: bool, codes: set[str]) -> None:
    with bind(world.north.id):
        patient = world.north.alice
        Patient.objects.filter(pk=patient.pk).update(
            height_cm=175 if known else None, mass_kg=70, birth_date=date(1991, 2, 3), sex=Sex.MALE
        )
        frames = [frame(second, impedance_50khz=450.0) for second in range(130)]
        found = given(Scalars(), *(mine(each, patient) for each in frames))
    assert set(found) - {"impedance_50khz"} == codes
    if known:
        assert len(found["hydration"]) == 3  # once a minute
        assert found["total_body_water"][0].value == pytest.approx(40.15, abs=0.1)
        assert found["hydration"][0].value == pytest.approx(57.35, abs=0.2)


def test_three_frequencies_tell_the_water_outside_the_cells(world: World) -> None:
    three = {"impedance_5khz": 560.0, "impedance_50khz": 480.0, "impedance_200khz": 430.0}
    with bind(world.north.id):
        patient = world.north.alice
        Patient.objects.filter(pk=patient.pk).update(
            height_cm=175, mass_kg=70, birth_date=date(1991, 2, 3), sex=Sex.MALE
        )
        found = given(Scalars(), *(mine(frame(second, **three), patient) for second in range(130)))
        swapped = {**three, "impedance_5khz": 430.0, "impedance_200khz": 560.0}
        wrong = given(Scalars(), *(mine(frame(second, **swapped), patient) for second in range(130)))
    outside, all_of_it = found["extracellular_water"][0].value, found["total_body_water"][0].value
    assert 0.35 < outside / all_of_it < 0.5
    assert "extracellular_water" not in wrong


def mine(of: FreshFrame, patient: Patient) -> FreshFrame:
    return FreshFrame(
        patient.pk, of.device_id, of.device_uid, of.at, of.origin, of.waves, of.value_codes, of.value_numbers
    )
