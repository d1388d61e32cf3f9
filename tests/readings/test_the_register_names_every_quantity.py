import math
import re

import pytest

from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER, by_number
from apps.readings.quantity import HAND, LOINC_SYSTEM, MDC_SYSTEM, OWN_SYSTEM, SENSOR, Form

CONTRACT = {
    *("ecg", "ppg_red", "ppg_infrared", "ppg_green", "respiration_wave", "spo2", "heart_rate", "pulse_rate"),
    *(
        "respiratory_rate",
        "skin_temperature",
        "core_temperature",
        "impedance_5khz",
        "impedance_50khz",
        "impedance_200khz",
    ),
    *("hydration", "total_body_water", "systolic_pressure", "diastolic_pressure", "mean_pressure", "glucose"),
    *("blood_lactate", "sweat_lactate", "eeg", "emg", "pacemaker_pulse", "pacemaker_battery"),
    *("activity", "weight", "consciousness", "supplemental_oxygen", "perfusion_index", "rmssd"),
    *("ectopic_rhythm", "ventricular_ectopics", "atrial_fibrillation_probability", "atrial_fibrillation_burden"),
    *("sdnn", "machine_temperature", "vibration", "machine_pressure", "current", "flow"),
}

DERIVED_ONLY = {
    *("extracellular_water", "emg_envelope", "emg_median_frequency", "emg_fatigue"),
    *("eeg_delta", "eeg_theta", "eeg_alpha", "eeg_beta"),
}
BY_HAND_ONLY = {"inspired_oxygen", "pain", "meal_carbohydrate", "insulin_dose", "fluid_intake"}

# Stored with every reading: a number that changes its meaning would change what was measured.
NUMBERS = {
    **{1: "ecg", 2: "ppg_red", 3: "ppg_infrared", 4: "ppg_green", 5: "respiration_wave", 6: "eeg", 7: "emg"},
    **{20: "spo2", 21: "heart_rate", 22: "pulse_rate", 23: "respiratory_rate", 24: "skin_temperature"},
    **{25: "core_temperature", 26: "perfusion_index", 27: "rmssd", 28: "sdnn", 30: "systolic_pressure"},
    **{31: "diastolic_pressure", 32: "mean_pressure", 40: "impedance_5khz", 41: "impedance_50khz"},
    **{42: "impedance_200khz", 43: "hydration", 44: "total_body_water", 45: "weight", 46: "extracellular_water"},
    **{50: "glucose", 62: "emg_envelope", 63: "emg_median_frequency", 64: "emg_fatigue", 65: "eeg_delta"},
    **{66: "eeg_theta", 67: "eeg_alpha", 68: "eeg_beta"},
    **{51: "blood_lactate", 52: "sweat_lactate", 60: "pacemaker_pulse", 61: "pacemaker_battery", 70: "activity"},
    **{80: "consciousness", 81: "supplemental_oxygen", 82: "inspired_oxygen", 83: "pain", 90: "ectopic_rhythm"},
    **{91: "ventricular_ectopics", 92: "atrial_fibrillation_probability", 93: "atrial_fibrillation_burden"},
    **{84: "meal_carbohydrate", 85: "insulin_dose", 86: "fluid_intake"},
    **{100: "machine_temperature", 101: "vibration"},
    **{102: "machine_pressure", 103: "current", 104: "flow"},
}
UCUM = {
    *("uV", "1", "%", "/min", "Cel", "ms", "mm[Hg]", "Ohm", "L", "kg", "mmol/L", "V"),
    *("Hz", "%/min", "m[g]", "[g]", "L/min", "bar", "A", "{score}", "g", "[IU]", "mL"),
}
VERIFIED = {
    "spo2": {"2708-6", "59408-5"},
    "heart_rate": {"8867-4"},
    "respiratory_rate": {"9279-1"},
    "core_temperature": {"8310-5"},
    "systolic_pressure": {"8480-6"},
    "diastolic_pressure": {"8462-4"},
    "sdnn": {"80404-7"},
    "perfusion_index": {"61006-3"},
    "blood_lactate": {"32693-4"},
    "ecg": {"131328"},
    "ppg_red": {"150452"},
    "ppg_infrared": {"150452"},
    "ppg_green": {"150452"},
}

