"""Finding, addressing and surviving: the embedded broker."""

import stat
from pathlib import Path

import kombu
import pytest
import redis
from limits.storage import storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry

from course.errors import Misconfigured
from tests.broker import RunningBroker
from worker.broker import (
    Addresses,
    _version,
    addresses,
    answers,
    embedded,
    embedded_url,
    find_binary,
    locate,
)


@pytest.mark.parametrize(
    "url",
    ["unix:///run/m/socket?db=2", "redis+unix:///run/m/socket?db=2", "redis+socket:///run/m/socket?virtual_host=2"],
)
def test_one_socket_is_spelled_for_three_libraries(url: str):
    assert addresses(url) == Addresses(
        kombu="redis+socket:///run/m/socket?virtual_host=2",
        limits="redis+unix:///run/m/socket?db=2",
        redis="unix:///run/m/socket?db=2",
    )


def test_a_socket_keeps_its_password():
    assert addresses("unix://:secret@/run/socket").kombu == "redis+socket://:secret@/run/socket"


@pytest.mark.parametrize("url", ["redis://:pw@cache:6379/1", "rediss://cache/0?ssl_cert_reqs=required"])
def test_a_tcp_address_is_the_same_for_all(url: str):
    assert addresses(url) == Addresses(url, url, url)


@pytest.mark.parametrize("url", ["amqp://host", "redis://", "unix://socket", "localhost:6379", "http://x/y"])
def test_other_addresses_are_refused_with_an_example(url: str):
    with pytest.raises(Misconfigured, match=r"redis://host:6379/0"):
        addresses(url)


def test_each_library_reaches_the_socket_by_its_spelling(clean_broker: RunningBroker):
    spelled = addresses(clean_broker.url)
    with redis.Redis.from_url(spelled.redis) as connection:
        assert connection.ping()
    assert storage_from_string(spelled.limits).check()
    with kombu.Connection(spelled.kombu) as connection:
        connection.SimpleQueue("hello").put("there")
        assert connection.SimpleQueue("hello").get(timeout=2).payload == "there"


def test_a_server_of_ones_own_goes_before_the_embedded_one(tmp_path: Path):
    broker = locate("redis://cache:6379/0", tmp_path)
    assert (broker.url, broker.command) == ("redis://cache:6379/0", ())
    assert list(tmp_path.iterdir()) == []


def test_the_embedded_broker_keeps_everything_through_a_crash(broker: RunningBroker):
    with redis.Redis.from_url(broker.url) as connection:
        connection.rpush("rings", *range(2000))
        broker.crash()
        assert not answers(broker.url)
        broker.start()
        assert connection.llen("rings") == 2000


def test_only_we_may_open_the_embedded_socket(broker: RunningBroker):
    socket = Path(broker.url.removeprefix("unix://"))
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_the_embedded_broker_never_drops_a_ring_for_want_of_memory(clean_broker: RunningBroker):
    with redis.Redis.from_url(clean_broker.url) as connection:
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_path_too_long_for_a_socket_means_loopback_with_a_password(tmp_path: Path):
    folder = tmp_path / ("long" * 30) / "broker"
    running = RunningBroker(embedded(find_binary(), folder))
    running.start()
    try:
        assert "@127.0.0.1:" in running.url
        assert embedded_url(folder.parent) == running.url
        assert not any("requirepass" in word or len(word) == 32 for word in running.broker.command)
        port = int(running.url.split(":")[-1].split("/")[0])
        with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        running.stop()
    for private in ("address", "valkey.conf"):
        assert stat.S_IMODE((folder / private).stat().st_mode) == 0o600


def test_others_find_the_embedded_socket_by_the_state_folder(tmp_path: Path):
    short = Path("/tmp") / tmp_path.name
    try:
        assert locate("", short).url == embedded_url(short) == f"unix://{short}/broker/socket"
    finally:
        (short / "broker").rmdir()
        short.rmdir()


def test_a_broker_that_hangs_does_not_answer(broker: RunningBroker):
    broker.freeze()
    assert not answers(broker.url)
    broker.thaw()
    assert answers(broker.url)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64", (6, 0)),
        ("Valkey server v=9.1.2 sha=00000000:1", (9, 1)),
        ("what?", (0, 0)),
    ],
)
def test_a_server_is_asked_for_its_version(tmp_path: Path, said: str, version: tuple[int, int]):
    script = tmp_path / "server"
    script.write_text(f"#!/bin/sh\necho '{said}'\n")
    script.chmod(0o700)
    assert _version(script) == version


def test_without_any_server_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("worker.broker.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="set MEANTIME_REDIS_URL"):
        find_binary()


def test_an_old_system_server_is_passed_over_and_a_new_one_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("worker.broker.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, version in (("valkey-server", "6.0.1"), ("redis-server", "7.0.15")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho 'server v={version} sha'\n")
        (tmp_path / name).chmod(0o700)
    assert find_binary() == tmp_path / "redis-server"
