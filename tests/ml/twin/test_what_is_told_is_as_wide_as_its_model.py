"""Of figures whose model differs from other bodies', a wider band is told; what is known of them stays the same."""

import numpy as np

from ml.twin import Twins
from ml.twin.told import MODEL_ERROR, with_model_error
from tests.ml.twin.people import ALICE, AT_S, USUAL, followed


def test_such_a_figure_is_wider_by_its_models_error_about_the_same_mean() -> None:
    members = np.random.default_rng(3).normal(33.0, 0.4, (5, 32))
    told = with_model_error({"skin_temperature": members, "heart_rate": members})
    expected = np.hypot(members.std(axis=1, ddof=1), MODEL_ERROR["skin_temperature"].now)
    np.testing.assert_allclose(told["skin_temperature"].std(axis=1, ddof=1), expected)
    np.testing.assert_allclose(told["skin_temperature"].mean(axis=1), members.mean(axis=1))
    assert told["heart_rate"] is members


def test_what_the_model_is_unsure_of_changes_up_to_half_an_hour_ahead() -> None:
    members = np.random.default_rng(4).normal(6.0, 0.4, (3, 32))

    def error(minutes: float) -> float:
        told = with_model_error({"glucose": members}, minutes=minutes)["glucose"]
        return float(np.sqrt(told.var(axis=1, ddof=1) - members.var(axis=1, ddof=1)).mean())

    now, ahead = MODEL_ERROR["glucose"].now, MODEL_ERROR["glucose"].ahead
    np.testing.assert_allclose(
        [error(0.0), error(15.0), error(30.0), error(360.0)], [now, (now + ahead) / 2, ahead, ahead]
    )


def test_members_that_agree_are_no_certainty() -> None:
    told = with_model_error({"glucose": np.full((2, 8), 5.0) + 1e-7 * np.arange(8)})
    assert told["glucose"].std() > 0.0
    assert np.isfinite(told["glucose"]).all()


def test_being_asked_moves_nothing() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1], members=8), USUAL, 2)
    before = twins.packed()
    twins.figures(), twins.figures_ahead(30), twins.states()
    assert twins.packed() == before
