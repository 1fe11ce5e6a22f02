"""Links that prove something: who may confirm, leave, read.

A token is `part.part….expiry.signature`; the purpose is inside the signature, the parts are random handles, so no
address and no row number ever stands in a URL. Links to leave are signed with the house's identity key: they never
expire and outlive every rotation of the secret key. The rest is signed with the newest secret key and accepted
under the older ones too.

    BadToken          forged, damaged, or made for something else
    └── ExpiredToken  ours, but too old
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from string import ascii_letters, digits
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.errors import MeantimeError
from course.models import House
from course.settings import Settings

LONGEST_TOKEN = 512
SIGNATURE_BYTES = 16
ALPHABET = ascii_letters + digits
_PART = re.compile(r"[A-Za-z0-9_-]{1,80}")


class BadToken(MeantimeError):
    """Forged, damaged, or made for something else."""


class ExpiredToken(BadToken):
    """Ours, but too old."""


class Purpose(StrEnum):
    """What a token is for; one made for another purpose is forged."""

    CONFIRM = "confirm"
    LEAVE = "leave"
    ME = "me"
    READ = "read"


FOR_EVER = frozenset({Purpose.LEAVE})


class Tokens:
    """Signs and reads tokens; `secret_keys` are newest first."""

    def __init__(self, identity_key: bytes, secret_keys: Iterable[str]) -> None:
        self._identity_key = identity_key
        self._secret_keys = tuple(key.encode() for key in secret_keys)

    def sign(self, purpose: Purpose, *parts: str, expires: datetime | None = None) -> str:
        """A token for `parts` (handles, keys of lessons), valid for ever or until `expires`."""
        if not all(_PART.fullmatch(part) for part in parts):
            raise ValueError("A token carries handles and keys only.")
        payload = ".".join((*parts, _base36(int(expires.timestamp())) if expires else "0"))
        return f"{payload}.{_signature(self._keys(purpose)[0], purpose, payload)}"

    def read(self, purpose: Purpose, token: str, now: datetime) -> tuple[str, ...]:
        """The parts; raises BadToken or ExpiredToken."""
        payload, _, signature = token.rpartition(".")
        known = token.isascii() and len(token) <= LONGEST_TOKEN and payload
        if not known or not any(
            hmac.compare_digest(signature, _signature(key, purpose, payload)) for key in self._keys(purpose)
        ):
            raise BadToken("This link is not complete, or it was made for something else.")
        *parts, expiry = payload.split(".")
        if expiry != "0" and now > datetime.fromtimestamp(int(expiry, 36), UTC):
            raise ExpiredToken("This link has expired.")
        return tuple(parts)

    def message_id_local_part(self, *facts: str) -> str:
        """The local part of a Message-ID: the same for the same mail whenever and wherever it is made. Hexadecimal,
        because it is the return path's too and some servers change the case of letters."""
        return hmac.digest(self._identity_key, "\n".join(("message-id", *facts)).encode(), "sha256").hex()[:32]

    def address_digest(self, email: str) -> str:
        """An address as suppressions keep it: recognisable, not readable."""
        return hmac.digest(self._identity_key, f"address\n{email.lower()}".encode(), "sha256").hex()

    def _keys(self, purpose: Purpose) -> tuple[bytes, ...]:
        return (self._identity_key,) if purpose in FOR_EVER else self._secret_keys


def open_tokens(session: Session, settings: Settings) -> Tokens:
    """The house's tokens: its identity key from the database, the secret keys from the settings."""
    return Tokens(identity_key(session), (settings.secret_key, *settings.old_secret_keys))


def identity_key(session: Session) -> bytes:
    """The key that never rotates, so it is read once per process and database."""
    engine = session.get_bind().engine
    if engine not in _identity_keys:
        _identity_keys[engine] = session.scalars(select(House.identity_key)).one()
    return _identity_keys[engine]


_identity_keys: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()


def new_handle() -> str:
    """A random name for a row in links: 16 letters and digits, 95 bits; nothing that a mail program could cut off."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def _signature(key: bytes, purpose: str, payload: str) -> str:
    digest = hmac.digest(key, f"{purpose}\n{payload}".encode(), "sha256")
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
