"""Admins: how they sign in, and what they may do.

    a link       works once, within fifteen minutes; sent by mail or printed by the command that adds an admin
    a password   argon2; an unknown address is answered with the same sentence after the same time
    a session    fourteen days, by the database's clock; a new one at every sign-in, all of them end with a new password

Of links and cookies only a SHA-256 digest is kept: both are 256 random bits, which nobody guesses.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from course import outbox
from course.addresses import check_address, clean_name
from course.clock import lease_now
from course.errors import NotFound, Refused
from course.models import Admin, AdminSession, Delivery, Kind, SignInLink
from course.tokens import BadToken

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=14)
MOST_LINKS = 5
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1024
WRONG = "This address and password do not belong together. Try again, or have a link sent to you."
USED_UP = "This link has been used, or its fifteen minutes are over. Have a new one sent to you."

_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
# Nobody's: it is checked where there is no password, so that the answer takes as long.
NOBODYS_HASH = (
    "$argon2id$v=19$m=32768,t=3,p=1$vBGjJDWp0FQ3XkkmcKGRVw$NBUBYI8P5x4JUAX5d60Liuhhs2lKkTXsCiDfQpSawvo"
)  # fmt: skip


class Role(StrEnum):
    """What an admin may do; each may do what those before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"


def may(admin: Admin, role: Role) -> bool:
    """Whether the admin may do what that role may."""
    ranks = list(Role)
    return ranks.index(Role(admin.role)) >= ranks.index(role)


def add(session: Session, email: str, now: datetime, role: str = Role.OWNER) -> Admin:
    """A new admin, who has no password yet. Raises Refused for a bad or known address, or an unknown role."""
    address = check_address(email).lower()
    if find(session, address) is not None:
        raise Refused({"email": f"{address} is an admin already."})
    admin = Admin(email=address, name="", role=_role(role), created_at=now)
    session.add(admin)
    session.flush()
    return admin


def find(session: Session, email: str) -> Admin | None:
    """The admin with that address, however it is capitalised."""
    return session.scalars(select(Admin).where(Admin.email == email.strip().lower())).one_or_none()


def everyone(session: Session) -> list[Admin]:
    """All admins, the first one first."""
    return list(session.scalars(select(Admin).order_by(Admin.id)))


def rename(session: Session, admin_id: int, name: str) -> None:
    """The name under which changes are noted and test mails are addressed."""
    session.get_one(Admin, admin_id).name = clean_name(name)


def change_role(session: Session, email: str, role: str) -> None:
    """Give an admin another role. Raises NotFound, and Refused when nobody would be the owner."""
    admin = _need(session, email)
    if _role(role) != Role.OWNER:
        _refuse_last_owner(session, admin)
    admin.role = _role(role)
    session.flush()


def remove(session: Session, email: str) -> None:
    """Take an admin away, with every session. Raises NotFound, and Refused for the last owner."""
    admin = _need(session, email)
    _refuse_last_owner(session, admin)
    session.delete(admin)
    session.flush()


def make_sign_in_link(session: Session, admin: Admin) -> str:
    """The token of a link that signs this admin in, once, within fifteen minutes."""
    token, at = secrets.token_urlsafe(32), lease_now(session)
    session.execute(delete(SignInLink).where(SignInLink.expires_at < at))
    session.add(SignInLink(admin_id=admin.id, digest=_digest(token), expires_at=at + LINK_LASTS))
    session.flush()
    return token


def redeem(session: Session, token: str) -> str:
    """Use a link: the cookie of a new session. Raises BadToken for one that is used, too old or not ours."""
    at = lease_now(session)
    unused = SignInLink.used_at.is_(None), SignInLink.expires_at > at
    take = update(SignInLink).where(SignInLink.digest == _digest(token), *unused).values(used_at=at)
    result: Any = session.execute(take)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise BadToken(USED_UP)
    admin_id = session.scalars(select(SignInLink.admin_id).where(SignInLink.digest == _digest(token))).one()
    return begin_session(session, admin_id)


