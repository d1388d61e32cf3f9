"""Generated passwords and keys, kept between runs in a file that only its owner can read."""

import json
import os
import secrets
from pathlib import Path

from apps.demo.services.errors import ServiceError


class SecretFile:
    """Secrets by name. One that is asked for and not yet there is made: 256 random bits as 64 hexadecimal digits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        except ValueError as error:
            raise ServiceError(f"{path} is damaged ({error}); remove the state directory to begin anew") from error

    def get(self, name: str) -> str:
        if name not in self._values:
            self._values[name] = secrets.token_hex(32)
            self._write()
        return self._values[name]

    def _write(self) -> None:
        write_private(self._path, json.dumps(self._values, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step by one that only its owner can read (0600)."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
