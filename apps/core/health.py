"""The register of health checks. Each app registers its own; `doctor` runs them all."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """One answer. `detail` is one line for the person who has to mend it."""

    ok: bool
    detail: str


Check = Callable[[], Health]
_checks: dict[str, Check] = {}


def register(name: str) -> Callable[[Check], Check]:
    """Add a check under a name that `doctor --json` shows."""

    def add(check: Check) -> Check:
        _checks[name] = check
        return check

    return add


def run_all() -> dict[str, Health]:
    """Every check. One that raises has failed, and says by what."""
    return {name: _run(check) for name, check in _checks.items()}


def _run(check: Check) -> Health:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a check that cannot be made is a finding, whatever the reason
        return Health(ok=False, detail=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
