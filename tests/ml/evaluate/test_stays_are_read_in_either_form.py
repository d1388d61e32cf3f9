"""The Challenge's stays, as its publisher lays them out (a file each) and as one table, are read the same."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ml.evaluate.__main__ import main
from ml.evaluate.binary import auroc, best_threshold, calibration, sensitivity_and_precision
from ml.evaluate.recordings import MissingRecordings
from ml.evaluate.stays import stays

LINES = [
    ("00:00", "RecordID", 0.0),
    ("00:00", "Age", 54.0),
    ("00:00", "Gender", 0.0),
    ("00:00", "Height", -1.0),
    ("00:00", "ICUType", 4.0),
    ("00:00", "Weight", -1.0),
    ("00:07", "GCS", 15.0),
    ("00:07", "HR", 73.0),
    ("47:37", "HR", 77.0),
    ("10:00", "NISysABP", 117.0),
    ("09:00", "SysABP", 121.0),
]
OUTCOMES = "RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death\n"


def published(folder: Path, records: range, name: str = "set-b", letter: str = "b") -> Path:
    (folder / name).mkdir(parents=True)
    for record in records:
        own = [("00:00", "RecordID", float(record)), *LINES[1:]]
        text = "".join(f"{time},{parameter},{value}\n" for time, parameter, value in own)
        (folder / name / f"{record}.txt").write_text(f"Time,Parameter,Value\n{text}00:30,,5\n")
    rows = "".join(f"{record},{record % 30 - 1},3,5,-1,{record % 2}\n" for record in records)
    (folder / f"Outcomes-{letter}.txt").write_text(OUTCOMES + rows)
    return folder


def test_both_forms_give_the_same_courses(tmp_path: Path) -> None:
    numbers = range(142700, 142704)
    text = stays(published(tmp_path / "text", numbers))
    folder = tmp_path / "table"
    folder.mkdir()
    columns = [(record, *line) for record in numbers for line in LINES]
    names = ("RecordID", "Time", "Parameter", "Value")
    table = pa.table(dict(zip(names, map(list, zip(*columns, strict=True)), strict=True)))
    parquet.write_table(table, folder / "set-b.parquet")
    (folder / "Outcomes-b.txt").write_text((tmp_path / "text" / "Outcomes-b.txt").read_text())
    for one, other in zip(text, stays(folder), strict=True):
        assert (one.record, one.died) == (other.record, other.died)
        assert np.array_equal(one.saps, other.saps, equal_nan=True)
        shared = set(one.course) - {"RecordID"}
        assert shared == {"Age", "Gender", "ICUType", "GCS", "HR", "NISysABP", "SysABP", "Sys"}
        for name in shared:
            assert np.allclose(one.course[name][0], other.course[name][0])
            assert np.allclose(one.course[name][1], other.course[name][1])
    assert text[0].course["Sys"][1].tolist() == [121.0, 117.0]
    assert text[0].course["HR"][0][1] == pytest.approx(47 + 37 / 60)


def test_stays_without_an_outcome_and_empty_folders_are_said(tmp_path: Path) -> None:
    published(tmp_path, range(142700, 142703))
    (tmp_path / "set-b" / "999999.txt").write_text("Time,Parameter,Value\n00:07,HR,73\n")
    assert [stay.record for stay in stays(tmp_path)] == [142700, 142701, 142702]
    with pytest.raises(MissingRecordings, match="Outcomes"):
        stays(tmp_path / "set-b")


def test_seen_and_unseen_stays_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published(tmp_path, range(132600, 132604), "set-a", "a")
    published(tmp_path, range(152700, 152706))
    assert main(["deterioration", "--data", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["stays"] == 10
    assert report["deterioration_seen_in_training"]["stays"] == 4
    assert report["deterioration_unseen"]["stays"] == 6
    assert report["deterioration_trained_on"]["stays"] == 4000
    assert report["deterioration_held_out_by_card"]["auroc"] > 0.85
    assert (report["figures_of"], report["auroc"]) == (
        "stays here that the model has not seen",
        report["deterioration_unseen"]["auroc"],
    )


def test_figures_of_stays_that_were_trained_on_are_not_the_headline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(tmp_path, range(132600, 132604), "set-a", "a")
    assert main(["deterioration", "--data", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert "held out" in report["figures_of"]
    assert report["auroc"] == report["deterioration_held_out_by_card"]["auroc"]


def test_figures_of_a_probability_are_what_they_should_be() -> None:
    generator = np.random.default_rng(3)
    odds = generator.normal(-1.5, 1.5, 20_000)
    happened = generator.random(20_000) < 1 / (1 + np.exp(-odds))
    right, tame = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-odds / 2))
    assert calibration(right, happened) == pytest.approx((1.0, 0.0), abs=0.06)
    assert calibration(tame, happened)[0] == pytest.approx(2.0, abs=0.12)
    assert auroc(right, happened) == auroc(tame, happened)
    assert auroc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == 0.75
    assert auroc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
    sensitivity, precision = sensitivity_and_precision(right >= best_threshold(right, happened), happened)
    assert abs(sensitivity - precision) < 0.02
