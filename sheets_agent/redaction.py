"""Keeping secrets out of what is shown, logged and written.

A provider's error, a proxy's page or a library's exception may repeat a key that was sent. Whatever of theirs is passed
on goes through `redacted`, which knows the secrets of the environment, those of the credential files that were read in
this process, and the forms of the usual tokens.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

MARK = "[secret]"
"""What stands in place of a secret."""

_SHORTEST = 8
"""Characters. Shorter values are too likely to be words of a sentence."""
_NAME = re.compile(
    r"(?:^|_)(?:\w*KEY|\w*TOKEN|\w*SECRET|PASS(?:WORD|WD|PHRASE)?|CREDENTIALS?|AUTHORIZATION)(?:_|$)", re.IGNORECASE
)
_PROXY = re.compile(r"_(?:PROXY|URL)$", re.I)
_FIELDS = frozenset(
    {"private_key", "private_key_id", "refresh_token", "client_secret", "token", "access_token", "password"}
)
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bya29\.[\w.-]+"  # Google's access tokens, its refresh tokens, client secrets and API keys
    r"|\b1//[\w-]{20,}"
    r"|\bGOCSPX-[\w-]+"
    r"|\bAIza[\w-]{30,}"
    r"|\b(?:sk|pk|rk|gsk|xai)[-_][\w-]{16,}"  # model providers' keys
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # JSON Web Tokens
    r"|(?<=bearer )(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}"
    r"|(?<=://)[^/\s:@\"']+:[^/\s@\"']+(?=@)",  # a user and a password in an address
    re.DOTALL | re.I,
)
_learnt: set[str] = set()
_lock = threading.Lock()


def learn(credentials: Mapping[str, Any]) -> None:
    """Remember the secrets of a credential file that was read, for the time of this process."""
    inner = [value for value in credentials.values() if isinstance(value, Mapping)]
    for fields in (credentials, *inner):  # an OAuth client's stand one level below
        found = {str(fields[name]) for name in _FIELDS & fields.keys()}
        with _lock:
            _learnt.update(found)


def redacted(text: str) -> str:
    """The text with a mark in place of each secret."""
    for secret in sorted(set(_known()), key=len, reverse=True):
        text = text.replace(secret, MARK)
    return _FORMS.sub(MARK, text)


def cause_of(error: BaseException) -> BaseException:
    """The error itself, or a stand-in where it, or what it came from, tells a secret: safe to raise an error from."""
    told = "".join(traceback.format_exception(error))
    if redacted(told) == told:
        return error
    return RuntimeError(f"{type(error).__name__}: {redacted(str(error))}")


def _known() -> Iterator[str]:
    """Every secret that is known here, in the forms in which it may turn up."""
    with _lock:
        learnt = tuple(_learnt)
    for secret in (*learnt, *_of_the_environment()):
        if len(secret) >= _SHORTEST:
            yield secret
            yield json.dumps(secret)[1:-1]
            yield quote(secret, safe="")
            yield from (line for line in secret.splitlines() if len(line) >= 5 * _SHORTEST)  # of a private key


def _of_the_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if _NAME.search(name) and not _is_file(value):
            yield value
        elif _PROXY.search(name) and "@" in value:
            yield from _of_an_address(value)
    if password := os.environ.get("GIGACHAT_PASSWORD"):
        yield _basic(os.environ.get("GIGACHAT_USER", ""), password)


def _of_an_address(address: str) -> Iterator[str]:
    """The password in an address, as it stands there, as it is meant, and as it is sent."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.password:
        password = unquote(parts.password)
        yield from (parts.password, password, _basic(unquote(parts.username or ""), password))


def _basic(user: str, password: str) -> str:
    """A user and a password in the form of HTTP's basic authentication."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _is_file(value: str) -> bool:
    try:
        return Path(value).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
