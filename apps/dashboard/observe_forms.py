"""The form of a round of observations: what is left empty is not entered."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms

from apps.readings.observing import Given
from apps.readings.printed import printed_unit
from apps.readings.quantities import CONSCIOUSNESS_ACVPU, REGISTER
from ml.scoring.news2 import ACVPU

GROUPS: Final = (
    ("Breathing", ("respiratory_rate", "spo2", "oxygen", "supplemental_oxygen", "inspired_oxygen")),
    ("Circulation", ("systolic_pressure", "diastolic_pressure", "heart_rate")),
    ("Consciousness and temperature", ("consciousness", "core_temperature")),
    ("Glucose, weight, pain", ("glucose", "weight", "pain")),
    ("Eaten, drunk, injected", ("meal_carbohydrate", "fluid_intake", "insulin_dose")),
)
SCALES: Final = {"{score}": "0 to 10"}
LABELS: Final = {"heart_rate": "Pulse", "core_temperature": "Temperature", "supplemental_oxygen": "Oxygen flow"}
HELP: Final = {
    "meal_carbohydrate": "In the whole meal, when it began.",
    "insulin_dose": "Under the skin.",
}
ROOM_AIR: Final = {"supplemental_oxygen": 0.0, "inspired_oxygen": 21.0}
OXYGEN: Final = (("", "Not looked at"), ("air", "Room air"), ("oxygen", "Oxygen"))


class DecimalField(forms.FloatField):
    """A number, with a point or a comma."""

    def __init__(self, code: str) -> None:
        quantity = REGISTER[code]
        self.unit = SCALES.get(quantity.unit, printed_unit(quantity.unit))
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6})
        label, help_text = LABELS.get(code, quantity.label), HELP.get(code, "")
        super().__init__(required=False, label=label, help_text=help_text, widget=widget)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class RoundForm(forms.Form):
    """`codes`: the quantities that this person may enter."""

    at = forms.DateTimeField(
        required=False,
        label="When",
        help_text="Now, if left empty.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = set(codes)
        self.groups: list[tuple[str, list[str]]] = []
        for title, names in GROUPS:
            shown = [
                name for name in names if name in allowed or (name == "oxygen" and "supplemental_oxygen" in allowed)
            ]
            for name in shown:
                self.fields[name] = _field(name)
            if shown:
                self.groups.append((title, shown))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        flow, fraction = said.get("supplemental_oxygen"), said.get("inspired_oxygen")
        if said.get("oxygen") == "oxygen" and not (flow or (fraction or 0.0) > ROOM_AIR["inspired_oxygen"]):
            self.add_error("oxygen", "How much oxygen? Give the flow, or the inspired oxygen above 21 %.")
        if said.get("oxygen") == "air" and (flow or fraction):
            self.add_error("oxygen", "On room air there is no flow and no inspired oxygen to enter.")
        if not self.errors and not self.given():
            self.add_error(None, "Nothing was entered.")
        return said

    def given(self) -> list[Given]:
        """What was entered."""
        said = dict(self.cleaned_data)
        if said.get("oxygen") == "air":
            said |= ROOM_AIR
        return [
            Given(name, float(said[name]))
            for _, names in self.groups
            for name in names
            if name != "oxygen" and said.get(name) not in (None, "")
        ]

    def take(self, faults: Mapping[str, list[str]], given: list[Given]) -> None:
        """Put what the service refused beside the field it is about."""
        for field, texts in faults.items():
            parts = field.split(".")
            name = given[int(parts[1])].code if parts[0] == "observations" and len(parts) > 1 else field
            self.add_error(name if name in self.fields else None, texts)

    def shown_groups(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]


def _field(name: str) -> forms.Field:
    if name == "oxygen":
        return forms.ChoiceField(label="Air or oxygen", choices=OXYGEN, required=False, widget=forms.RadioSelect)
    if name == "consciousness":
        choices = [("", "Not looked at")]
        choices += [(str(number), f"{ACVPU[number]}: {label}") for number, label in CONSCIOUSNESS_ACVPU.items()]
        return forms.ChoiceField(
            label="Consciousness (ACVPU)", choices=choices, required=False, widget=forms.RadioSelect
        )
    return DecimalField(name)


class InErrorForm(forms.Form):
    reason = forms.CharField(label="What was wrong?", max_length=300)


class DecisionForm(forms.Form):
    """One decision about scoring at a time."""

    choice = forms.ChoiceField(
        label="Decision",
        choices=(
            ("spo2_scale 1", "SpO₂ scale 1: the usual one"),
            ("spo2_scale 2", "SpO₂ scale 2: hypercapnic respiratory failure, target 88 to 92 %"),
            ("pregnant 1", "Pregnant: NEWS2 does not apply"),
            ("pregnant 0", "Not pregnant"),
        ),
    )
    why = forms.CharField(label="Why", max_length=300)
