"""NATS keys and tokens, as far as an auth callout needs them: an account key, and JWTs signed with it.

Sources: github.com/nats-io/nkeys (text form of a key: base32 of prefix byte, 32 bytes, CRC-16) and
github.com/nats-io/jwt (version 2 claims, algorithm "ed25519-nkey").
"""

import base64
import binascii
import json
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ACCOUNT_PREFIX = 0x00  # makes the text form begin with "A"


class AccountSigner:
    """An account's signing key. `seed`: 32 bytes as 64 hexadecimal digits."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public_key = encode_public_key(_ACCOUNT_PREFIX, self._key.public_key().public_bytes_raw())

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT of these claims, issued by this account, now."""
        complete = {**claims, "iss": self.public_key, "iat": int(time.time()), "jti": secrets.token_hex(16)}
        content = f"{_encode_json({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_encode_json(complete)}"
        return f"{content}.{_encode(self._key.sign(content.encode()))}"


def encode_public_key(prefix: int, raw: bytes) -> str:
    """The text form of a public key of 32 bytes."""
    body = bytes([prefix]) + raw
    checksum = binascii.crc_hqx(body, 0).to_bytes(2, "little")
    return base64.b32encode(body + checksum).decode().rstrip("=")


def claims_of(token: bytes) -> dict[str, Any]:
    """The claims of a JWT, unverified. ValueError if it is none."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise ValueError("not a JWT")
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("the claims of a JWT are an object")
    return claims


def _encode_json(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
