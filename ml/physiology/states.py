"""What changes from second to second in a body. One array each, all of one shape."""

from dataclasses import dataclass
from typing import Annotated

from ml.physiology.quantities import Array, Quantity, Record


@dataclass
class States(Record):
    """All states; `States.table()` gives unit, range and meaning of each."""

    # circulation and reflexes
    mean_arterial_pressure: Annotated[Array, Quantity("mmHg", 15, 250, "mean arterial pressure at heart level")]
    cardiac_output: Annotated[Array, Quantity("L/min", 0.05, 45, "flow out of the left heart")]
    heart_rate: Annotated[Array, Quantity("/min", 20, 230, "rate of the sinus node")]
    arterial_tone: Annotated[
        Array, Quantity("mmHg", -20, 20, "what the arterial baroreflex answers to, low pressure positive")
    ]
    cardiopulmonary_tone: Annotated[Array, Quantity("mmHg", -8, 8, "the same of the cardiopulmonary baroreflex")]
    baroreflex_setpoint: Annotated[
        Array, Quantity("mmHg", 25, 200, "pressure that the arterial baroreflex defends at rest")
    ]
    exercise_drive: Annotated[
        Array, Quantity("1", 0, 1.4, "central command and muscle reflexes, share of the heart's reserve")
    ]
    # oxygen and carbon dioxide
    oxygen_uptake: Annotated[Array, Quantity("L/min", 0.005, 10, "oxygen taken up, STPD")]
    alveolar_co2: Annotated[Array, Quantity("mmHg", 5, 140, "alveolar and arterial carbon dioxide pressure")]
    alveolar_o2: Annotated[Array, Quantity("mmHg", 5, 1500, "alveolar oxygen pressure")]
    alveolar_ventilation: Annotated[Array, Quantity("L/min", 0.05, 220, "BTPS")]
    arterial_saturation: Annotated[Array, Quantity("1", 0.02, 1, "of haemoglobin, as it reaches the finger")]
    # heat
    core_temperature: Annotated[Array, Quantity("°C", 15, 46, "core node")]
    muscle_temperature: Annotated[Array, Quantity("°C", 15, 47, "muscle node")]
    skin_temperature: Annotated[Array, Quantity("°C", 0, 48, "skin node, mean")]
    skin_blood_flow: Annotated[Array, Quantity("L/min", 0.002, 16, "flow through all of the skin")]
    sweat_rate: Annotated[Array, Quantity("L/h", 0, 4, "secreted by the sweat glands, evaporated or not")]
    shivering: Annotated[Array, Quantity("W", 0, 900, "heat of shivering")]
    # fluids
    plasma_volume: Annotated[Array, Quantity("L", 0.02, 14, "plasma")]
    red_cell_volume: Annotated[Array, Quantity("L", 0.01, 8, "red cells")]
    interstitial_volume: Annotated[Array, Quantity("L", 0.1, 80, "water between the cells")]
    cell_volume: Annotated[Array, Quantity("L", 0.3, 120, "water in the cells")]
    ecf_osmoles: Annotated[Array, Quantity("mOsm", 50, 30000, "osmoles outside the cells")]
    plasma_protein: Annotated[Array, Quantity("g", 1, 1200, "protein in the plasma")]
    interstitial_protein: Annotated[Array, Quantity("g", 1, 2400, "protein between the cells")]
    gut_water: Annotated[Array, Quantity("L", 0, 10, "drunk and not yet absorbed")]
    # metabolism
    glucose: Annotated[Array, Quantity("mmol/L", 0.5, 60, "in plasma")]
    insulin: Annotated[Array, Quantity("µU/mL", 0.1, 5000, "in plasma")]
    insulin_action: Annotated[
        Array, Quantity("/min", -0.02, 0.3, "insulin in the remote compartment, times sensitivity")
    ]
    stomach_glucose: Annotated[Array, Quantity("mmol", 0, 20000, "eaten and not yet emptied")]
    gut_glucose: Annotated[Array, Quantity("mmol", 0, 20000, "emptied and not yet absorbed")]
    lactate: Annotated[Array, Quantity("mmol/L", 0.1, 35, "in blood")]
    work_capacity: Annotated[
        Array, Quantity("kJ", 0, 90, "what is left of the work that can be done above critical power")
    ]
    clock: Annotated[Array, Quantity("h", 0, 24, "time of the body's day")]
