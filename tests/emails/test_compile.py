"""The guarded child: what it compiles, and what it survives."""

import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emails import child, compile_child
from emails.child import read_frame, write_frame
from emails.compile import Compiler
from emails.errors import Unpublishable
from emails.letter import Compiled, Look, Source
from emails.typeset import typeset

LOOK = Look("letter", {}, "Breathing Room")
PREVIEW = "Nobody else can make you happy, and that is good news for both of you."
SOURCE = Source("md", "Your own weather", PREVIEW, "Dear {{ reader.name }}, [x](https://example.org/x)")


def child_of(compiler: Compiler) -> int:
    assert compiler._child._process is not None
    return compiler._child._process.pid


def test_the_child_makes_what_the_parent_would(compiler):
    assert compiler.compile(SOURCE, LOOK) == typeset(SOURCE, LOOK)


def test_problems_come_back_with_their_places(compiler):
    with pytest.raises(Unpublishable) as refused:
        compiler.compile(Source("md", "Hello", PREVIEW, "\n{{ nobody.here }}", first_line=5), LOOK)
    assert [(problem.line, problem.severity) for problem in refused.value.problems] == [(6, "error")]


def test_system_letters_are_compiled_there_too(compiler):
    assert "{{ links.confirm }}" in compiler.compile_system("confirmation", "en", LOOK).html


def test_the_child_stays_warm(compiler):
    compiler.compile(SOURCE, LOOK)
    first = child_of(compiler)
    compiler.compile(SOURCE, LOOK)
    assert child_of(compiler) == first


def test_a_killed_child_is_replaced(compiler):
    compiler.compile(SOURCE, LOOK)
    os.kill(child_of(compiler), signal.SIGKILL)
    compiler._child._process.wait()
    assert isinstance(compiler.compile(SOURCE, LOOK), Compiled)


def test_a_child_that_dies_over_a_text_condemns_that_text_alone(compiler):
    compiler.compile(SOURCE, LOOK)
    os.kill(child_of(compiler), signal.SIGSTOP)
    killer = threading.Timer(0.05, os.kill, (child_of(compiler), signal.SIGKILL))
    killer.start()
    with pytest.raises(Unpublishable, match="brings the MJML engine down"):
        compiler.compile(SOURCE, LOOK)
    killer.join()
    assert isinstance(compiler.compile(SOURCE, LOOK), Compiled)


def test_a_text_that_takes_too_long_is_given_up():
    with Compiler(seconds=0.2) as impatient:
        impatient._child._running()
        os.kill(child_of(impatient), signal.SIGSTOP)
        with pytest.raises(Unpublishable, match="longer than three seconds"):
            impatient.compile(SOURCE, LOOK)
        assert impatient._child._process is None


def test_closing_ends_the_child():
    compiler = Compiler()
    compiler.compile(SOURCE, LOOK)
    child = compiler._child._process
    compiler.close()
    assert child is not None
    assert child.poll() is not None


def test_threads_may_share_it(compiler):
    sources = [Source("md", f"Letter {n}", PREVIEW, f"Body number {n}") for n in range(12)]
    made: dict[int, Compiled] = {}
    threads = [
        threading.Thread(target=lambda n=n: made.update({n: compiler.compile(sources[n], LOOK)})) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Body number {n}" in made[n].html and made[n].subject == f"Letter {n}" for n in range(12))


def test_a_fork_starts_a_child_of_its_own(compiler):
    compiler.compile(SOURCE, LOOK)
    ours = child_of(compiler)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        compiler.compile(SOURCE, LOOK)
        os.write(writing, str(child_of(compiler)).encode())
        compiler.close()
        os._exit(0)
    os.close(writing)
    theirs = int(os.read(reading, 20))
    os.waitpid(pid, 0)
    os.close(reading)
    assert theirs != ours
    assert isinstance(compiler.compile(SOURCE, LOOK), Compiled)
    assert child_of(compiler) == ours


def test_the_child_knows_no_secret_and_can_write_no_file(compiler):
    compiler.compile(SOURCE, LOOK)
    process = Path(f"/proc/{child_of(compiler)}")
    names = {pair.partition(b"=")[0] for pair in (process / "environ").read_bytes().split(b"\0") if pair}
    limits = (process / "limits").read_text().splitlines()
    rows = {row[:26].strip(): row[26:].split()[0] for row in limits}
    assert names <= {b"PYTHONHASHSEED", b"PYTHONUTF8"}
    assert rows["Max file size"] == "0"
    assert rows["Max address space"] == str(child.MEMORY)
    assert rows["Max core file size"] == "0"
    assert rows["Max cpu time"] != "unlimited"


HOSTILE = [
    ("mjml", "<mj-section>" * 10_000),
    ("mjml", "<mj-section><mj-column><mj-text>→> x</mj-text></mj-column></mj-section>"),
    ("mjml", "<" * 100_000),
    ("mjml", "<mj-text " + "a=" * 50_000),
    ("mjml", '<mj-text a="' * 5_000),
    ("mjml", "<!--" * 20_000),
    ("md", "[" * 50_000),
    ("md", ">" * 50_000),
    ("md", "*a **a " * 10_000),
    ("md", "{{" * 50_000),
    ("md", '{{ "' * 20_000),
    ("md", "{% if reader.name %}" * 5_000),
    ("md", "| a " * 20_000 + "\n" + "|---" * 20_000),
    ("md", "\x00\x01\u202e\ud800{{ reader.name }}"),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_text_ends_anything(compiler, number):
    form, body = HOSTILE[number]
    try:
        compiler.compile(Source(form, "Hello", PREVIEW, body), LOOK)
    except Unpublishable as refused:
        assert refused.problems
    assert isinstance(compiler.compile(SOURCE, LOOK), Compiled)


def test_the_child_answers_frame_by_frame_until_its_input_ends():
    requests, answers = io.BytesIO(), io.BytesIO()
    look = {"theme": "letter", "settings": {}, "course_title": "T"}
    source = {"format": "md", "subject": "S", "preview": "P", "body": "Hello"}
    write_frame(requests, {"do": "lesson", "source": source, "look": look})
    write_frame(requests, {"do": "lesson", "source": {**source, "body": ""}, "look": look})
    write_frame(requests, {"do": "system", "name": "sign_in", "language": "en", "look": look})
    requests.seek(0)
    counted: list[int] = []
    child.serve(requests, answers, compile_child.answer, lambda: counted.append(1))
    answers.seek(0)
    frames = list(iter(lambda: read_frame(answers.read), None))
    assert [next(iter(frame)) for frame in frames] == ["ready", "compiled", "problems", "compiled"]
    assert len(counted) == 3


def test_half_a_frame_is_none():
    assert read_frame(io.BytesIO(b"\0\0\0\x09{}").read) is None


DIGEST = (
    "from hashlib import sha256; from tests.emails.specimen import THEMES, letters; "
    "made = ''.join(repr(letters(theme)) for theme in THEMES); print(sha256(made.encode()).hexdigest())"
)


def test_the_same_source_gives_the_same_bytes_in_every_process():
    root = Path(__file__).parents[2]
    made = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, locale in (("1", "C"), ("77", "C.UTF-8"))
    ]
    assert made[0] == made[1]
    assert len(made[0].strip()) == 64
