"""What is written and read back goes on as if nothing had been, and what is of another version is refused."""

import numpy as np
import pytest

from ml.twin import Twins, UnknownVersion
from tests.ml.twin.people import ALICE, AT_S, BOB, NEWBORN, USUAL, followed


@pytest.fixture(scope="module")
def twins() -> Twins:
    return followed(Twins.begin([ALICE, BOB, NEWBORN], at_s=AT_S, seeds=[1, 2, 3]), USUAL, 40)


def test_it_goes_on_as_before(twins: Twins) -> None:
    straight, packed = twins.take([0, 1, 2]), Twins.unpacked(twins.packed())
    for each in (straight, packed):
        followed(each, USUAL, 30)
    for name, values in straight.figures().items():
        np.testing.assert_allclose(packed.figures()[name], values, rtol=2e-3, atol=2e-3, err_msg=name)
    assert packed.at_s.tolist() == straight.at_s.tolist()
    for before, after in zip(straight.hypotheses(), packed.hypotheses(), strict=True):
        assert after == pytest.approx(before, abs=1e-3)


def test_a_patient_is_a_few_kilobytes(twins: Twins) -> None:
    assert all(len(blob) < 40_000 for blob in twins.packed())


def test_bytes_are_the_same_when_packed_again(twins: Twins) -> None:
    once = twins.packed()
    assert Twins.unpacked(once).packed() == once


def test_another_version_is_refused(twins: Twins) -> None:
    blob = twins.packed()[0]
    for other in (b"", blob[:10], b"else" + blob[4:], blob[:4] + b"\xff\xff" + blob[6:], blob[:-20], blob[:60]):
        with pytest.raises(UnknownVersion):
            Twins.unpacked([other])


def test_twins_of_different_sizes_do_not_go_together(twins: Twins) -> None:
    small = Twins.begin([ALICE], at_s=AT_S, seeds=[1], members=8)
    with pytest.raises(ValueError, match="members"):
        Twins.unpacked(twins.packed() + small.packed())
