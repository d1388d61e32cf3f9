"""A supervisor as its own process, for tests that kill it: `python program.py ROOT [bare]`.

Runs the embedded services (not if bare) and a child with stubborn children of its own, then writes one line of JSON:
the process ids.
"""

import json
import logging
import sys
from pathlib import Path

from apps.demo.services.children import Child
from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.errors import ServiceError
from apps.demo.services.supervisor import Supervisor

# Like a Celery pool, but worse: its members ignore SIGTERM and one has a session of its own.
FAMILY = """
import os, signal, time
for number in range(3):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if number == 0:
            os.setsid()
        while True:
            time.sleep(60)
time.sleep(3600)
"""


def main() -> int:
    logging.basicConfig(level="INFO", stream=sys.stderr)
    try:
        with EmbeddedServices(Path(sys.argv[1]), environment={}) as services:
            family = Child(name="family", argv=[sys.executable, "-c", FAMILY], env={}, grace_seconds=2)
            children = [family] if "bare" in sys.argv else [*services.children(), family]
            with Supervisor(children, services.layout.logs, inherit=services.inherit) as supervisor:
                supervisor.start()
                pids = {child.name: supervisor.pid(child.name) for child in children}
                sys.stdout.write(json.dumps(pids) + "\n")
                sys.stdout.flush()
                supervisor.run_until()
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
