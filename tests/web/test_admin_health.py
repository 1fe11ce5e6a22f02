"""The check-up at the desk."""

import pytest

from course.settings import Settings
from emails.testing import Rule, ScriptedServer
from tests.web.desk import AtTheDesk
from web.admin import doctor

HEALTH = "/admin/health"
HOSTILE = "<script>alert(1)</script>"


def test_looking_asks_nobody_and_the_button_does(ana: AtTheDesk):
    before = ana.see(HEALTH)
    assert "Check now" in before and 'class="findings"' not in before
    after = ana.send(HEALTH, HEALTH)
    assert after.status_code == 200
    assert "Heartbeat" in after.text and "No worker has heard of the timetable yet" in after.text
    assert 'class="findings"' in after.text


def test_only_owners_get_it(ana: AtTheDesk, bo: AtTheDesk):
    assert HEALTH in ana.see("/admin/courses")
    assert HEALTH not in bo.see("/admin/courses")
    bo.see(HEALTH, status=403)


@pytest.fixture
def settings(settings: Settings):
    """With a mail server that has something to say."""
    with ScriptedServer() as server:
        server.script(Rule("connect", answer=f"421 4.3.2 {HOSTILE} `x`"))
        yield settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{server.port}"})


def test_what_others_say_is_shown_and_never_run(ana: AtTheDesk):
    page = ana.send(HEALTH, HEALTH).text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page and "Does not work" in page
    assert "Not asked yet: spf" in page and "localhost.example, which is no public domain" in page


def test_a_second_check_up_waits_for_the_first(ana: AtTheDesk):
    with doctor._one_at_a_time:
        answer = ana.send(HEALTH, HEALTH)
    assert answer.status_code == 409 and "under way already" in answer.text
