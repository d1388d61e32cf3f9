"""R peaks: streaming, over many lanes at once; a whole recording is one lane pushed through the same code.

`RPeakBank` is the batched core, `RPeakStream` one lane of it, and `detect_r_peaks` a stream pushed to its end, so the
three agree to the last beat, whatever the frames. A beat is given at most `DELAY_S` after it happened: the look-aheads
of the decision, that of the candidates, half the filter.

Measured (EC57, 150 ms, whole records, first lead): `python -m ml.evaluate qrs`; on persons held out: the models' cards.
"""

from collections.abc import Sequence
from typing import Final

import numpy.typing as npt

from ml.signals import qrs, qrs_decision, qrs_judges
from ml.signals.beat_stream import BeatBank, BeatStream, find_all
from ml.signals.filters import IntArray
from ml.signals.qrs_decision import QrsDecision
from ml.signals.qrs_judges import Judge

DELAY_S: Final = qrs_decision.LOOKAHEAD_S + qrs.FRONT.eclipse_s + qrs.WAVELET_HALF_S + 0.07
OFFLINE_CHUNK_S: Final = 10.0


class RPeakBank(BeatBank):
    """`lanes` ECG leads of one rate, 100 to 1000 Hz (else ValueError). Millivolts, any polarity; see `BeatBank`.

    `judges`: other models than the shipped ones.
    """

    _unseen_height = 0.1  # millivolts; see `quality.ecg_quality`

    def __init__(self, rate_hz: float, lanes: int, judges: Sequence[Judge] | None = None) -> None:
        finder = qrs.QrsCandidates(rate_hz, lanes)
        asked = qrs_judges.shipped() if judges is None else judges
        super().__init__(finder, lanes, QrsDecision(finder.envelope_hz, lanes, finder.shape_length, asked))


class RPeakStream(BeatStream):
    """One ECG lead, 100 to 1000 Hz (else ValueError). Frames of any length in millivolts; see `BeatStream`."""

    def __init__(self, rate_hz: float, judges: Sequence[Judge] | None = None) -> None:
        super().__init__(RPeakBank(rate_hz, 1, judges), DELAY_S)


def detect_r_peaks(signal_mv: npt.ArrayLike, rate_hz: float, judges: Sequence[Judge] | None = None) -> IntArray:
    """Samples of the R peaks of one ECG lead.

    `signal_mv`: (n,) millivolts, not-a-number where there is none; `rate_hz`: 100 to 1000. Ascending int64 samples. The
    same code as `RPeakStream`, so that a recording gives what its live stream gave.
    """
    return find_all(RPeakStream(rate_hz, judges), signal_mv, round(OFFLINE_CHUNK_S * rate_hz))
