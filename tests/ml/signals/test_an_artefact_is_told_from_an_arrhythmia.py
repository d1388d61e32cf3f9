"""What pulse and ECG say of each other: a rate that one of them alone has is suspected, what both have stands."""

from pathlib import Path

import pytest

from ml.evaluate.bedside import bedside
from ml.signals.agreement import REMEMBERED_S, Agreement, Heard, Verdict
from ml.signals.heart_rate import Reason
from ml.signals.live import EcgChannel

STANDS, ECG, PULSE = Verdict.STANDS, Verdict.ECG_CONTRADICTED, Verdict.PULSE_CONTRADICTED


def heard(at_s: float, per_min: float | None, quality: float = 1.0, reason: Reason = Reason.NONE) -> Heard:
    return Heard(at_s, per_min, reason, quality)


def after_agreement(ecg: Heard, pulse: Heard) -> Verdict:
    """Both said 72 at 0 s; then these."""
    agreement: Agreement[str] = Agreement()
    agreement.hear_ecg("one", heard(0.0, 72.0))
    agreement.hear_pulse("one", heard(0.0, 73.0))
    assert agreement.verdict("one") is STANDS
    agreement.hear_ecg("one", ecg)
    agreement.hear_pulse("one", pulse)
    return agreement.verdict("one")


def test_a_sudden_rate_of_the_ecg_that_leaves_the_pulse_is_an_artefact() -> None:
    assert after_agreement(heard(10, 150.0), heard(10, 72.0)) is ECG


@pytest.mark.parametrize("reason", [Reason.ASYSTOLE, Reason.PAUSE])
def test_an_asystole_with_a_pulse_is_none(reason: Reason) -> None:
    assert after_agreement(heard(10, None, reason=reason), heard(10, 72.0)) is ECG


@pytest.mark.parametrize(
    ("pulse", "what"),
    [
        (heard(10, 150.0), "a tachycardia that the pulse follows"),
        (heard(10, None, reason=Reason.NO_PULSE), "a tachycardia that takes the pulse away"),
        (heard(10, None, 0.1, Reason.POOR_SIGNAL), "a pulse that is not seen"),
        (heard(10, 72.0, 0.5), "a pulse that is not well seen"),
        (heard(10, 50.0), "a tachycardia with a pulse deficit"),
        (heard(2, 72.0), "a pulse of long ago"),
    ],
)
def test_an_arrhythmia_stands(pulse: Heard, what: str) -> None:
    assert after_agreement(heard(10, 150.0), pulse) is STANDS, what


def test_a_bigeminy_whose_every_other_beat_has_no_pulse_stands() -> None:
    assert after_agreement(heard(10, 80.0), heard(10, 40.0)) is STANDS


def test_nothing_is_held_back_for_longer_than_a_minute() -> None:
    assert after_agreement(heard(REMEMBERED_S - 1, 150.0), heard(REMEMBERED_S - 1, 72.0)) is ECG
    assert after_agreement(heard(REMEMBERED_S + 1, 150.0), heard(REMEMBERED_S + 1, 72.0)) is STANDS


def test_without_a_former_agreement_the_ecg_stands() -> None:
    agreement: Agreement[int] = Agreement()
    agreement.hear_ecg(1, heard(0, 150.0))
    agreement.hear_pulse(1, heard(0, 72.0))
    assert agreement.verdict(1) is STANDS


def test_more_pulses_than_beats_cannot_be() -> None:
    """A large dicrotic wave, counted as a pulse of its own."""
    assert after_agreement(heard(10, 60.0), heard(10, 120.0)) is PULSE
    assert after_agreement(heard(10, 60.0, 0.5), heard(10, 120.0)) is STANDS


def test_people_do_not_speak_for_each_other() -> None:
    agreement: Agreement[int] = Agreement()
    agreement.hear_ecg(1, heard(0, 150.0))
    agreement.hear_pulse(2, heard(0, 72.0))
    assert agreement.verdict(1) is agreement.verdict(2) is STANDS


def test_who_was_not_heard_for_long_is_forgotten() -> None:
    agreement: Agreement[int] = Agreement()
    for at_s, per_min in ((0, 72.0), (10, 150.0)):
        agreement.hear_ecg(1, heard(at_s, per_min))
        agreement.hear_pulse(1, heard(at_s, 72.0))
        first = agreement.verdict(1)
    agreement.forget_before(10.0)
    assert (first, agreement.verdict(1)) == (ECG, ECG)
    agreement.forget_before(10.1)
    agreement.hear_ecg(1, heard(10.2, 150.0))
    agreement.hear_pulse(1, heard(10.2, 72.0))
    assert agreement.verdict(1) is STANDS


@pytest.mark.recordings
def test_a_false_alarm_of_asystole_is_called_a_poor_signal(bedside_records: Path) -> None:
    """CinC 2015, a103l: a monitor called asystole at its end; the experts, who saw the pulse, did not."""
    [record] = [record for record in bedside(bedside_records.parent) if record.name == "a103l"]
    assert record.ecg_mv is not None
    channel = EcgChannel(record.rate_hz)
    updates = [channel.push(float(s), record.ecg_mv[s * 250 : s * 250 + 250]) for s in range(330)]
    assert all(update.reason is not Reason.ASYSTOLE for update in updates)
    assert any(update.reason is Reason.POOR_SIGNAL for update in updates[280:300])
