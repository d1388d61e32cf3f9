"""`python -m ml.evaluate TASK --data DIR [--json]`: accuracy on recordings. Exit 2 for an unknown task or no data."""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ml.evaluate.recordings import MissingRecordings
from ml.evaluate.tasks import TASKS


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parse(arguments)
    if options.task not in TASKS:
        return _refuse(f"unknown task {options.task!r}; there are: {', '.join(sorted(TASKS))}")
    if TASKS[options.task].reads_data and not options.data.is_dir():
        return _refuse(f"no folder {options.data}")
    try:
        figures = TASKS[options.task].run(options.data)
    except MissingRecordings as missing:
        return _refuse(f"{options.task}: {missing}")
    report = {"task": options.task, **figures}
    print(json.dumps(_without_nan(report), indent=2) if options.json else "\n".join(_lines(report)))
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    tasks = "; ".join(f"{name}: {task.about}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(prog="python -m ml.evaluate", description="Accuracy on real recordings.")
    parser.add_argument("task", help=tasks)
    parser.add_argument("--data", type=Path, default=Path(), help="folder of recordings, as published")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    return parser.parse_args(arguments)


def _refuse(reason: str) -> int:
    print(f"ml.evaluate: {reason}", file=sys.stderr)
    return 2


def _without_nan(value: Any) -> Any:
    """JSON has no not-a-number: what cannot be said is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return value


def _lines(report: dict[str, Any]) -> Iterator[str]:
    """For the eye: one line for each figure, and one for each record."""
    for key, value in report.items():
        if key == "records":
            yield from ("  ".join(f"{name} {_short(figure)}" for name, figure in row.items()) for row in value)
        elif isinstance(value, dict):
            yield f"{key}: " + ", ".join(f"{name} {_short(figure)}" for name, figure in value.items())
        else:
            yield f"{key}: {value}"


def _short(figure: Any) -> str:
    if isinstance(figure, tuple):
        return " to ".join(_short(part) for part in figure)
    return f"{figure:.3f}" if isinstance(figure, float) else str(figure)


if __name__ == "__main__":
    sys.exit(main())
