"""What could not be taken is shown with its reason, its bytes, and what they say as far as that goes."""

import cbor2
import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.ingest.admin.payload import SHOWN_BYTES, SHOWN_LINES, explained, hex_dump
from apps.ingest.models import Quarantined
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things, quarantine
from tests.personas import World

GOOD = b'{"boot":"b1","seq":4,"t":1763600000.25,"values":{"spo2":97.0,"hart_rate":60},"flags":["lead_off"]}'


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def opened(world: World, technician: Browser, uid: str) -> str:
    with bind(world.north.id):
        held = Quarantined.objects.get(device_uid=uid)
    return technician.open(address("ingest_quarantined_change", held.pk)).content.decode()


def test_the_list_says_whose_why_and_how_often(north: Things, technician: Browser) -> None:
    text = technician.open(address("ingest_quarantined_changelist")).content.decode()
    for said in ("northgate-stray", "seq is wrong", "3</td>", f"{len(north.quarantined.payload)}\xa0bytes"):
        assert said in text


def test_it_is_searched_by_device_uid_and_filtered_by_reason(world: World, north: Things, technician: Browser) -> None:
    quarantine("other-stray", world.north, payload=b"", reason="empty")
    page = address("ingest_quarantined_changelist")
    assert "northgate-stray" not in technician.open(f"{page}?q=other").content.decode()
    assert "other-stray" in technician.open(f"{page}?reason=empty").content.decode()
    assert "northgate-stray" not in technician.open(f"{page}?reason=empty").content.decode()


def test_one_is_shown_decoded_and_in_bytes(world: World, north: Things, technician: Browser) -> None:
    text = opened(world, technician, "northgate-stray")
    assert "refused: seq" in text
    assert "7b 22 62 6f 6f 74" in text
    assert 'name="_save"' not in text
    for action in ("add", "delete"):
        arguments = [] if action == "add" else [north.quarantined.pk]
        assert technician.client.get(address(f"ingest_quarantined_{action}", *arguments)).status_code == 403


def test_it_leads_to_the_device_where_that_is_ones_own(world: World, north: Things, technician: Browser) -> None:
    with connections["ingest"].cursor() as cursor:
        cursor.execute("UPDATE ingest_quarantined SET device_id = %s", [north.device.pk])
    assert address("devices_device_change", north.device.pk) in opened(world, technician, "northgate-stray")


def test_a_payload_that_was_not_kept_is_said_to_be_not_kept(world: World, technician: Browser) -> None:
    quarantine("full-of-it", world.north, payload=None, reason="overflow")
    assert "Not kept" in opened(world, technician, "full-of-it")


def test_what_a_device_sends_is_never_markup(world: World, technician: Browser) -> None:
    quarantine("joker", world.north, payload=b'{"boot":"<script src=//x>","<b>":1}')
    text = opened(world, technician, "joker")
    assert "<script src=//x>" not in text
    assert "&lt;script src=//x&gt;" in text


def test_a_good_frame_is_told_with_what_was_left_out() -> None:
    lines = explained(GOOD).splitlines()
    assert lines[0].startswith("boot b1  seq 4")
    assert "value spo2  97" in lines
    assert any(line.startswith("left out hart_rate: unknown_quantity") for line in lines)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "refused: empty"),
        (b"\x00\x01", "cannot be parsed any further"),
        (b'{"boot":"b1","seq":-1,"values":{"spo2":97}}', "'spo2': 97"),
        (cbor2.dumps({"boot": "b1", "seq": 1})[:-1], "refused: cbor"),
        (b"[" * 5000, "refused: "),
    ],
)
def test_what_is_refused_says_why_and_what_can_be_read(payload: bytes, said: str) -> None:
    assert said in explained(payload)


def test_both_are_bounded() -> None:
    assert len(hex_dump(bytes(256 * 1024)).splitlines()) == SHOWN_BYTES // 16
    many = cbor2.dumps({f"key{number}": number for number in range(5000)})
    assert len(explained(many).splitlines()) == SHOWN_LINES + 1


def test_a_dump_shows_offset_bytes_and_letters() -> None:
    assert hex_dump(b"BodyLink\x00\xff 1234567") == (
        "000000  42 6f 64 79 4c 69 6e 6b 00 ff 20 31 32 33 34 35  BodyLink.. 12345\n"
        "000010  36 37                                            67"
    )
