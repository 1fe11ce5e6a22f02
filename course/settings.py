"""What the installation is told from outside: `MEANTIME_…` variables, also from `.env`.

This file alone reads the environment. A variable we do not know, or a value that cannot work, stops the start
with one clear line. `MEANTIME_X_FILE` names a file that holds the value of `MEANTIME_X`, for secrets.
"""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from course.dkim_keys import DkimKey, read_keys
from course.errors import Misconfigured
from course.rates import read_domain_rates, read_rate

PREFIX = "MEANTIME_"
SHORTEST_SECRET = 32
FOR_TESTS = {"MEANTIME_TEST_DATABASE_URL"}


class Settings(BaseModel):
    """Every setting with its default; see `.env.example` for the same list with explanations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: Literal["development", "production"] = "development"
    house_name: str = "Meantime"
    state_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    web_port: int = Field(8000, ge=1, le=65535)
    secret_key: str = ""
    old_secret_keys: Annotated[tuple[str, ...], BeforeValidator(str.split)] = ()
    database_url: str = ""
    redis_url: str = ""
    smtp_url: str = ""
    mailbox_port: int = Field(8025, ge=1, le=65535)
    mail_from: str = ""
    bounce_domain: str = ""
    # Where mail that came back arrives: a mailbox to fetch from, an address to listen at, the webhook's secret.
    bounce_inbox: str = ""
    bounce_listen: str = ""
    bounce_secret: str = ""
    bounce_days: int = Field(30, ge=1, le=3650)
    dkim_key: str = ""
    dkim_selector: str = ""
    postal_address: str = ""
    trusted_proxies: int = Field(0, ge=0, le=8)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    web_workers: int = Field(2, ge=1, le=64)
    deliver_workers: int = Field(2, ge=1, le=64)
    undo_minutes: int = Field(5, ge=0, le=60)
    finished_per_hour: int = Field(500, ge=1, le=1_000_000)
    # How much mail each recipient domain may get: course.rates.
    domain_rates: str = ""
    uncertain: Literal["repeat", "hold"] = "repeat"
    # How long a worker may hold a row, and how long a mail stays uncertain before it is sent once more, in seconds.
    claim_seconds: int = Field(45, ge=1, le=3600)
    uncertain_seconds: int = Field(900, ge=1, le=86400)
    sqlite_synchronous: Literal["normal", "full"] = "normal"
    signups_per_address: str = "30/hour"
    signups_in_all: str = "2000/hour"
    form_seconds: int = Field(2, ge=0, le=60)

    @model_validator(mode="before")
    @classmethod
    def links_follow_the_port(cls, told: dict[str, Any]) -> dict[str, Any]:
        """Who moves the port and says nothing of an address reaches us at that port."""
        return {"base_url": f"http://127.0.0.1:{told['web_port']}"} | told if "web_port" in told else told

    @field_validator("base_url")
    @classmethod
    def a_plain_origin(cls, value: str) -> str:
        """Links are built by appending a path to this."""
        if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[\w\-./]*)?", value):
            raise ValueError("must look like https://courses.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def production_needs_more(self) -> Self:
        """In production nothing is guessed: a missing value would be found out by readers."""
        if self.env == "production":
            for name in ("secret_key", "smtp_url", "mail_from", "postal_address"):
                if not getattr(self, name):
                    raise ValueError(f"{PREFIX}{name.upper()} must be set in production")
            if not self.base_url.startswith("https://"):
                raise ValueError(f"{PREFIX}BASE_URL must begin with https:// in production")
        if self.secret_key and (len(self.secret_key) < SHORTEST_SECRET or len(set(self.secret_key)) < 8):
            raise ValueError(f"{PREFIX}SECRET_KEY is weak: use at least {SHORTEST_SECRET} random characters")
        return self

    @model_validator(mode="after")
    def mail_can_be_signed(self) -> Self:
        """A key that cannot sign would be found out by receivers, one mail at a time."""
        if bool(self.dkim_key) != bool(self.dkim_selector):
            raise ValueError(f"{PREFIX}DKIM_KEY and {PREFIX}DKIM_SELECTOR are set together, or neither")
        try:
            read_keys(self.dkim_key, self.dkim_selector)
        except ValueError as error:
            raise ValueError(f"{PREFIX}DKIM_KEY: {error}") from None
        return self

    @property
    def dkim_keys(self) -> tuple[DkimKey, ...]:
        """The keys that sign our mail; none where nothing is signed here."""
        return read_keys(self.dkim_key, self.dkim_selector)

    @field_validator("bounce_inbox", "bounce_listen")
    @classmethod
    def a_place_for_returned_mail(cls, value: str, info: ValidationInfo) -> str:
        """A wrong one would be noticed when readers have long been mailed in vain."""
        forms = {
            "bounce_inbox": (
                r"(imaps?://[^/\s]+(/\S*)?|maildir:///\S+)",
                "imaps://user:password@host/INBOX or maildir:///path",
            ),
            "bounce_listen": (r"(smtp|lmtp)://[^/\s:]+:\d{1,5}", "smtp://0.0.0.0:2525 or lmtp://127.0.0.1:8024"),
        }
        form, example = forms[str(info.field_name)]
        if value and not re.fullmatch(form, value):
            raise ValueError(f"must look like {example}")
        return value

    @field_validator("domain_rates")
    @classmethod
    def rates_that_can_be_read(cls, value: str) -> str:
        """A misspelt one would be found out by a receiver who blocks us."""
        read_domain_rates(value)
        return value

    @field_validator("signups_per_address", "signups_in_all")
    @classmethod
    def caps_that_can_be_read(cls, value: str) -> str:
        """A misspelt one would be none."""
        read_rate(value)
        return value

    @field_validator("bounce_secret")
    @classmethod
    def no_short_secret(cls, value: str) -> str:
        """Whoever guesses it can stop the mail to any reader."""
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError(f"needs at least {SHORTEST_SECRET} random characters")
        return value

    @property
    def leave_address(self) -> str:
        """Where mail programs write for who unsubscribes: our own door for returned mail, else whoever we mail as."""
        hears = self.bounce_inbox or self.bounce_listen or self.bounce_secret
        return f"b+leave@{self.mail_domain}" if hears else self.sender_address

    @property
    def development(self) -> bool:
        """True where the mailbox and the movable clock exist."""
        return self.env == "development"

    @property
    def database(self) -> str:
        """The database URL in SQLAlchemy's spelling; SQLite in the state folder by default."""
        url = self.database_url or f"sqlite:///{(self.state_dir / 'meantime.db').resolve()}"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)

    @property
    def own_themes(self) -> Path:
        """The folder of the house's own themes for letters; it need not be there."""
        return self.state_dir / "themes"

    @property
    def smtp(self) -> str:
        """Where mail goes; in development the built-in mailbox unless told otherwise."""
        return self.smtp_url or f"smtp://127.0.0.1:{self.mailbox_port}?tls=none"

    @property
    def sender_address(self) -> str:
        """The address that mail comes from when a course names none."""
        return self.mail_from or "meantime@localhost.example"

    @property
    def mail_domain(self) -> str:
        """The domain of our Message-IDs and of the return path."""
        return (self.bounce_domain or self.sender_address.rpartition("@")[2]).lower()


