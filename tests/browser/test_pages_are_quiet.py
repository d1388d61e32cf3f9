"""No page has an error in the browser's console, nor tries what our content security policy forbids.

`visitors` looks at that after every test; here is every kind of page.
"""

import pytest

from tests.browser.visitors import Visitors
from tests.demo.real_demo import RealDemo

PAGES = {
    "clinician": ("/", "/ward/", "/accounts/password/change/", "/accounts/2fa/", "/api/docs/"),
    "patient": ("/", "/me/"),
    "manager": (
        "/",
        "/admin/",
        "/admin/accounts/membership/",
        "/admin/accounts/membership/add/",
        "/admin/alerts/rule/",
    ),
    "technician": ("/admin/devices/device/", "/admin/devices/device/add/", "/admin/ingest/quarantined/"),
    "privacy_officer": ("/admin/audit/auditevent/", "/admin/patients/breakglass/"),
}
# What a page does by itself once it is there: its stream, its figures, the API's description.
SETTLES_MS = 500


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_are_quiet(visitors: Visitors, role: str) -> None:
    visitor = visitors.enter(role)
    for path in PAGES[role]:
        page = visitor.open(path)
        page.wait_for_timeout(SETTLES_MS)
        assert page.locator("[data-testid^='error-']").count() == 0, path
        page.close()


def test_the_pages_before_sign_in_are_quiet(visitors: Visitors) -> None:
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        visitors.stranger().open(path).wait_for_timeout(SETTLES_MS)


def test_a_devices_own_page_in_the_admin_is_quiet(visitors: Visitors, demo: RealDemo) -> None:
    ((device,),) = demo.rows("SELECT id FROM devices_device WHERE uid = 'sim-0001'")
    page = visitors.enter("technician").open(f"/admin/devices/device/{device}/change/")
    page.wait_for_timeout(SETTLES_MS)
    assert "sim-0001" in page.locator("main, #content").first.inner_text()


def test_an_error_in_a_page_would_be_noticed(visitors: Visitors) -> None:
    page = visitors.stranger().open("/accounts/login/")
    page.evaluate("() => document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))")
    page.evaluate("() => setTimeout(() => { throw new Error('on purpose'); })")
    page.wait_for_timeout(SETTLES_MS)
    noticed = " ".join(visitors.problems)
    assert "Content Security Policy" in noticed
    assert "on purpose" in noticed
    visitors.problems.clear()
