"""Relays to hand mail over to: a scripted server, a connection to it, a throw-away certificate."""

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from emails.letter import Message
from emails.relay import Relay, Timeouts
from emails.testing import ScriptedServer, Setup
from emails.testing.session import OFFERS
from tests.emails.driver import Connection

DATA = b"From: <robin@example.org>\r\nMessage-ID: <m1@example.org>\r\n\r\nHello.\r\n.hidden dot\r\n.\r\nEnd\r\n"

PLAIN = tuple(offer for offer in OFFERS if offer != "PIPELINING")


def mail(recipient="ana@example.com", data=DATA, sender="b+1@example.org"):
    return Message(sender, recipient, data)


def relay_to(server, **changes):
    timeouts = Timeouts(connect=5, command=5, content=5, dot=5)
    return replace(Relay("127.0.0.1", server.port, tls="none", timeouts=timeouts), **changes)


@pytest.fixture(params=[OFFERS, PLAIN], ids=["pipelining", "one by one"])
def server(request):
    with ScriptedServer(Setup(offers=request.param)) as running:
        yield running


@pytest.fixture
def connection(server):
    with Connection(relay_to(server)) as open_connection:
        yield open_connection


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A throw-away certificate for 127.0.0.1: (server context, CA file)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thrown away")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "ca.pem"
    pem.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, folder / "key.pem")
    return context, pem


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