def ask_sign_in_mail(session: Session, email: str, now: datetime) -> None:
    """Plan a mail with a link, if that is an admin; silent if not, or if enough unused ones are in the inbox."""
    admin = find(session, email)
    if admin is None:
        return
    unused = SignInLink.admin_id == admin.id, SignInLink.used_at.is_(None), SignInLink.expires_at > lease_now(session)
    if (session.scalar(select(func.count()).select_from(SignInLink).where(*unused)) or 0) >= MOST_LINKS:
        return
    row = Delivery(
        kind=Kind.SIGN_IN,
        admin_id=admin.id,
        slot_at=now,
        useless_after=now + LINK_LASTS,
        secrets={"token": make_sign_in_link(session, admin)},
        created_at=now,
    )
    outbox.plan_urgent(session, row)


def check_password(session: Session, email: str, password: str) -> Admin:
    """The admin whose address and password these are. Raises Refused; takes as long for an unknown address.

    Only reads, and takes a tenth of a second: hold no writing transaction meanwhile.
    """
    admin = find(session, email)
    known = admin.password_hash if admin else None
    if not _matches(known or NOBODYS_HASH, password) or admin is None or known is None:
        raise Refused({"password": WRONG})
    return admin


def sign_in(session: Session, admin: Admin) -> str:
    """The cookie of a new session for whom `check_password` named. Raises Refused if the password changed since."""
    now_stored = session.scalars(select(Admin.password_hash).where(Admin.id == admin.id)).one_or_none()
    if now_stored is None or now_stored != admin.password_hash:
        raise Refused({"password": WRONG})
    return begin_session(session, admin.id)


def begin_session(session: Session, admin_id: int) -> str:
    """The cookie of a new session: fourteen days."""
    cookie, at = secrets.token_urlsafe(32), lease_now(session)
    session.execute(delete(AdminSession).where(AdminSession.expires_at < at))
    row = AdminSession(admin_id=admin_id, digest=_digest(cookie), created_at=at, expires_at=at + SESSION_LASTS)
    session.add(row)
    session.flush()
    return cookie


def session_admin(session: Session, cookie: str) -> Admin | None:
    """Whose session this is; None when it has ended."""
    alive = AdminSession.digest == _digest(cookie), AdminSession.expires_at > lease_now(session)
    return session.scalars(select(Admin).join(AdminSession).where(*alive)).one_or_none()


def sign_out(session: Session, cookie: str) -> None:
    """End this session."""
    session.execute(delete(AdminSession).where(AdminSession.digest == _digest(cookie)))


def set_password(session: Session, admin_id: int, password: str) -> None:
    """A new password, of twelve characters or more; every session and every open link ends. Raises Refused."""
    admin = session.get_one(Admin, admin_id)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused({"password": f"A password has {SHORTEST_PASSWORD} characters at least: four words will do."})
    if len(set(password)) < 5 or password.lower() == admin.email:
        raise Refused({"password": "This one would be guessed first. Four words that nobody says together will do."})
    admin.password_hash = _hasher.hash(password)
    session.execute(delete(AdminSession).where(AdminSession.admin_id == admin_id))
    session.execute(delete(SignInLink).where(SignInLink.admin_id == admin_id))
    session.flush()


def _need(session: Session, email: str) -> Admin:
    admin = find(session, email)
    if admin is None:
        raise NotFound("There is no such admin.")
    return admin


def _role(text: str) -> str:
    if text not in list(Role):
        raise Refused({"role": "A role is owner, editor or viewer."})
    return text


def _refuse_last_owner(session: Session, admin: Admin) -> None:
    # Locked, so that two owners cannot take each other's role away at the same moment.
    owners = session.scalars(select(Admin.id).where(Admin.role == Role.OWNER).with_for_update()).all()
    if list(owners) == [admin.id]:
        raise Refused({"role": "This is the last owner. Make somebody else an owner first."})


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
