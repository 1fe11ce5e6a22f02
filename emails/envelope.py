"""What goes to a mail server around and instead of the message's bytes: MAIL, RCPT, and the dotted content."""

import re
from collections.abc import Mapping

from emails.errors import Refused
from emails.letter import Message

_PATH = re.compile("[^\x00-\x20<>\x7f-\xa0\u2028\u2029\ud800-\udfff]+")


def content(message: Message) -> bytes:
    """The data as it goes over the wire: leading dots doubled, CRLF at its end, the final dot left out.

    Raises Refused for bytes that servers read differently from one another (line ends other than CRLF, NUL).
    """
    data = message.data
    if message.tidy:
        return data
    if not data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n") or b"\0" in data:
        raise Refused("The message has line ends other than CRLF, or NUL bytes.", 554, "5.6.0")
    dotted = (b"." if data.startswith(b".") else b"") + data.replace(b"\r\n.", b"\r\n..")
    return dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n"


def mail_command(message: Message, size: int, offered: Mapping[str, str]) -> bytes:
    """`MAIL FROM:<…>` with what the server offers (keywords in lower case); raises Refused, see `_parameters`."""
    return f"MAIL FROM:{_path(message.sender)}{_parameters(message, size, offered)}".encode()


def rcpt_command(message: Message) -> bytes:
    """`RCPT TO:<…>`."""
    if not message.recipient:
        raise Refused("The message has no recipient.", 553, "5.1.3")
    return f"RCPT TO:{_path(message.recipient)}".encode()


def _path(address: str) -> str:
    if address and not _PATH.fullmatch(address):
        raise Refused("The envelope holds an address that is none.", 553, "5.1.3")
    return f"<{address}>"


def _parameters(message: Message, size: int, offered: Mapping[str, str]) -> str:
    """SIZE, BODY and SMTPUTF8 as needed and offered; raises Refused where the server lacks what is needed."""
    parameters = ""
    if "size" in offered:
        _refuse_too_large(size, offered["size"])
        parameters += f" SIZE={size}"
    if not message.data.isascii():
        if "8bitmime" not in offered:
            raise Refused("The message has 8-bit bytes, and the server takes 7 bits only.", 554, "5.6.3")
        parameters += " BODY=8BITMIME"
    if not (message.sender + message.recipient).isascii():
        if "smtputf8" not in offered:
            raise Refused("The server takes no addresses outside ASCII.", 553, "5.6.7")
        parameters += " SMTPUTF8"
    return parameters


def _refuse_too_large(size: int, limit: str) -> None:
    if limit.isdecimal() and 0 < int(limit) < size:
        raise Refused(f"The message has {size} bytes, and the server takes {int(limit)}.", 552, "5.3.4")
