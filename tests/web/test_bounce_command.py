"""`meantime bounce explain`, as people and programs call it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.emails.returned import OURS, arf, dsn


def explain(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "web.cli", "bounce", "explain", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def test_the_verdict_as_json_has_these_keys_and_no_others(tmp_path: Path):
    file = tmp_path / "returned.eml"
    file.write_bytes(dsn())
    answer = explain(str(file), "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout) == {
        "kind": "bounce",
        "address": "ana@example.com",
        "status": "5.1.1",
        "hard": True,
        "message_id": f"<{OURS}@bounces.example.org>",
        "action": "suppress",
    }


def test_in_words_from_standard_input_and_safe_for_a_terminal():
    answer = explain("-", stdin=dsn(diagnostic="smtp; 550 5.1.1 No \x1b[31m such user"))
    text = answer.stdout.decode()
    assert "ana@example.com" in text
    assert "5.1.1, for good" in text
    assert "This address is not mailed any more." in text
    assert "\x1b" not in text
    assert "a complaint" in explain("-", stdin=arf()).stdout.decode()


def test_whatever_comes_in_no_exception_comes_out(tmp_path: Path):
    nonsense = explain("-", "--json", stdin=b"\x00\xff\xfe" * 5000)
    assert (nonsense.returncode, json.loads(nonsense.stdout)["kind"]) == (0, "other")
    for wrong in (str(tmp_path / "nowhere"), str(tmp_path)):
        answer = explain(wrong)
        assert answer.returncode == 2
        assert b"Traceback" not in answer.stderr
