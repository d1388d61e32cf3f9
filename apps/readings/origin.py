"""Where a number came from. The numbers are stored and sent in wave headers: never reuse one."""

from enum import IntEnum


class Origin(IntEnum):
    """`label` is the name that the API and the live stream show."""

    MEASURED = 0
    DERIVED = 1
    MANUAL = 2
    SIMULATED = 3
    REPLAYED = 4

    @property
    def label(self) -> str:
        return self.name.lower()

    @property
    def derived(self) -> "Origin":
        """The origin of what is computed from this: derived, unless it was never measured in the first place."""
        return Origin.DERIVED if self is Origin.MEASURED else self
