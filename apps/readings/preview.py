"""The last stored frame of a device, for the devices' own pages."""

from datetime import timedelta

from apps.devices import preview
from apps.devices.models import Device, DeviceStatus
from apps.devices.preview import Preview, PreviewQuality, PreviewValue, PreviewWave
from apps.readings.merged import merged_frame
from apps.readings.models import CurrentValue, Frame
from apps.readings.origin import Origin
from apps.readings.printed import printed_unit
from apps.readings.quantities import REGISTER, by_number
from apps.readings.quantity import HAND, SENSOR
from apps.readings.waves import Wave, physical, unpack

# The status is written a little after the frame; the frame named by it may have gone with its partition.
AROUND = timedelta(seconds=1)


@preview.register
def last_frame(device: Device) -> Preview | None:
    """The frame that the device's status names, whether it is a row still or was merged."""
    status = DeviceStatus.objects.filter(device=device).first()
    if status is None or status.last_frame_t is None or status.last_frame_seq is None:
        return None
    boot, seq, at = status.last_frame_boot, status.last_frame_seq, status.last_frame_t
    rows = Frame.objects.filter(device_id=device.pk, boot=boot, seq=seq, t__range=(at - AROUND, at + AROUND))
    frame = rows.first() or merged_frame(device.pk, boot=boot, seq=seq, at=at, within=AROUND)
    return _preview(device, frame) if frame else None


def _preview(device: Device, frame: Frame) -> Preview:
    return Preview(
        boot=frame.boot,
        seq=frame.seq,
        at=frame.t,
        received_at=frame.received_at,
        origin=Origin(frame.origin).label,
        patient_id=frame.patient_id,
        waves=[_wave(wave) for wave in unpack(bytes(frame.waves)) if len(wave.samples)],
        values=[_value(number, value) for number, value in zip(frame.value_codes, frame.value_numbers, strict=True)],
        qualities=_qualities(device, frame),
        flags=tuple(frame.flags),
    )


def _qualities(device: Device, frame: Frame) -> list[PreviewQuality]:
    if frame.patient_id is None:
        return []
    computed = CurrentValue.objects.filter(patient_id=frame.patient_id, device_uid=device.uid).exclude(
        source__in=(SENSOR, HAND)
    )
    return [PreviewQuality(REGISTER[row.code].label, row.quality, row.at) for row in computed.order_by("code")]


def _wave(wave: Wave) -> PreviewWave:
    quantity = REGISTER[wave.code]
    return PreviewWave(quantity.label, printed_unit(wave.unit), quantity.colour, wave.rate_hz, physical(wave))


def _value(number: int, value: float) -> PreviewValue:
    quantity = by_number(number)
    text = quantity.categories.get(int(value)) or f"{value:.{quantity.decimals}f}"
    return PreviewValue(quantity.label, text, printed_unit(quantity.unit))
