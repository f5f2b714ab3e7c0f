"""Argilla's SDK: imported when it is needed, its warnings kept to itself, its failures translated."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sheets_agent.errors import FeedbackError, SheetsAgentError, UsageError
from sheets_agent.redaction import cause_of, redacted

URL, KEY = "ARGILLA_API_URL", "ARGILLA_API_KEY"
DEFAULT_URL = "http://localhost:6900"
TIMEOUT = 60
"""Seconds for one answer."""


def server_url() -> str:
    """Where the server is, from the environment."""
    return (os.environ.get(URL) or DEFAULT_URL).rstrip("/")


def load() -> Any:
    """The SDK.

    Raises:
        UsageError: it is not installed.
    """
    try:
        with quiet():
            return importlib.import_module("argilla")
    except ImportError as error:
        hint = "Install it: pip install 'sheets-agent[argilla]'"
        raise UsageError("Argilla's SDK is not installed.", hint) from error


def connect(sdk: Any) -> Any:
    """A client that is signed in with the key of the environment.

    Raises:
        UsageError: there is no key.
        FeedbackError: the server refuses it, or cannot be reached.
    """
    key = os.environ.get(KEY)
    if not key:
        raise UsageError(f"There is no key for Argilla at {server_url()}.", f"Set {KEY}, and {URL} for another server.")
    with asking():  # its client cannot be closed: no connection is kept open
        return sdk.Argilla(
            api_url=server_url(), api_key=key, timeout=TIMEOUT, retries=2, headers={"Connection": "close"}
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of the SDK, which are about itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def asking() -> Iterator[None]:
    """What the block asks of the server; whatever fails in it is the server's, or the way to it.

    Raises:
        FeedbackError: in place of what the SDK, its HTTP client or its reading of the answer raises.
    """
    try:
        with quiet():
            yield
    except SheetsAgentError:
        raise
    except Exception as error:
        status = getattr(error, "status_code", None)
        if status in (401, 403) or type(error).__name__ == "ArgillaCredentialsError":
            sentence, hint = f"Argilla at {server_url()} refuses the key", f"Look at {KEY}, and at the user's role."
        else:
            sentence = f"Argilla at {server_url()} did not do what it was asked: {redacted(str(error)) or error!r}"
            hint = f"Look whether it runs there; {URL} names another server."
        raise FeedbackError(f"{sentence[:600].rstrip('.')}.", hint) from cause_of(error)
