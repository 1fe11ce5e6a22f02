"""Questions to a real name server on loopback."""

import pytest

from emails.doctor.asking import Outcome, Resolver, Unanswered, a_labels, addresses, reverse_name
from emails.testing.nameserver import NameServer


def resolver(server: NameServer, seconds: float = 5.0) -> Resolver:
    return Resolver([server.address], seconds)


def test_text_in_several_strings_is_one_text():
    with NameServer('a.org TXT "v=spf1 " "ip4:192.0.2.1" " -all"') as server:
        assert resolver(server).ask("A.org.", "TXT").values == ("v=spf1 ip4:192.0.2.1 -all",)


def test_what_would_steer_a_terminal_is_taken_out():
    with NameServer(r'a.org TXT "v=spf1 \027[2J\255 -all"') as server:
        assert resolver(server).ask("a.org", "TXT").values == ("v=spf1 \ufffd[2J\ufffd -all",)


def test_a_name_that_is_not_there_and_one_without_such_a_record_differ():
    with NameServer("www.a.org A 192.0.2.1") as server:
        asks = resolver(server)
        assert asks.ask("no.a.org", "A").outcome is Outcome.MISSING
        assert asks.ask("www.a.org", "TXT").outcome is Outcome.EMPTY
        assert asks.ask("a.org", "TXT").outcome is Outcome.EMPTY  # a name below it exists
        assert all(asks.ask(name, "TXT").void for name in ("no.a.org", "www.a.org"))


@pytest.mark.parametrize(
    ("misbehaviour", "words"),
    [("SERVFAIL", "SERVFAIL"), ("REFUSED", "REFUSED"), ("SILENCE", "in time"), ("GIBBERISH", "in time")],
)
def test_no_answer_is_neither_yes_nor_no(misbehaviour: str, words: str):
    with NameServer(f"a.org {misbehaviour}") as server:
        answer = resolver(server, seconds=0.5).ask("a.org", "TXT")
        assert answer.outcome is Outcome.UNKNOWN and not answer.void
        with pytest.raises(Unanswered, match=f"TXT of a.org: .*{words}"):
            answer.certain()


def test_nobody_there_is_no_answer():
    with NameServer("a.org A 192.0.2.1") as gone:
        address = gone.address
    assert Resolver([address], 0.5).ask("a.org", "A").outcome is Outcome.UNKNOWN


def test_after_the_deadline_nothing_is_asked():
    with NameServer("a.org A 192.0.2.1") as server:
        answer = resolver(server, seconds=0).ask("a.org", "A")
        assert (answer.outcome, answer.words, server.asked) == (Outcome.UNKNOWN, "no time was left", [])


def test_a_question_is_asked_once():
    with NameServer("a.org A 192.0.2.1") as server:
        asks = resolver(server)
        assert asks.ask("a.org", "A") is asks.ask("A.ORG.", "A")
        assert server.asked == [("a.org", "A")]


def test_a_truncated_answer_is_asked_for_again_over_tcp():
    long = " ".join(f'"{letter * 250}"' for letter in "abc")
    with NameServer(f"a.org TXT {long}") as server:
        assert len(resolver(server).ask("a.org", "TXT").values[0]) == 750
        assert server.over_tcp == ["a.org"]


@pytest.mark.parametrize("recursive", [True, False])
def test_aliases_are_followed_wherever_they_are_resolved(recursive: bool):
    lines = ("a.org CNAME b.org.", "b.org CNAME c.org.", 'c.org TXT "here"')
    with NameServer(*lines, recursive=recursive) as server:
        assert resolver(server).ask("a.org", "TXT").values == ("here",)


def test_an_alias_to_nowhere_is_missing():
    with NameServer("a.org CNAME gone.org.") as server:
        assert resolver(server).ask("a.org", "TXT").outcome is Outcome.MISSING


def test_aliases_without_end_are_no_answer():
    lines = [f"{at}.org CNAME {at + 1}.org." for at in range(20)]
    with NameServer(*lines, recursive=False) as server:
        assert "CNAMEs" in resolver(server).ask("0.org", "TXT").words


def test_a_wildcard_answers_for_what_is_not_named():
    with NameServer('*.a.org TXT "anybody"', "www.a.org A 192.0.2.1") as server:
        asks = resolver(server)
        assert asks.ask("x.a.org", "TXT").values == ("anybody",)
        assert asks.ask("www.a.org", "TXT").outcome is Outcome.EMPTY


def test_what_can_be_no_name_is_nowhere():
    with NameServer() as server:
        assert resolver(server).ask("a..org", "TXT").outcome is Outcome.MISSING
        assert resolver(server).ask("x" * 70 + ".org", "TXT").outcome is Outcome.MISSING


def test_addresses_of_both_kinds_and_of_an_address():
    with NameServer("a.org AAAA 2001:db8::1", "a.org A 192.0.2.1") as server:
        assert addresses("a.org", resolver(server)) == ("192.0.2.1", "2001:db8::1")
        assert addresses("[192.0.2.7]", resolver(server)) == ("192.0.2.7",)


def test_names_are_asked_for_as_the_dns_knows_them():
    assert a_labels("Bücher.Example.") == "xn--bcher-kva.example"
    assert reverse_name("192.0.2.1") == "1.2.0.192.in-addr.arpa"
    with NameServer('xn--bcher-kva.example TXT "here"') as server:
        assert resolver(server).ask("bücher.example", "TXT").values == ("here",)
