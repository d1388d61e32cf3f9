"""The list and the page of a device say when it was heard, how it is, on whom it is, and what its signal looks like."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices.admin.columns import age_text
from apps.devices.liveness import SILENT_AFTER, Liveness, having, liveness
from apps.devices.models import Device, DeviceStatus
from apps.devices.trace import COLUMNS, HEIGHT, MARGIN, WIDTH, trace
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things, a_last_frame
from tests.factories import a_device, now
from tests.personas import World


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def rows(technician: Browser, query: str = "") -> dict[str, str]:
    """The list's rows, by uid, without their markup."""
    text = technician.open(address("devices_device_changelist") + query).content.decode()
    table = text.split('id="result_list"')[1].split("</table>")[0] if 'id="result_list"' in text else ""
    plain = [re.sub(r"<[^>]+>", " ", row) for row in table.split("<tr>")[2:]]
    return {row.split()[0]: " ".join(row.split()) for row in plain}


def test_the_list_says_state_place_battery_and_flags(world: World, north: Things, technician: Browser) -> None:
    a_last_frame(north)
    [row] = rows(technician).values()
    alice = world.north.alice
    for said in (f"Ward 1 · bed {alice.bed} · {alice.pseudonym}", "live", "81 %, 3.91 V", "lead off", "s ago"):
        assert said in row


@pytest.mark.parametrize(
    ("state", "uid"),
    [("live", "node-live"), ("silent", "node-silent"), ("never_heard", "northgate-node"), ("retired", "node-gone")],
)
def test_the_list_is_filtered_by_state(world: World, north: Things, technician: Browser, state: str, uid: str) -> None:
    a_device(world.north, "node-live", heard=True)
    silent = a_device(world.north, "node-silent", heard=True)
    gone = a_device(world.north, "node-gone", heard=True)
    with bind(world.north.id):
        DeviceStatus.objects.filter(device=silent).update(last_seen_at=now() - timedelta(minutes=2))
        Device.objects.filter(pk=gone.pk).update(retired_at=now())
    assert set(rows(technician, f"?state={state}")) == {uid}
    assert len(rows(technician)) == 4


def test_the_filter_and_the_column_agree_at_the_limit(world: World) -> None:
    device = a_device(world.north, "node-0001", heard=True)
    with bind(world.north.id):
        seen = DeviceStatus.objects.get(device=device).last_seen_at
        device = Device.objects.select_related("status").get(pk=device.pk)
        for at in (seen, seen + SILENT_AFTER, seen + SILENT_AFTER + timedelta(microseconds=1)):
            for state in Liveness:
                listed = Device.objects.filter(having(state, now=at)).exists()
                assert listed == (liveness(device, now=at) is state)


def test_devices_are_found_by_uid_label_model_and_pseudonym(world: World, north: Things, technician: Browser) -> None:
    a_device(world.north, "other-0001")
    for wanted in ("northgate-no", "northgate label", "bodylink-node", world.north.alice.pseudonym):
        assert set(rows(technician, f"?q={wanted}")) == {north.device.uid}, wanted
    assert rows(technician, "?q=Alice") == {}


def test_devices_are_filtered_by_the_unit_of_their_patient(world: World, north: Things, technician: Browser) -> None:
    a_device(world.north, "other-0001")
    assert set(rows(technician, "?unit=Ward 1")) == {north.device.uid}
    assert set(rows(technician, "?unit=–")) == {"other-0001"}
    assert set(rows(technician, "?unit=Annex")) == set()


def test_the_page_draws_the_last_frame(world: World, north: Things, technician: Browser) -> None:
    a_last_frame(north)
    text = technician.open(address("devices_device_change", north.device.pk)).content.decode()
    figure = text.split("<figure")[1].split("</figure>")[0]
    # 300 samples of the counts -50 to 400 at 2.5 uV each.
    assert "-125 to 1000 µV, 250 Hz, 1.2 s" in re.sub(r"<[^>]+>", " ", figure)
    points = figure.split('points="')[1].split('"')[0].split()
    assert len(points) == 300
    assert points[3].split(",")[1] == f"{MARGIN:.1f}"
    assert points[4].split(",")[1] == f"{HEIGHT - MARGIN:.1f}"
    assert "Skin temperature" in text
    assert "33.4" in text
    assert '<span class="tag">measured</span>' in text


def test_looking_at_a_patients_signal_is_written_down(world: World, north: Things, technician: Browser) -> None:
    a_last_frame(north)
    technician.open(address("devices_device_change", north.device.pk))
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="read")
    assert (event.patient_id, event.role) == (world.north.alice.pk, Role.TECHNICIAN)
    assert event.detail == {"door": "device preview"}


def test_a_frame_that_is_gone_is_not_made_up(world: World, north: Things, technician: Browser) -> None:
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO devices_devicestatus (id, organization_id, device_id, last_seen_at, last_frame_t, "
            "last_frame_boot, last_frame_seq, flags) VALUES (gen_random_uuid(), %s, %s, now(), now(), 'b007', 1, '{}')",
            [world.north.id, north.device.pk],
        )
    text = technician.open(address("devices_device_change", north.device.pk)).content.decode()
    assert "None is stored." in text
    assert "<figure" not in text


def test_the_history_is_the_audit_trail(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_rotate", north.device.pk))
    technician.send()
    text = technician.open(address("devices_device_history", north.device.pk)).content.decode()
    assert text.count("credential.issued") == 2
    assert "Northgate Technician" in text
    assert "device.bound" in text
    assert world.north.alice.pseudonym in text
    assert "Alice" not in text


def test_a_long_wave_keeps_its_peaks() -> None:
    samples = np.zeros(60_000)
    samples[31_234] = 5.0
    drawn = trace(samples, rate_hz=1000.0)
    points = [point.split(",") for point in drawn.points.split()]
    assert len(points) <= 2 * COLUMNS
    assert (drawn.low, drawn.high, drawn.duration_s) == (0.0, 5.0, 60.0)
    [peak] = [float(x) for x, y in points if float(y) == MARGIN]
    assert abs(peak - 31.234 / 60 * WIDTH) < 0.1


def test_a_flat_wave_is_a_line_in_the_middle() -> None:
    drawn = trace(np.full(10, 7.0), rate_hz=10.0)
    assert {point.split(",")[1] for point in drawn.points.split()} == {f"{HEIGHT / 2:.1f}"}


def test_ages_are_told_in_their_largest_part() -> None:
    at = now()
    for ago, said in ((0, "0 s ago"), (59, "59 s ago"), (61, "1\xa0minute ago"), (7200, "2\xa0hours ago")):
        assert age_text(at - timedelta(seconds=ago), at) == said
    assert age_text(at + timedelta(seconds=3), at) == "0 s ago"
