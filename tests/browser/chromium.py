"""Which Chromium drives the pages. `python -m tests.browser.chromium` sees to it that there is one, as far as that is
possible here: Debian's package where we are root, else Playwright's own build."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation")
MISSING = "no Chromium: set CHROMIUM, or install one (`apt-get install chromium`, `playwright install chromium`)"
INSTALLED_WITHIN_S = 600.0


@cache
def find() -> str | None:
    """The path of a Chromium that starts; None without one."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)]
    return next((path for path in candidates if path and _starts(path)), None) or _playwrights()


def is_required() -> bool:
    """On CI no browser is a failure; elsewhere its tests are skipped with a loud line."""
    return bool(os.environ.get("CI"))


def main() -> int:
    if find():
        return 0
    _install()
    find.cache_clear()
    if find():
        return 0
    print(f"\n!!! THE BROWSER TESTS {'FAIL' if is_required() else 'WILL BE SKIPPED'}: {MISSING}\n", file=sys.stderr)  # noqa: T201
    return 1 if is_required() else 0


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try(["apt-get", "update", "-qq"])
        if _try(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
            return
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


def _try(command: Sequence[str]) -> bool:
    """Whether a command succeeded; what it said is only of interest if it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, check=False, env=environment, timeout=INSTALLED_WITHIN_S, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{' '.join(command)}: {error}", file=sys.stderr)  # noqa: T201
        return False
    if done.returncode:
        print(f"{' '.join(command)}: {done.stdout.strip()[-500:]}", file=sys.stderr)  # noqa: T201
    return done.returncode == 0


def _playwrights() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _starts(path) else None


def _starts(path: str) -> bool:
    """Also a Chromium that is there may lack a library of the system."""
    try:
        return subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main())
