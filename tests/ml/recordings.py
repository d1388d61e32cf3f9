"""Real recordings for tests, from the folder in BODYLINK_DATA (default: ../shared/data beside the repository)."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("BODYLINK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def needs(name: str) -> Path:
    """The folder of one set of recordings; without it the test is skipped."""
    folder = FOLDER / name
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder} (BODYLINK_DATA)")
    return folder
