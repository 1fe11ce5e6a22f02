"""`meantime up`: the whole installation in one terminal, on this machine alone.

    broker, mailbox, migrate ─► web, worker, beat          stopped in reverse

Those before the arrow start side by side, then those after it. The mailbox stands before the worker, so that on the
way down the worker can still hand over the mail it is sending.
"""

import http.client
import socket
import sys
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from course.settings import Settings, environment
from web.processes import Port, Program, held
from web.supervisor import Supervisor
from worker import broker

PYTHON = (sys.executable, "-m")


def up(settings: Settings, announce: Callable[[], None] = lambda: None) -> int:
    """Run everything until Ctrl-C; `announce` is called once, when everything is ready. Answers the exit status.

    Raise Misconfigured when the state folder is in use, a port is taken, or there is no broker to be had.
    """
    with held(settings.state_dir) as killed:
        # What a killed predecessor left behind notices it and goes within seconds.
        return Supervisor(programs(settings), announce, patience=10.0 if killed else 0.0).run()


def programs(settings: Settings) -> list[Program]:
    """What an installation consists of, in the order of its start."""
    server = broker.locate(settings.redis_url, settings.state_dir)
    settings = settings.model_copy(update={"redis_url": server.url})
    env = environment(settings) | {"PYTHONUNBUFFERED": "1"}
    running = [
        *([_mailbox(settings, env)] if settings.development and not settings.smtp_url else []),
        Program("migrate", (*PYTHON, "web.cli", "init"), env, once=True),
        _web(settings, env),
        _worker(settings, env),
        _beat(env),
        *([_listener(settings, env)] if settings.bounce_listen else []),
    ]
    if not server.command:
        return running
    ready = partial(broker.answers, server.url)
    return [Program("broker", server.command, env, ready=ready, side_by_side=True), *running]


def _mailbox(settings: Settings, env: dict[str, str]) -> Program:
    port = Port(settings.mailbox_port, "MEANTIME_MAILBOX_PORT")
    command = (*PYTHON, "web.mailbox.catcher")
    return Program("mailbox", command, env, ready=partial(_takes_mail, port.number), side_by_side=True, port=port)


def web_command(settings: Settings) -> tuple[str, ...]:
    """How the web server is started."""
    return (
        *(*PYTHON, "gunicorn", "web.wsgi:app", "--bind", f"127.0.0.1:{settings.web_port}", "--no-control-socket"),
        *("--worker-class", "web.server.Worker", "--workers", str(settings.web_workers), "--threads", "4"),
        *("--graceful-timeout", "5", "--log-level", "warning", "--preload"),
    )


def _web(settings: Settings, env: dict[str, str]) -> Program:
    port = Port(settings.web_port, "MEANTIME_WEB_PORT")
    return Program(
        "web", web_command(settings), env, ready=partial(_answers_http, port.number), side_by_side=True, port=port
    )


def _worker(settings: Settings, env: dict[str, str]) -> Program:
    command = (
        *(*PYTHON, "celery", "--quiet", "-A", "worker.main", "worker", "--loglevel", settings.log_level),
        *("--concurrency", str(settings.deliver_workers), "--without-gossip", "--without-mingle"),
    )
    # A batch begins no mail after five seconds, and the one at hand has as long as a slow mail server takes.
    return Program("worker", command, env, stop_seconds=60, side_by_side=True)


def _beat(env: dict[str, str]) -> Program:
    return Program("beat", (*PYTHON, "celery", "--quiet", "-A", "worker.main", "beat"), env)


def _listener(settings: Settings, env: dict[str, str]) -> Program:
    port = Port(urlsplit(settings.bounce_listen).port or 0, "MEANTIME_BOUNCE_LISTEN")
    return Program("listener", (*PYTHON, "web.hooks.listener"), env, side_by_side=True, port=port)


def _answers_http(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _takes_mail(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
