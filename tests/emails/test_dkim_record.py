"""The key that we sign with against the one in the DNS."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from emails.doctor.asking import Resolver
from emails.doctor.dkim import judge_dkim
from emails.doctor.findings import Finding, Verdict
from emails.doctor.keys import PublicKey, described
from emails.testing.nameserver import NameServer

NAME = "s1._domainkey.a.org"
# A public key of P-256, which DKIM does not know.
ELLIPTIC = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
)


def rsa_key(bits: int) -> PublicKey:
    return described(rsa.generate_private_key(65537, bits).public_key())


@pytest.fixture(scope="module")
def ours() -> PublicKey:
    return rsa_key(2048)


def judged(ours: PublicKey, *lines: str, seconds: float = 5.0) -> Finding:
    with NameServer(*lines) as server:
        return judge_dkim("a.org", "s1", ours, Resolver([server.address], seconds))


def published(text: str) -> str:
    """A record's line, in strings of 200."""
    return f"{NAME} TXT " + " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


def test_our_key_passes_however_it_is_written(ours: PublicKey):
    spaced = " ".join(ours.data[at : at + 60] for at in range(0, len(ours.data), 60))
    full = f"v=DKIM1 ; h=sha1:sha256; s=email; t=s; p={ours.data}"
    for text in (ours.record, f"p={ours.data}", f"k=rsa; p={spaced};", full):
        assert judged(ours, published(text)) == Finding("dkim", Verdict.PASS, "The key is ours: rsa, 2048 bits.", NAME)


def test_our_key_passes_behind_an_alias(ours: PublicKey):
    alias = f"{NAME} CNAME s1.mail-service.org."
    finding = judged(ours, alias, published(ours.record).replace(NAME, "s1.mail-service.org"))
    assert finding.verdict is Verdict.PASS


def test_ed25519_passes():
    ours = described(ed25519.Ed25519PrivateKey.generate().public_key())
    assert ours.record.startswith("v=DKIM1; k=ed25519; p=") and len(ours.data) == 44
    assert judged(ours, published(ours.record)).line == "The key is ours: ed25519, 256 bits."


def test_a_missing_key_comes_with_the_record_in_strings_of_255(ours: PublicKey):
    finding = judged(ours, "a.org A 192.0.2.1")
    assert finding.verdict is Verdict.FAIL and finding.record is not None
    line = str(finding.record)
    assert line.startswith(f'{NAME}. TXT "v=DKIM1; k=rsa; p=MII') and '" "' in line
    assert max(len(part) for part in line.split('"')) == 255
    with NameServer(line) as server:
        assert judge_dkim("a.org", "s1", ours, Resolver([server.address], 5.0)).verdict is Verdict.PASS


def test_a_wildcard_in_its_place_is_told_from_a_key(ours: PublicKey):
    finding = judged(ours, '*._domainkey.a.org TXT "v=spf1 -all"')
    assert finding.verdict is Verdict.FAIL and "wildcard" in finding.line


@pytest.mark.parametrize("misbehaviour", ["SERVFAIL", "SILENCE"])
def test_no_answer_is_no_accusation(ours: PublicKey, misbehaviour: str):
    finding = judged(ours, f"{NAME} {misbehaviour}", seconds=0.4)
    assert finding.verdict is Verdict.WARN and "Could not be asked" in finding.line and finding.record is None


def test_another_key_is_told_from_ours(ours: PublicKey):
    other = rsa_key(2048)
    finding = judged(ours, published(other.record))
    assert finding.verdict is Verdict.FAIL and "another key" in finding.line
    assert finding.record is not None and finding.record.value == ours.record


def test_1024_bits_are_too_few():
    weak = rsa_key(1024)
    finding = judged(weak, published(weak.record))
    assert finding.verdict is Verdict.FAIL and "1024 bits: make one of 2048" in finding.line
    assert finding.record is None  # a weak key is not to be published again


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v=DKIM1; p=", "revoked"),
        ("v=DKIM1; k=rsa; p=%%%", "no base64"),
        ("v=DKIM1; k=rsa; p=QUJD", "holds no rsa key"),
        ("v=DKIM1; k=ed25519; p=QUJD", "holds no ed25519 key"),
        (f"v=DKIM1; k=rsa; p={ELLIPTIC}", "holds no rsa key"),
        ("v=DKIM1; k=dsa; p=QUJD", "unknown kind"),
        ("k=rsa; v=DKIM1; p={p}", "must stand first"),
        ("v=DKIM2; p={p}", "must stand first"),
        ("v=DKIM1; p={p}; p={p}", "stands twice"),
        ("v=DKIM1; p={p}; nonsense", "is no tag"),
        ("v=DKIM1; h=sha1; p={p}", "sha256"),
        ("v=DKIM1; s=tlsrpt; p={p}", "not for mail"),
    ],
)
def test_what_receivers_cannot_use_fails_and_ours_is_offered(ours: PublicKey, text: str, words: str):
    finding = judged(ours, published(text.format(p=ours.data)))
    assert finding.verdict is Verdict.FAIL and words in finding.line
    assert finding.record is not None and finding.record.value == ours.record


def test_a_key_that_is_marked_as_a_test_warns(ours: PublicKey):
    finding = judged(ours, published(f"v=DKIM1; t=y:s; p={ours.data}"))
    assert finding.verdict is Verdict.WARN and "t=y" in finding.line


def test_two_keys_under_one_selector_fail(ours: PublicKey):
    finding = judged(ours, published(ours.record), published(f"p={ours.data}"))
    assert finding.verdict is Verdict.FAIL and "2 keys" in finding.line