each = pytest.mark.parametrize("quantity", REGISTER.values(), ids=REGISTER.keys())


def test_every_quantity_of_the_contract_is_there():
    assert set(REGISTER) == CONTRACT | DERIVED_ONLY | BY_HAND_ONLY


def test_numbers_are_those_that_were_ever_given_out():
    assert {quantity.number: quantity.code for quantity in REGISTER.values()} == NUMBERS


@each
def test_a_quantity_is_found_by_its_number(quantity):
    assert by_number(quantity.number) is quantity
    assert 0 < quantity.number < 2**15


def test_a_number_that_was_never_given_out_is_an_error():
    with pytest.raises(KeyError):
        by_number(8)


def test_the_register_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        REGISTER["aura"] = REGISTER["ecg"]


def test_labels_are_unique():
    assert len({quantity.label for quantity in REGISTER.values()}) == len(REGISTER)


@each
def test_units_are_spelled_in_ucum(quantity):
    assert quantity.unit in UCUM


@each
def test_only_codes_that_were_verified_are_given_and_our_own_always(quantity):
    assert {coding.code for coding in quantity.standard_codings} == VERIFIED.get(quantity.code, set())
    assert {coding.system for coding in quantity.standard_codings} <= {LOINC_SYSTEM, MDC_SYSTEM}
    assert (quantity.codings[-1].system, quantity.codings[-1].code) == (OWN_SYSTEM, quantity.code)


def test_lactate_of_sweat_is_never_called_lactate_of_blood():
    assert REGISTER["sweat_lactate"].standard_codings == ()


@each
def test_an_entry_is_complete(quantity):
    assert quantity.low < quantity.high
    assert quantity.expected_interval_s > 0
    assert 0 <= quantity.decimals <= 3
    assert re.fullmatch(r"[a-z][a-z0-9_]*", quantity.colour)
    assert quantity.label
    assert quantity.source_priority
    assert len(set(quantity.source_priority)) == len(quantity.source_priority)


@each
def test_sources_are_waves_other_measurements_a_sensor_or_a_hand(quantity):
    assert set(quantity.source_priority) <= {*REGISTER, SENSOR, HAND} - {quantity.code}


@each
def test_a_wave_comes_from_its_sensor(quantity):
    if quantity.form is Form.WAVE:
        assert quantity.source_priority == (SENSOR,)


def test_a_heart_rate_of_the_ecg_ranks_before_one_of_the_pulse():
    rank = REGISTER["heart_rate"].source_rank
    assert rank("ecg") < rank(SENSOR) < rank("ppg_infrared") < rank(HAND) < rank("eeg")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.01, 350.01])
def test_what_cannot_be_is_not_plausible(value):
    assert not REGISTER["heart_rate"].plausible(value)


def test_asystole_is_plausible():
    assert REGISTER["heart_rate"].plausible(0)


def test_a_thermometer_that_has_just_been_powered_is_not():
    assert not REGISTER["skin_temperature"].plausible(85.0)


def test_consciousness_is_one_of_the_five_levels_of_acvpu():
    consciousness = REGISTER["consciousness"]
    assert sorted(consciousness.categories) == [0, 1, 2, 3, 4]
    assert consciousness.plausible(2.0)
    assert not consciousness.plausible(2.5)


def test_origins_are_numbered_and_labelled_as_the_api_says():
    assert {origin.value: origin.label for origin in Origin} == {
        0: "measured",
        1: "derived",
        2: "manual",
        3: "simulated",
        4: "replayed",
    }
