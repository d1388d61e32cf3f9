"""What the devices of the benchmarks measure: 250 Hz ECG, 100 Hz PPG and six values a second, out of real recordings
where BODYLINK_DATA holds them, else out of simulated bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import wfdb
from numpy.typing import NDArray
from scipy.signal import resample_poly

from ml.physiology.waveforms import BodyConstants, PersonWaves
from tests.ml.recordings import FOLDER

ECG_HZ, PPG_HZ = 250, 100
RECORDED_UV_PER_COUNT = 5.0  # the resolution of the MIT-BIH recordings
LONGEST_S = 1_800
# A base and how far each value moves around it.
VALUES: Mapping[str, tuple[float, float]] = {
    "spo2": (97.0, 1.0),
    "skin_temperature": (33.4, 0.2),
    "core_temperature": (36.9, 0.1),
    "perfusion_index": (1.8, 0.3),
    "impedance_50khz": (512.0, 3.0),
    "activity": (20.0, 8.0),
}

Counts = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Person:
    """`ecg`: shape (seconds x 250,), `ppg`: (seconds x 100,), as counts of a 16-bit converter."""

    ecg: Counts
    ppg: Counts
    uv_per_count: float

    def second(self, number: int) -> dict[str, Any]:
        """Waves and values of one second, as the contract writes them; after the last the first comes again."""
        number %= len(self.ecg) // ECG_HZ
        ecg = self.ecg[number * ECG_HZ : (number + 1) * ECG_HZ]
        ppg = self.ppg[number * PPG_HZ : (number + 1) * PPG_HZ]
        return {
            "waves": {
                "ecg": {"rate": ECG_HZ, "unit": "uV", "scale": self.uv_per_count, "offset": 0, "samples": ecg},
                "ppg_infrared": {"rate": PPG_HZ, "unit": "1", "scale": 1, "offset": 0, "samples": ppg},
            },
            "values": {
                code: round(base + swing * float(np.sin(number / 7.0 + index)), 1)
                for index, (code, (base, swing)) in enumerate(VALUES.items())
            },
        }


def source() -> str:
    return "recordings" if _recorded() else "simulated bodies"


def people(count: int, seconds: int) -> list[Person]:
    """So many people, each with so many seconds; recordings are shared out in different stretches."""
    return _from_recordings(count, seconds) if _recorded() else [_simulated(seed, seconds) for seed in range(count)]


def _recorded() -> list[Path]:
    headers = sorted((FOLDER / "mitdb").glob("*.hea"))
    return headers if (FOLDER / "wfdb" / "a103l.hea").exists() else []


def _from_recordings(count: int, seconds: int) -> list[Person]:
    headers = _recorded()[:count]
    leads = [_resampled(header, 0, ECG_HZ, 1_000.0 / RECORDED_UV_PER_COUNT) for header in headers]
    pulse = _resampled(FOLDER / "wfdb" / "a103l.hea", 2, PPG_HZ, 10_000.0)
    return [
        Person(
            _stretch(leads[number % len(leads)], number // len(leads) * 97 * ECG_HZ, seconds * ECG_HZ),
            _stretch(pulse, number * 31 * PPG_HZ, seconds * PPG_HZ),
            RECORDED_UV_PER_COUNT,
        )
        for number in range(count)
    ]


def _resampled(header: Path, channel: int, rate_hz: int, counts_per_unit: float) -> Counts:
    physical, info = wfdb.rdsamp(str(header.with_suffix("")), channels=[channel])
    signal = resample_poly(np.nan_to_num(physical[:, 0]), rate_hz, int(info["fs"])) * counts_per_unit
    return np.clip(np.rint(signal), -32_768, 32_767).astype("<i2")[: LONGEST_S * rate_hz]


def _stretch(signal: Counts, start: int, length: int) -> Counts:
    """`length` samples from `start` on, round and round."""
    return np.take(signal, np.arange(start, start + length), mode="wrap")


def _simulated(seed: int, seconds: int) -> Person:
    waves = PersonWaves(BodyConstants(heart_rate_per_min=60.0 + seed % 50), seed)
    heard = [waves.second(float(second)).waves for second in range(seconds)]
    return Person(
        np.concatenate([each["ecg"].samples for each in heard]).astype("<i2"),
        np.concatenate([each["ppg_infrared"].samples for each in heard]).astype("<i2"),
        heard[0]["ecg"].scale,
    )
