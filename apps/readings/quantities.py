"""The register of quantities: a new sensor is one entry here.

LOINC and ISO/IEEE 11073-10101 (MDC) codes stand here only where they were checked at the source and mean the very
thing. Pulse by oximetry, skin temperature, mean pressure, weight and sensor glucose (whose LOINC codes name a specimen
and a mass concentration) carry our own code only.

Plausible ranges are wide on purpose: asystole (0 /min) and deep hypothermia are true readings; 85 Cel from a
thermometer that has just been powered is not.
"""

from collections.abc import Mapping
from types import MappingProxyType

from apps.readings.quantity import HAND, LOINC_SYSTEM, MDC_SYSTEM, SENSOR, Coding, Form, Quantity

__all__ = ["CONSCIOUSNESS_ACVPU", "ECTOPIC_RHYTHMS", "REGISTER", "Form", "Quantity", "by_number"]

CONSCIOUSNESS_ACVPU: Mapping[int, str] = MappingProxyType(
    {0: "Alert", 1: "New confusion", 2: "Responds to voice", 3: "Responds to pain", 4: "Unresponsive"}
)
"""In the order of the letters A, C, V, P, U of NEWS2 (Royal College of Physicians, 2017)."""

ECTOPIC_RHYTHMS: Mapping[int, str] = MappingProxyType(
    {
        0: "None",
        1: "Supraventricular run",
        2: "Ventricular trigeminy",
        3: "Ventricular bigeminy",
        4: "Ventricular couplet",
        5: "Ventricular run, slow",
        6: "Ventricular tachycardia",
        7: "Ventricular tachycardia, sustained",
    }
)
"""The numbers of `ml.signals.rhythm_events.Rhythm`."""

_OWN = (SENSOR,)
_OR_HAND = (SENSOR, HAND)
_PPG = ("ppg_infrared", "ppg_green", "ppg_red")
_BREATH = ("respiration_wave", SENSOR, "ecg", *_PPG, HAND)
_MEAN_PRESSURE = (SENSOR, "systolic_pressure", HAND)
_IMPEDANCE = ("impedance_50khz", "impedance_5khz", "impedance_200khz")
_FROM_ECG = ("ecg",)
_ADC_24 = (-8_388_608, 8_388_607)


def _loinc(*codes: str) -> tuple[Coding, ...]:
    return tuple(Coding(LOINC_SYSTEM, code) for code in codes)


def _mdc(code: str) -> tuple[Coding, ...]:
    return (Coding(MDC_SYSTEM, code),)


# code, number, label, unit, low, high, expected_interval_s, decimals, colour, source_priority, standard_codings
_WAVES = (
    Quantity("ecg", 1, "ECG", "uV", -10_000, 10_000, 1, 0, "ecg", _OWN, _mdc("131328"), Form.WAVE),
    Quantity("ppg_red", 2, "Pulse wave, red", "1", *_ADC_24, 1, 0, "spo2", _OWN, _mdc("150452"), Form.WAVE),
    Quantity("ppg_infrared", 3, "Pulse wave, infrared", "1", *_ADC_24, 1, 0, "spo2", _OWN, _mdc("150452"), Form.WAVE),
    Quantity("ppg_green", 4, "Pulse wave, green", "1", *_ADC_24, 1, 0, "spo2", _OWN, _mdc("150452"), Form.WAVE),
    Quantity("respiration_wave", 5, "Respiration wave", "1", *_ADC_24, 1, 0, "respiration", _OWN, form=Form.WAVE),
    Quantity("eeg", 6, "EEG", "uV", -1_000, 1_000, 1, 0, "neuro", _OWN, form=Form.WAVE),
    Quantity("emg", 7, "EMG", "uV", -10_000, 10_000, 1, 0, "muscle", _OWN, form=Form.WAVE),
)

