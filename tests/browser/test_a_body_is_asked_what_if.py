"""The patient's page: organs out of the body's analysis, and scenarios compared on it."""

from tests.browser.visitors import Visitors
from tests.waiting import until

ANALYSED_WITHIN_S = 150.0
ANSWERED_WITHIN_MS = 60_000


def test_scenarios_are_compared_on_the_patients_own_body(visitors: Visitors) -> None:
    clinician = visitors.enter("clinician")
    (patient,) = [p["id"] for p in clinician.json("/api/v1/patients/")["results"] if p["mrn"] == "SIM-0002"]
    path = f"/api/v1/patients/{patient}/twin/"
    until(lambda: clinician.json(path)["states"], "the body is analysed", ANALYSED_WITHIN_S)
    page = clinician.open_live(f"/patients/{patient}/")
    assert page.locator('[data-testid="organ"]').count() == 9
    page.locator('[data-testid="hypothesis"]').first.wait_for()
    panel = page.locator('[data-testid="what-if"]')
    panel.get_by_role("button", name="Compare another scenario").click()
    panel.get_by_label("What").nth(1).select_option("exercise")
    panel.get_by_role("button", name="Run on this body").click()
    panel.locator('[data-testid="what-if-result"]').wait_for(timeout=ANSWERED_WITHIN_MS)
    heads = panel.locator("thead th").all_inner_texts()
    assert heads == ["Reserve at the end", "As now", "Bleeding 500 mL", "Exercise 75 W"]
    assert panel.locator("tbody tr").count() == 9
    assert panel.locator('.course[data-code="heart_rate"] svg').get_attribute("aria-label")
