"""Hosts on one machine: network namespaces on a bridge, where the database, the broker and the mail server listen.

with network() as net:
    net.host("a").inside            what to put before a command, so that it runs on that host
    net.cut("a"); net.mend("a")     its cable
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

from tests.broker import RunningBroker
from tests.postgres import PostgresServer
from worker.broker import Broker, find_binary

NETWORK = "10.213.{}.{}"
NUMBERS = count(7 * os.getpid())


@dataclass(frozen=True)
class Host:
    """One namespace; its cable's end on our side is called like it."""

    name: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)


@dataclass
class Network:
    """A bridge with an address of ours, and hosts on it. Two runs at once, and two in a row, have names of their own:
    the kernel takes a host away in its own time."""

    number: int = field(default_factory=lambda: next(NUMBERS) % 250)
    hosts: dict[str, Host] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where our side listens."""
        return NETWORK.format(self.number, 1)

    @property
    def bridge(self) -> str:
        return f"mt{self.number}"

    def open(self) -> None:
        ip("link", "add", self.bridge, "type", "bridge")
        ip("addr", "add", f"{self.address}/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    def host(self, letter: str) -> Host:
        """A new host, its cable plugged in."""
        host = Host(f"mt{self.number}{letter}", NETWORK.format(self.number, 2 + len(self.hosts)))
        ip("netns", "add", host.name)
        self.hosts[letter] = host
        ip("link", "add", host.name, "type", "veth", "peer", "name", "eth0", "netns", host.name)
        ip("link", "set", host.name, "master", self.bridge, "up")
        within = ("-n", host.name)
        ip(*within, "addr", "add", f"{host.address}/24", "dev", "eth0")
        ip(*within, "link", "set", "eth0", "up")
        ip(*within, "link", "set", "lo", "up")
        return host

    def cut(self, letter: str) -> None:
        ip("link", "set", self.hosts[letter].name, "down")

    def mend(self, letter: str) -> None:
        ip("link", "set", self.hosts[letter].name, "up")

    def close(self) -> None:
        for host in self.hosts.values():
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", host.name)
        with suppress(subprocess.CalledProcessError):
            ip("link", "del", self.bridge)


@contextmanager
def network() -> Iterator[Network]:
    """A network that is gone at the end."""
    net = Network()
    try:
        net.open()
        yield net
    finally:
        net.close()


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@cache
def why_not() -> str:
    """Why this machine cannot do it; empty where it can."""
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    try:
        with network() as net:
            net.host("p")
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.decode().strip()}"
    return ""


def open_to(net: Network, server: PostgresServer) -> str:
    """Let hosts on the network reach this PostgreSQL; its URL for them."""
    server.stop()
    with (server.folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NETWORK.format(net.number, 0)}/24 trust\n")
    server.options["listen_addresses"] = net.address
    server.start()
    return f"postgresql+psycopg://postgres@{net.address}/postgres"


@contextmanager
def broker_on(net: Network, folder: Path) -> Iterator[RunningBroker]:
    """A broker that hosts on the network can reach."""
    port = free_port(net.address)
    listen = ("--bind", net.address, "--port", str(port), "--protected-mode", "no", "--save", "", "--dir", str(folder))
    running = RunningBroker(Broker(f"redis://{net.address}:{port}/0", (str(find_binary()), *listen)))
    running.start()
    try:
        yield running
    finally:
        running.stop()


def free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port
