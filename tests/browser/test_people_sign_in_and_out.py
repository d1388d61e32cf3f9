"""The way in leads everybody to their own page; the way out closes every page that is open."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitors import Visitors
from tests.browser.wards import ward_of

LANDINGS = {
    "patient": r"/me/$",
    "caregiver": r"/me/$",
    "clinician": r"/ward/[0-9a-f-]{36}/$",
    "manager": r":\d+/$",
    "technician": r":\d+/$",
    "privacy_officer": r":\d+/$",
}
# Who works in the admin is shown the ways into it.
DOORS = {
    "manager": "/admin/accounts/membership/",
    "technician": "/admin/devices/device/",
    "privacy_officer": "/admin/audit/auditevent/",
}
SIGNED_OUT_WITHIN_MS = 10_000


@pytest.mark.parametrize("role", LANDINGS)
def test_each_role_lands_where_its_work_is(visitors: Visitors, role: str) -> None:
    page = visitors.enter(role).open("/")
    expect(page).to_have_url(re.compile(LANDINGS[role]))


@pytest.mark.parametrize("role", DOORS)
def test_the_start_page_opens_the_admin_of_ones_role(visitors: Visitors, role: str) -> None:
    page = visitors.enter(role).open("/")
    page.locator(f'main a[href="{DOORS[role]}"]').click()
    expect(page).to_have_url(re.compile(f"{DOORS[role]}$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_wrong_password_lets_nobody_in_and_says_no_more_than_that(visitors: Visitors) -> None:
    said = []
    for email in ("clinician@northgate.example", "nobody@northgate.example"):
        page = visitors.stranger().open("/accounts/login/")
        page.get_by_role("textbox", name="Email").fill(email)
        page.get_by_role("textbox", name="Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        alert = page.locator("form").get_by_text("not correct")
        expect(alert).to_be_visible()
        said.append(alert.inner_text())
    assert said[0] == said[1]


def test_a_page_asks_who_is_there_and_leads_back(visitors: Visitors) -> None:
    page = visitors.stranger().open("/ward/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/ward/$"))


def test_signing_out_ends_every_open_page(visitors: Visitors) -> None:
    clinician = visitors.enter("clinician", anew=True)
    ward = ward_of(clinician, "Cardiology")
    left_open, page = clinician.open_live(ward), clinician.open_live(ward)
    page.get_by_test_id("account-menu").locator("summary").click()
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
    expect(left_open.get_by_test_id("connection")).to_have_attribute(
        "data-state", "signed-out", timeout=SIGNED_OUT_WITHIN_MS
    )
    expect(left_open.get_by_test_id("notice")).to_contain_text("signed out")
    assert clinician.get("/api/v1/patients/").status in (401, 403)
    assert clinician.get(ward).status == 302
