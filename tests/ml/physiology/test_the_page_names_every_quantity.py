"""docs/body.md: its tables are those of the records, and its facts those that are judged."""

from pathlib import Path

from ml.evaluate.facts import FACTS
from ml.physiology import Inputs, Parameters, States

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "body.md").read_text()


def test_every_state_parameter_and_input_has_its_line() -> None:
    for record in (States, Parameters, Inputs):
        for name, known in record.table().items():
            said = (f"{known.low:g} to {known.high:g}", known.unit, known.meaning)
            lines = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
            assert any(all(word in line for word in said) for line in lines), name


def test_every_fact_has_its_line() -> None:
    for fact in FACTS:
        assert f"| {fact.what} |" in PAGE
    assert f"Of {len(FACTS)} facts" in PAGE
