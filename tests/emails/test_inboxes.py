"""Fetching mail that came back."""

from pathlib import Path

import pytest

from emails.inboxes import Imap, InboxTrouble, fetch, parse_imap_url
from tests.emails.postbox import Postbox


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_maildir_is_emptied_the_oldest_first(maildir: Path):
    (maildir / "cur" / "1.a:2,S").write_bytes(b"one")
    (maildir / "new" / "2.b").write_bytes(b"two")
    (maildir / "tmp" / "3.c").write_bytes(b"not yet whole")
    kept: list[bytes] = []
    assert fetch(f"maildir://{maildir}", kept.append, 1) == 1
    assert fetch(f"maildir://{maildir}", kept.append, 10) == 1
    assert kept == [b"one", b"two"]
    assert [path.name for path in maildir.glob("*/*")] == ["3.c"]


def test_what_could_not_be_kept_stays(maildir: Path):
    (maildir / "new" / "1").write_bytes(b"one")

    def fail(_raw: bytes) -> None:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        fetch(f"maildir://{maildir}", fail, 10)
    with Postbox(b"one") as box, pytest.raises(RuntimeError):
        fetch(box.url, fail, 10)
    assert (maildir / "new" / "1").exists()
    assert (box.mails, box.deleted) == ({1: b"one"}, set())


def test_imap_is_emptied(maildir: Path):
    kept: list[bytes] = []
    with Postbox(b"one", b"Subject: two\r\n\r\n)\r\n{3}\r\n\x00\xff", b"three") as box:
        assert fetch(box.url, kept.append, 2) == 2
        assert kept == [b"one", b"Subject: two\r\n\r\n)\r\n{3}\r\n\x00\xff"]
        assert box.mails == {3: b"three"}
        assert fetch(box.url, kept.append, 2) == 1
        assert fetch(box.url, kept.append, 2) == 0


def test_an_inbox_that_was_flooded_is_emptied_step_by_step():
    kept: list[bytes] = []
    with Postbox(*[b"%d" % n for n in range(1, 200_001)]) as box:
        box.deleted = set(range(1, 701))  # by another program
        assert fetch(box.url, kept.append, 400) == 400
        assert kept == [b"%d" % n for n in range(701, 1101)]
        assert fetch(box.url, kept.append, 1) == 1
        assert kept[-1] == b"1101"


def test_trouble_is_told_without_the_password(tmp_path: Path):
    with Postbox() as box:
        urls = [box.url.replace("ana", "bo"), box.url.replace("?tls=none", ""), f"maildir://{tmp_path}/nowhere"]
        urls += ["imap://u:secret@127.0.0.1:1/INBOX", "imaps://u:secret@127.0.0.1:1", "imap://u:secret@host:x/"]
        for url in urls:
            with pytest.raises(InboxTrouble) as trouble:
                fetch(url, lambda _raw: None, 1)
            assert "s%20" not in str(trouble.value)
            assert "secret" not in str(trouble.value)


def test_urls():
    assert parse_imap_url("imaps://a%40b.c:p%2Fw@host") == Imap("host", 993, "a@b.c", "p/w", "INBOX", "implicit")
    assert parse_imap_url("imap://host/a/b") == Imap("host", 143, "", "", "a/b", "starttls")
    with pytest.raises(InboxTrouble):
        parse_imap_url("imap://host/?tls=perhaps")
