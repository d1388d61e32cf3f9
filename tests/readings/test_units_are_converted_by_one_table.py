import pytest

from apps.readings.quantities import REGISTER
from apps.readings.units import ACCEPTED_UNITS


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("ecg", 1, "mV", 1_000),
        ("ecg", 0.002, "V", 2_000),
        ("skin_temperature", 98.6, "[degF]", 37.0),
        ("core_temperature", 32, "[degF]", None),
        ("core_temperature", 310.15, "K", 37.0),
        ("glucose", 90.08, "mg/dL", 5.0),
        ("blood_lactate", 18.016, "mg/dL", 2.0),
        ("systolic_pressure", 16, "kPa", 120.00987),
        ("heart_rate", 1.25, "Hz", 75),
        ("spo2", 0.97, "1", 97),
        ("weight", 150, "[lb_av]", 68.03886),
        ("total_body_water", 41_500, "mL", 41.5),
        ("activity", 0.03, "[g]", 30),
        ("vibration", 9.80665, "m/s2", 1),
        ("flow", 3, "m3/h", 50),
        ("machine_pressure", 100, "[psi]", 6.894757),
        ("sdnn", 0.052, "s", 52),
        ("pacemaker_battery", 2_800, "mV", 2.8),
    ],
)
def test_a_value_in_another_unit_becomes_the_register_s(code, value, unit, expected):
    converted = ACCEPTED_UNITS[code, unit].of(value)
    assert converted == pytest.approx(0.0 if expected is None else expected, abs=1e-9, rel=1e-6)


@pytest.mark.parametrize("quantity", REGISTER.values(), ids=REGISTER.keys())
def test_the_register_s_own_unit_is_taken_as_it_is(quantity):
    assert ACCEPTED_UNITS[quantity.code, quantity.unit].of(1.25) == 1.25


@pytest.mark.parametrize(
    ("code", "unit"),
    [("ecg", "Cel"), ("ecg", "MV"), ("glucose", "g"), ("aura", "1"), ("weight", "mg/dL"), ("consciousness", "%")],
)
def test_a_unit_that_is_not_of_the_quantity_is_refused(code, unit):
    assert (code, unit) not in ACCEPTED_UNITS


def test_a_mass_concentration_is_converted_by_the_molar_mass_of_its_own_substance():
    assert ACCEPTED_UNITS["glucose", "mg/dL"] != ACCEPTED_UNITS["blood_lactate", "mg/dL"]
