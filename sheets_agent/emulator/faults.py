"""Faults on purpose: what a client must survive when it talks to Google.

A specification is a list of faults, each by its probability or by the numbers of the requests that it hits:

    429=0.1,503-after=0.05,slow:1.5=0.2,reset@3,401@7+9,seed=1
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.quota import PER_USER, quota_error
from sheets_agent.emulator.wire import Answer, Handle, content_answer, error_answer, is_read
from sheets_agent.errors import UsageError

KINDS = {
    "429": "too many requests: nothing is done",
    "500": "an internal error before anything is done",
    "502": "a bad gateway, in HTML, before anything is done",
    "503": "unavailable before anything is done",
    "503-after": "a write lands, and the answer says unavailable (writes only)",
    "reset": "the connection is reset before anything is done",
    "reset-after": "a write lands, and the connection is reset (writes only)",
    "401": "the access token has expired",
    "slow": "the answer comes late, by :SECONDS (1 by default)",
}
"""Every fault, and what it does."""

_PART = re.compile(r"([0-9a-z-]+)(?::([0-9.]+))?(?:=([0-9.]+)|@([0-9+]+))")
_LOGIN_HELP = "https://developers.google.com/identity/sign-in/web/devconsole-project"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what happens, and to which requests.

    Attributes:
        kind: one of `KINDS`.
        probability: how often it happens, where it does not go by numbers.
        numbers: the requests it happens to, counted from 1 (for faults after a write: the writes).
        seconds: how late an answer comes.
    """

    kind: str
    probability: float = 0.0
    numbers: frozenset[int] = frozenset()
    seconds: float = 1.0

    @property
    def after(self) -> bool:
        """Whether the request is done before it fails."""
        return self.kind.endswith("-after")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of a specification, and the seed of their dice."""

    faults: tuple[Fault, ...]
    seed: int | None = None


def parse_faults(text: str) -> FaultPlan:
    """Read a specification.

    Raises:
        UsageError: it cannot be read; the error says which part.
    """
    faults: list[Fault] = []
    seed = None
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        if part.startswith("seed=") and part[5:].isdigit():
            seed = int(part[5:])
            continue
        faults.append(_fault(part))
    return FaultPlan(tuple(faults), seed)


def _fault(part: str) -> Fault:
    match = _PART.fullmatch(part)
    if match is None or match[1] not in KINDS or (match[2] and match[1] != "slow"):
        raise UsageError(
            f"The fault {part!r} is not understood.",
            f"Write NAME=PROBABILITY or NAME@NUMBER+NUMBER, such as 429=0.1 or reset@3. Names: {', '.join(KINDS)}.",
        )
    fault = Fault(match[1])
    try:
        if match[2]:
            fault = replace(fault, seconds=float(match[2]))
        if match[3] is None:
            return replace(fault, numbers=frozenset(int(number) for number in match[4].split("+")))
        fault = replace(fault, probability=float(match[3]))
    except ValueError:
        raise UsageError(f"The fault {part!r} has a number that is none.", "Write it like slow:1.5=0.2.") from None
    if fault.probability > 1:
        raise UsageError(f"The fault {part!r} has a probability above 1.", "Write it like 429=0.1.")
    return fault


class Faults:
    """Answers as a function does, except where a fault comes between. At most one fault ends a request.

    Args:
        handle: what answers.
        plan: the faults.
        sleep: waits, for slow answers.
    """

    def __init__(self, handle: Handle, plan: FaultPlan, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._handle = handle
        self._plan = plan
        self._sleep = sleep
        self._random = random.Random(plan.seed)
        self._lock = threading.Lock()
        self._requests = 0
        self._writes = 0

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request.

        Raises:
            ConnectionResetError: the fault is a reset connection.
        """
        chosen = self._chosen(write=not is_read(method, target))
        for fault in chosen:
            if fault.kind == "slow":
                self._sleep(fault.seconds)
        ending = next((fault for fault in chosen if fault.kind != "slow"), None)
        if ending is None:
            return self._handle(method, target, headers, body)
        if ending.after:
            status, answer_headers, content = self._handle(method, target, headers, body)
            if status >= 400:  # nothing landed: the client gets to know why
                return status, answer_headers, content
        return _failure(ending.kind.removesuffix("-after"), "Write" if not is_read(method, target) else "Read")

    def _chosen(self, *, write: bool) -> list[Fault]:
        with self._lock:
            self._requests += 1
            self._writes += write
            return [
                fault
                for fault in self._plan.faults
                if (write or not fault.after)
                and (
                    (self._writes if fault.after else self._requests) in fault.numbers
                    or (fault.probability > 0 and self._random.random() < fault.probability)
                )
            ]


def _failure(kind: str, direction: str) -> Answer:
    match kind:
        case "429":
            return error_answer(quota_error(direction, "user", PER_USER))
        case "401":
            return _expired()
        case "500":
            return error_answer(ApiError(500, "Internal error encountered."))
        case "502":
            page = (
                b"<!DOCTYPE html>\n<html lang=en><title>Error 502 (Server Error)!!1</title><p>502. That's an error.\n"
            )
            return content_answer(502, "text/html; charset=UTF-8", page)
        case "503":
            return error_answer(ApiError(503, "The service is currently unavailable."))
        case _:
            raise ConnectionResetError("The connection was reset on purpose (--faults).")


def _expired() -> Answer:
    error = ApiError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        f"authentication credential. See {_LOGIN_HELP}.",
    )
    status, headers, content = error_answer(error)
    challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return status, {**headers, "www-authenticate": challenge}, content
