"""As whom PostgreSQL runs. It refuses root, and a container often has nobody else."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.demo.services.errors import ServiceError

#: "nobody": the user that owns nothing.
NOBODY = 65534
_SETPRIV = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=INT")


@dataclass(frozen=True)
class Identity:
    """A way to run PostgreSQL's programs: what to put before the command, and who must own the data on disk."""

    prefix: tuple[str, ...]
    owner: int

    def usable(self, bin_dir: Path, data: Path) -> bool:
        """Whether the programs run this way and may write the data directory, which is given to the owner first."""
        _give(data, self.owner)
        script = '"$1" --version && test -w "$2" && test -x "$2"'
        command = [*self.prefix, "sh", "-c", script, "sh", str(bin_dir / "postgres"), str(data)]
        try:
            done = subprocess.run(  # noqa: S603 - the command is ours
                command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


#: Root, but PostgreSQL sees "nobody": in a user namespace of its own. Files stay root's.
NAMESPACE = Identity(("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"), owner=0)
#: Really "nobody", with the one capability that lets it reach data and programs below a closed directory such as /root;
#: the secure bit makes access(2) honour it. For containers that deny user namespaces.
CAPABLE = Identity(
    (*_SETPRIV, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"),
    owner=NOBODY,
)
#: Really "nobody", for containers that deny capabilities too; everything must lie where anybody can reach it.
PLAIN = Identity(_SETPRIV, owner=NOBODY)
ROOT_WAYS = (NAMESPACE, CAPABLE, PLAIN)


def choose(bin_dir: Path, data: Path, ways: Sequence[Identity] = ROOT_WAYS) -> Identity:
    """How this user runs PostgreSQL: an ordinary user directly, root by the first of the ways that works here."""
    user = os.geteuid()
    if user != 0:
        if _has_name(user):
            return Identity((), owner=user)
        ways = (Identity(NAMESPACE.prefix, owner=user),)
    for way in ways:
        if way.usable(bin_dir, data):
            return way
    refused = "root" if user == 0 else f"user {user}, who has no name in /etc/passwd"
    raise ServiceError(
        f"PostgreSQL refuses to run as {refused}, and becoming another user (unshare, setpriv) is not permitted here: "
        "run BodyLink as an ordinary user, or give DATABASE_URL, DATABASE_MIGRATOR_URL and DATABASE_INGEST_URL"
    )


def _has_name(user: int) -> bool:
    """Containers are sometimes run under a number that no user has; initdb insists on a name."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _give(data: Path, owner: int) -> None:
    if data.stat().st_uid == owner:
        return
    for path in (data, *data.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)
