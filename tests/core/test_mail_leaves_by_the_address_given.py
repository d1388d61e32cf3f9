"""`EMAIL_URL`: one address says by which server, account and encryption mail leaves; without one it is only logged."""

import json
import os
import subprocess
import sys

import pytest

PRINTED = """
import json
from django.conf import settings
names = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS")
print(json.dumps([getattr(settings, name) for name in names]))
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, ["console", None, None, None, None, False]),
        ("smtp+tls://me:pa%40ss@mail.example:587", ["smtp", "mail.example", 587, "me", "pa@ss", True]),
    ],
)
def test_mail_leaves_by_the_address_given(url: str | None, expected: list[object]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "EMAIL_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.static_settings"} | ({"EMAIL_URL": url} if url else {})
    run = subprocess.run([sys.executable, "-c", PRINTED], env=environment, capture_output=True, check=True, text=True)
    backend, *others = json.loads(run.stdout)
    assert [backend.split(".")[-2], *others] == expected
