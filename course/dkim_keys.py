"""The keys that sign the house's mail (RFC 6376, RFC 8463): read, refused if weak, and as a line for the DNS.

Settings refuse a bad key at the start; `emails.dkim` signs with a good one.
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SHORTEST_RSA = 2048
_PIECE = 255

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)
_SELECTOR = re.compile(
    r"(?=.{1,63}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)

Secret = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class DkimKey:
    """One key and the selector under which its public half stands in the DNS."""

    selector: str
    secret: Secret

    @property
    def algorithm(self) -> Literal["rsa", "ed25519"]:
        """As the tag `k` of the record names it."""
        return "rsa" if isinstance(self.secret, rsa.RSAPrivateKey) else "ed25519"

    def record_name(self, domain: str) -> str:
        """Where the record of this key stands for mail from `domain`."""
        return f"{self.selector}._domainkey.{domain}"


@lru_cache(maxsize=8)
def read_keys(pem: str, selectors: str) -> tuple[DkimKey, ...]:
    """The keys in `pem`, one block after the other, with the `selectors`, which have spaces between them.

    Line ends may be written as backslash and n; two empty texts are no keys. Raises ValueError, with a reason for a
    person, unless every key can be used.
    """
    if not pem and not selectors:
        return ()
    blocks = [found[0] for found in _PEM.finditer(pem.replace("\\n", "\n"))]
    names = selectors.split()
    if not blocks:
        raise ValueError("the DKIM key is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----")
    if len(blocks) != len(names) or len(set(names)) != len(names):
        raise ValueError(f"{len(blocks)} DKIM key(s) need as many selectors, each another one; there are {len(names)}")
    for name in names:
        if not _SELECTOR.fullmatch(name):
            raise ValueError(f"the DKIM selector {name!r} is no name for the DNS: letters, digits and hyphens")
    return tuple(DkimKey(name, _secret(block)) for name, block in zip(names, blocks, strict=True))


def new_key(algorithm: Literal["rsa", "ed25519"]) -> str:
    """A new private key in PEM."""
    secret: Secret
    if algorithm == "rsa":
        secret = rsa.generate_private_key(public_exponent=65537, key_size=SHORTEST_RSA)
    else:
        secret = ed25519.Ed25519PrivateKey.generate()
    return secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def dns_record(key: DkimKey) -> str:
    """The text of the key's TXT record."""
    public = key.secret.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={key.algorithm}; p={base64.b64encode(raw).decode('ascii')}"


def zone_line(key: DkimKey, domain: str) -> str:
    """The record as a zone file has it, in pieces of at most 255 characters."""
    text = dns_record(key)
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return f"{key.record_name(domain)}.  TXT  " + " ".join(f'"{piece}"' for piece in pieces)


def _secret(block: str) -> Secret:
    try:
        secret = load_pem_private_key(block.encode(), None)
    except TypeError:
        raise ValueError("the DKIM key has a password; take one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("the DKIM key is damaged, or no private key") from None
    if isinstance(secret, rsa.RSAPrivateKey):
        if secret.key_size < SHORTEST_RSA:
            raise ValueError(f"the DKIM key has {secret.key_size} bits; {SHORTEST_RSA} are the least")
        return secret
    if isinstance(secret, ed25519.Ed25519PrivateKey):
        return secret
    raise ValueError("the DKIM key is neither RSA nor Ed25519")
