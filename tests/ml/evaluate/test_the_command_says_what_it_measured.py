"""`python -m ml.evaluate`: figures with their convention, or one clear line and exit 2."""

import json
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ml.evaluate.__main__ import main
from ml.evaluate.intervals import by_person
from ml.evaluate.tasks import TASKS
from tests.ml.signals.synthetic import ecg_mv, noise, regular_s


@pytest.fixture
def two_records(tmp_path: Path) -> Path:
    """Two minutes of a made-up person twice, in the publisher's format; the second with an annotation too many."""
    folder = tmp_path / "mitdb"
    folder.mkdir()
    beats_s = regular_s(75, 120)
    for name, extra in (("201", []), ("202", [60.02])):
        signal = ecg_mv(beats_s, 120, 360.0) + noise(120 * 360, 0.02)
        wfdb.wrsamp(name, 360, ["mV"], ["MLII"], p_signal=signal[:, None], fmt=["212"], write_dir=str(folder))
        samples = np.sort(np.rint(np.concatenate((beats_s, extra)) * 360).astype(np.int64))
        wfdb.wrann(name, "atr", samples, ["N"] * len(samples), write_dir=str(folder))
    return tmp_path


def test_qrs_gives_gross_and_per_record_figures(two_records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qrs", "--data", str(two_records), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    beats = len(regular_s(75, 120))
    assert "EC57" in report["convention"]
    assert report["gross"]["beats"] == 2 * beats + 1
    assert (report["gross"]["missed"], report["gross"]["false"]) == (1, 0)
    assert report["persons"] == 1
    assert [(row["record"], row["person"], row["missed"]) for row in report["records"]] == [
        ("201", "201", 0),
        ("202", "201", 1),
    ]
    low, high = report["confidence_95_by_person"]["f1"]
    assert low == high == pytest.approx(report["gross"]["f1"])


@pytest.mark.parametrize("task", ["beats", "rhythm"])
def test_records_that_a_model_was_fitted_on_are_told_from_others(
    two_records: Path, capsys: pytest.CaptureFixture[str], task: str
) -> None:
    """Person 201 is in both cards; a record of somebody unknown is counted apart."""
    for suffix in (".dat", ".hea", ".atr"):
        (two_records / "mitdb" / f"999{suffix}").write_bytes((two_records / "mitdb" / f"201{suffix}").read_bytes())
    header = two_records / "mitdb" / "999.hea"
    header.write_text(header.read_text().replace("201", "999"))
    assert main([task, "--data", str(two_records), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert "fitted on these records" in report["caution"]
    assert [(row["record"], row["fitted_on"]) for row in report["records"]] == [
        ("201", True),
        ("202", True),
        ("999", False),
    ]


def test_the_records_folder_itself_may_be_named(two_records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qrs", "--data", str(two_records / "mitdb")]) == 0
    assert "gross: beats" in capsys.readouterr().out


def test_an_unknown_task_is_answered_with_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["astrology", "--data", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "unknown task 'astrology'" in said
    assert all(name in said for name in TASKS)


@pytest.mark.parametrize("task", sorted(name for name in TASKS if TASKS[name].reads_data))
def test_missing_recordings_are_named(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([task, "--data", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert main([task, "--data", str(tmp_path / "absent")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_an_interval_draws_persons_not_records() -> None:
    """Ten records of one person are one draw: the interval is a point. Ten persons make a wide one."""
    values = [0.0, 10.0] * 5
    assert by_person(["one"] * 10, values, lambda drawn: float(np.mean(drawn))) == (5.0, 5.0)
    low, high = by_person([str(n) for n in range(10)], values, lambda drawn: float(np.mean(drawn)))
    assert low < 3.0
    assert high > 7.0
