"""What mails point to: a lesson online, and the pictures of a course."""

from flask import Blueprint, Response

from course import catalog, enrollment, progress
from course.errors import NotFound
from course.tokens import Purpose
from emails.compose import compiled
from emails.links import Links
from emails.render import render
from web.database import ground, now, reading
from web.security import policy

# A lesson is its author's HTML, with styles inside: it gets a document of its own in which nothing runs.
LESSON_POLICY = policy(
    script_src="'none'",
    connect_src="'none'",
    frame_src="'none'",
    form_action="'none'",
    style_src="'unsafe-inline'",
    img_src="'self' https: data:",
    sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
)
PICTURE_POLICY = "default-src 'none'; sandbox"
FOR_A_YEAR = "public, max-age=31536000, immutable"


def register(pages: Blueprint) -> None:
    """Put lessons and pictures at their addresses."""
    pages.add_url_rule("/read/<token>", "read", lesson)
    pages.add_url_rule("/media/<slug:digest>", "media", picture)


def lesson(token: str) -> Response:
    """A lesson that this reader has received, as it was mailed."""
    handle, key = ground().tokens.read(Purpose.READ, token, now())
    with reading() as session:
        delivery = progress.received_lesson(session, enrollment.find(session, handle), key)
        if delivery.compilation_id is None or delivery.values is None:
            raise NotFound("This lesson was not kept.")
        values = {group: fields for group, fields in delivery.values.items() if group != "head"}
        links = Links(ground().settings.base_url, ground().tokens).for_reader(handle, key, None)
        rendered = render(compiled(session, delivery.compilation_id), {**values, "links": links})
    return Response(rendered.html, headers={"Content-Security-Policy": LESSON_POLICY})


def picture(digest: str) -> Response:
    """A picture of a course; its address changes with its bytes."""
    with reading() as session:
        media_type, data = catalog.find_media(session, digest)
    headers = {"Content-Security-Policy": PICTURE_POLICY, "Cache-Control": FOR_A_YEAR}
    return Response(data, mimetype=media_type, headers=headers)
