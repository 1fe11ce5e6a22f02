"""DKIM signatures (RFC 6376): rsa-sha256 and ed25519-sha256 (RFC 8463), relaxed headers and simple body.

The domain that signs is the one of From, so a signature is always aligned with it. Both algorithms are
deterministic and the time is the mail's own Date: the same mail made again has the same signature.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from course.dkim_keys import DkimKey
from emails.header_fields import addr_spec
from emails.letter import Headers

# Named once more than they stand there: nobody can add a second one.
OVERSIGNED = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
# A name without a field vouches that there is none.
COVERED = ("List-Unsubscribe-Post", "List-Id", "Reply-To", "MIME-Version", "Content-Type", "Feedback-ID")

_NAMES = (*(name for each in OVERSIGNED for name in (each, each)), *COVERED)
_LOOKED_FOR = [name.lower().encode() for name in (*OVERSIGNED, *COVERED)]
_LINE = 72


@dataclass(frozen=True)
class Signer:
    """Signs with every key it has: a reader of mail that does not know the one algorithm knows the other."""

    keys: Sequence[DkimKey]

    def signatures(self, fields: Sequence[bytes], body_hash: bytes, headers: Headers) -> list[bytes]:
        """A DKIM-Signature field for each key, to stand above the message.

        `fields` are the message's header fields, each whole with its CRLF, `body_hash` the SHA-256 of its body, which
        ends with exactly one CRLF; `headers` tell who signs, and when.
        """
        stands = dict(map(_relaxed, fields))
        signed = b"".join(b"%s:%s\r\n" % (name, stands[name]) for name in _LOOKED_FOR if name in stands)
        domain = addr_spec(headers.sender.email).rpartition("@")[2].lower()
        about = f"d={domain}", f"t={int(headers.date.timestamp())}", f"bh={base64.b64encode(body_hash).decode()}"
        return [_signature(key, about, signed) for key in self.keys]


def _signature(key: DkimKey, about: tuple[str, str, str], signed: bytes) -> bytes:
    domain, time, body_hash = about
    unsigned = (
        f"DKIM-Signature: v=1; a={key.algorithm}-sha256; c=relaxed/simple; {domain};\r\n"
        f" s={key.selector}; {time};\r\n{_H}\r\n {body_hash};\r\n b="
    ).encode()
    name, value = _relaxed(unsigned)
    secret, data = key.secret, signed + name + b":" + value
    if isinstance(secret, rsa.RSAPrivateKey):
        proof = secret.sign(data, padding.PKCS1v15(), SHA256())
    else:
        proof = secret.sign(sha256(data).digest())
    written = base64.b64encode(proof)
    lines = [written[start : start + _LINE] for start in range(0, len(written), _LINE)]
    return unsigned + b"\r\n ".join(lines) + b"\r\n"


def _relaxed(field: bytes) -> tuple[bytes, bytes]:
    """A field's name and value as the relaxed algorithm reads them."""
    name, _, value = field.partition(b":")
    # Of all that `split` takes for white space, a header field holds spaces, tabs and folds only.
    return name.rstrip().lower(), b" ".join(value.split())


def _folded(names: Sequence[str]) -> str:
    lines = [" h="]
    for number, name in enumerate(names):
        word = name + (";" if number == len(names) - 1 else ":")
        if len(lines[-1]) + len(word) > _LINE:
            lines.append("  ")
        lines[-1] += word
    return "\r\n".join(lines)


_H = _folded(_NAMES)
