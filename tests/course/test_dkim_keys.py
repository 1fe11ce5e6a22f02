"""The keys that sign mail: a good one is read, whatever holds it, and a bad one stops the start with a reason."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)

from course.dkim_keys import dns_record, new_key, read_keys
from course.errors import Misconfigured
from course.settings import PREFIX, Settings, environment, load

RSA, ED25519 = new_key("rsa"), new_key("ed25519")


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """An empty folder and none of this machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def pem(key, encryption=None, kind=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, kind, encryption or NoEncryption()).decode()


def loaded(key, selector):
    return load(extra={"MEANTIME_DKIM_KEY": key, "MEANTIME_DKIM_SELECTOR": selector})


def test_without_a_key_nothing_is_signed():
    assert load().dkim_keys == ()
    assert loaded("", "").dkim_keys == ()


def test_two_keys_have_a_selector_each_in_their_order():
    keys = loaded(f"# ours\n{RSA}\n{ED25519}", "mt1  mt1e").dkim_keys
    assert [(key.selector, key.algorithm) for key in keys] == [("mt1", "rsa"), ("mt1e", "ed25519")]
    assert keys[0].record_name("example.org") == "mt1._domainkey.example.org"


def test_a_key_may_stand_in_a_file_or_on_one_line(tmp_path):
    (tmp_path / "dkim.pem").write_text(RSA + ED25519)
    from_file = load(
        extra={"MEANTIME_DKIM_KEY_FILE": str(tmp_path / "dkim.pem"), "MEANTIME_DKIM_SELECTOR": "a b"}
    ).dkim_keys
    on_one_line = loaded((RSA + ED25519).replace("\n", "\\n"), "a b").dkim_keys
    assert list(map(dns_record, from_file)) == list(map(dns_record, on_one_line))


def test_a_process_that_is_started_signs_with_the_same_keys():
    settings = loaded(RSA + ED25519, "a b")
    handed_on = {name: value for name, value in environment(settings).items() if name.startswith(PREFIX)}
    assert list(map(dns_record, load(extra=handed_on).dkim_keys)) == list(map(dns_record, settings.dkim_keys))


def test_the_older_form_of_an_rsa_key_is_one_too():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert read_keys(pem(key, kind=PrivateFormat.TraditionalOpenSSL), "a")[0].algorithm == "rsa"


def test_the_record_holds_the_public_half():
    rsa_key, ed25519_key = read_keys(RSA + ED25519, "a b")
    start = "v=DKIM1; k=rsa; p="
    assert dns_record(rsa_key).startswith(start)
    public = load_der_public_key(base64.b64decode(dns_record(rsa_key).removeprefix(start)))
    assert public == rsa_key.secret.public_key()
    assert len(base64.b64decode(dns_record(ed25519_key).removeprefix("v=DKIM1; k=ed25519; p="))) == 32


SHORT = pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))


@pytest.mark.parametrize(
    ("key", "selector", "said"),
    [
        (SHORT, "a", "1024 bits; 2048"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "a", "neither RSA nor Ed25519"),
        (RSA.replace("MII", "AAA", 1), "a", "damaged"),
        (pem(read_keys(RSA, "a")[0].secret, BestAvailableEncryption(b"x")), "a", "password"),
        ("c2VjcmV0", "a", "BEGIN PRIVATE KEY"),
        (RSA + ED25519, "a", "as many selectors"),
        (RSA + ED25519, "a a", "as many selectors"),
        (RSA, "a_b", "'a_b' is no name"),
        (RSA, "a\u00e9", "is no name"),
        (RSA, "", "set together"),
        ("", "a", "set together"),
    ],
)  # fmt: skip
def test_a_bad_key_stops_the_start_with_one_line_that_does_not_show_it(key, selector, said):
    with pytest.raises(Misconfigured, match=said) as stopped:
        loaded(key, selector)
    sentence = str(stopped.value)
    assert sentence.startswith("MEANTIME_DKIM_")
    assert "\n" not in sentence
    assert not key.strip() or key.split("\n")[-3:][0] not in sentence
