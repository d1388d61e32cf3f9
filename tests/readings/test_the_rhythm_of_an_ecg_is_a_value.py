"""What the beats of an ECG came to is said in the register's terms, and only what can be said."""

import pytest

from apps.readings.quantities import ECTOPIC_RHYTHMS, REGISTER
from apps.readings.rhythm import rhythm_values
from ml.signals.live_beats import RhythmUpdate
from ml.signals.rhythm_events import Rhythm


def test_the_register_names_every_rhythm_there_is():
    assert set(ECTOPIC_RHYTHMS) == {int(rhythm) for rhythm in Rhythm}


def test_what_cannot_be_said_yet_is_not_said():
    update = RhythmUpdate(((0.0, "N"),), Rhythm.NONE, None, None, None)
    assert dict(rhythm_values(update)) == {"ectopic_rhythm": 0.0}


@pytest.mark.parametrize("rhythm", Rhythm)
def test_every_value_is_plausible_to_the_register(rhythm):
    values = dict(rhythm_values(RhythmUpdate(((0.0, "V"),), rhythm, 38.0, 0.97, 0.25)))
    assert values["atrial_fibrillation_probability"] == pytest.approx(97.0)
    assert values["atrial_fibrillation_burden"] == pytest.approx(25.0)
    assert values["ventricular_ectopics"] == 38.0
    assert all(REGISTER[code].plausible(value) for code, value in values.items())


def test_pacing_pulses_are_said_where_any_were_seen():
    values = dict(rhythm_values(RhythmUpdate(((0.0, "Q"),), Rhythm.NONE, 0.0, 0.01, 0.0, pacing_per_min=72.0)))
    assert values["pacemaker_pulse"] == 72.0
    assert REGISTER["pacemaker_pulse"].plausible(72.0)
