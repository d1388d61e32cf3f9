"""`manage.py replay` of a real recording: the page is sent its very samples, the heart rate follows the annotations,
and it is labelled replayed; when it stops, somebody is told."""

import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import wfdb
from numpy.typing import NDArray
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.people import OWN_UNIT, admit
from tests.browser.visitors import Visitor, Visitors, tile_of
from tests.browser.wards import ward_of
from tests.demo.real_demo import RealDemo
from tests.live.client import FRAME, SEGMENT
from tests.ml.recordings import needs
from tests.waiting import until

RATE_HZ = 360.0
PLAYED_S = 20.0
PLAYED_WITHIN_S = 90.0
TOLD_WITHIN_MS = 30_000
ECG, REPLAYED = 1, 4
# The rate is taken from the beats of 10 s.
WARM_UP_S = 12.0
SETTLED_AT_LEAST = 3
NO_BEATS = set("+~|x!\"[]=@()pt`'^su?*DT")


class Received:
    """The wave frames that a page's own socket has received."""

    def __init__(self, page: Page) -> None:
        self._frames: list[bytes] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: isinstance(frame, bytes) and self._frames.append(frame))

    def ecg(self) -> Iterator[tuple[float, int, NDArray[np.float64]]]:
        """Time of the first sample (epoch seconds), origin, and physical values of each segment of ECG."""
        for frame in self._frames:
            count = FRAME.unpack_from(frame)[2]
            at = FRAME.size
            for _ in range(count):
                _, quantity, dtype, origin, start, _, scale, offset, n = SEGMENT.unpack_from(frame, at)
                raw = np.frombuffer(frame, ("<i2", "<u2", "<i4")[dtype], n, at + SEGMENT.size)
                at += SEGMENT.size + -(-raw.nbytes // 4) * 4
                if quantity == ECG:
                    yield start, origin, raw * scale + offset

    def seconds(self) -> float:
        return sum(len(samples) for _, _, samples in self.ecg()) / RATE_HZ


@pytest.fixture
def replay(demo: RealDemo) -> Iterator[list[subprocess.Popen[str]]]:
    """Whoever plays a recording adds it here."""
    playing: list[subprocess.Popen[str]] = []
    yield playing
    for process in playing:
        process.kill()
        process.communicate()


def microvolts(recording: Path) -> NDArray[np.float64]:
    """The first lead of the record, as wfdb reads it."""
    return np.round(wfdb.rdrecord(str(recording)).p_signal[:, 0] * 1000.0, 6)


def beats_s(recording: Path) -> NDArray[np.float64]:
    """When the annotators saw a beat, in seconds of the record."""
    annotated = wfdb.rdann(str(recording), "atr")
    beats = [
        sample for sample, symbol in zip(annotated.sample, annotated.symbol, strict=True) if symbol not in NO_BEATS
    ]
    return np.asarray(beats) / annotated.fs


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def history(visitor: Visitor, patient: str, what: str) -> Any:
    start = quote((datetime.now(UTC) - timedelta(seconds=2 * PLAYED_WITHIN_S)).isoformat())
    return visitor.json(f"/api/v1/patients/{patient}/{what}&start={start}")


def test_the_patients_page_shows_the_recordings_very_ecg_until_it_stops(
    visitors: Visitors, demo: RealDemo, replay: list[subprocess.Popen[str]]
) -> None:
    recording = needs("mitdb") / "119"
    clinician = visitors.enter("clinician")
    patient = admit(clinician, "REPLAY-119", "Replay")
    uid = demo.provision(model="Test node", mrn=patient["mrn"])["device"]
    page = clinician.context.new_page()
    received = Received(page)
    clinician.open_live(f"/patients/{patient['id']}/", page)
    ward = clinician.open_live(ward_of(clinician, OWN_UNIT))

    replay.append(demo.begin("replay", str(recording), "--device", uid))
    until(lambda: page.title() and received.seconds() >= PLAYED_S, f"{PLAYED_S:.0f} s were played", PLAYED_WITHIN_S)

    expect(page.get_by_test_id("identity").get_by_test_id("replayed")).to_be_visible()
    expect(tile_of(ward, patient["mrn"]).get_by_test_id("replayed")).to_be_visible()
    started = sent_are_the_samples(microvolts(recording), clinician, patient["id"], received)
    usual = the_rate_follows(beats_s(recording), clinician, patient["id"], started)
    numeric = page.locator('[data-testid="numeric"][data-slot="heart_rate"]')
    assert abs(float(numeric.locator('[data-part="value"]').inner_text()) - usual) < 6

    replay[0].send_signal(signal.SIGINT)
    told = page.get_by_test_id("alert").filter(has_text=f"No data from {uid}")
    expect(told).to_have_attribute("data-state", "active", timeout=TOLD_WITHIN_MS)
    expect(numeric).to_have_attribute("data-state", "stale")
    said, _ = replay[0].communicate(timeout=30)
    assert replay[0].returncode == 0
    assert f"sent as {uid}, 0 unconfirmed" in said


def sent_are_the_samples(truth: NDArray[np.float64], visitor: Visitor, patient: str, received: Received) -> float:
    """What the API gives and what the page was sent are the record's samples; when the record began, epoch seconds."""
    segments = history(visitor, patient, "waveforms/?channel=ecg")["segments"]
    assert {segment["origin"] for segment in segments} == {"replayed"}
    assert [segment["rate_hz"] for segment in segments] == [RATE_HZ]  # one: a gap would make two
    samples = segments[0]["samples"]
    assert len(samples) >= PLAYED_S * RATE_HZ
    assert np.array_equal(samples, truth[: len(samples)])
    started = seconds(segments[0]["start"])
    for start, origin, sent in received.ecg():
        first = round((start - started) * RATE_HZ)
        assert origin == REPLAYED
        assert np.array_equal(sent, truth[first : first + len(sent)])
    return started


def the_rate_follows(heard: NDArray[np.float64], visitor: Visitor, patient: str, started: float) -> float:
    """Ours is within 2 beats a minute of the annotated rate of the window, which is returned."""
    readings = history(visitor, patient, "readings/?code=heart_rate")["results"]
    assert {reading["origin"] for reading in readings} == {"replayed"}
    found = {seconds(reading["at"]) - started: reading["value"] for reading in readings}
    settled = {at: value for at, value in found.items() if at >= WARM_UP_S}
    assert len(settled) >= SETTLED_AT_LEAST  # a busy machine derives the last seconds after we ask
    heard = heard[heard <= max(settled)]
    usual = 60.0 * (len(heard) - 1) / (heard[-1] - heard[0])
    assert np.mean(list(settled.values())) == pytest.approx(usual, abs=2.0)
    return float(usual)
