"""Looks are thorough because few candidates need one."""

import numpy as np

from ml.signals import qrs_judges
from ml.signals.ecg import RPeakBank
from ml.signals.filters import WaveArray
from ml.signals.qrs_judges import Judge
from tests.ml.signals.synthetic import ecg_mv, matched, noise, regular_s


def test_few_candidates_of_a_quiet_lead_are_looked_at() -> None:
    asked = [0, 0, 0, 0]

    def counting(number: int, judge: Judge) -> Judge:
        def logits(rows: WaveArray) -> WaveArray:
            asked[number] += len(rows)
            return judge(rows)

        return logits

    beats_s = regular_s(68, 120)
    signal = ecg_mv(beats_s, 120, 250.0) + noise(30_000, 0.015)
    bank = RPeakBank(250.0, 1, [counting(k, judge) for k, judge in enumerate(qrs_judges.shipped())])
    found = [bank.push(signal[None, start : start + 250]).position for start in range(0, 30_000, 250)]
    assert asked[0] >= len(beats_s) - 3
    assert asked[1] <= 0.4 * asked[0]
    assert asked[2] + asked[3] <= 0.3 * asked[0]
    assert matched(np.concatenate(found) / 250.0, beats_s[beats_s < 118.3], within_s=0.012)
