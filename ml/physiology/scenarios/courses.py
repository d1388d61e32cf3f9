"""The scenarios: what befalls whom, and when. Minutes throughout; what grows with illness is that of a middling case.

Each is a clinical picture put as causes, from which the body makes the signs; none sets a sign. The sizes of the causes
are ours, chosen so that a person of 35 to 85 years comes out as textbooks describe the picture: fever of infection
with a heart and breath that are faster than warmth alone explains (Jensen 2019), a pneumonia's gradient (West), class
II to III of blood loss (ATLS), warm septic shock with vasodilation, leak and lactate (Singer 2016), atrial
fibrillation at the rates of the untreated (January 2014), type 2 diabetes on insulin (ADA 2024).
"""

from collections.abc import Mapping
from typing import Final

from ml.physiology.scenarios.course import Course, bouts

_MEALS = {
    "carbohydrate_g_per_min": bouts((450, 15, 4.0), (760, 20, 4.0), (960, 5, 4.0), (1125, 20, 3.5)),
    "drink_ml_per_min": bouts(
        (450, 15, 15.0), (600, 10, 15.0), (760, 20, 15.0), (960, 10, 15.0), (1125, 20, 15.0), rest=0.8
    ),
}  # fmt: skip
_SLEEP = {"sleep": ((0.0, 1.0), (390.0, 1.0), (420.0, 0.0), (1350.0, 0.0), (1400.0, 1.0))}
WALKS = bouts((485, 20, 0.20), (790, 25, 0.24), (1055, 30, 0.28))
DAY: Final = Course(
    {
        **_MEALS,
        **_SLEEP,
        "effort": WALKS,
        "motion": bouts((485, 20, 0.03), (790, 25, 0.03), (1055, 30, 0.04)),
    },
    daily=True,
)
IN_BED: Final = Course(_MEALS, daily=True)

