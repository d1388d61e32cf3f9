"""Saturation, perfusion, breathing and variability come out of the waves, with their source, or not at all."""

import pytest

from apps.readings.channels import Channels
from apps.readings.fresh_frames import FreshFrame
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value
from ml.physiology.waveforms import BodyConstants, Faults
from ml.signals.trouble import Trouble
from tests.readings.bodies import Wearer, live

BODY = BodyConstants(heart_rate_per_min=74, respiratory_rate_per_min=16, spo2_percent=93, perfusion_index_percent=2.0)


def test_a_body_in_all_its_waves_gives_every_vital() -> None:
    given = live(Channels(), Wearer(BODY), 60)
    for code, source, truth, within in (
        ("heart_rate", "ecg", 74, 3),
        ("pulse_rate", "ppg_infrared", 74, 3),
        ("spo2", "ppg_red", 93, 1),
        ("perfusion_index", "ppg_infrared", 2.0, 0.4),
    ):
        last = given[code][-1]
        assert last.value == pytest.approx(truth, abs=within), code
        assert (last.source, last.origin, last.device_uid) == (source, Origin.DERIVED, "node-1")
        assert last.quality >= 0.5
    assert {value.source for value in given["respiratory_rate"]} == {"respiration_wave", "ecg"}
    assert all(value.value == pytest.approx(16, abs=1.5) for value in given["respiratory_rate"])


def test_every_source_that_is_named_has_its_place_in_the_register() -> None:
    given = live(Channels(), Wearer(BODY), 60)
    for code, values in given.items():
        assert {value.source for value in values} <= set(REGISTER[code].source_priority), code


@pytest.mark.parametrize(("only", "source"), [("ecg", "ecg"), ("ppg_infrared", "ppg_infrared")])
def test_one_wave_alone_tells_the_breathing(only: str, source: str) -> None:
    rates = live(Channels(), Wearer(BODY, only=(only,)), 50)["respiratory_rate"]
    assert rates[-1].value == pytest.approx(16, abs=1.5)
    assert rates[-1].source == source


def test_one_colour_gives_perfusion_and_no_saturation() -> None:
    given = live(Channels(), Wearer(BODY, only=("ppg_infrared",)), 30)
    assert "perfusion_index" in given
    assert "spo2" not in given


def test_a_device_with_a_saturation_of_its_own_is_given_no_other() -> None:
    assert "spo2" not in live(Channels(), Wearer(BODY, values={"spo2": 95.0}), 30)


def test_whoever_is_on_the_move_is_given_no_saturation() -> None:
    assert "spo2" not in live(Channels(), Wearer(BODY, values={"activity": 350.0}), 30)
    assert "spo2" in live(Channels(), Wearer(BODY, values={"activity": 20.0}), 30)


def test_an_unknown_sensor_gives_a_saturation_of_lower_worth() -> None:
    known, unknown = (live(Channels(), Wearer(BODY, model=model), 30)["spo2"][-1] for model in ("MAX30101", "clip"))
    assert 0.5 <= unknown.quality < known.quality


def test_variability_comes_after_two_minutes_once_a_minute() -> None:
    given = live(Channels(), Wearer(BODY), 245)
    assert {value.source for value in given["rmssd"]} == {"ecg", "ppg_infrared"}
    assert len([value for value in given["rmssd"] if value.source == "ecg"]) in (2, 3)
    assert all(5 < value.value < 80 for value in given["sdnn"])


def test_a_bad_signal_gives_no_vital_but_says_what_is_wrong() -> None:
    channels, wearer = Channels(), Wearer(BODY)
    live(channels, wearer, 40)
    given = live(channels, wearer, 20, Faults(lead_off=True, probe_off=True))
    late = {
        code: [value for value in values if value.at.timestamp() >= values[0].at.timestamp() + 5]
        for code, values in given.items()
    }
    for vital in ("heart_rate", "pulse_rate", "spo2", "perfusion_index"):
        assert not late.get(vital), vital
    assert {value.value for value in late["ecg"]} == {float(Trouble.NO_CONTACT)}
    assert all(value.quality < 0.5 for wave in ("ecg", "ppg_infrared") for value in late[wave])


def test_an_ecg_that_leaves_an_unchanged_pulse_is_no_vital() -> None:
    """One person, two devices: a patch that begins to show another's fast heart, and a finger clip."""
    channels = Channels()
    patch, clip = Wearer(BODY, only=("ecg",)), Wearer(BODY, only=("ppg_infrared",))
    clip.patient_id = patch.patient_id
    for _ in range(25):
        channels.feed([patch.frame(), clip.frame()])
    patch.person = Wearer(BodyConstants(heart_rate_per_min=160)).person
    values = [value for _ in range(20) for _, value in channels.feed([patch.frame(), clip.frame()])]
    troubled = [value for value in values if value.code == "ecg" and value.value == Trouble.CONTRADICTED]
    assert troubled
    assert all(value.quality < 0.5 for value in troubled)
    withheld = {value.at for value in troubled}
    assert not [value for value in values if value.code == "heart_rate" and value.at in withheld]
    assert [value for value in values if value.code == "pulse_rate"][-1].value == pytest.approx(74, abs=3)


def test_a_shard_gives_everybody_what_they_would_get_alone() -> None:
    """To the last bit but for the spectra, whose sums a processor takes in another order for many lanes."""
    bodies = [BodyConstants(heart_rate_per_min=60 + 9 * n, spo2_percent=90 + n) for n in range(5)]
    wearers = [Wearer(body, seed=n) for n, body in enumerate(bodies)]
    together, alone = Channels(), [Channels() for _ in bodies]
    for _ in range(45):
        frames = [wearer.frame() for wearer in wearers]
        shared = together.feed(frames)
        for channels, frame in zip(alone, frames, strict=True):
            own = _numbers(channels.feed([frame]), frame)
            assert own.keys() == _numbers(shared, frame).keys()
            assert own == pytest.approx(_numbers(shared, frame), rel=1e-9)


def _numbers(found: list[tuple[FreshFrame, Value]], frame: FreshFrame) -> dict[tuple[str, str], float]:
    return {(value.code, value.source): value.value for of, value in found if of is frame}


def test_what_is_forgotten_begins_anew() -> None:
    channels, wearer = Channels(), Wearer(BODY)
    live(channels, wearer, 40)
    channels.forget()
    assert "respiratory_rate" not in live(channels, wearer, 20)
