"""From a breach of a limit to the clinician's socket: 500 patients whose oxygen falls, one after another."""

from collections.abc import Iterator

from apps.alerts.defaults import ADULT
from apps.alerts.models import Priority
from tests.benchmarks.latency import PLATFORM
from tests.benchmarks.load import falling_oxygen
from tests.benchmarks.observers import Screen, watch_alarms
from tests.benchmarks.percentile import percentile
from tests.benchmarks.population import hospital
from tests.benchmarks.results import Result
from tests.benchmarks.stage import Stage
from tests.benchmarks.worker import Worker

BREACHING_SPO2_PERCENT = 80.0
CODE = "spo2_low"
SETTLED_AFTER_S = 15
PATIENCE_S = 120.0


def measure(stage: Stage) -> Iterator[Result]:
    """From the first frame with the low value, less the delay that the rule wants. An alarm that does not come at all
    is an error, not a long time."""
    [delay_s] = [rule.delay_s for rule in ADULT if (rule.quantity, rule.priority) == ("spo2", Priority.HIGH)]
    falling_s = stage.quick_or(3, 40)
    with stage.database("bench_alarm"):
        ward = hospital("alarm", stage.quick_or(10, 500))
        senders = ward.senders()
        lasts_s = SETTLED_AFTER_S + falling_s + delay_s + 15
        with (
            stage.platform(*PLATFORM, for_devices=senders),
            Worker(
                watch_alarms,
                Screen(stage.web_port, ward.session(), ward.unit.pk),
                code=CODE,
                priority=Priority.HIGH.value,
                seconds=lasts_s + 15,
            ) as screen,
            Worker(
                falling_oxygen,
                senders,
                stage.address,
                spo2_percent=BREACHING_SPO2_PERCENT,
                after_s=SETTLED_AFTER_S,
                within_s=falling_s,
                lasts_s=int(lasts_s),
            ) as load,
        ):
            began = load.result(lasts_s + PATIENCE_S)
            received = screen.result(lasts_s + PATIENCE_S)
    missing = [patient for patient in ward.patients if str(patient.pk) not in received]
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(ward.patients)} alarms did not come")
    yield Result(
        "alarm.p99_s",
        percentile(
            (received[str(patient.pk)] - began[number] - delay_s for number, patient in enumerate(ward.patients)), 0.99
        ),
    )