FEVER: Final = Course(
    {
        "fever_celsius": ((0, 0), (15, 0), (60, 3.5), (330, 3.5), (360, 0)),
        "heart_rate_factor": ((0, 1), (15, 1), (60, 1.12), (330, 1.12), (390, 1)),
        "breath_rate_shift": ((0, 0), (15, 0), (60, 5), (330, 5), (390, 0)),
        "gradient_rise_mmhg": ((0, 0), (15, 0), (90, 6), (330, 6), (420, 0)),
    },
    minutes=480,
    on_air=(200, 325),
)
HYPOXIA: Final = Course(
    {
        "gradient_mmhg": ((0, 15), (10, 15), (40, 65), (120, 67), (200, 65), (270, 68), (300, 65), (330, 15)),
        "fio2": ((0, 0.2095), (30, 0.2095), (35, 0.24), (320, 0.24), (325, 0.2095)),
        "breath_rate_shift": ((0, 0), (10, 0), (40, 10), (300, 10), (330, 0)),
        "co2_fall_mmhg": ((0, 0), (10, 0), (40, 5), (300, 5), (330, 0)),
        "heart_rate_factor": ((0, 1), (10, 1), (40, 1.33), (300, 1.33), (330, 1)),
    },
    minutes=360,
    on_air=(60, 295),
)
BRADYCARDIA: Final = Course(
    {
        "node_rate_per_min": ((0, 62), (10, 47), (205, 47), (215, 62)),
        "vasodilation": ((0, 0), (10, 0.08), (205, 0.08), (215, 0)),
    },
    minutes=240,
    on_air=(20, 200),
)
EXERTION: Final = Course(
    {
        "effort": bouts((2, 40, 0.66), ramp=2.0),
        "motion": bouts((2, 40, 0.03), ramp=2.0),
        "air_celsius": ((0, 24),),
        "air_speed_m_s": ((0, 0.3),),
        "drink_ml_per_min": ((0, 6),),
        "salt_mosm_per_min": bouts((45, 60, 0.9)),
    },
    minutes=120,
    on_air=(8, 30),
)
BLEEDING: Final = Course(
    {
        "blood_lost_per_h": bouts((10, 30, 0.56), rest=0.0),
        "blood_given_per_h": bouts((110, 42, 0.40), rest=0.0),
        "infuse_ml_per_kg_h": bouts((100, 40, 8.0), rest=0.0),
        "heart_rate_factor": ((0, 1), (10, 1), (40, 1.22), (110, 1.22), (150, 1)),
        "lactate_mmol_per_min": ((0, 0), (20, 0), (45, 0.07), (110, 0.07), (150, 0)),
        "breath_rate_shift": ((0, 0), (10, 0), (40, 4), (110, 4), (150, 0)),
    },
    minutes=240,
    on_air=(36, 95),
)
DEHYDRATION: Final = Course(
    {
        "effort": bouts((5, 170, 0.25), ramp=1.0),
        "motion": bouts((5, 170, 0.03), ramp=1.0),
        "air_celsius": ((0, 24), (5, 36), (175, 36), (180, 24)),
        "relative_humidity": ((0, 0.4), (5, 0.3), (175, 0.3), (180, 0.4)),
        "drink_ml_per_min": ((0, 1.5), (5, 0), (180, 0), (181, 15), (320, 15), (322, 1.5)),
        "salt_mosm_per_min": bouts((185, 130, 1.0)),
    },
    minutes=420,
    on_air=(80, 170),
)
ATRIAL_FIBRILLATION: Final = Course(
    {
        "fibrillation": ((0, 0), (5, 0), (5.01, 1), (230, 1), (230.01, 0)),
        "heart_rate_factor": ((0, 1), (5, 1), (6, 1.56), (228, 1.56), (231, 1)),
        "vasodilation": ((0, 0), (5, 0), (8, 0.05), (230, 0.05), (240, 0)),
        "ventricular_ectopics_per_min": ((0, 3), (5, 3), (5.01, 0), (230, 0), (231, 5), (290, 1)),
    },
    minutes=300,
    on_air=(20, 215),
)
SEPSIS: Final = Course(
    {
        "fever_celsius": ((0, 0), (20, 0), (80, 2.6), (480, 2.4), (600, 0)),
        "vasodilation": ((0, 0), (40, 0), (180, 0.32), (420, 0.32), (560, 0)),
        "venodilation": ((0, 0), (40, 0), (180, 0.04), (420, 0.04), (560, 0)),
        "capillary_leak": ((0, 0), (60, 0), (200, 0.10), (420, 0.10), (600, 0)),
        "lactate_mmol_per_min": ((0, 0), (60, 0), (180, 0.10), (400, 0.10), (520, 0)),
        "heart_rate_factor": ((0, 1), (20, 1), (120, 1.2), (420, 1.2), (580, 1)),
        "breath_rate_shift": ((0, 0), (20, 0), (120, 8), (420, 8), (580, 0)),
        "co2_fall_mmhg": ((0, 0), (20, 0), (160, 7), (420, 7), (560, 0)),
        "gradient_rise_mmhg": ((0, 0), (60, 0), (200, 24), (420, 24), (600, 0)),
        "infuse_ml_per_kg_h": bouts((300, 120, 8.0)),
    },
    minutes=720,
    on_air=(190, 300),
)
DIABETIC_DAY: Final = Course(
    {
        **_SLEEP,
        **_MEALS,
        "effort": bouts((485, 15, 0.18), (900, 45, 0.25)),
        "motion": bouts((485, 15, 0.03), (900, 45, 0.03)),
        "insulin_u_per_kg_h": bouts((470, 60, 0.03), (775, 90, 0.34), (1140, 70, 0.03)),
    },
    daily=True,
    traits={"basal_glucose": 1.4, "insulin_secretion": 0.06, "insulin_sensitivity": 0.6},
)
FALLING_BATTERY: Final = Course(
    {"battery_percent": ((0, 13), (240, 2), (250, 2), (251, 100), (360, 97))}, minutes=360, on_air=(40, 130)
)
LOOSE_ELECTRODE: Final = Course({"lead_off": bouts((0.65, 0.2, 1.0), ramp=0.001)}, minutes=1.5)
WORN_OUT_SENSORS: Final = Course({"drop_out": ((0, 0.05),)}, minutes=60)

SCENARIOS: Final[Mapping[str, tuple[Course, ...]]] = {
    "well": (DAY,),
    "fever": (IN_BED, FEVER),
    "hypoxia": (IN_BED, HYPOXIA),
    "bradycardia": (IN_BED, BRADYCARDIA),
    "exertion": (EXERTION,),
    "falling-battery": (DAY, FALLING_BATTERY),
    "loose-electrode": (DAY, LOOSE_ELECTRODE, WORN_OUT_SENSORS),
    "dehydration": (DEHYDRATION,),
    "bleeding": (IN_BED, BLEEDING),
    "atrial-fibrillation": (IN_BED, ATRIAL_FIBRILLATION),
    "sepsis": (IN_BED, SEPSIS),
    "diabetic-day": (DIABETIC_DAY,),
}
"""By name; of two courses that move the same, the later one does."""
