"""The users of the server: names, passwords and roles, in a SQLite file that only its owner can read.

Passwords are kept as Argon2id hashes. A name that is guessed at has to wait longer after each wrong password.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from sheets_agent.checkpoints import data_dir, private_file
from sheets_agent.errors import SheetsAgentError, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["viewer", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
SHORTEST = 12
"""Characters of a password."""
LONGEST = 256
FREE_TRIES = 5
"""Wrong passwords for a name before it has to wait."""
LONGEST_WAIT = 300
"""Seconds."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]|[a-z0-9]")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS failures (name TEXT PRIMARY KEY, count INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, refresh BLOB NOT NULL, expires REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
Connect = Callable[[], contextlib.AbstractContextManager[sqlite3.Connection]]


class NotAllowed(SheetsAgentError):
    """Whoever asks is not who they say, or may not do this. `wait` is how many seconds to wait, 0 for none."""

    def __init__(self, message: str, hint: str = "", *, wait: float = 0.0) -> None:
        super().__init__(message, hint)
        self.wait = wait


@dataclass(frozen=True)
class User:
    """One user of the server."""

    name: str
    role: Role


def users_file() -> Path:
    """The SQLite file of users and their sessions."""
    return data_dir() / "users.sqlite"


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """The file of users, with its tables, for one transaction.

    Raises:
        FileError: when it cannot be made.
    """
    with closing(sqlite3.connect(private_file(users_file()), timeout=30)) as connection:
        connection.executescript(_SCHEMA)
        with connection:
            yield connection


class Users:
    """The users of the server.

    Args:
        connect: opens the file they are kept in, for one transaction.
        now: the clock, in seconds.
    """

    def __init__(self, connect: Connect = opened, now: Callable[[], float] = time.time) -> None:
        self._connect = connect
        self._now = now

    def add(self, name: str, role: str, password: str) -> User:
        """A new user.

        Raises:
            UsageError: there is one of that name, or the name, the role or the password cannot be taken.
        """
        user = User(_checked_name(name), _checked_role(role))
        row = (user.name, user.role, _hasher().hash(_checked_password(password)))
        with self._connect() as connection:
            try:
                connection.execute("INSERT INTO users VALUES (?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise UsageError(f"There is a user {user.name} already.", "Choose another name.") from error
        return user

    def all(self) -> list[User]:
        """Every user, by name."""
        with self._connect() as connection:
            rows = connection.execute("SELECT name, role FROM users ORDER BY name").fetchall()
        return [User(name, cast(Role, role)) for name, role in rows]

    def find(self, name: str) -> User | None:
        """The user of a name, as they are now."""
        with self._connect() as connection:
            row = connection.execute("SELECT name, role FROM users WHERE name = ?", (name,)).fetchone()
        return None if row is None else User(row[0], row[1])

    def remove(self, name: str) -> None:
        """Take a user away, with all sessions.

        Raises:
            UsageError: there is none of that name.
        """
        self._change("DELETE FROM users WHERE name = ?", (name,), name, end_sessions=True)

    def set_role(self, name: str, role: str) -> None:
        """Give a user another role, which holds from their next request on.

        Raises:
            UsageError: there is no such user or role.
        """
        self._change("UPDATE users SET role = ? WHERE name = ?", (_checked_role(role), name), name)

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password, and end their sessions.

        Raises:
            UsageError: there is no such user, or the password cannot be taken.
        """
        hashed = _hasher().hash(_checked_password(password))
        self._change("UPDATE users SET password = ? WHERE name = ?", (hashed, name), name, end_sessions=True)

    def _change(self, statement: str, values: tuple[str, ...], name: str, *, end_sessions: bool = False) -> None:
        with self._connect() as connection:
            if connection.execute(statement, values).rowcount != 1:
                raise UsageError(f"There is no user {name}.", "See who there is: sheets-agent users list")
            if end_sessions:
                connection.execute("DELETE FROM sessions WHERE user = ?", (name,))
                connection.execute("DELETE FROM failures WHERE name = ?", (name,))

    def check(self, name: str, password: str) -> User:
        """Who logs in with a name and a password.

        Raises:
            NotAllowed: the name or the password is wrong, or was wrong too often to be tried again now.
        """
        from argon2.exceptions import VerificationError

        name, password = name[:LONGEST], password[: LONGEST + 1]
        with self._connect() as connection:  # counted before it is looked at, so that tries at once count, too
            connection.execute("BEGIN IMMEDIATE")
            self._wait(connection, name)
            row = connection.execute("SELECT role, password FROM users WHERE name = ?", (name,)).fetchone()
        hasher = _hasher()
        try:  # an unknown name takes as long as a wrong password
            with _hashing:
                hasher.verify(row[1] if row else _nobody(hasher), password)
        except VerificationError:
            row = None
        if row is None:
            raise NotAllowed("The name or the password is wrong.")
        with self._connect() as connection:
            connection.execute("DELETE FROM failures WHERE name = ?", (name,))
            if hasher.check_needs_rehash(row[1]):
                connection.execute("UPDATE users SET password = ? WHERE name = ?", (hasher.hash(password), name))
        return User(name, row[0])

    def _wait(self, connection: sqlite3.Connection, name: str) -> None:
        """Count a try, and refuse it where it comes too early."""
        now = self._now()
        connection.execute("DELETE FROM failures WHERE at < ?", (now - 24 * 3600,))
        row = connection.execute("SELECT count, at FROM failures WHERE name = ?", (name,)).fetchone()
        count, at = row or (0, now)
        wait = min(2.0 ** (count - FREE_TRIES), LONGEST_WAIT) if count >= FREE_TRIES else 0.0
        if now < at + wait:
            raise NotAllowed("Too many wrong passwords.", "Try again later.", wait=at + wait - now)
        connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (name, min(count + 1, 64), now))


def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise missing() from error
    return PasswordHasher()


def missing() -> UsageError:
    """What is said where the extra is not installed."""
    return UsageError("The libraries of the server are not installed.", "Type: pip install 'sheets-agent[server]'")


_nobodys: list[str] = []
_hashing = threading.Semaphore(2)
"""Each hash takes 64 MiB on purpose: strangers must not make many at once."""


def _nobody(hasher: PasswordHasher) -> str:
    """The hash of a password that nobody has."""
    if not _nobodys:
        import secrets

        _nobodys.append(hasher.hash(secrets.token_hex()))
    return _nobodys[0]


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"“{name}” cannot be a user's name.", "Use up to 64 of a-z, 0-9, dots, dashes and underscores."
        )
    return name


def _checked_role(role: str) -> Role:
    if role not in ROLES:
        raise UsageError(f"There is no role “{role}”.", f"Roles are {', '.join(ROLES)}.")
    return role


def _checked_password(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"A password has {SHORTEST} to {LONGEST} characters.", "Take several words that nobody would guess."
        )
    return password
