"""The twin's reasons and what pages say of a person's usual are of one notion; nothing is judged by it."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.patients.models import Patient
from apps.readings import binary
from apps.readings.current import current_values
from apps.readings.models import Rollup
from apps.scores.unusual import unusual_of
from apps.scores.usual import CODES, usual_of
from apps.twin import usual
from apps.twin.analysis import analyse
from apps.twin.models import TwinEnsemble
from apps.twin.selectors import twins_of
from apps.twin.services import advance
from tests.alerts.rows import show
from tests.held_clock import HeldClock
from tests.personas import World
from tests.scores.test_what_is_not_usual_is_said import quarter
from tests.twin.bodies import WELL, analysed, claim_of, ensembles, measure

HOURS = 24 * 6


def past_of(patient: Patient, clock: HeldClock, *, hours: int = HOURS) -> None:
    """Hours as WELL, heart rate and breathing of which rise and fall together."""
    generator = np.random.default_rng(5)
    begin = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    rows = []
    for hour in range(hours):
        common, at = generator.normal(), begin + timedelta(hours=hour)
        means = {code: mean + 0.01 * generator.normal() for code, mean in WELL.items()} | {
            "heart_rate": 70.0 + 6.0 * common + generator.normal(),
            "respiratory_rate": 15.0 + 2.2 * common + 0.3 * generator.normal(),
        }
        rows += [quarter(patient, code, at, mean) for code, mean in means.items()]
    with bind(patient.organization_id):
        Rollup.objects.bulk_create(rows)


def shows(patient: Patient, clock: HeldClock, **spreads: float) -> None:
    """A last quarter of an hour, so many of the person's own spreads above what is usual."""
    latest = clock.now() - timedelta(minutes=10)
    with bind(patient.organization_id):
        told = usual_of([patient.pk], now=clock.now())
        means = {code: float(told.of(code).median[0] + by * told.of(code).spread[0]) for code, by in spreads.items()}
        Rollup.objects.bulk_create(quarter(patient, code, latest, mean) for code, mean in means.items())


def a_minute(world: World, device: Device, clock: HeldClock, **values: float) -> None:
    since = clock.now()
    clock.move(60)
    measure(world.north.alice, device, since=since, until=clock.now(), **values)
    analysed(world.north, clock)


def reasons(world: World) -> dict[str, list[dict[str, Any]]]:
    return {organ["organ"]: organ["reasons"] for organ in ensembles(world.north)["Alice"].organs}


def test_reasons_name_what_is_usual_at_this_hour(world: World, device: Device, clock: HeldClock) -> None:
    past_of(world.north.alice, clock)
    a_minute(world, device, clock, heart_rate=100.0)
    with bind(world.north.id):
        told = usual_of([world.north.alice.pk], now=clock.now())
    (rate, *_) = [reason for reason in reasons(world)["heart"] if reason["code"] == "heart_rate"]
    assert rate["text"].endswith("your usual for this hour") or rate["text"].endswith("attention by itself")
    assert rate["usual"] == pytest.approx(float(told.of("heart_rate").median[0]), abs=0.06)


def test_between_two_analyses_what_is_measured_is_said_beside_it_too(
    world: World, device: Device, clock: HeldClock
) -> None:
    alice = world.north.alice
    past_of(alice, clock)
    a_minute(world, device, clock, heart_rate=70.0)
    show(alice, "heart_rate", 108.0, clock.now())
    with bind(world.north.id):
        advance(patient_ids=[alice.pk], current=current_values([alice.pk]), clock=clock)
        organs = {organ["organ"]: organ for organ in twins_of([alice.pk], now=clock.now())[alice.pk]["organs"]}
    (rate, *_) = organs["heart"]["reasons"]
    assert rate["text"].startswith("Heart rate 108 /min, above 90; ")
    assert rate["text"].endswith(" above your usual for this hour")
    assert rate["usual"] == pytest.approx(ensembles(world.north)["Alice"].usual["vitals"]["heart_rate"][0], abs=0.06)


def test_while_it_is_not_known_no_reason_names_it(world: World, device: Device, clock: HeldClock) -> None:
    past_of(world.north.alice, clock, hours=10)
    a_minute(world, device, clock)
    kept = ensembles(world.north)["Alice"]
    assert (kept.usual, kept.apart) == ({}, [])
    assert {reason["usual"] for organ in kept.organs for reason in organ["reasons"]} == {None}


def test_the_same_reason_stands_with_the_organs_and_on_the_page(world: World, device: Device, clock: HeldClock) -> None:
    """Heart and breathing always rose together; now one is a little up, the other a little down."""
    past_of(world.north.alice, clock)
    shows(world.north.alice, clock, heart_rate=2.3, respiratory_rate=-2.2)
    a_minute(world, device, clock)
    a_minute(world, device, clock)
    with bind(world.north.id):
        (on_page,) = unusual_of(world.north.alice, now=clock.now())["reasons"]
    assert on_page["text"].endswith("do not go together as usual")
    assert on_page["code"] is None
    said = {organ for organ, of in reasons(world).items() if on_page["text"] in [reason["text"] for reason in of]}
    assert said & {"heart", "lungs"}


