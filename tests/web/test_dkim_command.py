"""`meantime dkim`: from no key to signed mail, with nothing to look up."""

import json
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.dkim_keys import dns_record, read_keys
from course.settings import PREFIX, Settings
from web.cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that sends from example.org."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    (tmp_path / ".env").write_text("MEANTIME_MAIL_FROM=courses@example.org\n")
    return tmp_path


def run(*words: str):
    return CliRunner().invoke(main, ["dkim", *words])


def test_a_new_key_is_its_owners_alone_and_says_what_to_do_with_it(folder: Path):
    said = run("new", "dkim.pem", "--ed25519").output
    assert stat.S_IMODE((folder / "dkim.pem").stat().st_mode) == 0o600
    rsa, ed25519 = read_keys((folder / "dkim.pem").read_text(), "mt1 mt1e")
    lines = [line for line in said.splitlines() if "TXT" in line]
    zone = {line.split()[0]: "".join(re.findall('"([^"]{1,255})"', line)) for line in lines}
    assert zone == {"mt1._domainkey.example.org.": dns_record(rsa), "mt1e._domainkey.example.org.": dns_record(ed25519)}
    with (folder / ".env").open("a") as settings:
        settings.write("\n".join(said.splitlines()[-2:]))
    listed = json.loads(run("records", "--json", "example.org", "example.net").output)
    assert [row["name"].partition("._domainkey.")[::2] for row in listed] == [
        ("mt1", "example.org"), ("mt1e", "example.org"), ("mt1", "example.net"), ("mt1e", "example.net"),
    ]  # fmt: skip
    assert listed[0]["text"] == listed[2]["text"] == dns_record(rsa)
    assert run("records").output.splitlines() == lines


def test_a_key_that_is_there_is_left_alone(folder: Path):
    (folder / "dkim.pem").write_text("precious")
    assert run("new", "dkim.pem").exit_code == 2
    assert (folder / "dkim.pem").read_text() == "precious"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("records",), "meantime dkim new"),
        (("new", "x", "--selector", "a b"), "as many"),
        (("new", "x/y"), "cannot be"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], said: str):
    refused = run(*words)
    assert refused.exit_code == 2
    assert said in refused.output
    assert not Path("x").exists()
