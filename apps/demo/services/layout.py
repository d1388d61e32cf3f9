"""Where BodyLink keeps its state."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The state directory (`.bodylink/`) and what lies where in it. Making a Layout makes the directories."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())
        for directory in (self.root, self.logs, self.postgres.parent, self.valkey, self.broker):
            directory.mkdir(parents=True, exist_ok=True)

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory; `initdb` makes it."""
        return self.root / "postgres" / "data"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def broker(self) -> Path:
        return self.root / "broker"
