"""Our own DKIM keys as the DNS should have them (RFC 6376, RFC 8463)."""

import base64
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

LEAST_BITS = 2048


class BadKey(ValueError):
    """Not a key that mail can be signed with; str() says why."""


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


def own_key(pem: str) -> PublicKey:
    """The public half of a private key in PEM; raises BadKey, which never shows the key."""
    try:
        private = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("it is no private key in PEM without a passphrase") from None
    if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise BadKey("it is neither RSA nor ed25519")
    return _described(private.public_key())


def published_key(kind: str, data: str) -> PublicKey:
    """The key in a record's k= and p=; raises BadKey."""
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except ValueError:
        raise BadKey("its p= is no base64") from None
    try:
        if kind == "ed25519":
            return _described(Ed25519PublicKey.from_public_bytes(raw))
        found = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(f"its p= holds no {kind} key") from None
    if kind != "rsa" or not isinstance(found, RSAPublicKey):
        raise BadKey(f"its p= holds no {kind} key")
    return _described(found)


def _described(key: RSAPublicKey | Ed25519PublicKey) -> PublicKey:
    if isinstance(key, RSAPublicKey):
        raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey("rsa", key.key_size, base64.b64encode(raw).decode())
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey("ed25519", 256, base64.b64encode(raw).decode())
