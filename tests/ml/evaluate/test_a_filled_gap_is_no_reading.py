"""The public tables of the chest belt write a person's mean where nothing was read; nobody is foretold by it."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from ml.evaluate.courses import courses

READ = np.isin(np.arange(60) % 4, (0, 1, 2)) & (np.arange(60) < 48)


def a_table(folder: Path) -> Path:
    """Sixty readings of glucose; the heart rate was read at `READ` and is filled by its mean elsewhere."""
    rate = 70.0 + np.arange(60) % 7
    rate[~READ] = rate[READ].mean()
    begins = datetime(2018, 1, 1)  # noqa: DTZ001 - as in the table
    lines = [
        f"1.0,{begins + timedelta(minutes=5 * step)},{100 + step},{value!r}" for step, value in enumerate(rate.tolist())
    ]
    (folder / "cgm").mkdir()
    (folder / "cgm" / "belt.csv").write_text("\n".join(["id,time,gl,HR", *lines]), encoding="utf-8")
    return folder


def test_what_the_table_filled_was_not_read(tmp_path: Path) -> None:
    (alice,) = courses(a_table(tmp_path), "glucose")
    assert np.isfinite(alice.values["heart_rate"]).tolist() == READ.tolist()
    assert np.isfinite(alice.values["glucose"]).sum() >= 59


def test_who_wore_no_belt_has_no_course_of_it(tmp_path: Path) -> None:
    table = a_table(tmp_path) / "cgm" / "belt.csv"
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    filled = [",".join([*row[:3], "83.53"]) for row in rows[1:]]
    table.write_text("\n".join([",".join(rows[0]), *filled]), encoding="utf-8")
    (bob,) = courses(tmp_path, "glucose")
    assert not np.isfinite(bob.values["heart_rate"]).any()
