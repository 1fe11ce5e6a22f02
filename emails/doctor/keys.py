"""DKIM's public keys, ours and those that the DNS holds (RFC 6376, RFC 8463)."""

import base64
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

LEAST_BITS = 2048


class BadKey(ValueError):
    """Not a key that a signature can be checked with; str() says why."""


@dataclass(frozen=True)
class PublicKey:
    """One public key: `kind` as DKIM's k= says it, its length, and p= in base64."""

    kind: str
    bits: int
    data: str

    @property
    def record(self) -> str:
        """The TXT record that publishes it."""
        return f"v=DKIM1; k={self.kind}; p={self.data}"

    @property
    def weak(self) -> bool:
        """Whether it is too short to be trusted for long."""
        return self.kind == "rsa" and self.bits < LEAST_BITS


def published_key(kind: str, data: str) -> PublicKey:
    """The key in a record's k= and p=; raises BadKey."""
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except ValueError:
        raise BadKey("its p= is no base64") from None
    try:
        if kind == "ed25519":
            return described(Ed25519PublicKey.from_public_bytes(raw))
        found = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(f"its p= holds no {kind} key") from None
    if kind != "rsa" or not isinstance(found, RSAPublicKey):
        raise BadKey(f"its p= holds no {kind} key")
    return described(found)


def described(key: RSAPublicKey | Ed25519PublicKey) -> PublicKey:
    """A key as its record should have it."""
    if isinstance(key, RSAPublicKey):
        raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey("rsa", key.key_size, base64.b64encode(raw).decode())
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey("ed25519", 256, base64.b64encode(raw).decode())
