"""A live ECG channel tells classes, rhythm and fibrillation beside its rate, and forgets them when it begins anew."""

import numpy as np
import pytest

from ml.signals.beats import DELAY_S
from ml.signals.live import ChannelUpdate, EcgChannel, EcgShard, PpgChannel
from ml.signals.live_beats import RhythmUpdate
from ml.signals.rhythm_events import Rhythm
from tests.ml.signals.ectopic import fibrillating_s, made
from tests.ml.signals.synthetic import Array, ecg_mv, noise, ppg, regular_s

RATE_HZ = 250
START_S = 1e9


def run(signal: Array, channel: EcgChannel | None = None) -> list[ChannelUpdate]:
    channel = channel or EcgChannel(RATE_HZ)
    seconds = len(signal) // RATE_HZ
    return [channel.push(START_S + s, signal[s * RATE_HZ : (s + 1) * RATE_HZ]) for s in range(seconds)]


def told(updates: list[ChannelUpdate]) -> list[RhythmUpdate]:
    return [update.rhythm for update in updates if update.rhythm is not None]


def test_every_beat_is_classed_once_and_within_ten_seconds() -> None:
    stretch = made("NNNNNNNNVNNNNNVNNNNNNNNVNNNNNNNNNNNVNNNNNNNNNNNNNNNNN")
    beats = []
    for second, update in enumerate(run(stretch.signal_mv)):
        for at_s, name in update.rhythm.beats if update.rhythm else ():
            assert 0.0 < START_S + second + 1 - at_s <= 10.0
            beats.append((at_s, name))
    assert [at_s for at_s, _ in beats] == sorted({at_s for at_s, _ in beats})
    settled = stretch.r_peaks[stretch.r_peaks < len(stretch.signal_mv) - (DELAY_S + 2.0) * RATE_HZ]
    assert "".join(name for _, name in beats).startswith(stretch.classes[: len(settled)])


def test_bigeminy_is_told_while_it_lasts_and_ectopics_are_counted() -> None:
    stretch = made("N" * 60 + "NV" * 40 + "N" * 20)
    rhythms = [each.rhythm for each in told(run(stretch.signal_mv))]
    assert Rhythm.VENTRICULAR_BIGEMINY in rhythms
    assert rhythms[10] is Rhythm.NONE
    counts = [each.ventricular_ectopics_per_min for each in told(run(stretch.signal_mv))]
    assert counts[0] is None
    assert max(count for count in counts if count is not None) == pytest.approx(38, abs=4)


def test_fibrillation_is_probable_where_there_is_no_order_and_no_p_wave() -> None:
    beats_s = fibrillating_s(150)
    without_p = ecg_mv(beats_s, 100, RATE_HZ) - p_waves(beats_s, 100) + noise(100 * RATE_HZ, 0.01)
    last = told(run(without_p))[-1]
    assert last.fibrillation is not None
    assert last.fibrillation > 0.8
    assert last.fibrillation_burden == 1.0
    regular = told(run(ecg_mv(regular_s(75, 100), 100, RATE_HZ) + noise(100 * RATE_HZ, 0.01)))[-1]
    assert regular.fibrillation is not None
    assert regular.fibrillation < 0.1


def test_before_sixty_beats_nothing_is_said_of_fibrillation() -> None:
    updates = told(run(ecg_mv(regular_s(75, 30), 30, RATE_HZ)))
    assert updates
    assert all(each.fibrillation is None and each.fibrillation_burden is None for each in updates)


def test_a_channel_that_begins_anew_knows_nothing_of_before() -> None:
    channel = EcgChannel(RATE_HZ)
    run(made("N" * 60 + "NV" * 20).signal_mv, channel)
    signal = ecg_mv(regular_s(75, 20), 20, RATE_HZ)
    later = [channel.push(START_S + 900 + s, signal[s * RATE_HZ : (s + 1) * RATE_HZ]) for s in range(20)]
    assert later[0].reset
    assert told(later)
    assert all(each.rhythm is Rhythm.NONE and each.ventricular_ectopics_per_min is None for each in told(later))


def test_a_shard_tells_each_patient_their_own() -> None:
    ectopic = made("N" * 20 + "NV" * 30).signal_mv
    regular = ecg_mv(regular_s(75, len(ectopic) / RATE_HZ), len(ectopic) / RATE_HZ, RATE_HZ)
    shard: EcgShard[str] = EcgShard(RATE_HZ, lanes_per_bank=4)
    last: dict[str, RhythmUpdate] = {}
    for start in range(0, len(ectopic) - RATE_HZ, RATE_HZ):
        frames = {name: (START_S + start / RATE_HZ, signal[start : start + RATE_HZ])
                  for name, signal in (("ectopic", ectopic), ("regular", regular))}  # fmt: skip
        last |= {name: update.rhythm for name, update in shard.push(frames).items() if update.rhythm}
    assert last["ectopic"].rhythm is Rhythm.VENTRICULAR_BIGEMINY
    assert last["regular"].rhythm is Rhythm.NONE


def test_a_pulse_wave_has_no_beat_classes() -> None:

    channel = PpgChannel(100)
    signal = ppg(regular_s(70, 20), 20, 100)
    assert all(channel.push(START_S + s, signal[s * 100 : (s + 1) * 100]).rhythm is None for s in range(20))


def p_waves(beats_s: Array, seconds: float) -> Array:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.sum([0.12 * np.exp(-0.5 * ((t - beat_s + 0.17) / 0.025) ** 2) for beat_s in beats_s], axis=0)
