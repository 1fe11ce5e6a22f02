"""Pictures of a course: which kinds a mail may carry, told by their first bytes and not by their names."""

from pathlib import PurePosixPath

from course.folder.spelling import Wrong

MAX_PICTURE_BYTES = 2 * 1024 * 1024
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


# How a picture of each kind is called at the desk.
ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


def picture_type(name: str, data: bytes) -> str:
    """The media type of a picture; raises Wrong if it is none, or not what its name says."""
    found = kind_of_picture(data)
    if TYPES.get(PurePosixPath(name).suffix.lower()) != found:
        raise Wrong(f"This file is {found}, but its name ends otherwise.", "rename it")
    return found


def kind_of_picture(data: bytes) -> str:
    """The media type of a picture by its first bytes; raises Wrong if it is none, or too large."""
    if len(data) > MAX_PICTURE_BYTES:
        raise Wrong(f"This picture has {len(data) / 1024 / 1024:.1f} MiB; 2 MiB are the most.")
    found = _by_first_bytes(data)
    if found is None:
        raise Wrong("This is no picture that mail programs show.", "use PNG, JPEG, GIF or WebP")
    return found


def _by_first_bytes(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None
