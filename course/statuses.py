"""What a mail server's status (RFC 3463) means for the reader it was said about."""

# No such mailbox, no such domain, not an address, moved, no mail for this domain; disabled; no route to the domain.
HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# The message's form, and policy: what we sent or who we are, whatever the reader's mailbox is like.
_OURS = ("5.6.", "5.7.", "4.6.", "4.7.")
# The sender's address, a message too large, a conversation gone wrong: no reader can help these either.
_OURS_TOO = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.3.4", "5.5.1", "5.5.2", "5.5.4", "5.1.90"})


def is_hard(status: str | None) -> bool:
    """Whether one such answer is enough to stop mailing an address."""
    return status in HARD


def counts(status: str | None) -> bool:
    """Whether such an answer counts towards giving an address up: full, broken, unreachable, or unexplained."""
    return status is None or not (status.startswith(_OURS) or status in _OURS_TOO or status in HARD)
