"""axe-core finds no serious or critical violation on any page (WCAG 2.2, and good practice)."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.visitors import Visitors
from tests.browser.wards import ward_of

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1366, "height": 768}


def violations(page: Any) -> list[str]:
    assert AXE.exists(), "axe-core is not installed: `make install`"
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("page", ["sign-in", "ward", "patient", "observations", "own"])
def test_a_page_has_no_serious_violation(visitors: Visitors, page: str, viewport: dict[str, int]) -> None:
    # Only axe itself needs to get past the content security policy.
    options = {"viewport": viewport, "bypass_csp": True}
    if page == "sign-in":
        opened = visitors.stranger(**options).open("/accounts/login/")
    elif page == "own":
        opened = visitors.enter("patient", **options).open_live("/me/")
    else:
        clinician = visitors.enter("clinician", **options)
        (patient,) = [p["id"] for p in clinician.json("/api/v1/patients/")["results"] if p["mrn"] == "SIM-0002"]
        if page == "observations":
            opened = clinician.open(f"/patients/{patient}/observations/")
        else:
            path = ward_of(clinician, "Cardiology") if page == "ward" else f"/patients/{patient}/"
            opened = clinician.open_live(path)
            opened.locator('[data-testid="numeric"][data-state="live"]').first.wait_for()
    assert violations(opened) == []
