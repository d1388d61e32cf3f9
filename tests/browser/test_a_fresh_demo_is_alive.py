"""Within 20 s every demo patient's numbers and ECG move, in a real browser; and all of it says that it is simulated."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import PATIENTS
from tests.browser.visitors import Visitors
from tests.browser.wards import tiles, wards_of
from tests.waiting import until

ALIVE_WITHIN_S = 20.0
# A cuff measures every few minutes: its value is there, and it need not change.
MOVING = ("heart_rate", "spo2", "respiratory_rate", "temperature")
WATCHED_S = 2.0


class Watch:
    """What one ward's tiles showed first, and whether it has moved since."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._first: dict[str, dict[str, Any]] = {}

    def alive(self) -> set[str]:
        """The simulated patients whose numbers are all live, of which one has changed, and whose ECG has run on."""
        return {mrn for mrn, tile in tiles(self.page).items() if mrn.startswith("SIM-") and self._moves(mrn, tile)}

    def _moves(self, mrn: str, tile: dict[str, Any]) -> bool:
        if any(tile["numbers"][slot]["state"] != "live" for slot in MOVING) or not tile["drawnUntil"] > 0:
            return False
        first = self._first.setdefault(mrn, tile)
        ran_on = tile["drawnUntil"] > first["drawnUntil"] + WATCHED_S and tile["picture"] != first["picture"]
        return ran_on and tile["numbers"] != first["numbers"]


def test_every_patients_numbers_and_ecg_move_within_20_s(visitors: Visitors) -> None:
    houses = [visitors.enter("clinician", house) for house in ("northgate", "southbank")]
    watches = [Watch(page) for clinician in houses for page in wards_of(clinician)]
    assert len(watches) == 3
    alive: set[str] = set()

    def all_move() -> bool:
        for watch in watches:
            alive.update(watch.alive())
        return len(alive) == PATIENTS

    until(all_move, f"{PATIENTS} patients move", ALIVE_WITHIN_S)


def test_every_tile_of_a_simulated_patient_says_so(visitors: Visitors) -> None:
    pages = wards_of(visitors.enter("clinician"))
    shown = {mrn: tile["simulated"] for page in pages for mrn, tile in tiles(page).items() if mrn.startswith("SIM-")}
    assert shown
    assert all(shown.values())


def test_the_page_and_the_api_of_a_simulated_patient_say_so(visitors: Visitors) -> None:
    clinician = visitors.enter("clinician")
    patient = next(each for each in clinician.json("/api/v1/patients/")["results"] if each["mrn"] == "SIM-0001")
    assert patient["simulated"]
    vitals = clinician.json(f"/api/v1/patients/{patient['id']}/vitals/")
    assert vitals["simulated"]
    # What the demo's clinician entered on the rounds says so.
    assert {vital["origin"] for vital in vitals["vitals"]} <= {"simulated", "manual"}
    page = clinician.open_live(f"/patients/{patient['id']}/")
    assert page.get_by_test_id("identity").get_by_test_id("simulated").is_visible()


def test_a_simulated_persons_own_page_says_so(visitors: Visitors) -> None:
    page = visitors.enter("patient").open_live("/me/")
    assert page.get_by_test_id("simulated").is_visible()
    assert "made-up" in page.get_by_test_id("simulated").inner_text()
