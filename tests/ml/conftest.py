"""Where the recordings are, and a loud line where they are not."""

from pathlib import Path

import pytest

from tests.ml.recordings import FOLDER, needs


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not FOLDER.is_dir():
        terminalreporter.write_sep("!", f"SKIPPED: every test on real recordings; there is no {FOLDER} (BODYLINK_DATA)")


@pytest.fixture
def mitdb() -> Path:
    return needs("mitdb")


@pytest.fixture
def cinc2017() -> Path:
    return needs("cinc2017")


@pytest.fixture
def welltory() -> Path:
    return needs("welltory_ppg")


@pytest.fixture
def biosignals() -> Path:
    return needs("biosignals")


@pytest.fixture
def bedside_records() -> Path:
    return needs("wfdb")


@pytest.fixture
def cgm() -> Path:
    return needs("cgm")
