"""The supervisor, run as a real process over real programs; a mark in their environment finds whoever is left over."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.broker import wait_until
from tests.marks import Mark

# A program with a child of its own, which says when it comes and goes.
OBEDIENT = "trap 'echo {0} goes >> diary; exit 0' TERM; echo {0} comes >> diary; sleep 300 & while :; do wait; done"
STUBBORN = "trap '' TERM INT; echo {0} comes >> diary; sleep 300 & while :; do wait; done"


class Supervised:
    """One supervisor in a folder, what it printed, and the diary that its programs keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = Mark()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *programs: tuple[str, str, dict[str, Any]]) -> subprocess.Popen[bytes]:
        named = [(name, script.format(name), extra) for name, script, extra in programs]
        (self.folder / "programs").write_text(json.dumps(named))
        with (self.folder / "printed").open("ab") as printed:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.web.supervised", str(self.folder)],
                env=os.environ | self.mark.environment,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        return self.process

    def start_and_wait(self, *programs: tuple[str, str, dict[str, Any]]) -> subprocess.Popen[bytes]:
        process = self.start(*programs)
        wait_until(lambda: "ALL READY" in self.printed() and len(self.diary()) >= len(programs), "everything is up")
        return process

    def printed(self) -> str:
        return (self.folder / "printed").read_text()

    def diary(self) -> list[str]:
        path = self.folder / "diary"
        return path.read_text().splitlines() if path.exists() else []

    def alive(self) -> list[int]:
        """The processes that carry our mark, the supervisor included."""
        return self.mark.alive()

    def clean_up(self) -> None:
        self.mark.kill()
        if self.process:
            self.process.wait(5)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    running = Supervised(tmp_path)
    yield running
    running.clean_up()


def test_programs_start_in_order_and_stop_in_reverse(supervised: Supervised):
    process = supervised.start_and_wait(("a", OBEDIENT, {}), ("b", OBEDIENT, {}), ("c", OBEDIENT, {}))
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert supervised.diary() == ["a comes", "b comes", "c comes", "c goes", "b goes", "a goes"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_behind_after_a_stop(supervised: Supervised, how: signal.Signals):
    process = supervised.start_and_wait(("a", OBEDIENT, {}), ("b", OBEDIENT, {}))
    assert len(supervised.alive()) == 5, "the supervisor, two programs, a child of each"
    process.send_signal(how)
    assert process.wait(5) == 0
    assert supervised.alive() == []


def test_one_that_does_not_stop_is_killed_after_its_patience(supervised: Supervised):
    process = supervised.start_and_wait(("a", OBEDIENT, {}), ("b", STUBBORN, {"stop_seconds": 0.3}))
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert "b | did not stop in time and is killed" in supervised.printed()
    assert supervised.diary()[-1] == "a goes"
    assert supervised.alive() == []


def test_a_second_ctrl_c_kills_at_once(supervised: Supervised):
    process = supervised.start_and_wait(("a", STUBBORN, {"stop_seconds": 60}), ("b", STUBBORN, {"stop_seconds": 60}))
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert supervised.alive() == []


def test_programs_go_with_a_supervisor_that_is_killed(supervised: Supervised):
    process = supervised.start_and_wait(("a", "echo {0} comes >> diary; exec sleep 300", {}))
    process.kill()
    process.wait(5)
    wait_until(lambda: supervised.alive() == [], "everything is gone")


def test_a_killed_program_is_started_again_and_its_children_do_not_survive_it(supervised: Supervised):
    supervised.start_and_wait(("a", "echo $$ >> pids; " + OBEDIENT, {}))
    first = int((supervised.folder / "pids").read_text())
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: supervised.diary() == ["a comes", "a comes"], "it is back")
    assert "a | ended with status -9; starting it again in 0.5 s" in supervised.printed()
    assert len(supervised.alive()) == 3


def test_the_pauses_grow_for_one_that_keeps_failing(supervised: Supervised):
    supervised.start(("a", "while [ ! -e go ]; do sleep 0.05; done; exit 3", {}))
    wait_until(lambda: "ALL READY" in supervised.printed(), "it has been up once")
    (supervised.folder / "go").touch()
    wait_until(lambda: "starting it again in 2 s" in supervised.printed(), "the third failure")
    waits = [line.split(" in ")[1] for line in supervised.printed().splitlines() if "again" in line]
    assert waits == ["0.5 s", "1 s", "2 s"]


def test_the_next_waits_until_the_one_before_is_ready(supervised: Supervised):
    supervised.start(("a", OBEDIENT, {"ready": "is-ready"}), ("b", OBEDIENT, {}))
    wait_until(lambda: supervised.diary() == ["a comes"], "the first is up")
    assert "ALL READY" not in supervised.printed()
    (supervised.folder / "is-ready").touch()
    wait_until(lambda: supervised.diary() == ["a comes", "b comes"], "the second is up")


