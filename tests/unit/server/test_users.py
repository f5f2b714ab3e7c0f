"""Users and sessions: passwords, roles, tokens that expire, are refreshed once, and are revoked."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
import pytest

from sheets_agent.cli import main
from sheets_agent.errors import UsageError
from sheets_agent.server.tokens import ACCESS_SECONDS, REFRESH_SECONDS, Sessions
from sheets_agent.server.users import FREE_TRIES, NotAllowed, User, Users, opened, users_file

PASSWORD = "correct horse battery"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ann(clock: Clock) -> User:
    return Users(now=clock).add("ann", "editor", PASSWORD)


def refused(call: Any, *given: Any) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        call(*given)
    return caught.value


def test_the_file_is_the_owners_alone_and_holds_no_password(ann: User) -> None:
    assert stat.S_IMODE(users_file().stat().st_mode) == 0o600
    assert PASSWORD.encode() not in users_file().read_bytes()
    with opened() as connection:
        assert connection.execute("SELECT password FROM users").fetchone()[0].startswith("$argon2id$")


def test_passwords_are_checked(ann: User, clock: Clock) -> None:
    users = Users(now=clock)
    assert users.check("ann", PASSWORD) == ann
    assert str(refused(users.check, "ann", "wrong")) == str(refused(users.check, "nobody", PASSWORD))


def test_who_guesses_has_to_wait(ann: User, clock: Clock) -> None:
    users = Users(now=clock)
    for _ in range(FREE_TRIES):
        assert refused(users.check, "ann", "wrong").wait == 0
    assert refused(users.check, "ann", PASSWORD).wait > 0
    clock.now += 1.1
    assert users.check("ann", PASSWORD) == ann
    assert refused(users.check, "ann", "wrong").wait == 0


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("ann", "editor", PASSWORD),
        ("Bob", "editor", PASSWORD),
        ("..", "editor", PASSWORD),
        ("a/b", "editor", PASSWORD),
        ("bob", "owner", PASSWORD),
        ("bob", "editor", "short"),
        ("bob", "editor", "x" * 300),
    ],
)
def test_what_cannot_be_added(ann: User, name: str, role: str, password: str) -> None:
    with pytest.raises(UsageError):
        Users().add(name, role, password)
    assert Users().all() == [ann]


def test_a_token_speaks_for_its_user_until_it_is_too_old(ann: User, clock: Clock) -> None:
    sessions = Sessions(now=clock)
    tokens = sessions.start(ann)
    assert sessions.user_of(tokens.access) == ann
    clock.now += ACCESS_SECONDS
    refused(sessions.user_of, tokens.access)
    again = sessions.refresh(tokens.refresh)
    assert sessions.user_of(again.access) == ann
    clock.now += REFRESH_SECONDS
    refused(sessions.refresh, again.refresh)


def test_a_refresh_token_used_twice_ends_its_session(ann: User, clock: Clock) -> None:
    sessions = Sessions(now=clock)
    first, other = sessions.start(ann), sessions.start(ann)
    second = sessions.refresh(first.refresh)
    refused(sessions.refresh, first.refresh)
    refused(sessions.user_of, second.access)
    refused(sessions.refresh, second.refresh)
    assert sessions.user_of(other.access) == ann


def test_tokens_are_revoked(ann: User, clock: Clock) -> None:
    sessions, users = Sessions(now=clock), Users(now=clock)
    tokens = sessions.start(ann)
    sessions.end(tokens.access)
    refused(sessions.user_of, tokens.access)
    refused(sessions.refresh, tokens.refresh)
    token = sessions.issue(ann, 90)
    clock.now += 89 * 24 * 3600
    assert sessions.user_of(token) == ann
    users.set_password("ann", PASSWORD + "!")
    refused(sessions.user_of, token)
    token = sessions.issue(ann, 1)
    assert sessions.end_all("ann") == 1
    refused(sessions.user_of, token)
    token = sessions.issue(ann, 1)
    users.remove("ann")
    users.add("ann", "admin", PASSWORD)
    refused(sessions.user_of, token)


def test_the_role_is_the_one_of_now(ann: User, clock: Clock) -> None:
    sessions = Sessions(now=clock)
    token = sessions.issue(ann, 1)
    Users().set_role("ann", "viewer")
    assert sessions.user_of(token).role == "viewer"


def test_forged_tokens_are_refused(ann: User, clock: Clock) -> None:
    sessions = Sessions(now=clock)
    good = sessions.issue(ann, 1)
    claims = jwt.decode(good, options={"verify_signature": False})
    Users().add("root", "admin", PASSWORD)
    with opened() as connection:
        key = connection.execute("SELECT value FROM keys").fetchone()[0]
    for forged in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, b"x" * 32, algorithm="HS256"),
        jwt.encode(claims, key + b"\0" * 32, algorithm="HS512"),
        jwt.encode({**claims, "sub": "root"}, key, algorithm="HS256"),  # another's session
        jwt.encode({name: value for name, value in claims.items() if name != "exp"}, key, algorithm="HS256"),
        jwt.encode({**claims, "iss": "somebody"}, key, algorithm="HS256"),
        "",
        "a.b.c",
    ):
        refused(sessions.user_of, forged)


def test_what_fails_halfway_leaves_nothing(ann: User) -> None:
    @contextmanager
    def broken() -> Iterator[sqlite3.Connection]:
        with opened() as connection:
            yield connection
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Users(connect=broken).remove("ann")
    assert Users().all() == [ann]


def test_the_command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert main(["users", "add", "ann", "--role", "editor", "--password-stdin"]) == 0
    assert main(["users", "role", "ann", "admin"]) == 0
    capsys.readouterr()
    assert main(["users", "token", "ann", "--days", "1"]) == 0
    assert Sessions().user_of(capsys.readouterr().out.strip()) == User("ann", "admin")
    assert main(["users", "list"]) == 0
    assert capsys.readouterr().out == "ann  admin\n"
    assert main(["users", "revoke", "ann"]) == 0
    assert main(["users", "remove", "ann"]) == 0
    assert main(["users", "remove", "ann"]) == 2
    assert "There is no user ann." in capsys.readouterr().err
