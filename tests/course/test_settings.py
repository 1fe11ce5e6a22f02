"""What the installation is told from outside, and that nothing is guessed."""

import stat
from pathlib import Path

import pytest

from course.errors import Misconfigured
from course.settings import PREFIX, Settings, environment, kept_secret, load

SECRET = "correct horse battery staple 0123456789"
PRODUCTION = {
    "MEANTIME_ENV": "production",
    "MEANTIME_SECRET_KEY": SECRET,
    "MEANTIME_SMTP_URL": "smtp://relay.example.org:587?tls=starttls",
    "MEANTIME_MAIL_FROM": "courses@example.org",
    "MEANTIME_POSTAL_ADDRESS": "1 Long Lane, Smalltown",
    "MEANTIME_BASE_URL": "https://courses.example.org",
}


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """An empty folder and none of this machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_development_needs_nothing_and_makes_its_own_secret_once(tmp_path):
    settings = load(extra={"MEANTIME_STATE_DIR": str(tmp_path / "var")})
    assert settings.development
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'meantime.db'}"
    assert settings.smtp == "smtp://127.0.0.1:8025?tls=none"
    kept = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings.secret_key == kept_secret(tmp_path / "var") == kept.read_text()


def test_production_is_complete_with_these(tmp_path):
    settings = load(extra=PRODUCTION)
    assert not settings.development
    assert (settings.sender_address, settings.mail_domain) == ("courses@example.org", "example.org")
    assert load(extra={**PRODUCTION, "MEANTIME_BOUNCE_DOMAIN": "b.example.org"}).mail_domain == "b.example.org"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", sorted(set(PRODUCTION) - {"MEANTIME_ENV"}))
def test_production_does_not_start_without_one_of_them(missing):
    with pytest.raises(Misconfigured, match=missing):
        load(extra={name: value for name, value in PRODUCTION.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("WEB_PORT", "0"),
        ("WEB_PORT", "http"),
        ("BASE_URL", "courses.example.org"),
        ("BASE_URL", "https://a b"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 40),
        ("UNDO_MINUTES", "61"),
        ("UNCERTAIN", "twice"),
        ("DOMAIN_RATES", "gmail.com=20"),
        ("SIGNUPS_PER_ADDRESS", "30"),
        ("SIGNUPS_IN_ALL", "0/hour"),
    ],
)
def test_a_value_that_cannot_work_stops_the_start_with_one_line(name, value):
    with pytest.raises(Misconfigured, match=f"MEANTIME_{name}") as error:
        load(extra={f"MEANTIME_{name}": value})
    assert "\n" not in str(error.value)
    assert value not in str(error.value) or name != "SECRET_KEY"


def test_a_setting_that_we_do_not_know_stops_the_start():
    with pytest.raises(Misconfigured, match=r"MEANTIME_SMPT_URL is not a setting"):
        load(extra={"MEANTIME_SMPT_URL": "x"})


def test_the_file_the_environment_and_the_caller_are_heard_in_this_order(tmp_path: Path, monkeypatch):
    (tmp_path / ".env").write_text("MEANTIME_WEB_PORT=8001\nMEANTIME_MAILBOX_PORT=8002\nMEANTIME_LOG_LEVEL=error\n")
    monkeypatch.setenv("MEANTIME_WEB_PORT", "8003")
    monkeypatch.setenv("MEANTIME_MAILBOX_PORT", "8004")
    settings = load(extra={"MEANTIME_WEB_PORT": "8005"})
    assert (settings.web_port, settings.mailbox_port, settings.log_level) == (8005, 8004, "error")


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    (tmp_path / "key").write_text(f"{SECRET}\n")
    assert load(extra={"MEANTIME_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == SECRET
    with pytest.raises(Misconfigured, match=r"MEANTIME_SECRET_KEY_FILE names .* cannot be read"):
        load(extra={"MEANTIME_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_old_secret_keys_are_a_list_in_one_value():
    assert Settings(old_secret_keys="one two").old_secret_keys == ("one", "two")


def test_links_lead_to_the_port_that_we_listen_at_unless_told_otherwise():
    assert Settings().base_url == "http://127.0.0.1:8000"
    assert Settings(web_port=8080).base_url == "http://127.0.0.1:8080"
    assert Settings(web_port=8080, base_url="https://courses.example.org").base_url == "https://courses.example.org"


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d"])
def test_a_database_url_is_taken_in_the_usual_spellings(url):
    assert Settings(database_url=url).database == "postgresql+psycopg://h/d"


def test_a_process_that_we_start_hears_exactly_these_settings(tmp_path: Path, monkeypatch):
    settings = Settings(secret_key=SECRET, old_secret_keys="one two", state_dir=tmp_path, web_port=8009)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    assert load() == settings