def test_a_week_of_deterioration_changes_no_judgement(world: World, device: Device, clock: HeldClock) -> None:
    """The same readings, with and without a past in which they were usual."""
    judged = []
    for hours in (0, HOURS):
        past_of(world.north.alice, clock, hours=hours)
        with bind(world.north.id):
            if hours:
                Rollup.objects.filter(minutes=15).update(total=4 * 128.0)
            TwinEnsemble.objects.all().delete()
        at = clock.now()
        a_minute(world, device, clock, heart_rate=128.0)
        clock.move(-(clock.now() - at).total_seconds())
        row = ensembles(world.north)["Alice"]
        judged.append([(one["organ"], one["status"], one["reserve"], one["confidence"]) for one in row.organs])
    assert "heart_rate" in row.usual["vitals"]
    assert judged[0] == judged[1]


def test_it_is_told_anew_when_the_hour_turns_and_asked_every_few_minutes(
    world: World, device: Device, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, asked = [], []
    monkeypatch.setattr(usual, "usual_of", noted(usual.usual_of, told))
    monkeypatch.setattr(usual, "present_of", noted(usual.present_of, asked))
    past_of(world.north.alice, clock)
    begin = clock.now().replace(minute=2, second=0, microsecond=0)
    clock.move((begin - clock.now()).total_seconds())
    for minute in (1, 2, 3, 5, 7, 8, 12, 40, 58, 59, 60, 61):
        clock.move((begin + timedelta(minutes=minute - 1) - clock.now()).total_seconds())
        a_minute(world, device, clock)
    assert len(told) == 2
    assert 5 <= len(asked) <= 7


def noted(function: Any, calls: list[Any]) -> Any:
    def call(*given: Any, **named: Any) -> Any:
        calls.append(named)
        return function(*given, **named)

    return call


def test_of_a_whole_shard_so_many_are_told_at_once_and_the_others_next(
    world: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "RENEWED_AT_ONCE", 2)
    people = [world.north.alice, world.north.bob, world.north.charlie]
    for patient in people:
        past_of(patient, clock)
    rows = [TwinEnsemble(patient_id=patient.pk, organization_id=world.north.id) for patient in people]
    for known in (2, 3):
        with bind(world.north.id):
            usual.renew(rows, now=clock.now())
        assert sum(bool(row.usual) for row in rows) == known


def test_as_kept_it_comes_back(world: World, clock: HeldClock) -> None:
    past_of(world.north.alice, clock)
    rows = [TwinEnsemble(patient_id=patient.pk) for patient in (world.north.bob, world.north.alice)]
    with bind(world.north.id):
        usual.renew(rows, now=clock.now())
        told = usual_of([row.patient_id for row in rows], now=clock.now())
    back = usual.usual_together([row.usual for row in rows])
    assert [back.known(row) for row in (0, 1)] == [(), tuple(code for code in CODES if code in WELL)]
    assert np.allclose(back.median, told.median, atol=1e-3, equal_nan=True)
    assert np.allclose(back.spread, told.spread, atol=1e-3, equal_nan=True)
    assert np.array_equal(back.of_hour, told.of_hour)
    values = told.median + 2.0 * told.spread * np.where(np.arange(len(CODES)) % 2, 1.0, -1.0)
    assert np.allclose(back.surprise(values), told.surprise(values), rtol=0.05)
    assert usual.usual_together([{"vitals": {"of_another_release": [1, 1, True]}, "correlation": [[1]]}]).known(0) == ()


def test_more_patients_cost_no_more_queries(world: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once to learn the past, once to ask after the present, however many; nothing within the next minutes."""
    counts = []
    passing_by: list[Any] = []
    monkeypatch.setattr(binary, "rows", noted(binary.rows, passing_by))
    for people in ([world.north.alice], [world.north.bob, world.north.charlie]):
        for patient in people:
            past_of(patient, clock)
        rows = [TwinEnsemble(patient_id=patient.pk) for patient in people]
        for _ in range(2):
            with bind(world.north.id), CaptureQueriesContext(connection) as queries:
                usual.renew(rows, now=clock.now())
            counts.append((len(queries), len(passing_by)))
            passing_by.clear()
    assert counts == [(1, 1), (0, 0), (1, 1), (0, 0)]


def test_an_analysis_within_the_hour_asks_nothing_more(world: World, device: Device, clock: HeldClock) -> None:
    past_of(world.north.alice, clock)
    a_minute(world, device, clock)
    since = clock.now()
    clock.move(60)
    measure(world.north.alice, device, since=since, until=clock.now())
    claim = claim_of(world.north, clock.now())
    with CaptureQueriesContext(connection) as queries:
        analyse(claim, clock=clock)
    assert not [query for query in queries if "readings_rollup" in query["sql"]]
