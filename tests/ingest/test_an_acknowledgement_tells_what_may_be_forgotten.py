import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ingest.acknowledgement import MAX_ALSO, acknowledge


def ranges_of(seqs):
    """Half-open ranges of a set, as PostgreSQL keeps an int8multirange."""
    ranges = []
    for seq in sorted(seqs):
        if ranges and ranges[-1][1] == seq:
            ranges[-1] = (ranges[-1][0], seq + 1)
        else:
            ranges.append((seq, seq + 1))
    return ranges


def told(received, **changes):
    acknowledgement = acknowledge(received, **changes)
    return acknowledgement.upto, acknowledgement.also, acknowledgement.given_up


def test_nothing_received_confirms_nothing():
    assert told([]) == (-1, (), 0)


def test_all_from_the_first_are_confirmed_by_one_number():
    assert told([(0, 813)]) == (812, (), 0)


def test_what_lies_beyond_a_gap_is_named():
    assert told([(0, 813), (815, 817)]) == (812, (815, 816), 0)


def test_without_the_first_frame_nothing_is_contiguous():
    assert told([(1, 4)]) == (-1, (1, 2, 3), 0)


def test_what_the_device_no_longer_holds_is_passed_and_counted():
    assert told([(2, 5), (7, 9)], oldest=6) == (5, (7, 8), 3)


def test_oldest_reaches_as_far_as_what_follows_it_without_a_gap():
    assert told([(6, 9)], oldest=6) == (8, (), 6)


def test_a_frame_that_was_given_up_and_comes_after_all_is_no_longer_counted():
    assert told([(0, 4), (5, 6)], oldest=5)[2] == 1
    assert told([(0, 6)], oldest=5)[2] == 0


def test_beyond_a_gap_at_most_512_are_named_the_newest_first():
    _, also, _ = told([(1, 10_001)])
    assert also == tuple(range(10_001 - MAX_ALSO, 10_001))


def test_a_frame_that_is_answered_is_named_however_old():
    _, also, _ = told([(1, 10_001)], answering=[3, 4])
    assert also[:2] == (3, 4)
    assert len(also) == MAX_ALSO


def test_what_is_not_stored_is_not_confirmed_even_if_it_is_answered():
    assert told([(0, 2)], answering=[0, 7]) == (1, (), 0)


def test_a_ledger_of_very_large_numbers_costs_no_more():
    assert told([(0, 2**52), (2**53 - 1, 2**53)], oldest=2**51) == (2**52 - 1, (2**53 - 1,), 0)
    assert told([(2**53 - 1, 2**53)], oldest=2**53 - 1) == (2**53 - 1, (), 2**53 - 1)


@pytest.mark.parametrize("received", [[(3, 3)], [(5, 2)], [(0, 3), (2, 5)], [(4, 5), (0, 1)], [(-2, 1)]])
def test_ranges_that_no_ledger_holds_are_refused(received):
    with pytest.raises(ValueError, match="ascending"):
        acknowledge(received)


@settings(max_examples=300, deadline=None)
@given(st.sets(st.integers(0, 60)), st.integers(0, 60), st.sets(st.integers(0, 70)))
def test_it_confirms_what_is_stored_or_gone_and_nothing_else(stored, oldest, answering):
    acknowledgement = acknowledge(ranges_of(stored), oldest=oldest, answering=answering)
    settled = stored | set(range(oldest))
    assert set(range(acknowledgement.upto + 1)) | set(acknowledgement.also) == settled
    assert acknowledgement.upto + 1 not in settled
    assert acknowledgement.given_up == len(set(range(oldest)) - stored)
