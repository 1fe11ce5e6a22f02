"""Runs the others in an environment of their own, so that what they need stays out of ours."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.postfix import ROOT, TOOLS
from tests.broker import running_broker

PYTHON = TOOLS / "rivals" / "bin" / "python"
PINS = (
    "celery==5.7.0",
    "packaging",
    "redis==7.4.1",
    "flask==3.1.3",
    "flask-mail==0.10.0",
    "django==5.2.8",
    "django-post-office==3.10.1",
)


def install() -> None:
    """Their environment, once."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS / "rivals"], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", *PINS], check=True)


def flask_mail(port: int, mails: int) -> float:
    """Mails per second of a Celery task each, with two worker processes that are up already."""
    install()
    with running_broker() as broker:
        environment = _environment(port) | {"RIVAL_BROKER": broker.kombu, "RIVAL_COUNTER": broker.url}
        with _worker(environment):
            run = [PYTHON, "-m", "bench.rivals.flask_mail_tasks"]
            subprocess.run([*run, "20"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            return _said([*run, str(mails)], environment)


def post_office(port: int, mails: int) -> float:
    """Mails per second of django-post-office, queued and sent."""
    install()
    with tempfile.TemporaryDirectory() as folder:
        return _said([PYTHON, "-m", "bench.rivals.post_office", str(mails), folder], _environment(port))


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    options = ["--concurrency", "2", "--loglevel", "error", "--without-gossip", "--without-mingle"]
    command = [PYTHON, "-m", "celery", "-A", "bench.rivals.flask_mail_tasks", "worker", *options]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _said(command: list[str | Path], environment: dict[str, str]) -> float:
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _environment(port: int) -> dict[str, str]:
    return dict(os.environ) | {"RIVAL_PORT": str(port)}  # noqa: TID251 - theirs, not ours
