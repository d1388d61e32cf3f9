"""The real demo, a real Chromium, and people who look at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.visitors import Visitors
from tests.demo.real_demo import RealDemo
from tests.ml.recordings import FOLDER

HERE = Path(__file__).parent
NO_RECORDINGS = f"no recordings in {FOLDER}"
# A ward worth a picture has more beds.
PATIENTS = 24 if os.environ.get("UPDATE_PICTURES") else 6


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = " ".join(str(report.longrepr) for report in terminalreporter.getreports("skipped"))
    for why in (chromium.MISSING, NO_RECORDINGS):
        if why in skipped:
            terminalreporter.write_sep("!", f"SKIPPED browser tests: {why}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        (pytest.fail if chromium.is_required() else pytest.skip)(chromium.MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--lang=en-US"])
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealDemo]:
    """`manage.py demo`, stopped afterwards as by Ctrl-C: then nothing of it may be left but its state."""
    running = RealDemo(tmp_path_factory.mktemp("browser") / "state", patients=PATIENTS)
    try:
        running.start()
        yield running
        assert running.interrupt() == 0
        assert running.left() == {}
        assert (running.state / "postgres" / "data" / "PG_VERSION").exists()
        assert not (running.state / "run.json").exists()
    finally:
        running.kill()
        shutil.rmtree(running.state, ignore_errors=True)


@pytest.fixture(scope="package")
def sessions() -> dict[str, object]:
    """Cookies of those who have signed in, so that each does it once."""
    return {}


@pytest.fixture
def visitors(browser: Browser, demo: RealDemo, sessions: dict[str, object]) -> Iterator[Visitors]:
    """Lets people in. At the end no page may have had an error, or tried what our content security policy forbids."""
    people = Visitors(browser, demo, sessions)
    yield people
    people.close()
    assert people.problems == []
