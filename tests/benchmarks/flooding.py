"""More than ingest can take: devices in several processes that send as fast as the broker lets them and wait for
nobody, beside one that behaves."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context

from tests.benchmarks.calm import Calm
from tests.benchmarks.load import Poured, Sender, pour
from tests.benchmarks.memory import Memory
from tests.benchmarks.worker import Worker

CALM_FRAMES = 3
PREPARED_WITHIN_S = 90.0
ANSWERED_WITHIN_S = 30.0
LOOK_EVERY_S = 0.05
NORMAL_S = 1.0


@dataclass(frozen=True, slots=True)
class Flooded:
    """`poured`: what each device of the flood sent, in so many `seconds`; `taken`: how many frames were committed
    meanwhile. `calm_*_s`: how long the calm device's frames took, at worst, before the flood and while it lasted.
    `normal_after_s`: from the flood's end until a later frame was confirmed that took at most NORMAL_S more than
    before."""

    seconds: float
    poured: Sequence[Poured]
    taken: int
    calm: Calm
    calm_before_s: float
    calm_while_s: float
    normal_after_s: float
    memory: Memory

    @property
    def sent(self) -> int:
        return sum(each.sent for each in self.poured)


def flooded(
    groups: Sequence[Sequence[Sender]],
    calm_one: Sender,
    address: tuple[str, int],
    *,
    pids: Mapping[str, int],
    committed: Callable[[], int],
    seconds: int,
    patience_s: float,
) -> Flooded:
    """One process for each of the groups. `committed`: how many frames are in the database. Raises TimeoutError if it
    is not normal again after `patience_s`."""
    spawn = get_context("spawn")
    together, over = spawn.Barrier(len(groups) + 1), spawn.Event()
    with ExitStack() as held:
        workers = [
            held.enter_context(Worker(pour, group, address, together, over, seconds=seconds)) for group in groups
        ]
        calm = held.enter_context(Calm(calm_one, address))
        while len(calm.took) < CALM_FRAMES:
            time.sleep(LOOK_EVERY_S)
        memory = held.enter_context(Memory(pids))
        there = committed()
        together.wait(PREPARED_WITHIN_S)
        began_at = time.time()
        time.sleep(seconds)
        ended_at, taken = time.time(), committed() - there
        before_s = max(calm.sent_within(0, began_at))
        normal_after_s = _normal_after(calm, ended_at, before_s + NORMAL_S, patience_s)
        over.set()
        poured = [each for worker in workers for each in worker.result(ANSWERED_WITHIN_S)]
        return Flooded(
            seconds=ended_at - began_at,
            poured=poured,
            taken=taken,
            calm=calm,
            calm_before_s=before_s,
            calm_while_s=max(calm.sent_within(began_at, ended_at), default=0.0),
            normal_after_s=normal_after_s,
            memory=memory,
        )


def _normal_after(calm: Calm, ended_at: float, normal_s: float, patience_s: float) -> float:
    while time.time() < ended_at + patience_s:
        for sent_at, took_s in list(calm.took):
            if sent_at >= ended_at and took_s <= normal_s:
                return sent_at + took_s - ended_at
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"no frame took {normal_s:.1f} s or less within {patience_s:.0f} s after the flood")
