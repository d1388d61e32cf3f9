"""One's own page: one's own heartbeat and measurements, in plain words, with what to do; and nothing to operate."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors

ALIVE_WITHIN_MS = 20_000
MEASURED = ("heart_rate", "spo2", "respiratory_rate")
# Words for those who have learnt them.
JARGON = ("SpO₂", "SpO2", "mm/mV", "tachy", "brady", "systolic", "/min", "QRS", "threshold", "mmHg <", "kPa")


def own_page(visitors: Visitors, role: str = "patient") -> Page:
    page = visitors.enter(role).open_live("/me/")
    expect(page.locator('[data-testid="measurement"][data-state="live"]').first).to_be_visible(timeout=ALIVE_WITHIN_MS)
    return page


def test_ones_own_heartbeat_runs(visitors: Visitors) -> None:
    page = own_page(visitors)
    page.wait_for_function(
        """() => {
          const canvas = document.querySelector('[data-testid="pulse-strip"] canvas');
          const until = Number(canvas?.dataset.drawnUntil);
          window.first ??= until || undefined;
          return until > window.first + 2;
        }""",
        timeout=ALIVE_WITHIN_MS,
    )


def test_each_measurement_says_what_it_is_whether_it_is_usual_and_what_to_do(visitors: Visitors) -> None:
    page = own_page(visitors)
    for slot in MEASURED:
        card = page.locator(f'[data-testid="measurement"][data-slot="{slot}"]')
        expect(card).to_have_attribute("data-state", "live", timeout=ALIVE_WITHIN_MS)
        expect(card.locator('[data-part="value"]')).to_have_text(re.compile(r"^\d+$"))
        for part in ("title", "what", "word", "answer", "todo"):
            expect(card.locator(f'[data-part="{part}"]')).not_to_be_empty()


def test_each_organ_is_named_and_what_is_not_known_is_said_to_be_unknown(visitors: Visitors) -> None:
    page = own_page(visitors)
    organs = page.get_by_test_id("organ")
    assert organs.count() == 9
    for index in range(organs.count()):
        organ = organs.nth(index)
        for part in ("title", "what", "word", "answer"):
            expect(organ.locator(f'[data-part="{part}"]')).not_to_be_empty()
        if organ.get_attribute("data-status") == "unknown":
            expect(organ.locator('[data-part="reasons"] li')).to_have_count(0)
            expect(organ.locator('[data-part="answer"]')).to_contain_text("not measure enough")


def test_the_drawn_body_says_of_each_organ_what_its_card_says_and_leads_there(visitors: Visitors) -> None:
    page = own_page(visitors)
    places = page.get_by_test_id("body-map").locator("a[data-organ]")
    assert places.count() == 9
    for place in places.all():
        card = page.locator(f'[data-testid="organ"][data-organ="{place.get_attribute("data-organ")}"]')
        status = card.get_attribute("data-status")
        expect(place).to_have_attribute("data-status", status or "")
        name = re.escape(card.locator('[data-part="title"]').inner_text())
        expect(place).to_have_accessible_name(re.compile(rf"^{name}: {status}"))
        assert place.get_attribute("href") == f"#{card.get_attribute('id')}"


def test_messages_and_measurements_are_written_in_plain_words(visitors: Visitors) -> None:
    page = own_page(visitors)
    said = " ".join(page.get_by_test_id(what).inner_text() for what in ("messages", "measurements"))
    assert "Oxygen in your blood" in said
    assert [word for word in JARGON if word.lower() in said.lower()] == []


def test_it_offers_nothing_to_acknowledge_and_says_that_it_is_no_medical_device(visitors: Visitors) -> None:
    page = own_page(visitors)
    expect(page.locator('[data-action="acknowledge"]')).to_have_count(0)
    expect(page.locator("footer")).to_contain_text("not a certified medical device")


def test_a_caregiver_sees_the_person_who_shared(visitors: Visitors) -> None:
    own, shared = own_page(visitors), own_page(visitors, "caregiver")
    name = own.get_by_role("heading", level=1).inner_text().removeprefix("Hello ")
    expect(shared.get_by_role("heading", level=1)).to_have_text(name)
