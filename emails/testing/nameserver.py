"""A name server on loopback, over UDP and TCP, that answers from a few lines and can be told to misbehave.

    with NameServer('example.org TXT "v=spf1 -all"', "broken.example.org SERVFAIL", "slow.example.org SILENCE") as dns:
        Resolver([dns.address])

A line is a name, a kind, a value in a zone file's spelling; `*.name` is a wildcard. Who asks for a CNAME's name gets
its target's records with it, as from a resolver, unless `recursive` is false. An answer of more than 512 octets is
truncated over UDP. `asked` lists the questions.
"""

import contextlib
import socket
import socketserver
import struct
import threading
from typing import Any, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

LARGEST_OVER_UDP = 512
MISBEHAVIOURS = frozenset({"SERVFAIL", "REFUSED", "SILENCE", "GIBBERISH"})


class NameServer:
    """Serves its lines until the block ends."""

    def __init__(self, *lines: str, recursive: bool = True) -> None:
        """Every line is one record; empty lines and those that begin with `;` are passed over."""
        self.asked: list[tuple[str, str]] = []
        self.over_tcp: list[str] = []
        self._recursive = recursive
        self._misbehaviours: dict[str, str] = {}
        self._records: dict[tuple[str, str], list[str]] = {}
        for line in "\n".join(lines).splitlines():
            if line.strip() and not line.startswith(";"):
                self._learn(*line.split(None, 2))

    def _learn(self, name: str, kind: str, value: str = "") -> None:
        name = name.rstrip(".").lower()
        if kind in MISBEHAVIOURS:
            self._misbehaviours[name] = kind
        else:
            self._records.setdefault((name, kind), []).append(value)

    def __enter__(self) -> Self:
        self._tcp = _Tcp(("127.0.0.1", 0), _TcpQuestion)
        self._udp = _Udp(self._tcp.server_address, _UdpQuestion)
        self._servers = (self._tcp, self._udp)
        for server in self._servers:
            server.zone = self
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: host and port, the same for UDP and TCP."""
        host, port = self._udp.server_address[:2]
        return str(host), int(port)

    def answer(self, wire: bytes, largest: int) -> bytes:
        """The answer to one question as bytes; empty where it stays silent."""
        question = dns.message.from_wire(wire)
        name, kind = question.question[0].name, question.question[0].rdtype
        plain = name.to_text(omit_final_dot=True).lower()
        self.asked.append((plain, dns.rdatatype.to_text(kind)))
        misbehaviour = self._misbehaviours.get(plain, "")
        if misbehaviour in {"SILENCE", "GIBBERISH"}:
            return b"?" * 20 if misbehaviour == "GIBBERISH" else b""
        response = dns.message.make_response(question)
        response.flags |= dns.flags.RA
        if misbehaviour:
            response.set_rcode(dns.rcode.from_text(misbehaviour))
        else:
            self._fill(response, plain, kind)
        return _within(response, largest)

    def _fill(self, response: dns.message.Message, name: str, kind: dns.rdatatype.RdataType) -> None:
        for _ in range(16):
            alias = self._values(name, "CNAME")
            if not alias or kind == dns.rdatatype.CNAME:
                break
            response.answer.append(_rrset(name, dns.rdatatype.CNAME, alias))
            name = alias[0].rstrip(".").lower()
            if not self._recursive:
                return
        found = self._values(name, dns.rdatatype.to_text(kind))
        if found:
            response.answer.append(_rrset(name, kind, found))
        elif not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)

    def _values(self, name: str, kind: str) -> list[str]:
        if self._is_named(name):
            return self._records.get((name, kind), [])
        _, _, parent = name.partition(".")
        return self._records.get((f"*.{parent}", kind), [])

    def _exists(self, name: str) -> bool:
        _, _, parent = name.partition(".")
        return self._is_named(name) or any(known == f"*.{parent}" for known, _ in self._records)

    def _is_named(self, name: str) -> bool:
        """Whether the name itself, or one below it, has records."""
        return any(known == name or known.endswith(f".{name}") for known, _ in self._records)


def _rrset(name: str, kind: dns.rdatatype.RdataType, values: list[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(
        f"{name}.", 60, dns.rdataclass.IN, kind, values, origin=dns.name.root, relativize=False
    )


def _within(response: dns.message.Message, largest: int) -> bytes:
    try:
        return response.to_wire(max_size=largest)
    except dns.exception.TooBig:
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()


class _Udp(socketserver.UDPServer):
    zone: NameServer


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    zone: NameServer


class _UdpQuestion(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer one datagram."""
        wire, sock = self.request
        self._reply(sock, self.server.zone.answer(wire, LARGEST_OVER_UDP))  # type: ignore[attr-defined]

    def _reply(self, sock: Any, answer: bytes) -> None:
        if answer:
            with contextlib.suppress(OSError):
                sock.sendto(answer, self.client_address)


class _TcpQuestion(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer one question of a connection."""
        head = self.rfile.read(2)
        if len(head) == 2:
            wire = self.rfile.read(struct.unpack("!H", head)[0])
            zone: NameServer = self.server.zone  # type: ignore[attr-defined]
            answer = zone.answer(wire, 65_535)
            zone.over_tcp.append(zone.asked[-1][0])
            with contextlib.suppress(OSError, socket.timeout):
                self.wfile.write(struct.pack("!H", len(answer)) + answer)
