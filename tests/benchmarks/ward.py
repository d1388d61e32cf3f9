"""The ward on a wall: 64 live strips of 250 Hz in headless Chromium, counted by the page itself (figures.js)."""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.core.management import call_command

from tests.benchmarks.latency import PLATFORM
from tests.benchmarks.load import once_a_second
from tests.benchmarks.observers import Screen
from tests.benchmarks.population import hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.wall import Wall, look_at_ward
from tests.benchmarks.worker import Worker

PATIENTS = 64
SETTLED_AFTER_S = 25
# The page remembers this much of animation frames.
COUNTED_S = 18
PATIENCE_S = 120.0


def measure(stage: Stage) -> Iterator[Result]:
    """Everything runs on this machine: the devices, the platform, and the browser that draws without a graphics card.
    Every strip has to be in view, and to have drawn lately."""
    patients, settled_after_s = stage.quick_or(4, PATIENTS), stage.quick_or(8, SETTLED_AFTER_S)
    counted_s = stage.quick_or(3, COUNTED_S)
    lasts_s = settled_after_s + counted_s + 10
    call_command("collectstatic", interactive=False, verbosity=0)
    with stage.database("bench_ward"):
        ward = hospital("ward", patients)
        senders = ward.senders()
        screen = Screen(stage.web_port, ward.session(), ward.unit.pk)
        wall = Wall(settings.SESSION_COOKIE_NAME, patients, settled_after_s, counted_s)
        with (
            stage.platform(*PLATFORM, for_devices=senders),
            Worker(once_a_second, senders, stage.address, measured_s=lasts_s, patience_s=5.0) as load,
            Worker(look_at_ward, screen, wall) as browser,
        ):
            found: Mapping[str, float] = browser.result(lasts_s + PATIENCE_S)
            load.result(lasts_s + PATIENCE_S)
    for name, value in found.items():
        yield Result(f"ward.{name}", value)
