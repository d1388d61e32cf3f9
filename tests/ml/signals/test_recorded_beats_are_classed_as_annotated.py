"""Floors for beat classes and fibrillation on recordings. The shipped models were fitted on these persons too, so the
floors here only notice a change; what holds for persons never seen stands in the cards, and has its own floors."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from ml import artifacts
from ml.evaluate import annotated
from ml.evaluate.annotated import AnnotatedRecord
from ml.evaluate.beat_figures import confusion, of_class
from ml.evaluate.recordings import MissingRecordings
from ml.signals.beats import classify
from ml.signals.ecg import detect_r_peaks
from ml.signals.rhythm import atrial_fibrillation, burden
from ml.signals.rhythm_bank import RhythmBank
from ml.signals.rhythm_events import Rhythm, events
from tests.ml.recordings import needs

pytestmark = pytest.mark.recordings

TEN_MINUTES_S = 600


@pytest.fixture(scope="module")
def records() -> dict[str, AnnotatedRecord]:
    try:
        every = annotated.mit_bih(needs("mitdb").parent)
        return {record.name: record for record in every if record.name in {"102", "104", "118", "119", "203", "209"}}
    except MissingRecordings as missing:
        pytest.skip(str(missing))


def begun(record: AnnotatedRecord) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First lead, R peaks and classes of the first ten minutes."""
    end = round(TEN_MINUTES_S * record.rate_hz)
    own = record.beats < end - round(record.rate_hz)
    return record.signal_mv[:end, 0], record.beats[own], record.classes[own]


def test_persons_never_seen_have_their_floors() -> None:
    beats = artifacts.load("beats").card["figures"]
    assert beats["first_lead"]["V"]["f1"] >= 91.0
    assert beats["first_lead"]["S"]["f1"] >= 74.0
    assert beats["both_leads"]["V"]["f1"] >= 91.0
    fibrillation = artifacts.load("atrial_fibrillation").card["figures"]["held_out"]
    assert fibrillation["mitdb"]["auroc"] >= 0.985
    assert fibrillation["cpsc2021"]["auroc"] >= 0.99
    assert fibrillation["cinc2017"]["auroc"] >= 0.97


@pytest.mark.parametrize(("name", "letter", "f1"), [("119", "V", 99.0), ("209", "S", 95.0), ("203", "V", 85.0)])
def test_ectopic_beats_reach_the_floor(records: dict[str, AnnotatedRecord], name: str, letter: str, f1: float) -> None:
    signal, peaks, classes = begun(records[name])
    matrix = confusion(classes, classify(signal, records[name].rate_hz, peaks))
    assert of_class(letter, [matrix])["f1"] >= f1


@pytest.mark.parametrize("name", ["102", "104"])
def test_a_paced_rhythm_is_no_ventricular_storm(records: dict[str, AnnotatedRecord], name: str) -> None:
    signal, peaks, classes = begun(records[name])
    given = classify(signal, records[name].rate_hz, peaks)
    assert np.mean(given[classes == "Q"] == "V") < 0.01


@pytest.mark.parametrize("kind", ["EM", "MA"])
def test_beats_found_in_noise_are_no_ventricular_storm(
    records: dict[str, AnnotatedRecord], mitdb: Path, kind: str
) -> None:
    """Person 118, ten minutes with as much noise as signal, of the half of the noise that taught nothing."""
    signal, beats, classes = begun(records["118"])
    noise = loadmat(mitdb.parent / "nstdb_noise" / f"{kind}.mat")[kind][-len(signal) :, 0]
    height = np.percentile(signal, 99.5) - np.percentile(signal, 0.5)
    noisy = signal + (noise - noise.mean()) * height / np.sqrt(8.0) / noise.std()
    peaks = detect_r_peaks(noisy, 360.0)
    given = classify(noisy, 360.0, peaks)
    assert np.count_nonzero(given == "V") <= np.count_nonzero(classes == "V") + 0.08 * len(beats)
    told = [each.rhythm for each in events(peaks / 360.0, given.tolist())]
    assert max(told, default=Rhythm.NONE) < Rhythm.VENTRICULAR_RUN


def test_fibrillation_and_its_absence_are_told(records: dict[str, AnnotatedRecord]) -> None:
    signal, peaks, _ = begun(records["203"])
    assert burden(atrial_fibrillation(peaks, 360.0, signal)) > 0.9
    assert burden(atrial_fibrillation(peaks, 360.0)) > 0.9
    signal, peaks, _ = begun(records["119"])
    assert burden(atrial_fibrillation(peaks, 360.0, signal)) == 0.0
    assert burden(atrial_fibrillation(peaks, 360.0)) < 0.1


def test_bigeminy_and_couplets_are_found_in_a_recording(records: dict[str, AnnotatedRecord]) -> None:
    signal, peaks, classes = begun(records["119"])
    told = [each.rhythm for each in events(peaks / 360.0, classify(signal, 360.0, peaks).tolist())]
    true = [each.rhythm for each in events(peaks / 360.0, classes.tolist())]
    assert true.count(Rhythm.VENTRICULAR_BIGEMINY) > 0
    assert abs(told.count(Rhythm.VENTRICULAR_BIGEMINY) - true.count(Rhythm.VENTRICULAR_BIGEMINY)) <= 1


def test_a_live_bank_says_of_fibrillation_what_the_recording_says(records: dict[str, AnnotatedRecord]) -> None:
    """Sixty-beat windows of a bank end every fifteen beats: each fourth is one of the recording's."""
    signal, peaks, _ = begun(records["203"])
    expected = atrial_fibrillation(peaks, 360.0, signal)
    bank, lane, given = RhythmBank(360.0, 1), np.zeros(1, np.int64), {}
    for start in range(0, len(signal) - 360, 360):
        new = peaks[(peaks >= start) & (peaks < start + 360)]
        bank.push(lane, signal[None, start : start + 360], np.zeros_like(new), new)
        state = bank.state(lane)
        given.setdefault(int(state.beats[0]) // 15 * 15, float(state.fibrillation[0]))
    assert [given[60 * (n + 1)] for n in range(5)] == pytest.approx(expected[:5].tolist(), abs=1e-5)
