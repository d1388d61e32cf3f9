"""A technician's work: devices, their credentials, whom they are on. Patients appear by unit, bed and pseudonym."""

from apps.devices.admin.device import DeviceAdmin

__all__ = ["DeviceAdmin"]