def test_side_by_side_they_start_at_once_and_the_next_waits_for_both(supervised: Supervised):
    together = {"ready": "is-ready", "side_by_side": True}
    supervised.start(("a", OBEDIENT, together), ("b", OBEDIENT, {}), ("c", OBEDIENT, {}))
    wait_until(lambda: sorted(supervised.diary()) == ["a comes", "b comes"], "the first two are up")
    (supervised.folder / "is-ready").touch()
    wait_until(lambda: supervised.diary()[2:] == ["c comes"], "the third is up")


def test_side_by_side_they_stop_at_once_and_the_one_before_waits_for_both(supervised: Supervised):
    slow = OBEDIENT.replace("'echo", "'sleep 0.5; echo")
    process = supervised.start_and_wait(
        ("a", OBEDIENT, {}), ("b", OBEDIENT, {"side_by_side": True}), ("c", slow, {"side_by_side": True})
    )
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert supervised.diary()[3:] == ["b goes", "c goes", "a goes"]


def test_one_that_runs_once_ends_before_the_next_begins(supervised: Supervised):
    supervised.start_and_wait(("once", "sleep 0.2; echo {0} done >> diary", {"once": True}), ("after", OBEDIENT, {}))
    assert supervised.diary() == ["once done", "after comes"]


@pytest.mark.parametrize("extra", [{"once": True}, {"ready": "never"}])
def test_one_that_fails_at_the_start_ends_it_all(supervised: Supervised, extra: dict[str, Any]):
    process = supervised.start(("a", OBEDIENT, {}), ("b", "echo sorry; exit 3", extra), ("c", OBEDIENT, {}))
    assert process.wait(5) == 1
    assert "b | sorry" in supervised.printed()
    assert "b | ended with status 3 before it was ready" in supervised.printed()
    assert supervised.diary() == ["a comes", "a goes"]
    assert supervised.alive() == []


def test_a_stop_while_starting_ends_what_has_started(supervised: Supervised):
    process = supervised.start(("a", OBEDIENT, {"ready": "never"}))
    wait_until(lambda: supervised.diary() == ["a comes"], "the first is up")
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert supervised.alive() == []


def test_every_line_carries_the_name_of_who_said_it(supervised: Supervised):
    supervised.start(
        ("first", "printf 'one\\ntwo without an end'; printf '\\377'", {"once": True}),
        ("a", "echo mine >&2; " + OBEDIENT, {}),
    )
    wait_until(lambda: "a | mine" in supervised.printed(), "the second has spoken")
    assert "first | one\nfirst | two without an end�\n" in supervised.printed()


def test_a_second_start_says_who_holds_the_folder(supervised: Supervised):
    process = supervised.start_and_wait(("a", OBEDIENT, {}))
    second = Supervised(supervised.folder)
    assert second.start(("a", OBEDIENT, {})).wait(5) == 2
    assert f"(process {process.pid})" in supervised.printed()
    assert supervised.diary() == ["a comes"]


def test_the_folder_is_free_again_after_a_kill(supervised: Supervised):
    supervised.start_and_wait(("a", OBEDIENT, {})).kill()
    supervised.clean_up()
    again = Supervised(supervised.folder)
    again.start(("b", OBEDIENT, {}))
    wait_until(lambda: "b comes" in supervised.diary(), "the second one runs")
    again.clean_up()


def test_a_taken_port_is_named_before_anything_starts(supervised: Supervised):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = supervised.start(("a", OBEDIENT, {}), ("web", OBEDIENT, {"port": port}))
        assert process.wait(5) == 2
    assert supervised.printed() == (
        f"Port {port}, which web needs, is taken by another program. "
        "Stop that one, or set MEANTIME_WEB_PORT to another port.\n"
    )
    assert supervised.diary() == []


def test_after_a_kill_the_next_waits_for_the_ports_that_are_still_held(supervised: Supervised):
    supervised.start_and_wait(("a", OBEDIENT, {})).kill()
    supervised.clean_up()
    again = Supervised(supervised.folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        again.start(("b", OBEDIENT, {"port": taken.getsockname()[1]}))
        with pytest.raises(subprocess.TimeoutExpired):
            again.process.wait(1.5)
    wait_until(lambda: "b comes" in supervised.diary(), "the second one runs")
    again.clean_up()


def test_a_command_that_does_not_exist_is_a_sentence(supervised: Supervised, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert supervised.start(("a", OBEDIENT, {})).wait(5) == 2
    assert "a cannot be started: sh: No such file or directory." in supervised.printed()