_HEART_AND_BREATH = (
    Quantity("spo2", 20, "SpO₂", "%", 20, 100, 1, 0, "spo2", (SENSOR, *_PPG, HAND), _loinc("2708-6", "59408-5")),
    # The electrical rate is the truth where there is an ECG: a weak pulse is missed, a dicrotic one counted twice.
    Quantity(
        "heart_rate", 21, "Heart rate", "/min", 0, 350, 1, 0, "ecg", ("ecg", SENSOR, *_PPG, HAND), _loinc("8867-4")
    ),
    Quantity("pulse_rate", 22, "Pulse rate", "/min", 0, 350, 1, 0, "spo2", (*_PPG, SENSOR, HAND)),
    Quantity(
        "respiratory_rate", 23, "Respiratory rate", "/min", 0, 150, 5, 0, "respiration", _BREATH, _loinc("9279-1")
    ),
    Quantity("skin_temperature", 24, "Skin temperature", "Cel", 0, 50, 5, 1, "temperature", _OR_HAND),
    Quantity(
        "core_temperature", 25, "Core temperature", "Cel", 10, 47, 10, 1, "temperature", _OR_HAND, _loinc("8310-5")
    ),
    Quantity("perfusion_index", 26, "Perfusion index", "%", 0, 50, 5, 1, "spo2", (*_PPG, SENSOR), _loinc("61006-3")),
    Quantity("rmssd", 27, "HRV, RMSSD", "ms", 0, 2_000, 60, 0, "ecg", ("ecg", SENSOR, *_PPG)),
    Quantity("sdnn", 28, "HRV, SDNN", "ms", 0, 2_000, 60, 0, "ecg", ("ecg", SENSOR, *_PPG), _loinc("80404-7")),
)

_PRESSURE = (
    Quantity("systolic_pressure", 30, "Systolic", "mm[Hg]", 10, 350, 3_600, 0, "pressure", _OR_HAND, _loinc("8480-6")),
    Quantity("diastolic_pressure", 31, "Diastolic", "mm[Hg]", 5, 250, 3_600, 0, "pressure", _OR_HAND, _loinc("8462-4")),
    # Of a cuff that measures it; else diastolic and a third of the pulse pressure.
    Quantity("mean_pressure", 32, "Mean pressure", "mm[Hg]", 5, 300, 3_600, 0, "pressure", _MEAN_PRESSURE),
)

_FLUIDS = (
    Quantity("impedance_5khz", 40, "Impedance, 5 kHz", "Ohm", 1, 20_000, 10, 0, "fluid", _OWN),
    Quantity("impedance_50khz", 41, "Impedance, 50 kHz", "Ohm", 1, 20_000, 10, 0, "fluid", _OWN),
    Quantity("impedance_200khz", 42, "Impedance, 200 kHz", "Ohm", 1, 20_000, 10, 0, "fluid", _OWN),
    # Share of the body's mass that is water, 40 to 70 % in the living.
    Quantity("hydration", 43, "Hydration", "%", 0, 100, 60, 1, "fluid", (SENSOR, *_IMPEDANCE, HAND)),
    Quantity("total_body_water", 44, "Total body water", "L", 0.5, 150, 60, 1, "fluid", (SENSOR, *_IMPEDANCE, HAND)),
    # Water outside the cells, of the three frequencies together.
    Quantity("extracellular_water", 46, "Extracellular water", "L", 0.2, 80, 60, 1, "fluid", _IMPEDANCE),
    Quantity("weight", 45, "Weight", "kg", 0.2, 650, 86_400, 1, "fluid", _OR_HAND),
)

_METABOLISM = (
    Quantity("glucose", 50, "Glucose", "mmol/L", 0.3, 80, 300, 1, "metabolic", _OR_HAND),
    Quantity("blood_lactate", 51, "Lactate, blood", "mmol/L", 0, 40, 600, 1, "metabolic", _OR_HAND, _loinc("32693-4")),
    Quantity("sweat_lactate", 52, "Lactate, sweat", "mmol/L", 0, 200, 60, 1, "metabolic", _OWN),
)

_PACEMAKER = (
    # How many pacing pulses a minute: telemetry of the implant, else the spikes counted in the ECG.
    Quantity("pacemaker_pulse", 60, "Pacing pulses", "/min", 0, 350, 60, 0, "pacing", (SENSOR, "ecg")),
    Quantity("pacemaker_battery", 61, "Pacemaker battery", "V", 0, 10, 3_600, 2, "pacing", _OR_HAND),
)

_MUSCLE_AND_BRAIN = (
    Quantity("emg_envelope", 62, "EMG, RMS", "uV", 0, 10_000, 5, 0, "muscle", ("emg",)),
    # Of seconds in which the muscle works; as it tires both fall.
    Quantity("emg_median_frequency", 63, "EMG, median frequency", "Hz", 10, 500, 60, 0, "muscle", ("emg",)),
    Quantity("emg_fatigue", 64, "EMG, change of frequency", "%/min", -200, 200, 60, 0, "muscle", ("emg",)),
    # Shares of the power from 1 to 30 Hz.
    Quantity("eeg_delta", 65, "EEG, delta", "%", 0, 100, 5, 0, "neuro", ("eeg",)),
    Quantity("eeg_theta", 66, "EEG, theta", "%", 0, 100, 5, 0, "neuro", ("eeg",)),
    Quantity("eeg_alpha", 67, "EEG, alpha", "%", 0, 100, 5, 0, "neuro", ("eeg",)),
    Quantity("eeg_beta", 68, "EEG, beta", "%", 0, 100, 5, 0, "neuro", ("eeg",)),
)

