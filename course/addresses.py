"""What a reader types at sign-up: an address we can mail to, and a name we can print anywhere."""

import re

from email_validator import EmailNotValidError, validate_email

from course.cleaning import one_line
from course.errors import Refused

NAME_LIMIT = 100
ADDRESS_LIMIT = 254
LOCAL_PART_LIMIT = 64

_UNPRINTABLE = re.compile("[\x00-\x20\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def check_address(text: str) -> str:
    """The address as we store and mail it: domain in lower case, international domains as A-labels.

    Raises Refused({"email": sentence}) for what we could not deliver to, or would rather not.
    """
    address = text.strip(" \t\r\n")
    reason = _obvious_reason(address)
    if reason:
        raise Refused({"email": reason})
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refused({"email": f"This address cannot be right. {error}"}) from error
    return checked.ascii_email or checked.normalized


def clean_name(text: str) -> str:
    """A name on one clean line of at most 100 characters, possibly empty; never refused."""
    name = one_line(text)[:NAME_LIMIT]
    return name.rstrip("\u200c\u200d ").strip()


def _obvious_reason(address: str) -> str | None:
    """One sentence for the mistakes that people and robots really make, or None."""
    local, at, domain = address.rpartition("@")
    checks = (
        (not address, "Please give an email address."),
        (_UNPRINTABLE.search(address), "An address has no spaces, line breaks or invisible characters."),
        (not at, "An address has an @ in it, as in ana@example.org."),
        (address.startswith('"'), "We cannot mail to addresses with quotation marks."),
        ("@" in local, "An address has only one @ in it."),
        (not local, "Something is missing before the @."),
        (not domain, "Something is missing after the @."),
        (domain.startswith("["), "We mail to domain names, not to numbers in brackets."),
        ("." not in domain, "The part after the @ needs a dot in it, as in example.org."),
        (not local.isascii(), "We cannot mail yet to addresses with accents or other scripts before the @."),
        (len(local) > LOCAL_PART_LIMIT, f"The part before the @ is longer than {LOCAL_PART_LIMIT} characters."),
        (len(address) > ADDRESS_LIMIT, f"This address is longer than the {ADDRESS_LIMIT} characters of mail."),
        ("=?" in local, "The part before the @ holds characters that mail programs would misread."),
    )
    return next((sentence for wrong, sentence in checks if wrong), None)
