"""The pictures of a draft: brought in at the desk, taken away again. Which kind one is, its first bytes say."""

import re
from hashlib import sha256
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from course.errors import Refused
from course.folder.parsing import PICTURES
from course.folder.pictures import ENDINGS, kind_of_picture
from course.folder.spelling import Wrong
from course.models import Edition, EditionMedia, Media

MOST = 200  # pictures of one course
LONGEST_NAME = 60


def add_picture(session: Session, draft: Edition, name: str, data: bytes) -> str:
    """Keep a picture in the draft and give its path, `images/sea.png`; one of the same name is replaced.

    The name is made plain and ends as the picture's kind does, whatever it was called. Raises Refused.
    """
    try:
        media_type = kind_of_picture(data)
    except Wrong as wrong:
        raise Refused({"picture": f"{wrong} {wrong.hint or ''}".strip()}) from None
    path = f"{PICTURES}/{_plain(name)}{ENDINGS[media_type]}"
    standing = next((each for each in draft.media if each.path == path), None)
    if standing is None and len(draft.media) >= MOST:
        raise Refused({"picture": f"A course can have {MOST} pictures."})
    digest = sha256(data).hexdigest()
    if session.get(Media, digest) is None:
        session.add(Media(digest=digest, media_type=media_type, data=data))
    if standing is None:
        draft.media.append(EditionMedia(path=path, digest=digest))
    else:
        standing.digest = digest
    draft.saves += 1
    session.flush()
    return path


def remove_picture(session: Session, draft: Edition, path: str) -> bool:
    """Take a picture out of the draft. Published editions keep theirs: letters that are out point at it."""
    standing = next((each for each in draft.media if each.path == path), None)
    if standing is None:
        return False
    draft.media.remove(standing)
    draft.saves += 1
    session.flush()
    return True


def _plain(name: str) -> str:
    stem = PurePosixPath(name.replace("\\", "/")).stem.lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:LONGEST_NAME] or "picture"
