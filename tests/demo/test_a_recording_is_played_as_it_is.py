"""What replay sends are the record's own samples in its own scale; what the record lacks is not made up."""

from pathlib import Path

import numpy as np
import pytest

from apps.core.errors import Invalid
from apps.demo.recording import read_recording
from tests.demo.recordings import BASELINE, GAIN, RATE_HZ, ramps, write


def test_each_second_holds_the_very_counts_of_the_record(tmp_path: Path) -> None:
    counts = ramps(3, 1)
    recording = read_recording(write(tmp_path, counts, ["II"], ["mV"]))
    waves = [frame["ecg"] for frame in recording.frames()]
    assert [len(wave["samples"]) for wave in waves] == [RATE_HZ] * 3
    assert np.array_equal(np.concatenate([wave["samples"] for wave in waves]), counts[:, 0])


def test_scale_and_offset_give_the_physical_value_in_microvolts(tmp_path: Path) -> None:
    counts = ramps(1, 1)
    recording = read_recording(write(tmp_path, counts, ["II"], ["mV"]))
    (wave,) = [frame["ecg"] for frame in recording.frames()]
    microvolts = wave["samples"] * wave["scale"] + wave["offset"]
    assert wave["unit"] == "uV"
    assert microvolts == pytest.approx((counts[:, 0] - BASELINE) / GAIN * 1000)


def test_the_lead_that_is_asked_for_is_played_and_else_the_first_that_is_an_ecg(tmp_path: Path) -> None:
    path = write(tmp_path, ramps(1, 3), ["PLETH", "II", "V5"], ["NU", "mV", "mV"])
    played = {lead: next(read_recording(path, lead=lead).frames())["ecg"]["samples"][0] for lead in (None, "V5")}
    assert played == {None: 10_000, "V5": 20_000}


def test_a_pulse_wave_and_a_breathing_wave_are_played_beside_the_ecg(tmp_path: Path) -> None:
    path = write(tmp_path, ramps(1, 3), ["II", "PLETH", "RESP"], ["mV", "NU", "NU"])
    assert set(next(read_recording(path).frames())) == {"ecg", "ppg_infrared", "respiration_wave"}


def test_a_second_that_lacks_a_sample_lacks_the_wave(tmp_path: Path) -> None:
    counts = ramps(3, 1)
    counts[RATE_HZ + 17] = -32_768
    frames = list(read_recording(write(tmp_path, counts, ["II"], ["mV"])).frames())
    assert [set(frame) for frame in frames] == [{"ecg"}, set(), {"ecg"}]


def test_what_is_no_record_and_a_lead_that_is_not_there_are_said_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, ramps(1, 1), ["II"], ["mV"])
    with pytest.raises(Invalid, match="there is no lead V9; the record has II"):
        read_recording(path, lead="V9")
    with pytest.raises(Invalid, match="is no WFDB record"):
        read_recording(tmp_path / "nothing")


def test_a_record_without_any_signal_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no signal that can be replayed: ABP"):
        read_recording(write(tmp_path, ramps(1, 1), ["ABP"], ["mmHg"]))