_RHYTHM = (
    # What the last beats came to (ml.signals.rhythm_events), told some seconds after them.
    Quantity("ectopic_rhythm", 90, "Ectopic rhythm", "1", 0, 7, 10, 0, "ecg", _FROM_ECG, categories=ECTOPIC_RHYTHMS),
    Quantity("ventricular_ectopics", 91, "Ventricular ectopics", "/min", 0, 350, 10, 0, "ecg", _FROM_ECG),
    Quantity("atrial_fibrillation_probability", 92, "AF, probability", "%", 0, 100, 60, 0, "ecg", _FROM_ECG),
    Quantity("atrial_fibrillation_burden", 93, "AF burden, last 3,600 beats", "%", 0, 100, 60, 0, "ecg", _FROM_ECG),
)

_OBSERVATION = (
    # Mean dynamic acceleration (Euclidean norm minus one g), as wearables report it.
    Quantity("activity", 70, "Activity", "m[g]", 0, 16_000, 10, 0, "activity", _OWN),
    Quantity(
        "consciousness",
        80,
        "Consciousness",
        "1",
        low=0,
        high=4,
        expected_interval_s=14_400,
        decimals=0,
        colour="observation",
        source_priority=(HAND, SENSOR),
        categories=CONSCIOUSNESS_ACVPU,
    ),
    # Flow given to the patient; 0 is room air, anything above counts as oxygen in NEWS2.
    Quantity(
        "supplemental_oxygen", 81, "Supplemental oxygen", "L/min", 0, 100, 14_400, 1, "observation", (HAND, SENSOR)
    ),
    # Fraction of oxygen in what is breathed, for masks that are set by it; room air is 21 %.
    Quantity("inspired_oxygen", 82, "Inspired oxygen", "%", 21, 100, 14_400, 0, "observation", (HAND, SENSOR)),
    # Numeric rating scale, 0 no pain to 10 the worst there could be.
    Quantity("pain", 83, "Pain", "{score}", 0, 10, 14_400, 0, "observation", (HAND,)),
)

_TOLD = (
    # What somebody took in, at the moment it began: no sensor sees it, and the twin's body is told of it.
    Quantity("meal_carbohydrate", 84, "Carbohydrate eaten", "g", 0, 500, 14_400, 0, "metabolic", (HAND,)),
    Quantity("insulin_dose", 85, "Insulin, rapid-acting", "[IU]", 0, 100, 14_400, 1, "metabolic", (HAND,)),
    Quantity("fluid_intake", 86, "Drunk", "mL", 0, 5_000, 14_400, 0, "fluid", (HAND,)),
)

_MACHINE = (
    Quantity("machine_temperature", 100, "Machine temperature", "Cel", -60, 500, 1, 1, "machine", _OWN),
    Quantity("vibration", 101, "Vibration, RMS", "[g]", 0, 200, 1, 3, "machine", _OWN),
    # Gauge pressure; the lower bound is under vacuum so that noise around vacuum is not refused.
    Quantity("machine_pressure", 102, "Machine pressure", "bar", -2, 2_000, 1, 2, "machine", _OWN),
    Quantity("current", 103, "Current", "A", -5_000, 5_000, 1, 2, "machine", _OWN),
    Quantity("flow", 104, "Flow", "L/min", -20_000, 20_000, 1, 1, "machine", _OWN),
)

_ALL = (
    *(*_WAVES, *_HEART_AND_BREATH, *_PRESSURE, *_FLUIDS, *_METABOLISM),
    *(*_PACEMAKER, *_MUSCLE_AND_BRAIN, *_RHYTHM, *_OBSERVATION, *_TOLD, *_MACHINE),
)

REGISTER: Mapping[str, Quantity] = MappingProxyType({quantity.code: quantity for quantity in _ALL})
_BY_NUMBER: Mapping[int, Quantity] = MappingProxyType({quantity.number: quantity for quantity in _ALL})


def by_number(number: int) -> Quantity:
    """The quantity stored under `number`. Raises KeyError for a number that was never given out."""
    return _BY_NUMBER[number]
