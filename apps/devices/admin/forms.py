"""What a technician fills in."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms

from apps.core.clock import SYSTEM_CLOCK
from apps.devices.models import Binding, Device, uid_form
from apps.patients.models import Patient

MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


def place_of(patient: Patient) -> str:
    """How a technician knows a patient."""
    bed = f"bed {patient.bed}" if patient.bed else "no bed"
    return f"{patient.unit} · {bed} · {patient.pseudonym}"


class HubField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__(queryset=None, required=False, help_text="The hub that may carry its frames.")

    def offer(self, *, beside: Device | None = None) -> None:
        """Devices in service that are no nodes themselves."""
        hubs = Device.objects.filter(retired_at=None, hub=None)
        self.queryset = hubs.exclude(pk=beside.pk) if beside else hubs

    def label_from_instance(self, hub: Any) -> str:
        return f"{hub.uid} ({hub.label})" if hub.label else hub.uid


class NewDeviceForm(forms.Form):
    model = forms.CharField(max_length=60, help_text="What kind of device it is, such as bodylink-node.")
    label = forms.CharField(max_length=80, required=False, help_text="What it is called in the house.")
    hub = HubField()
    uid = forms.CharField(
        max_length=32,
        required=False,
        validators=[uid_form],
        label="Device uid",
        help_text="Its MQTT user name, for ever: 4 to 32 of a-z, 0-9 and hyphen. Made up when left empty.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].offer()  # type: ignore[attr-defined]


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]
    hub = HubField()

    class Meta:
        model = Device
        fields = ("label",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].initial = self.instance.hub_id
        self.fields["hub"].offer(beside=self.instance)  # type: ignore[attr-defined]


class MomentForm(forms.Form):
    """From when on. Empty is now; the future is not known yet."""

    moment = forms.DateTimeField(
        label="From",
        required=False,
        input_formats=[MOMENT_FORMAT, f"{MOMENT_FORMAT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        help_text="Empty: now. In the time zone that stands at the foot of the page.",
    )

    def clean_moment(self) -> datetime:
        now = SYSTEM_CLOCK.now()
        moment: datetime = self.cleaned_data["moment"] or now
        if moment > now:
            raise forms.ValidationError("That has not come yet.")
        if moment < now - timedelta(days=365):
            raise forms.ValidationError("That is more than a year ago.")
        return moment


class PatientField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Patients by unit and bed, never by name."""

    def __init__(self) -> None:
        super().__init__(queryset=None)

    def offer(self) -> None:
        patients = Patient.objects.select_related("unit").order_by("unit__name", "bed", "pseudonym")
        self.queryset = patients
        self.choices = [("", "---------")] + [
            (unit.name, [(str(patient.pk), place_of(patient)) for patient in group])
            for unit, group in groupby(patients, key=lambda patient: patient.unit)
        ]


class BindForm(MomentForm):
    patient = PatientField()
    field_order = ("patient", "moment")

    def __init__(self, *args: Any, present: Binding | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        self.fields["patient"].offer()  # type: ignore[attr-defined]

    def clean_patient(self) -> Patient:
        patient: Patient = self.cleaned_data["patient"]
        if self.present and self.present.patient_id == patient.pk:
            raise forms.ValidationError("The device is on this patient already.")
        return patient


class UnbindForm(MomentForm):
    def __init__(self, *args: Any, present: Binding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_moment(self) -> datetime:
        moment = super().clean_moment()
        if moment <= self.present.period.lower:
            raise forms.ValidationError("The device was not on this patient then.")
        return moment


class QuestionForm(forms.Form):
    """Yes, or back."""
