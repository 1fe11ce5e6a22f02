"""Starting, stopping and starting again."""

import socket
from collections.abc import Callable

from tests.journeys.living import living
from tests.postgres import Databases
from web.demo.house import House, running
from web.demo.journey import READERS, enroll, mails_to, walk
from web.demo.judge import arrivals, judge
from web.demo.waiting import until


def test_a_second_start_goes_on_where_the_first_stopped(make_house: Callable[..., House]):
    house = make_house()
    house.start()
    enroll(house, *READERS)
    walk(house, *READERS, mails=3)
    assert house.stop() == 0
    assert living(house) == {}
    before = {reader: len(mails_to(house, reader)) for reader in READERS}
    house.start()
    walk(house, *READERS)
    assert all(3 <= before[reader] < len(mails_to(house, reader)) for reader in READERS)
    assert [line for reader in READERS for line in judge(house, reader, arrivals(house, reader))] == []
    assert house.stop() == 0


def test_everything_works_on_postgresql_too(make_house: Callable[..., House], postgres_databases: Databases):
    url = postgres_databases.copy()
    house = make_house(DATABASE_URL=url)
    with running(house):
        enroll(house, *READERS)
        walk(house, *READERS)
        assert [line for reader in READERS for line in judge(house, reader, arrivals(house, reader))] == []
    assert not (house.folder / "meantime.db").exists()
    postgres_databases.drop(url)


def test_a_taken_port_is_one_sentence_and_nothing_is_left_running(make_house: Callable[..., House]):
    house = make_house()
    with socket.create_server(("127.0.0.1", house.mailbox_port)):
        house.begin()
        until("the end", lambda: house.ended or None)
    assert house.printed() == (
        f"Port {house.mailbox_port}, which mailbox needs, is taken by another program. "
        "Stop that one, or set MEANTIME_MAILBOX_PORT to another port.\n"
    )
    assert house.stop() == 2
    assert living(house) == {}


def test_the_clock_stands_firm_in_production(make_house: Callable[..., House]):
    house = make_house(
        ENV="production",
        BASE_URL="https://courses.example.org",
        SECRET_KEY="a long way to the mailbox and back 0123456789",
        SMTP_URL="smtp://mail.example.org",
        MAIL_FROM="courses@example.org",
        POSTAL_ADDRESS="1 Example Street, Berlin",
    )
    assert house.command("init").returncode == 0
    (house.folder / "clock").write_text("86400")
    refused = house.command("clock", "advance", "1d")
    assert (refused.returncode, refused.stderr) == (2, "The clock cannot be moved in production.\n")
    assert "0:00:00 ahead" in house.command("clock", "show").stdout, "a file left by development counts for nothing"
