"""Scenarios begin as the patient is, meet the same chance, and differ by what was done."""

import numpy as np
import pytest

from ml.physiology import Segment
from ml.twin import ORGANS, Twins, WhatIf
from tests.ml.twin.people import ALICE, AT_S, BOB, USUAL, followed


@pytest.fixture(scope="module")
def twins() -> Twins:
    return followed(Twins.begin([ALICE, BOB], at_s=AT_S, seeds=[1, 2]), USUAL, 20)


def test_each_begins_as_the_patient_is(twins: Twins) -> None:
    still, walk = twins.what_if(1, [WhatIf("as now"), WhatIf("walk", [Segment(30, work_watts=60)])], hours=1.0)
    for name, fan in still.quantities.items():
        assert fan.median[0] == walk.quantities[name].median[0]
        assert len(fan.median) == len(still.minutes) == 13
        assert (fan.p90[0] <= fan.p50[0] + 1e-9).all()
        assert (fan.p50[1] <= fan.p90[1] + 1e-9).all()
    rate = walk.quantities["heart_rate"].median
    assert rate[5] - still.quantities["heart_rate"].median[5] > 15.0
    assert abs(rate[-1] - still.quantities["heart_rate"].median[-1]) < 12.0


def test_the_same_done_gives_the_same(twins: Twins) -> None:
    bleed = [Segment(20, bleed_ml_per_min=40)]
    one, other = twins.what_if(0, [WhatIf("a", bleed), WhatIf("b", bleed)], hours=1.0, members=16)
    for name, fan in one.quantities.items():
        np.testing.assert_array_equal(fan.median, other.quantities[name].median)


def test_a_bleed_costs_reserve_and_saline_gives_some_back(twins: Twins) -> None:
    bleed = Segment(20, bleed_ml_per_min=60)
    runs = twins.what_if(
        1,
        [WhatIf("as now"), WhatIf("bleed", [bleed]), WhatIf("treated", [bleed, Segment(30, infuse_ml_per_min=60)])],
        hours=1.5,
    )
    now, lost, treated = (run.reserves["fluids"] for run in runs)
    assert now is not None
    assert lost is not None
    assert treated is not None
    assert lost.median < treated.median < now.median
    assert list(runs[0].reserves) == list(ORGANS)


def test_other_scenarios_do_not_change_one(twins: Twins) -> None:
    alone = twins.what_if(0, [WhatIf("as now")], hours=1.0, members=16)[0]
    beside = twins.what_if(
        0, [WhatIf("as now"), WhatIf("fever", [Segment(60, fever_setpoint_celsius=2)])], hours=1.0, members=16
    )
    np.testing.assert_allclose(
        beside[0].quantities["heart_rate"].median, alone.quantities["heart_rate"].median, atol=0.5
    )


def test_nothing_to_play_is_refused(twins: Twins) -> None:
    with pytest.raises(ValueError, match="nothing to play"):
        twins.what_if(0, [])
    with pytest.raises(IndexError):
        twins.what_if(2, [WhatIf("as now")])
