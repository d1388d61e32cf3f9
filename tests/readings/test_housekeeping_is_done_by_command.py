"""What beat sends can be done by hand for every organization: each command says how much it did."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.core.tenancy import bind
from apps.readings.models import Retention
from bodylink.celery import app
from tests.factories import a_device, a_frame, a_wave, derived
from tests.personas import World
from tests.readings.stored import START, count


def said(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def filled(world: World) -> World:
    for hospital in (world.north, world.south):
        device = a_device(hospital, f"{hospital.organization.slug}-node")
        for second in range(3):
            at = START + timedelta(seconds=second)
            a_frame(hospital.alice, device, at, values={"spo2": 97.0}, waves=[a_wave("ecg", [1] * 250)])
            derived(hospital.alice, device, at, {"heart_rate": 60.0})
    return world


def test_rolling_up_merging_and_letting_go(filled: World) -> None:
    assert said("roll_up") == "4 minutes made, each of one patient and quantity"
    assert said("roll_up").startswith("0 minutes")
    assert said("merge_frames") == (
        "6 frames and 6 derived rows merged, of 2 stretches; 8 rollups merged; 0 partitions emptied"
    )
    assert said("merge_frames").startswith("0 frames")
    with bind(filled.north.id):
        Retention.objects.create(organization_id=filled.north.id, waves_days=1, values_days=1, rollups_days=1)
    # Of other tests' days there may be partitions that nobody wants any more.
    assert said("apply_retention").endswith(
        " partitions dropped; 1 blocks of waves, 2 of values, 4 of rollups and 2 rollups deleted"
    )
    assert count("readings_block") == 1


def test_the_days_ahead_get_their_partitions(world: World) -> None:
    assert said("make_partitions").startswith("5 days have partitions")


def test_what_is_young_is_not_merged_by_anybodys_wish(filled: World) -> None:
    with pytest.raises(CommandError, match="younger than 1 hours"):
        call_command("merge_frames", "--older-than-hours", "0.5")
    assert said("merge_frames", "--older-than-hours", "100000").startswith("0 frames")


def test_beat_sends_each_of_them(world: World) -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
    sent = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert sent >= {"readings.make_partitions", "readings.roll_up", "readings.merge_frames", "readings.apply_retention"}
    for task in ("readings.roll_up", "readings.merge_frames", "readings.apply_retention", "readings.make_partitions"):
        app.tasks[task]()
