"""Other R-peak detectors, called as one would for a live patient: every second on the last ten.

None of them streams over many patients; the ratio is what each costs for one patient and second to what ours does.
They are in the benchmarks' environment only (requirements/laboratory.txt).
"""

import importlib
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.benchmarks.results import Result

WINDOW_S = 10
Detector = Callable[[np.ndarray, float], Any]


def _neurokit2(module: Any) -> Detector:
    return lambda signal, rate_hz: module.ecg_peaks(module.ecg_clean(signal, int(rate_hz)), int(rate_hz))


def _wfdb(module: Any) -> Detector:
    return lambda signal, rate_hz: module.xqrs_detect(signal, rate_hz, verbose=False)


def _biosppy(module: Any) -> Detector:
    return module.hamilton_segmenter


def _sleepecg(module: Any) -> Detector:
    return module.detect_heartbeats


PEERS: dict[str, tuple[str, Callable[[Any], Detector]]] = {
    "ecg.neurokit2_ratio": ("neurokit2", _neurokit2),
    "ecg.wfdb_ratio": ("wfdb.processing", _wfdb),
    "ecg.biosppy_ratio": ("biosppy.signals.ecg", _biosppy),
    "ecg.sleepecg_ratio": ("sleepecg", _sleepecg),
}


def beside(signals_mv: np.ndarray, rate_hz: int, ours_us: float) -> Iterator[Result]:
    """Cost of each peer there is, in units of ours; a line for each that there is not."""
    for name, (module_name, make) in PEERS.items():
        try:
            detect = make(importlib.import_module(module_name))
        except ImportError:
            print(f"{name}: no {module_name} (make bench installs it)", file=sys.stderr)  # noqa: T201
            continue
        windows = [signal[second * rate_hz :][: WINDOW_S * rate_hz] for signal in signals_mv for second in range(3)]
        yield Result(name, _cost_us(detect, windows, rate_hz) / ours_us)


def _cost_us(detect: Detector, windows: list[np.ndarray], rate_hz: int) -> float:
    spent_s = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        detect(windows[0].copy(), float(rate_hz))
        for window in windows:
            began_s = time.process_time()
            detect(window.copy(), float(rate_hz))
            spent_s.append(time.process_time() - began_s)
    return float(np.median(spent_s)) * 1e6
