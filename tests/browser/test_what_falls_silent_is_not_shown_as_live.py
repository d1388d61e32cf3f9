"""A value that is not renewed greys, says how old it is, then makes way for `--`; and somebody is told."""

import time

from playwright.sync_api import Locator, expect

from tests.browser.people import OWN_UNIT, admit, node_on, speak
from tests.browser.visitors import Visitors, tile_of
from tests.browser.wards import ward_of
from tests.demo.real_demo import RealDemo

LIVE_WITHIN_MS = 15_000
TOLD_WITHIN_MS = 30_000
LOST_WITHIN_MS = 45_000


def colour(numeric: Locator) -> str:
    shown: str = numeric.locator('[data-part="value"]').evaluate("(value) => getComputedStyle(value).color")
    return shown


def test_a_silent_devices_value_greys_then_gives_way_and_an_alert_is_raised(visitors: Visitors, demo: RealDemo) -> None:
    clinician = visitors.enter("clinician")
    patient = admit(clinician, "SILENT-1", "Silent")
    uid, client = node_on(demo, patient["mrn"])
    page = clinician.open_live(f"/patients/{patient['id']}/")
    ward = clinician.open_live(ward_of(clinician, OWN_UNIT))
    numeric = page.locator('[data-testid="numeric"][data-slot="spo2"]')
    value = numeric.locator('[data-part="value"]')
    on_tile = tile_of(ward, patient["mrn"]).locator('[data-testid="numeric"][data-slot="spo2"]')
    try:
        expect(value).to_have_text("--")
        speak(client, 3, spo2=97.0, respiratory_rate=15.0)
        expect(numeric).to_have_attribute("data-state", "live", timeout=LIVE_WITHIN_MS)
        expect(value).to_have_text("97")
        expect(on_tile).to_have_attribute("data-state", "live", timeout=LIVE_WITHIN_MS)
        fresh = colour(numeric)
    finally:
        client.stop()
    silent_since = time.monotonic()

    expect(numeric).to_have_attribute("data-state", "stale", timeout=TOLD_WITHIN_MS)
    expect(value).to_have_text("97")
    expect(numeric.locator('[data-part="age"]')).not_to_be_empty()
    assert colour(numeric) != fresh
    left_ms = TOLD_WITHIN_MS - 1000 * (time.monotonic() - silent_since)
    told = page.get_by_test_id("alert").filter(has_text=f"No data from {uid}")
    expect(told).to_have_attribute("data-state", "active", timeout=left_ms)
    expect(tile_of(ward, patient["mrn"])).to_contain_text(f"No data from {uid}")
    for shown in (numeric, on_tile):
        expect(shown).to_have_attribute("data-state", "lost", timeout=LOST_WITHIN_MS)
        expect(shown.locator('[data-part="value"]')).to_have_text("--")
