"""`make bench`: the benchmarks side by side with their limits, as a table and `.bodylink/bench.json`.

    python -m tests.benchmarks [--only NAME ...] [--quick] [--output FILE]

They bring services of their own, in a directory that is removed afterwards, and touch no other state.
"""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from apps.demo.environment import environment_of
from apps.demo.services.embedded import EmbeddedServices
from tests.benchmarks.results import FIGURES, GROUPS

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, _stop)
    os.chdir(ROOT)
    with (
        tempfile.TemporaryDirectory(prefix="bodylink-bench-") as directory,
        EmbeddedServices(Path(directory), environment={}) as services,
        services.running(),
    ):
        os.environ.update(environment_of(services))
        os.environ.update({"DJANGO_SETTINGS_MODULE": "bodylink.settings", "LOG_LEVEL": "WARNING"})

        # Imported late: Django reads the environment that was just settled.
        from tests.benchmarks.run import run  # noqa: PLC0415

        run(services, wanted=options.only, quick=options.quick, output=options.output)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    names = [*GROUPS, *FIGURES]
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=f"groups and figures: {names}")
    parser.add_argument("--quick", action="store_true", help="a few seconds each: whether they run, not what is true")
    parser.add_argument("--output", type=Path, default=ROOT / ".bodylink" / "bench.json", metavar="FILE")
    return parser.parse_args()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit("stopped")


if __name__ == "__main__":
    main()
