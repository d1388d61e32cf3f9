"""Mosquitto's password file, read by it at its start and again at each SIGHUP (mosquitto.conf(5)).

One line a user, `name:$7$iterations$salt$hash`: PBKDF2 with HMAC-SHA-512, as mosquitto_passwd(1) of 2.0 writes it.
"""

import hashlib
import os
import signal
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

# The secrets are 256 random bits: there is nothing to guess, so nothing to slow down. And at each SIGHUP Mosquitto
# computes the hash of every connection anew, in the one thread that serves them all.
ITERATIONS = 1
SALT_BYTES, HASH_BYTES = 12, 64
PROGRAM = "mosquitto"
_CATCHES_SIGHUP = 1 << (signal.SIGHUP - 1)


def entry_of(secret: str) -> str:
    """What stands behind a user's name in the file."""
    salt = os.urandom(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ITERATIONS, HASH_BYTES)
    return f"$7${ITERATIONS}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def write(path: Path, entries: Mapping[str, str]) -> None:
    """Replace the whole file at once, for its owner's eyes only. Raises OSError; the former file stays then."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{user}:{entry}\n" for user, entry in sorted(entries.items()))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def reload(pid_file: Path) -> bool:
    """Have the broker read its files again. False where none would hear it: then it is to be told later.

    A pid file may outlive its broker, and a broker that is starting would die of the signal, because it does not catch
    it yet.
    """
    try:
        pid = int(pid_file.read_text())
        facts = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        if facts["Name"].strip() != PROGRAM or not int(facts["SigCgt"], 16) & _CATCHES_SIGHUP:
            return False
        os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError):
        return False
    return True
