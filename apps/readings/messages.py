"""What travels over the channel layer from ingest and the tick to whoever watches a patient.

A wave is put into its form on the wire (docs/live.md) here, once, and not again for every client that sees it.
"""

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.waves import SAMPLE_DTYPES, Wave

SEGMENT = Struct("<16sHBBdfffI")
"""44 bytes: patient, quantity number, sample type, origin, first sample (epoch s), rate (Hz), scale, offset, count."""
_ALIGNMENT = 4
_DTYPE_NUMBERS = {dtype: number for number, dtype in enumerate(SAMPLE_DTYPES)}


def patient_group(patient_id: UUID) -> str:
    """The group of those who look at a patient's waves, vitals and twin."""
    return f"patient.{patient_id}"


def wave_message(patient_id: UUID, waves: Iterable[Wave], start: float, origin: Origin) -> dict[str, Any]:
    """The waves of one frame, for the group of the patient. `start`: first sample, epoch seconds."""
    return {
        "type": "live.wave",
        "patient": str(patient_id),
        "segments": [
            {
                "code": wave.code,
                "duration_s": wave.duration_s,
                "data": segment(patient_id, wave, start=start, origin=origin),
            }
            for wave in waves
        ],
    }


def vitals_message(patient_id: UUID, vitals: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Changed vitals of one patient, each in the form of the API, for the same group."""
    return {"type": "live.vitals", "patient": str(patient_id), "vitals": [dict(vital) for vital in vitals]}


def frame_message(patient_id: UUID, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Waves and vitals of one frame as one message: each costs a way through Redis to every process that serves."""
    return {"type": "live.frame", "patient": str(patient_id), "parts": list(parts)}


def segment(patient_id: UUID, wave: Wave, *, start: float, origin: Origin) -> bytes:
    """One segment of a binary frame: header, samples, zeros up to a multiple of four bytes."""
    samples = wave.samples.tobytes()
    header = SEGMENT.pack(
        patient_id.bytes,
        REGISTER[wave.code].number,
        _DTYPE_NUMBERS[wave.samples.dtype],
        origin,
        start,
        wave.rate_hz,
        wave.scale,
        wave.offset,
        len(wave.samples),
    )
    return b"".join((header, samples, bytes(-len(samples) % _ALIGNMENT)))
