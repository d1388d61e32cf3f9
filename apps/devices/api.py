"""`devices/` and `devices/{id}/`: what there is and how it is. Provisioning is the admin's."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint, ListEndpoint, must_reach
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import NotFound
from apps.devices.forms import DeviceForm, DevicesQuery
from apps.devices.selectors import visible_devices, with_state
from apps.patients.selectors import listed_patients


class Devices(ListEndpoint):
    ordering = ("uid",)
    query_form = DevicesQuery

    @extend_schema(
        operation_id="devices_list",
        summary="The devices you may see",
        description="The organization's for clinicians, managers and technicians; those now on oneself, or on who "
        "shared, for patients and caregivers.",
        tags=["devices"],
        parameters=[DevicesQuery],
        responses=DeviceForm(many=True),
    )
    def get(self, request: Request) -> Response:
        query = self.query()
        must_reach(self.actor.grant.devices)
        at = SYSTEM_CLOCK.now()
        devices = visible_devices(self.actor, at=at)
        if query:
            named = {name: query[asked] for asked, name in (("patient", "pk"), ("unit", "unit")) if asked in query}
            known = listed_patients(self.actor).filter(**named)
            devices = devices.filter(bindings__patient__in=known, bindings__period__contains=at)
        return self.page(with_state(devices, actor=self.actor, at=at), DeviceForm)


class DeviceDetail(Endpoint):
    @extend_schema(operation_id="devices_read", summary="One device", tags=["devices"], responses=DeviceForm)
    def get(self, request: Request, device_id: UUID) -> Response:
        self.query()
        at = SYSTEM_CLOCK.now()
        devices = with_state(visible_devices(self.actor, at=at), actor=self.actor, at=at)
        device = devices.filter(pk=device_id).first()
        if device is None:
            raise NotFound("There is no such device here.")
        return Response(DeviceForm(device).data)
