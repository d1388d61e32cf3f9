"""T waves follow every beat and P waves go before it: the last look sees whether what it is asked about does so too."""

import numpy as np
import pytest

from ml.signals.candidate_table import CandidateTable
from ml.signals.peaks import Candidates
from ml.signals.qrs_echo import PAST, echoes

HZ = 125.0
SHAPE = 22
QRS = np.eye(SHAPE)[0]
OTHER = np.eye(SHAPE)[5]

Wave = tuple[float, float, float, float, np.ndarray]  # seconds, octaves, sharpness beside it, score, shape


def read(waves: list[Wave], asked: int) -> dict[str, float]:
    waves = sorted(waves, key=lambda wave: wave[0])
    n = len(waves)
    times_s, octaves, sharper, scores = (np.array([wave[k] for wave in waves]) for k in range(4))
    index = np.rint(times_s * HZ).astype(np.int64)
    shape = np.column_stack([np.stack([wave[4] for wave in waves]), 2.0 ** (octaves + sharper)])
    table = CandidateTable(1, SHAPE, HZ)
    table.append(Candidates(np.zeros(n, np.int64), index, 2.0**octaves, index.astype(float), shape))
    table.scores[1, :n] = scores
    lane, number = np.zeros(1, np.int64), np.array([asked % n])
    found = echoes(table, lane, number, table.past(lane, number, PAST, 1), table.future(lane, number, 8, 0.55, 1))
    return {name: float(values[0]) for name, values in found.items()}


def beats(count: int, t_octaves: float) -> list[Wave]:
    """A beat and its T wave every 0.8 s."""
    each = [[(0.8 * k, 0.0, 0.0, 4.0, QRS), (0.8 * k + 0.3, t_octaves, -1.0, -4.0, OTHER)] for k in range(count)]
    return [wave for cycle in each for wave in cycle]


def test_a_t_wave_has_come_after_the_beats_before() -> None:
    t_wave = read(beats(6, t_octaves=-1.0), asked=-1)
    assert t_wave["since_beat_s"] == pytest.approx(0.3, abs=0.01)
    assert t_wave["since_beat_higher"] == pytest.approx(1.0)
    assert t_wave["echoes"] == 5.0
    assert t_wave["echo_as_high"] == 1.0
    assert t_wave["echo_likeness"] == pytest.approx(1.0)


def test_an_early_beat_has_not() -> None:
    early = read([*beats(6, t_octaves=-4.0)[:-1], (4.3, -0.5, 0.0, -1.0, QRS)], asked=-1)
    assert early["echo_as_high"] == 0.0
    assert early["echo_highest"] == pytest.approx(-3.5)
    assert early["echo_likeness"] == pytest.approx(0.0)


def pairs(count: int, between_sharper: float) -> list[Wave]:
    """Twice every 0.85 s, a fifth of a second apart, as high; the second is so much sharper."""
    each = [
        [(0.85 * k, 0.0, 0.0, 3.0, OTHER), (0.85 * k + 0.21, 0.2, between_sharper - 0.2, 0.0, QRS)]
        for k in range(count)
    ]
    return [wave for cycle in each for wave in cycle]


@pytest.mark.parametrize("sharper", [0.6, -0.4])
def test_which_of_two_that_come_together_is_sharper_is_told_by_several_cycles(sharper: float) -> None:
    first, second = (read(pairs(6, sharper), asked) for asked in (-2, -1))
    assert first["next_paired"] == second["before_paired"] == 5.0
    assert first["next_pairs_sharper"] == pytest.approx(sharper, abs=0.01)
    assert second["before_pairs_sharper"] == pytest.approx(-sharper, abs=0.01)
    assert second["before_pairs_score"] == pytest.approx(3.0)
    assert first["next_partner_s"] == second["before_partner_s"] == pytest.approx(0.21, abs=0.01)


def test_what_comes_alone_has_no_partner() -> None:
    alone = read([(0.8 * k, 0.0, 0.0, 4.0, QRS) for k in range(6)], asked=-1)
    assert alone["before_paired"] == alone["next_paired"] == 0.0
    assert np.isnan(alone["next_pairs_sharper"])
