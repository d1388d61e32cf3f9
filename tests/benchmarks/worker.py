"""A function in a process of its own: what measures must not share an interpreter with what is measured."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from traceback import format_exc
from typing import Any, Generic, ParamSpec, Self, TypeVar

_SPAWN = get_context("spawn")
_GRACE_S = 5.0

P = ParamSpec("P")
T = TypeVar("T")


class WorkerFailed(Exception):
    """The function raised; the message is its traceback."""


class Worker(Generic[T]):
    """A context manager: the process runs while entered, and is ended on leaving. It dies with its parent."""

    def __init__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        self._answer, answer = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(target=_run, args=(answer, function, args, kwargs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.join(0 if self._process.is_alive() else None)
        self._process.terminate()
        self._process.join(_GRACE_S)
        self._process.kill()
        self._process.join()
        self._answer.close()

    def result(self, timeout_s: float) -> T:
        """What the function returns. Raises TimeoutError, or WorkerFailed."""
        if not self._answer.poll(timeout_s):
            raise TimeoutError(f"no answer after {timeout_s:.0f} s")
        failure, answer = self._answer.recv()
        if failure:
            raise WorkerFailed(failure)
        result: T = answer
        return result


def _run(answer: Connection, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        answer.send((None, function(*args, **kwargs)))
    except Exception:  # noqa: BLE001 - whatever it was, the parent tells it
        answer.send((format_exc(), None))
