"""Sessions of users: short-lived access tokens (JWT, HS256), and refresh tokens that are used once.

A token is good while its session is there, so ending a session revokes its tokens at once. The role is not in a token:
it is looked up with every request. A refresh token that is used a second time has been stolen from somebody, so the
session ends.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheets_agent.server.users import Connect, NotAllowed, User, missing, opened

ISSUER = "sheets-agent"
ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 30 * 24 * 3600
_AGAIN = "Log in again."


@dataclass(frozen=True)
class Tokens:
    """What a user gets who logs in. `expires_in` is of the access token, in seconds."""

    access: str
    refresh: str
    expires_in: int


class Sessions:
    """The sessions of all users.

    Args:
        connect: opens the file they are kept in, for one transaction.
        now: the clock, in seconds.
    """

    def __init__(self, connect: Connect = opened, now: Callable[[], float] = time.time) -> None:
        self._connect = connect
        self._now = now

    def start(self, user: User) -> Tokens:
        """A new session of a user who has shown who they are."""
        session, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        self._insert(session, user, _hash(refresh), REFRESH_SECONDS)
        return self._tokens(user.name, session, refresh)

    def issue(self, user: User, days: int) -> str:
        """An access token that is good for some days, for scripts; it cannot be refreshed."""
        session = secrets.token_urlsafe(16)
        self._insert(session, user, b"", days * 24 * 3600)
        return self._signed(user.name, session, days * 24 * 3600)

    def refresh(self, token: str) -> Tokens:
        """New tokens for a refresh token, which is spent.

        Raises:
            NotAllowed: it is unknown, spent, or too old.
        """
        session, _, given = token.partition(".")
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT user, refresh, expires FROM sessions WHERE id = ?", (session,)).fetchone()
            good = row is not None and row[1] and hmac.compare_digest(row[1], _hash(given)) and self._now() < row[2]
            refresh = secrets.token_urlsafe(32)
            if good:
                connection.execute("UPDATE sessions SET refresh = ? WHERE id = ?", (_hash(refresh), session))
            else:
                connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
        if not good:
            raise NotAllowed("The refresh token is spent, revoked or too old.", _AGAIN)
        return self._tokens(row[0], session, refresh)

    def user_of(self, access: str) -> User:
        """Who an access token speaks for, with the role they have now.

        Raises:
            NotAllowed: it is forged, too old or revoked, or the user is gone.
        """
        claims = self._claims(access)
        with self._connect() as connection:
            row = connection.execute(
                "SELECT users.name, users.role FROM sessions JOIN users ON users.name = sessions.user "
                "WHERE sessions.id = ? AND sessions.user = ?",
                (claims["sid"], claims["sub"]),
            ).fetchone()
        if row is None:
            raise NotAllowed("The session has ended.", _AGAIN)
        return User(row[0], row[1])

    def end(self, access: str) -> None:
        """Revoke an access token and the refresh token of its session.

        Raises:
            NotAllowed: the token is not good anyway.
        """
        claims = self._claims(access)
        with self._connect() as connection:
            connection.execute("DELETE FROM sessions WHERE id = ?", (claims["sid"],))

    def end_all(self, name: str) -> int:
        """Revoke every token of a user. Gives how many sessions ended."""
        with self._connect() as connection:
            return connection.execute("DELETE FROM sessions WHERE user = ?", (name,)).rowcount

    def _insert(self, session: str, user: User, refresh: bytes, seconds: float) -> None:
        now = self._now()
        with self._connect() as connection:
            connection.execute("DELETE FROM sessions WHERE expires < ?", (now,))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (session, user.name, refresh, now + seconds))

    def _tokens(self, name: str, session: str, refresh: str) -> Tokens:
        return Tokens(self._signed(name, session, ACCESS_SECONDS), f"{session}.{refresh}", ACCESS_SECONDS)

    def _signed(self, name: str, session: str, seconds: int) -> str:
        now = int(self._now())
        claims = {"iss": ISSUER, "sub": name, "sid": session, "iat": now, "exp": now + seconds}
        signed: str = _jwt().encode(claims, self._key(), algorithm="HS256")
        return signed

    def _claims(self, access: str) -> dict[str, Any]:
        jwt = _jwt()
        try:
            claims: dict[str, Any] = jwt.decode(
                access,
                self._key(),
                algorithms=["HS256"],
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "sid"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise NotAllowed("The token is not valid.", _AGAIN) from error
        if not self._now() < int(claims["exp"]):  # by the clock that was given
            raise NotAllowed("The token is too old.", "Refresh it, or log in again.")
        return claims

    def _key(self) -> bytes:
        """The key tokens are signed with: drawn once, and kept with the users."""
        with self._connect() as connection:
            drawn = sqlite3.Binary(secrets.token_bytes(32))
            connection.execute("INSERT OR IGNORE INTO keys VALUES ('jwt', ?)", (drawn,))
            return bytes(connection.execute("SELECT value FROM keys WHERE name = 'jwt'").fetchone()[0])


def _hash(refresh: str) -> bytes:
    """A refresh token is long and random: a plain hash keeps it."""
    return hashlib.sha256(refresh.encode()).digest()


def _jwt() -> Any:
    try:
        import jwt
    except ImportError as error:
        raise missing() from error
    return jwt
