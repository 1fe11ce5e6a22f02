"""More hosts: each in a network namespace of its own, with nothing between them but one PostgreSQL and one mail server.

The mail server is ten milliseconds away and each host has a few connections, so that one host waits most of the time:
what a second one adds is then seen on a machine with few cores too, until the cores themselves are the limit.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from subprocess import Popen

from bench.due import begin_course, new_database
from bench.figures import TICKS, Figure, at_least
from bench.relays import slow_relay
from bench.sending import House, hand, secret_settings
from tests.faults.hosts import Network, network, open_to, why_not
from tests.postgres import running_postgres

HOSTS = (1, 2, 4)
CONNECTIONS = 4
MAILS = 3000
RUNS = 3
# With so many times the hosts, at least so many times the mails: the rest is the price of sharing.
BAR = 0.8
# Beyond this share of the machine's cores nothing can be added by more hosts of the same machine.
BUSY = 0.85


def figures() -> Iterator[Figure]:
    """Mails per second of 1, 2 and 4 hosts; what two of them add up to, and whether four are held up by the cores."""
    if why_not():
        print(f"scale_out: left out ({why_not()})")
        return
    rates: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder, network() as net, ExitStack() as stack:
        place, hands = _open(net, Path(folder), stack)
        for hosts in HOSTS:
            place.hands = hands[:hosts]
            place.send(100 * hosts)
            runs = [_run(place, hosts * MAILS // max(HOSTS)) for _ in range(RUNS)]
            rates[hosts], busy = median(rate for rate, _ in runs), median(share for _, share in runs)
            possible = hosts * rates[1] * BAR
            note = f"cores {busy:.0%} busy"
            bar = possible if busy < BUSY else 0
            yield at_least(f"mails with {hosts} host{'s' if hosts > 1 else ''}", rates[hosts], "per second", bar, note)


def _open(net: Network, folder: Path, stack: ExitStack) -> tuple[House, list[Popen[str]]]:
    """The house, and a process on each host."""
    postgres = stack.enter_context(running_postgres())
    port = stack.enter_context(slow_relay(net.address))
    smtp = f"smtp://{net.address}:{port}?tls=none&connections={CONNECTIONS}"
    settings = secret_settings(folder, smtp).model_copy(update={"database_url": open_to(net, postgres)})
    database = new_database(settings.database)
    stack.callback(database.close)
    sequence = begin_course(database, settings)
    hands = [stack.enter_context(hand(settings, net.host(letter).inside)) for letter in "abcd"[: max(HOSTS)]]
    return House(database, settings, sequence, hands), hands


def _run(place: House, mails: int) -> tuple[float, float]:
    """Mails per second, and the share of all cores that was busy meanwhile."""
    began = _core_seconds()
    seconds = max(each["seconds"] for each in place.send(mails))
    busy, idle = (after - before for after, before in zip(_core_seconds(), began, strict=True))
    return mails / seconds, busy / (busy + idle)


def _core_seconds() -> tuple[float, float]:
    """Busy and idle seconds of all cores since the machine's start."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    times = [int(each) / TICKS for each in first]
    idle = times[3] + times[4]
    return sum(times[:8]) - idle, idle
