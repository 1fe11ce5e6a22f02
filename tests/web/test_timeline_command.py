"""`meantime course timeline`: its options, its JSON, and the dates that a person would reckon by hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.web.folders import Command, lesson, write
from web.cli.main import main

NEW_YORK = ("--tz", "America/New_York")
DAILY = {"a": "0 days", "b": "1 day", "c": "1 day"}
SENT = ("--sent", "a=2027-01-09T09:00")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["course", "timeline", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def dates(tmp_path: Path):
    """dates("0 days", "1 day", options…, schedule="…"): due times by lesson, of a folder."""

    def ask(*options: str, schedule: str = "", **lessons: str) -> dict[str, str | None]:
        rules = f'hour: "09:00", timezone: America/New_York, quiet: none{schedule and ", " + schedule}'
        text = f"slug: tea\ntitle: Tea\nsender: {{name: Ana, email: ana@example.org}}\nschedule: {{{rules}}}\n"
        done = run(write(tmp_path / "tea", text, **(lessons or DAILY)), *options, "--json")
        assert done.exit_code == 0, done.output
        return {each["lesson"]: each["due"] for each in json.loads(done.stdout)}

    return ask


def test_the_json_is_a_list_of_lessons_with_utc_local_and_reasons(tmp_path: Path):
    folder = write(tmp_path / "tea", **DAILY)
    done = run(folder, "--confirmed", "2027-03-12T22:00", *NEW_YORK, "--hour", "09:00", "--json")
    first, second, _third = json.loads(done.stdout)
    assert set(first) == {"lesson", "due", "local", "why"}
    assert (second["lesson"], second["due"]) == ("b", "2027-03-14T13:00:00Z")
    assert second["local"] == "2027-03-14T09:00:00-04:00"
    assert second["why"] == ["1 day after the lesson before, at 09:00."]


@pytest.mark.parametrize(
    ("zone", "hour", "confirmed", "due"),
    [
        ("America/New_York", "09:00", "2027-03-12T22:00", "2027-03-13T14:00 2027-03-14T13:00 2027-03-15T13:00"),
        ("America/New_York", "09:00", "2027-11-05T22:00", "2027-11-06T13:00 2027-11-07T14:00 2027-11-08T14:00"),
        ("America/New_York", "02:30", "2027-03-13T22:00", "2027-03-14T07:30 2027-03-15T06:30 2027-03-16T06:30"),
        ("America/New_York", "01:30", "2027-11-06T22:00", "2027-11-07T05:30 2027-11-08T06:30 2027-11-09T06:30"),
        ("Europe/Berlin", "02:30", "2027-03-27T22:00", "2027-03-28T01:30 2027-03-29T00:30 2027-03-30T00:30"),
        ("Europe/Berlin", "02:30", "2027-10-30T22:00", "2027-10-31T00:30 2027-11-01T01:30 2027-11-02T01:30"),
        ("Asia/Kathmandu", "09:00", "2027-01-09T22:00", "2027-01-10T03:15 2027-01-11T03:15 2027-01-12T03:15"),
        ("Pacific/Apia", "09:00", "2027-01-09T22:00", "2027-01-09T20:00 2027-01-10T20:00 2027-01-11T20:00"),
        ("America/Santiago", "00:00", "2026-09-05T12:00", "2026-09-06T04:00 2026-09-07T03:00 2026-09-08T03:00"),
        ("Africa/Cairo", "00:00", "2027-04-29T12:00", "2027-04-29T22:00 2027-04-30T21:00 2027-05-01T21:00"),
        # The clock of Lord Howe Island jumps by half an hour.
        ("Australia/Lord_Howe", "02:15", "2027-10-02T22:00", "2027-10-02T15:45 2027-10-03T15:15 2027-10-04T15:15"),
        ("Australia/Lord_Howe", "01:45", "2027-04-03T22:00", "2027-04-03T14:45 2027-04-04T15:15 2027-04-05T15:15"),
        # For Ramadan Morocco's clock went back.
        ("Africa/Casablanca", "09:00", "2026-02-13T22:00", "2026-02-14T08:00 2026-02-15T09:00 2026-02-16T09:00"),
        ("Pacific/Kiritimati", "09:00", "2027-01-09T23:59", "2027-01-09T19:00 2027-01-10T19:00 2027-01-11T19:00"),
        ("Asia/Calcutta", "09:00", "2027-01-09T22:00", "2027-01-10T03:30 2027-01-11T03:30 2027-01-12T03:30"),
    ],
)  # fmt: skip
def test_the_hour_stays_the_hour_whatever_the_clocks_do(dates, zone, hour, confirmed, due):
    found = dates("--confirmed", confirmed, "--tz", zone, "--hour", hour)
    assert list(found.values()) == [f"{each}:00Z" for each in due.split()]


@pytest.mark.parametrize(
    ("confirmed", "due"),
    [
        ("2027-01-05T08:59:59", "2027-01-05T14:00:00Z"),
        ("2027-01-05T09:00:00", "2027-01-06T14:00:00Z"),
        ("2027-01-05T23:59", "2027-01-06T14:00:00Z"),
    ],
)
def test_the_first_lesson_comes_strictly_after_the_confirmation(dates, confirmed, due):
    assert dates("--confirmed", confirmed, *NEW_YORK)["a"] == due


def test_days_without_lessons(dates):
    weekdays = "weekdays: [mon, tue, wed, thu, fri]"
    assert dates("--confirmed", "2027-01-01T18:00", *NEW_YORK, schedule=weekdays)["a"] == "2027-01-04T14:00:00Z"
    skip = "skip: [2027-01-02..2027-12-31]"
    assert dates("--confirmed", "2027-01-01T18:00", *NEW_YORK, schedule=skip)["a"] == "2028-01-01T14:00:00Z"
    leap = dates("--confirmed", "2028-02-27T08:00", *NEW_YORK, a="0 days", b="on 2028-02-29", c="1 day")
    assert list(leap.values())[1:] == ["2028-02-29T14:00:00Z", "2028-03-01T14:00:00Z"]
    passed = dates("--confirmed", "2027-01-04T08:00", *NEW_YORK, a="0 days", b="on 2027-01-01", c="next monday")
    assert list(passed.values())[1:] == ["2027-01-05T14:00:00Z", "2027-01-11T14:00:00Z"]


@pytest.mark.parametrize("more", [("--now", "2027-01-12T15:00"), ("--sent", "b=2027-01-12T15:00:07")])
def test_after_days_down_one_lesson_now_and_the_next_at_its_hour(dates, more):
    found = dates("--confirmed", "2027-01-09T08:00", *NEW_YORK, *SENT, *more)
    assert found["b"] in {"2027-01-12T20:00:00Z", "2027-01-12T20:00:07Z"}
    assert found["c"] == "2027-01-13T14:00:00Z"


def test_fridays_lesson_missed_comes_on_monday(dates):
    weekdays = "weekdays: [mon, tue, wed, thu, fri]"
    asked = ("--confirmed", "2027-01-07T08:00", *NEW_YORK, "--sent", "a=2027-01-07T09:00", "--now", "2027-01-09T10:00")
    assert dates(*asked, schedule=weekdays)["b"] == "2027-01-11T14:00:00Z"


def test_new_wishes_in_quiet_nights(dates):
    quiet = {"schedule": "gap: 18 hours, weekdays: [mon, tue, wed, thu, fri, sat, sun], cap: 3"}
    asked = ("--confirmed", "2027-01-04T08:00", *NEW_YORK, "--sent", "a=2027-01-04T10:00", "--hour", "08:00")
    assert dates(*asked, "--now", "2027-01-05T09:00", **quiet)["b"] == "2027-01-05T14:00:00Z"
    later = ("--confirmed", "2027-01-04T08:00", *NEW_YORK, "--sent", "a=2027-01-04T09:00", "--hour", "18:00")
    assert dates(*later, "--now", "2027-01-04T10:00", **quiet)["b"] == "2027-01-05T23:00:00Z"


def test_who_crosses_the_date_line_does_not_get_two(dates):
    asked = ("--confirmed", "2027-01-09T08:00", "--tz", "Pacific/Apia", "--sent", "a=2027-01-11T03:00")
    assert dates(*asked, "--now", "2027-01-11T04:00")["b"] == "2027-01-11T20:00:00Z"


def test_every_lesson_is_listed_also_behind_one_that_waits(dates):
    asking = lesson("a", "0 days", asks="{done: I did it}")
    assert dates("--confirmed", "2027-01-04T08:00", a=asking, b="1 day", c="1 day") == {
        "a": "2027-01-04T14:00:00Z", "b": None, "c": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--tz", "Mars/Base"), "Mars/Base is no time zone"),
        (("--tz", "../etc/passwd"), "is no time zone"),
        (("--tz", "Factory"), "is no time zone"),
        (("--hour", "25:00"), "Write an hour such as 09:00."),
        (("--hour", "09:00+01:00"), "Write an hour such as 09:00."),
        (("--sent", "a"), "names no time"),
        (("--sent", "a=noon"), "noon is no time"),
        (("--now", "soon"), "soon is no time"),
    ],
)
def test_what_cannot_be_read_is_wrong_use(tmp_path: Path, words, says):
    done = run(write(tmp_path / "tea", **DAILY), "--confirmed", "2027-01-04T08:00", *words)
    assert (done.exit_code, says in done.output) == (2, True)


def test_a_lesson_that_is_not_there_and_a_course_that_is_not_there(tmp_path: Path):
    done = run(write(tmp_path / "tea", **DAILY), "--confirmed", "2027-01-04T08:00", "--sent", "x=2027-01-04T08:00")
    assert (done.exit_code, "There is no published lesson x" in done.output) == (1, True)


def test_of_an_installed_course_it_shows_what_readers_are_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
):
    command = Command(monkeypatch, tmp_path, database_url)
    command.says("course", "apply", write(tmp_path / "tea", **DAILY))
    told = command.says("course", "timeline", "tea", "--confirmed", "2027-01-04T08:00")
    assert "Mon 2027-01-04 09:00" in told
    assert command.run("course", "timeline", "coffee", "--confirmed", "2027-01-04T08:00").exit_code == 1
