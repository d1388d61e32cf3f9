"""Reading what was measured. Whether the actor may see the patient is patients.selectors' to say, before."""

from apps.readings.selectors.raw import raw_readings
from apps.readings.selectors.raw_reading import RawReading
from apps.readings.selectors.trends import RESOLUTIONS, Bucket, trend
from apps.readings.selectors.vitals import VITAL_CODES, Vital, vital, vitals_of
from apps.readings.selectors.waveforms import WaveSegment, waveform

__all__ = [
    "RESOLUTIONS",
    "VITAL_CODES",
    "Bucket",
    "RawReading",
    "Vital",
    "WaveSegment",
    "raw_readings",
    "trend",
    "vital",
    "vitals_of",
    "waveform",
]
