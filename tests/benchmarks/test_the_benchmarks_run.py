"""`python -m tests.benchmarks` runs as `make bench` does, and writes what it found. Made in haste, it means nothing."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.benchmarks import sockets
from tests.benchmarks.results import FIGURES, Result, table
from tests.benchmarks.stage import Stage
from tests.demo.real_demo import REPOSITORY, RealDemo

WITHIN_S = 180.0
ECG, MERGING = "ecg.us_per_patient_second", "merge.s_per_patient_day@1d"


def rows(path: Path) -> dict[str, dict[str, Any]]:
    document = json.loads(path.read_text())
    assert set(document) == {"machine", "results"}
    assert "cores" in document["machine"]
    return {row["name"]: row for row in document["results"]}


@pytest.mark.processes
def test_a_quick_run_of_a_group_and_of_one_figure(tmp_path: Path) -> None:
    output = tmp_path / "deeper" / "bench.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--quick", "--only", "ecg", MERGING, "--output", str(output)]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=RealDemo.environment(), check=False, capture_output=True, text=True,
        timeout=WITHIN_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = rows(output)
    *of_the_group, last = found
    assert last == MERGING
    assert of_the_group[0] == ECG
    assert all(name.startswith("ecg.") for name in of_the_group)
    for name, row in found.items():
        assert set(row) == {"name", "value", "unit", "limit", "ratio"}
        assert (row["unit"], row["limit"]) == (FIGURES[name].unit, FIGURES[name].limit)
        assert row["value"] > 0
    assert found[ECG]["ratio"] == pytest.approx(found[ECG]["value"] / found[ECG]["limit"], abs=1e-3)
    assert found[MERGING]["ratio"] is None
    assert all(name in done.stdout for name in found)
    assert "QUICK: the figures mean nothing" in done.stderr


def test_a_name_that_is_none_is_refused_before_anything_is_started() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--only", "speed"]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True, timeout=WITHIN_S)
    assert done.returncode == 2
    assert "invalid choice: 'speed'" in done.stderr


def test_a_figure_says_whether_it_reaches_its_limit_if_it_has_one() -> None:
    slow, fast, told = Result("api.list_p95_ms", 61.0), Result("api.list_p95_ms", 59.0), Result("flood.broker_mb", 1e9)
    assert (slow.holds, fast.holds, told.holds) == (False, True, True)
    assert Result("ingest.frames_per_second", 7_999.0).holds is False
    assert (told.ratio, told.as_json()["limit"]) == (None, None)
    assert [line.endswith("does not reach it") for line in table([slow, fast, told]).splitlines()[1:]] == [
        True,
        False,
        False,
    ]


def test_a_peer_that_is_not_installed_is_said_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sockets, "find_spec", lambda _name: None)
    stage = SimpleNamespace(wants=lambda name: "uvicorn" in name)
    assert list(sockets.measure(cast(Stage, stage))) == []
    assert "uvicorn is not installed (requirements/laboratory.txt): its rows are left out" in capsys.readouterr().err
