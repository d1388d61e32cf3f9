"""`python -m ml.training [MODEL …] --data DIR`: fits models anew and writes them, with their cards, to ml/artifacts."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.evaluate.recordings import MissingRecordings
from ml.training.models import MODELS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ml.training", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(MODELS)}; all if none is named")
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings, as published")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.models) - set(MODELS))
    if unknown:
        return _refuse(f"unknown model {', '.join(unknown)}; there are: {', '.join(MODELS)}")
    for name in options.models or MODELS:
        try:
            print(MODELS[name](options.data))
        except MissingRecordings as missing:
            return _refuse(f"{name}: {missing}")
    return 0


def _refuse(reason: str) -> int:
    print(f"ml.training: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
