"""What authors do to a running course in journeys: every kind of edit, undo, and rests of the whole course."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from course.editions import Author, find_course, replace_draft
from course.folder import parse_lesson
from course.publishing import PublishOptions, pause_course, resume_course, undo
from tests import factories
from tests.course.naive import Rules, State
from tests.course.watched import WatchedCourier

FATES = ("sent", "sent", "sent", "later", "failed", "lost", "died")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WAITS = ("0 days", "1 days", "2 days", "4 days", "6 hours", "20 hours")

places = st.integers(0, 9)
spans = st.tuples(st.sampled_from((0, 1, 10, 26, 50)), st.sampled_from(FATES))
waits = st.sampled_from(WAITS)


class Edits(WatchedCourier):
    """One course under edit. Every step begins with a while in which the courier works."""

    texts: dict[str, int]
    count: int

    def pass_time(self, span=(0, "sent")):
        hours, fate = span
        self.deliver_until(self.now + timedelta(hours=hours), fate)
        self.now += timedelta(minutes=1)

    def written(self, state: State, resting: str | None = None):
        """The lessons' files; `resting` stays in the folder, unpublished."""
        keys = [*state.order, resting] if resting else state.order
        return [self.lesson(key, state.waits[key], state, "draft" if key == resting else "published") for key in keys]

    def lesson(self, key, wait, state, status):
        asks = 'asks: {done: "I did it"}\n' if key in state.asks else ""
        number = self.texts.setdefault(key, 1)
        front = f"id: {key}\nsubject: About {key}\nstatus: {status}\nwait: {wait}\n{asks}"
        return parse_lesson(f"---\n{front}---\n\nText {number}.\n", f"{key}.md")

    def schedule(self, rules: Rules) -> dict[str, str]:
        opened = [day for number, day in enumerate(WEEK) if number not in rules.closed]
        cap = {"cap": str(rules.cap)} if rules.cap else {}
        return {"hour": f"{rules.hour:02d}:00", "weekdays": f"[{', '.join(opened)}]", **cap}

    def publish(self, follows: State, *, finished: bool = False, resting: str | None = None):
        self.notice_completions()
        with self.database.writing() as session:
            source = factories.course_source(*self.written(follows, resting), **self.schedule(follows.rules))
            draft = replace_draft(session, find_course(session, "small"), source, Author("Robin", self.now))
            factories.publish_draft(session, draft, self.now, PublishOptions(finished=finished))
        self.house.publish(follows, self.now, finished=finished)

    def ordered(self, order, waits: dict[str, str] | None = None) -> State:
        return self.house.state.after(tuple(order), {**self.house.state.waits, **(waits or {})}, self.now)

    def same(self, **changes) -> State:
        return replace(self.house.state, published_at=self.now, **changes)

    @rule(span=spans)
    def do_chores(self, span=(0, "sent")):
        self.pass_time(span)
        with self.database.writing() as session:
            factories.do_chores(session, self.now)
        self.notice_completions()

    @rule(span=spans, place=places, wait=waits)
    def insert(self, span, place, wait):
        self.pass_time(span)
        self.count += 1
        order = list(self.house.state.order)
        order.insert(place % (len(order) + 1), f"l{self.count}")
        self.publish(self.ordered(order, {f"l{self.count}": wait}))

    @rule(span=spans, wait=waits, finished=st.booleans())
    def append(self, span, wait, finished):
        self.pass_time(span)
        self.count += 1
        follows = self.ordered((*self.house.state.order, f"l{self.count}"), {f"l{self.count}": wait})
        self.publish(follows, finished=finished)

    @rule(span=spans, place=places, unpublished=st.booleans())
    @precondition(lambda self: len(self.house.state.order) > 1)
    def delete_or_unpublish(self, span, place, unpublished):
        self.pass_time(span)
        order = list(self.house.state.order)
        gone = order.pop(place % len(order))
        self.publish(self.ordered(order), resting=gone if unpublished else None)

    @rule(span=spans, start=places, end=places)
    def move(self, span, start, end):
        self.pass_time(span)
        order = list(self.house.state.order)
        order.insert(end % len(order), order.pop(start % len(order)))
        self.publish(self.ordered(order))

    @rule(span=spans, place=places, wait=waits)
    def change_wait_and_text(self, span, place, wait):
        self.pass_time(span)
        key = self.house.state.order[place % len(self.house.state.order)]
        self.texts[key] += 1
        self.publish(self.ordered(self.house.state.order, {key: wait}))

    @rule(span=spans, hour=st.sampled_from((7, 9, 11)), closed=st.frozensets(st.integers(0, 6), max_size=3))
    def change_hour_and_weekdays(self, span, hour, closed):
        self.pass_time(span)
        self.publish(self.same(rules=replace(self.house.state.rules, hour=hour, closed=closed)))

    @rule(span=spans, cap=st.sampled_from((None, 1, 2)))
    def change_cap(self, span, cap):
        self.pass_time(span)
        self.publish(self.same(rules=replace(self.house.state.rules, cap=cap)))

    @rule(span=spans, place=places)
    def ask_for_a_sign_or_no_longer(self, span, place):
        self.pass_time(span)
        key = self.house.state.order[place % len(self.house.state.order)]
        self.publish(self.same(asks=self.house.state.asks ^ {key}))

    @rule(span=spans, place=places)
    def bring_back(self, span, place):
        self.pass_time(span)
        gone = sorted(set(self.texts) - set(self.house.state.order))
        if gone:
            key = gone[place % len(gone)]
            # A lesson that an undo took away left no wait behind.
            self.publish(self.ordered((*self.house.state.order, key), {key: "1 days"}))

    @rule(minutes=st.integers(0, 3))
    @precondition(lambda self: self.house.may_undo(self.now + timedelta(minutes=4)))
    def undo(self, minutes):
        self.pass_time((minutes / 60, "sent"))
        with self.database.writing() as session:
            undo(session, find_course(session, "small"), Author("Robin", self.now))
        self.house.undo()

    @rule(span=spans, mode=st.sampled_from(["original", "restart", "active"]))
    def pause_or_resume_the_course(self, span, mode):
        self.pass_time(span)
        with self.database.writing() as session:
            course = find_course(session, "small")
            if self.house.paused:
                resume_course(session, course, mode, self.now)
            else:
                pause_course(session, course, self.now)
        self.house.paused = not self.house.paused

    def first_state(self, at: datetime) -> State:
        order = ("l1", "l2", "l3")
        begun = dict.fromkeys(order, (at, frozenset[str]()))
        return State(order, {"l1": "0 days", "l2": "1 days", "l3": "2 days"}, begun, at)
