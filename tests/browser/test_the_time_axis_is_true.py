"""25 mm are one second on the strip, on every screen, so that anybody can measure on it."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.visitors import Visitor, Visitors
from tests.browser.wards import ward_of
from tests.waiting import until

NOMINAL_PX_PER_MM = 96 / 25.4
MM_PER_S = 25
ERASED_PX, MARKS_PX = 12, 14
STEADY_S = 1.5

# Where the line ends before the erased bar: the pen, and up to which moment it has drawn. One look, so both agree. The
# marks of the seconds at the bottom run on under the bar.
PEN = """
(canvas, [erased, marks]) => {
  const { width } = canvas;
  const ratio = width / canvas.clientWidth;
  const height = canvas.height - marks * ratio;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const inked = (x) => {
    for (let y = 0; y < height; y += 1) if (pixels[4 * (y * width + x) + 3] > 100) return true;
    return false;
  };
  let empty = 0;
  for (let x = width - 1; x >= 0; x -= 1) {
    if (!inked(x)) { empty += 1; continue; }
    if (empty >= erased * ratio) return { x: x / ratio, t: Number(canvas.dataset.drawnUntil) };
    empty = 0;
  }
  return null;
}
"""


@pytest.fixture
def clinician(visitors: Visitors) -> Visitor:
    return visitors.enter("clinician")


def bedside(visitor: Visitor) -> Page:
    (patient,) = [each for each in visitor.json("/api/v1/patients/")["results"] if each["mrn"] == "SIM-0001"]
    return visitor.open_live(f"/patients/{patient['id']}/")


def px_per_second(strip: Locator) -> float:
    """How fast the pen runs by the time of the samples: two positions within one sweep, some seconds apart."""
    seen: list[dict[str, Any]] = []

    def steady() -> bool:
        now = strip.evaluate(PEN, [ERASED_PX, MARKS_PX])
        if now is None or not now["t"] > 0 or (seen and now["x"] < seen[-1]["x"]):
            seen.clear()  # it has not begun, or begun again at the left
        elif not seen or now["t"] > seen[-1]["t"]:
            seen.append(now)
        return len(seen) > 2 and seen[-1]["t"] - seen[0]["t"] >= STEADY_S

    until(steady, "the pen runs steadily", 20)
    return (seen[-1]["x"] - seen[0]["x"]) / (seen[-1]["t"] - seen[0]["t"])


def test_the_pen_runs_25_mm_a_second(clinician: Visitor) -> None:
    strip = bedside(clinician).locator('canvas[data-channel="ecg"]')
    assert px_per_second(strip) == pytest.approx(MM_PER_S * NOMINAL_PX_PER_MM, rel=0.03)


def test_the_pen_runs_25_mm_a_second_on_a_ward_tile_too(clinician: Visitor) -> None:
    strip = clinician.open_live(ward_of(clinician, "Cardiology")).locator("canvas").first
    assert px_per_second(strip) == pytest.approx(MM_PER_S * NOMINAL_PX_PER_MM, rel=0.03)


def test_a_calibrated_screen_keeps_25_mm_a_second(clinician: Visitor) -> None:
    page = bedside(clinician)
    page.get_by_role("button", name="Calibrate").click()
    page.get_by_label("Pixels in 100 mm").fill("520")
    page.get_by_role("button", name="Save for this screen").click()
    strip = page.locator('canvas[data-channel="ecg"]')
    assert px_per_second(strip) == pytest.approx(MM_PER_S * 5.2, rel=0.03)


def test_the_strip_says_at_which_scale_it_is_drawn(clinician: Visitor) -> None:
    said = bedside(clinician).locator('.paper[data-kind="ecg"] [data-part="scale"]')
    until(lambda: said.inner_text().startswith("25 mm/s · 10 mm/mV"), "the scale is printed", 10)
