"""Lists of tags, `v=DKIM1; k=rsa; p=…`, which DKIM (RFC 6376, 3.2) and DMARC (RFC 9989) share."""

import re

_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)


class BadTags(ValueError):
    """Not a list of tags; str() says which part is not."""


def read_tags(text: str) -> dict[str, str]:
    """The tags in their order, names in lower case; raises BadTags for a part without `=` or a name twice."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _TAG.fullmatch(part)
        if match is None:
            raise BadTags(f"{part.strip()!r} is no tag")
        name = match[1].lower()
        if name in tags:
            raise BadTags(f"{name}= stands twice")
        tags[name] = match[2]
    return tags