def load(folder: Path | None = None, extra: Mapping[str, str] | None = None) -> Settings:
    """The settings as `read` finds them, and development's own secret key where none is set; raise Misconfigured."""
    settings = read(folder, extra)
    if settings.development and not settings.secret_key:
        return settings.model_copy(update={"secret_key": kept_secret(settings.state_dir)})
    return settings


def read(folder: Path | None = None, extra: Mapping[str, str] | None = None) -> Settings:
    """Read `.env` in `folder` (default: here), then the environment, then `extra`; raise Misconfigured."""
    found: dict[str, str] = {}
    dotenv = (folder or Path()) / ".env"
    for source in (dotenv_values(dotenv) if dotenv.is_file() else {}, os.environ, extra or {}):
        found |= {k: v for k, v in source.items() if k.startswith(PREFIX) and v is not None}
    return _validated(_by_field(found))


def _by_field(found: Mapping[str, str]) -> dict[str, str]:
    """Strip the prefix, follow `_FILE`, refuse what we do not know."""
    values: dict[str, str] = {}
    for variable, text in found.items():
        name = variable.removeprefix(PREFIX).lower()
        if name in Settings.model_fields:
            values[name] = text
        elif name.removesuffix("_file") in Settings.model_fields:
            values[name.removesuffix("_file")] = _read_secret(variable, Path(text))
        elif variable not in FOR_TESTS:
            raise Misconfigured(f"{variable} is not a setting of Meantime; see .env.example for the list.")
    return values


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misconfigured(f"{variable} names {path}, which cannot be read: {error.strerror}.") from None


def _validated(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"{PREFIX}{first['loc'][0]}".upper() + ": " if first["loc"] else ""
        raise Misconfigured(name + first["msg"].removeprefix("Value error, ") + ".") from None


def kept_secret(state_dir: Path) -> str:
    """Development's own secret key: made once, kept in the state folder with mode 600."""
    path = state_dir / "secret_key"
    state_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def environment(settings: Settings) -> dict[str, str]:
    """The whole environment for a process that we start: what surrounds us, and exactly these settings."""
    values = settings.model_dump() | {
        "state_dir": settings.state_dir.resolve(),
        "old_secret_keys": " ".join(settings.old_secret_keys),
    }
    return dict(os.environ) | {PREFIX + name.upper(): str(value) for name, value in values.items()}


def surroundings() -> dict[str, str]:
    """What surrounds us without any setting of ours: for another installation that must not hear of them."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
