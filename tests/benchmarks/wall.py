"""A screen on the wall of a ward: headless Chromium that looks at its page, in a process of its own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.observers import Screen
from tests.browser import chromium

SIZE = {"width": 2560, "height": 1440}
DRAWN_WITHIN_S = 5.0
NAMES = ("fps", "script_p95_ms", "draw_p95_ms")
_STRIPS = """() => [...document.querySelectorAll('canvas[data-channel="ecg"]')].map((canvas) => {
  const { top, bottom } = canvas.getBoundingClientRect();
  return { inView: top >= 0 && bottom <= innerHeight, drawnUntil: Number(canvas.dataset.drawnUntil ?? 0) };
})"""


@dataclass(frozen=True, slots=True)
class Wall:
    """What is to be seen there, and for how long it is counted once the page has settled."""

    cookie_name: str
    strips: int
    settled_after_s: float
    counted_s: float


def look_at_ward(screen: Screen, wall: Wall) -> Mapping[str, float]:
    """The figures of the page, by name. Raises RuntimeError where not every strip is in view and live."""
    web = f"http://127.0.0.1:{screen.port}"
    path = chromium.find()
    if path is None:
        raise RuntimeError(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--lang=en-US"])
        context = browser.new_context(viewport=SIZE)
        context.add_cookies([{"name": wall.cookie_name, "value": screen.session, "url": web}])
        page = context.new_page()
        page.goto(f"{web}/ward/{screen.unit_id}/")
        page.wait_for_timeout(wall.settled_after_s * 1e3)
        page.evaluate("() => bodylink.figures.reset()")
        page.wait_for_timeout(wall.counted_s * 1e3)
        found: Mapping[str, float] = page.evaluate("() => bodylink.figures.summary()")
        _must_be_live(page, wall.strips)
        browser.close()
    return {name: found[name] for name in NAMES}


def _must_be_live(page: Page, strips: int) -> None:
    seen = page.evaluate(_STRIPS)
    live = [strip for strip in seen if strip["inView"] and time.time() - strip["drawnUntil"] < DRAWN_WITHIN_S]
    if len(live) < strips:
        raise RuntimeError(f"only {len(live)} of {strips} strips are in view and live ({len(seen)} on the page)")
