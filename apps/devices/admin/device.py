"""Devices: the list, the new one, and the page of one."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts.middleware import actor_of
from apps.accounts.policy import Act
from apps.accounts.policy_admin import must_be_actor
from apps.accounts.trail import visible_events
from apps.audit.models import AuditEvent
from apps.audit.services import record_read
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError
from apps.devices import services
from apps.devices.admin.columns import DeviceColumns, StateFilter, UnitFilter, age_text, battery_text, with_columns
from apps.devices.admin.forms import DeviceForm, NewDeviceForm, place_of
from apps.devices.admin.pages import DevicePages, binding_now
from apps.devices.liveness import liveness
from apps.devices.models import Device
from apps.devices.preview import Preview, PreviewWave, last_frame
from apps.devices.trace import HEIGHT, WIDTH, trace

BINDINGS_SHOWN = 20
PREVIEW_DOOR = "device preview"


@admin.register(Device)
class DeviceAdmin(DeviceColumns, DevicePages):
    may_add = Act.DEVICES
    may_change = Act.DEVICES
    services_record = True
    form = DeviceForm
    fields = ("label", "hub")
    list_display = ("uid", "model", "named", "place", "state", "seen", "battery", "flags")
    list_filter = (StateFilter, UnitFilter, "model")
    search_fields = ("uid", "label", "model", "now_pseudonym")
    search_help_text = "Uid, label, model or the patient's pseudonym."
    change_form_template = "admin/devices/device/change_form.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Device]":
        return with_columns(super().get_queryset(request), now=SYSTEM_CLOCK.now())

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        """A retired device is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.retired_at is None)

    def trail(self, request: HttpRequest, obj: Device) -> "QuerySet[AuditEvent] | None":
        actor = actor_of(request)
        return visible_events(actor).filter(device_id=obj.pk) if actor and actor.grant.device_audit else None

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        form = NewDeviceForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (made := self._provision(request, form)):
            return self.secret_page(request, made.device, made.secret)
        text = "Its credentials are shown once, on the next page."
        return self.form_page(request, form, title="Add a device", submit="Provision", text=text)

    def _provision(self, request: HttpRequest, form: NewDeviceForm) -> services.Provisioned | None:
        try:
            with transaction.atomic():
                return services.provision(user_id=must_be_actor(request).user_id, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.detail)
            return None

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        services.describe(
            device=Device.objects.get(pk=obj.pk),
            label=form.cleaned_data["label"],
            hub=form.cleaned_data["hub"],
            user_id=must_be_actor(request).user_id,
        )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        device = kwargs.get("obj")
        if device is not None:
            context |= self._sections(request, device) | {"title": device.uid, "subtitle": device.label or None}
        return super().render_change_form(request, context, *args, **kwargs)

    def _sections(self, request: HttpRequest, device: Device) -> dict[str, Any]:
        """What the page of a device shows beside its form."""
        now, actor = SYSTEM_CLOCK.now(), must_be_actor(request)
        status = getattr(device, "status", None)
        present = binding_now(device)
        past = device.bindings.select_related("patient__unit")[:BINDINGS_SHOWN]
        frame = last_frame(device) if actor.grant.preview else None
        if frame and frame.patient_id:
            record_read(user_id=actor.user_id, role=actor.role, patient_id=frame.patient_id, door=PREVIEW_DOOR)
        return {
            "device": device,
            "status": status,
            "liveness": liveness(device, now=now),
            "seen": age_text(status.last_seen_at, now) if status else None,
            "battery": battery_text(device),
            "present": present,
            "present_place": place_of(present.patient) if present else None,
            "bindings": [(place_of(binding.patient), binding.period) for binding in past],
            "credentials": device.credentials.all(),
            "now": now,
            "frame": frame,
            "frame_age": age_text(frame.at, now) if frame else None,
            "traces": _traces(frame) if frame else [],
            "canvas": {"width": WIDTH, "height": HEIGHT},
        }


def _traces(frame: Preview) -> list[dict[str, Any]]:
    return [_drawn(wave) for wave in frame.waves]


def _drawn(wave: PreviewWave) -> dict[str, Any]:
    line = trace(wave.samples, wave.rate_hz)
    return {
        "wave": wave,
        "trace": line,
        "range": f"{line.low:.6g} to {line.high:.6g} {wave.unit}".rstrip(),
        "rate": f"{wave.rate_hz:g} Hz",
        "duration": f"{line.duration_s:.3g} s",
    }
