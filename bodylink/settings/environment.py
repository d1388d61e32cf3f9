"""Reading the environment, and saying in one line what is wrong with it."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

# NumPy reads it when it is first imported. What one shard multiplies is too small to be shared among threads: they wait
# for one another in a loop, which doubled the processor time of a tick and kept ingest and screens from a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def required(name: str, hint: str) -> str:
    """The value of a setting without which nothing may start."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {hint}. See docs/configuration.md")
    return value


def secret(name: str, *, at_least: int) -> str:
    """A secret that is long and varied enough."""
    value = required(name, f"a random secret of at least {at_least} characters")
    if len(value) < at_least or len(set(value)) < 12:
        raise ImproperlyConfigured(
            f"{name} is too weak: at least {at_least} random characters. See docs/configuration.md"
        )
    return value
