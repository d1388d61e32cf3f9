"""At least nine in ten of the published facts, both of those that served for tuning and of those that did not."""

import json
from typing import Any

import pytest

from ml.evaluate.__main__ import main


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda text, **_: lines.append(text))
        assert main(["physiology", "--json"]) == 0
    return dict(json.loads(lines[0]))


@pytest.mark.parametrize("kind", ["held", "tuned", "untuned"])
def test_nine_in_ten_hold(report: dict[str, Any], kind: str) -> None:
    missed = [(row["fact"], row["value"], row["accepted"]) for row in report["records"] if not row["holds"]]
    assert report[kind]["held_percent"] >= 90.0, missed


def test_every_fact_says_its_source_and_its_protocol(report: dict[str, Any]) -> None:
    assert len(report["records"]) >= 200
    for row in report["records"]:
        assert row["source"]
        assert "min" in row["protocol"]
        assert row["accepted"][0] < row["accepted"][1]
