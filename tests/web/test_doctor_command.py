"""`meantime doctor` as people and programs run it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emails.doctor.findings import Verdict
from emails.testing.nameserver import NameServer
from web.cli.main import main
from web.doctor import CHECKS

SOUND = ('a.org TXT "v=spf1 ip4:192.0.2.1 -all"', "a.org MX 5 mail.a.org.", "mail.a.org A 192.0.2.1")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, of an installation that mails as a.org."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEANTIME_MAIL_FROM", "c@a.org")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def asking(server: NameServer, *arguments: str) -> Result:
    host, port = server.address
    return run("--resolver", f"{host}:{port}", *arguments)


def test_a_fresh_folder_is_told_to_begin(house: Path):
    done = run()
    assert done.exit_code == 1
    assert "FAIL  database   There is no database yet: run `meantime init`." in done.output.splitlines()
    assert done.output.splitlines()[-1].startswith("later relay, spf, dkim, dmarc, alignment, mx, ptr: Mail goes into")
    assert not (house / "var" / "meantime.db").exists()


def test_warnings_alone_are_no_failure_to_a_script(house: Path):
    assert run("--only", "broker").exit_code == 0
    assert run("--only", "broker").output.startswith("WARN  broker")
    assert run("--only", "zones").output.startswith("PASS  zones")


def test_development_asks_nobody_outside_for_the_time(house: Path):
    done = run("--only", "clock")
    assert done.output.strip() == "PASS  clock      It is taken as it is; development asks nobody."


def test_the_record_to_publish_stands_on_one_line_of_its_own(house: Path):
    with NameServer("a.org A 192.0.2.9") as server:
        done = asking(server, "--only", "spf", "--only", "mx", "--sent-from", "192.0.2.1", "--sent-from", "2001:DB8::1")
    assert done.exit_code == 1
    lines = [line.strip() for line in done.output.splitlines()]
    assert 'a.org. TXT "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ~all"' in lines
    assert "a.org. MX 10 mail.a.org." in lines
    assert [line.split()[:2] for line in lines if line[:4] in list(Verdict)] == [["FAIL", "spf"], ["WARN", "mx"]]


def test_a_program_reads_the_same(house: Path):
    with NameServer(*SOUND) as server:
        done = asking(server, "--only", "spf", "--only", "dmarc", "--sent-from", "192.0.2.1", "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["verdict"], found["later"]) == (1, "FAIL", [])
    assert [(each["name"], each["verdict"], each["about"]) for each in found["findings"]] == [
        ("spf", "PASS", "a.org"),
        ("dmarc", "FAIL", "a.org"),
    ]
    value = "v=DMARC1; p=none; rua=mailto:postmaster@a.org"
    assert found["findings"][1]["record"] == {"name": "_dmarc.a.org", "type": "TXT", "value": value}


def test_a_program_reads_what_does_not_apply_yet(house: Path):
    found = json.loads(run("--json").stdout)
    assert [each["name"] for each in found["later"]] == ["relay", "spf", "dkim", "dmarc", "alignment", "mx", "ptr"]
    assert {each["name"] for each in found["findings"]} | {each["name"] for each in found["later"]} == set(CHECKS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "everything"],
        ["--resolver", "dns.example.org"],
        ["--resolver", "127.0.0.1:70000"],
        ["--sent-from", "mail.example.org"],
        ["--time-server", "ntp:x"],
        ["--seconds", "0"],
    ],
)
def test_wrong_use_is_said_with_exit_2(house: Path, arguments: list[str]):
    done = run(*arguments)
    assert done.exit_code == 2 and "Usage:" in done.output


def test_wrong_settings_are_said_with_exit_2(house: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEANTIME_SMTP_URL", "http://mail.a.org")
    done = run()
    assert done.exit_code == 2 and "SMTP_URL begins with" in done.output


def test_servers_are_written_in_every_usual_way(house: Path):
    for server in ("127.0.0.1", "[::1]:5353", "::1", "127.0.0.1:5353"):
        assert run("--resolver", server, "--only", "zones").exit_code == 0
    for server in ("none", "127.0.0.1:1"):
        assert run("--time-server", server, "--only", "clock").exit_code == 0
