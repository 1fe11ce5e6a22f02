"""The draft against what readers are on: what differs, the button that publishes it, and the way back."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from course.consequences import Consequences, consequences
from course.editions import discard_draft, draft_lessons, edition_source, find_course, find_draft, find_published
from course.errors import NotFound, Problem, Refused, SourceError, Stale
from course.models import Edition
from course.publishing import PublishOptions, count_finished
from course.publishing import publish as make_public
from course.publishing import undo as undo_publication
from course.sent_texts import find_edition, sent_texts
from emails.proofs import examine_edition
from emails.publish import compile_edition
from web.admin.compiling import compiler
from web.admin.drafts import edition_mark, head_of, refuse_stale
from web.admin.gate import SEE_OTHER, author, edits
from web.admin.told import could_catch_up, news_at_the_end, told
from web.database import ground, now, reading, ring, writing


def register(desk: Blueprint) -> None:
    """Put publishing at its addresses."""
    course = "/courses/<slug:slug>"
    desk.add_url_rule(f"{course}/publication", "publication", publication)
    desk.add_url_rule(f"{course}/publication", "publish", edits(publish), methods=["POST"])
    desk.add_url_rule(f"{course}/undo", "undo", edits(undo), methods=["POST"])
    desk.add_url_rule(f"{course}/taken-back/<int:number>", "taken_back", taken_back)
    desk.add_url_rule(f"{course}/discard", "discard_page", edits(discard_page))
    desk.add_url_rule(f"{course}/discard", "discard", edits(discard), methods=["POST"])


def publication(slug: str) -> str:
    """What would change, before it does."""
    return _page(slug)


def publish(slug: str) -> AnyResponse | tuple[str, int]:
    """Make the draft what everybody is on, if it is still the one that was looked at."""
    at, settings = now(), ground().settings
    finished = request.form.get("finished") == "yes"
    options = PublishOptions.of(settings, request.form.getlist("catch_up"), finished=finished)
    try:
        # Compiled before anything is written: nobody waits for the database while a text is typeset.
        with reading() as session:
            compilations = compile_edition(compiler(), _unchanged_draft(session, slug), settings)
        with writing() as session:
            make_public(session, _unchanged_draft(session, slug), compilations, options, author(at))
    except Stale:
        sentence = "Somebody saved in the meantime. This is what would be published now; nothing was published."
        return _page(slug, (Problem(sentence, severity="warning"),)), 409
    except SourceError as error:
        return _page(slug, error.problems), 422
    except Refused as refused:
        return _page(slug, (Problem(str(refused)),)), 422
    ring()
    flash("Published. Readers’ dates follow within moments.", "done")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)


def undo(slug: str) -> AnyResponse:
    """Take the last publication back, while that is possible."""
    at = now()
    try:
        with writing() as session:
            undone = undo_publication(session, find_course(session, slug), author(at))
            number, sent = undone.number, sent_texts(session, undone)
    except Refused as refused:
        flash(str(refused), "alarm")
    else:
        ring()
        flash("Taken back. What you had published is in the draft.", "done")
        if sent:
            return redirect(url_for("admin.taken_back", slug=slug, number=number), SEE_OTHER)
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)


def taken_back(slug: str, number: int) -> str:
    """Which texts of an edition have left."""
    with reading() as session:
        sent = sent_texts(session, find_edition(session, find_course(session, slug), number))
        return render_template("admin/taken_back.html", head=head_of(session, slug, now()), sent=sent, number=number)


def discard_page(slug: str) -> str:
    """Ask first."""
    with reading() as session:
        course = find_course(session, slug)
        saves = edition_mark(_draft(find_draft(session, course)))
        return render_template("admin/discard.html", head=head_of(session, slug, now()), saves=saves)


def discard(slug: str) -> AnyResponse:
    """Throw the draft away, if it is still the one that was looked at."""
    try:
        with writing() as session:
            course = find_course(session, slug)
            refuse_stale(edition_mark(_draft(find_draft(session, course))))
            discard_draft(session, course)
    except Stale:
        flash("Somebody saved the draft in the meantime, so it was kept. Have a look at it first.", "waiting")
        return redirect(url_for("admin.publication", slug=slug), SEE_OTHER)
    flash("The draft is gone. You see what readers are on.", "done")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)


def _unchanged_draft(session: Session, slug: str) -> Edition:
    """The draft, if it is still the one that the form was made from; raises Stale."""
    draft = _draft(find_draft(session, find_course(session, slug)))
    refuse_stale(edition_mark(draft))
    return draft


def _draft(draft: Edition | None) -> Edition:
    if draft is None:
        raise NotFound("This course has no draft.")
    return draft


def _page(slug: str, problems: tuple[Problem, ...] = ()) -> str:
    with reading() as session:
        course = find_course(session, slug)
        draft, published = find_draft(session, course), find_published(session, course)
        before = edition_source(published) if published else None
        after = edition_source(draft) if draft else None
        return render_template(
            "admin/publication.html",
            head=head_of(session, slug, now()),
            told=told(before, after) if after else None,
            catch_up=could_catch_up(before, after) if before and after else (),
            on_the_way=reads.on_the_way(session, course.id),
            news=news_at_the_end(before, after) if before and after else (),
            finished=count_finished(session, course.id),
            an_hour=ground().settings.finished_per_hour,
            foretold=_foretold(session, draft) if draft and published else None,
            saves=edition_mark(draft) if draft else "",
            problems=problems,
            remarks=() if draft is None or problems else tuple(examine_edition(compiler(), draft, ground().settings)),
            keys={each.place.file_name: each.source.key for each in draft_lessons(draft)} if draft else {},
            undo_minutes=ground().settings.undo_minutes,
        )


def _foretold(session: Session, draft: Edition) -> Consequences:
    """What the readers who are on their way would notice."""
    undo_window = timedelta(minutes=ground().settings.undo_minutes)
    return consequences(session, draft, now(), undo=undo_window)
