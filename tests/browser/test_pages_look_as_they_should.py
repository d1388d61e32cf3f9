"""Pictures of the pages for people to look at: on a phone, a laptop and a wall, in `.bodylink/screenshots/`.

With UPDATE_PICTURES the ward on a laptop becomes the picture of the README.
"""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.visitors import Visitors
from tests.browser.wards import ward_of

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = REPOSITORY / ".bodylink" / "screenshots"
IN_README = REPOSITORY / "docs" / "ward.png"
README_BYTES = 300_000
SCREENS = {
    "phone": {"width": 390, "height": 844},
    "laptop": {"width": 1366, "height": 768},
    "wall": {"width": 2560, "height": 1440},
}
DRAWN_WITHIN_MS = 30_000
# So that there is something to see.
DRAWN_S = 3.0

DRAWN = """
(seconds) => {
  const first = (window.drawnFirst ??= new Map());
  const strips = [...document.querySelectorAll("canvas[data-channel='ecg']")].filter((canvas) => {
    const { top, bottom } = canvas.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  });
  const ran = (canvas) => {
    const until = Number(canvas.dataset.drawnUntil);
    if (until && !first.has(canvas)) first.set(canvas, until);
    return until >= first.get(canvas) + seconds;
  };
  return strips.some(ran);
}
"""
OVERFLOW_PX = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def take(page: Page, name: str) -> Path:
    """A picture of what is on the screen; a page that has to be pushed sideways is no page for this screen."""
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    assert page.evaluate(OVERFLOW_PX) <= 0, f"{name} is wider than its screen"
    return path


@pytest.mark.parametrize("screen", SCREENS)
def test_the_pages_fit_their_screens(visitors: Visitors, screen: str) -> None:
    viewport = SCREENS[screen]
    take(visitors.stranger(viewport=viewport).open("/accounts/login/"), f"sign-in-{screen}")
    clinician = visitors.enter("clinician", viewport=viewport)
    (patient,) = [p["id"] for p in clinician.json("/api/v1/patients/")["results"] if p["mrn"] == "SIM-0002"]
    pages = {
        "ward": clinician.open_live(ward_of(clinician, "Cardiology")),
        "patient": clinician.open_live(f"/patients/{patient}/"),
        "own": visitors.enter("patient", viewport=viewport).open_live("/me/"),
    }
    for name, page in pages.items():
        page.wait_for_function(DRAWN, arg=DRAWN_S, timeout=DRAWN_WITHIN_MS)
        path = take(page, f"{name}-{screen}")
        if (name, screen) == ("ward", "laptop") and os.environ.get("UPDATE_PICTURES"):
            assert path.stat().st_size < README_BYTES
            shutil.copyfile(path, IN_README)
