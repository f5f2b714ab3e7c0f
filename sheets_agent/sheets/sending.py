"""Sending requests: when to wait, when to send again, and what to make of an answer.

A request is sent again only where that may help: on a used-up quota, a failing server, a broken connection. The pauses
grow, with full jitter: each is a random part of its longest, so that clients that failed together do not come back
together. Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from googleapiclient.errors import HttpError

from sheets_agent.errors import QuotaExceeded, SheetsAgentError, SheetsError, SheetsServerError, SheetsUnreachable
from sheets_agent.redaction import cause_of
from sheets_agent.sheets.book import JSON
from sheets_agent.sheets.http_errors import TRANSPORT_ERRORS, from_answer, from_transport
from sheets_agent.sheets.limiter import Limiter

ATTEMPTS = 8
"""Their pauses add up to a minute or two, in which the quota renews."""
ATTEMPTS_TO_REACH = 3
"""Fewer: whoever is offline wants to know it soon."""
LONGEST_PAUSE = 64.0
"""Seconds; the quota renews every minute."""

_PASSING_STATUSES = frozenset({500, 502, 503, 504})

OnWait = Callable[[str, float], None]
OnLost = Callable[[], None]


class Http(Protocol):
    """The transport: httplib2's interface, as far as googleapiclient uses it."""

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None) -> Any:
        """Send a request.

        Returns:
            An httplib2.Response and the body, in a tuple.
        """


@dataclass(frozen=True)
class Waits:
    """How a client waits.

    Attributes:
        tell: is told why and how many seconds, before each pause.
        sleep: makes the pause.
        jitter: gives numbers from 0 to 1.
    """

    tell: OnWait | None = None
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def wait(self, why: str, seconds: float) -> None:
        """Tell, and wait."""
        if self.tell is not None:
            self.tell(why, seconds)
        self.sleep(seconds)


class Sender:
    """Sends the requests of one client.

    Args:
        http: the transport.
        account: the e-mail address of whoever is signed in; appears in hints.
        waits: how to wait.
        limiter: keeps inside the quota.
        local: whether the spreadsheets are in this process: nothing is sent again then.
        count: is called for each request that goes out, with whether it writes.
    """

    def __init__(
        self,
        http: Http,
        account: str,
        waits: Waits,
        limiter: Limiter | None,
        *,
        local: bool,
        count: Callable[[bool], None],
    ) -> None:
        self._http = http
        self._account = account
        self._waits = waits
        self._limiter = limiter
        self._local = local
        self._count = count
        self._lock = threading.Lock()

    def read(self, request: Any, spreadsheet_id: str) -> JSON:
        """Carry out a request that only reads."""
        return self._send(request, spreadsheet_id, writing=False, on_lost=_nothing)

    def write(self, request: Any, spreadsheet_id: str, *, on_lost: OnLost | None = None) -> JSON:
        """Carry out a request that writes.

        Args:
            request: googleapiclient's.
            spreadsheet_id: the spreadsheet, for the sentences of errors.
            on_lost: is called each time that an answer is lost, and nobody knows whether the request was carried out.
                Without it such a request is not sent again.

        Raises:
            SheetsError: with `in_doubt` when an attempt before the last one may have been carried out, or the last one.
        """
        return self._send(request, spreadsheet_id, writing=True, on_lost=on_lost)

    def _send(self, request: Any, spreadsheet_id: str, *, writing: bool, on_lost: OnLost | None) -> JSON:
        in_doubt = False
        for attempt in itertools.count(1):
            self._take_turn(writing)
            try:
                return self._once(request, spreadsheet_id, writing)
            except SheetsAgentError as error:
                if isinstance(error, SheetsError):
                    if error.in_doubt and on_lost is not None:
                        on_lost()
                    in_doubt = error.in_doubt = in_doubt or error.in_doubt
                if self._local or attempt >= _attempts(error, on_lost is not None, in_doubt):
                    raise
                self._pause(error, attempt)
        raise AssertionError("unreachable")

    def _take_turn(self, writing: bool) -> None:
        if self._limiter is not None:
            why, seconds = self._limiter.wait(writing=writing)
            if seconds > 0:
                self._waits.wait(why, seconds)

    def _once(self, request: Any, spreadsheet_id: str, writing: bool) -> JSON:
        try:
            with self._lock:  # httplib2 is not made for threads
                self._count(writing)
                answer = request.execute(http=self._http)
        except HttpError as error:
            headers = {str(name).lower(): str(value) for name, value in error.resp.items()}
            raise from_answer(
                int(error.resp.status),
                error.content,
                headers,
                spreadsheet_id=spreadsheet_id,
                account=self._account,
                writing=writing,
                local=self._local,
            ) from cause_of(error)
        except TRANSPORT_ERRORS as error:
            raise from_transport(error, writing=writing) from cause_of(error)
        if not isinstance(answer, dict):
            raise SheetsServerError(
                "Something between here and Google answered instead of the Sheets API.",
                "Check the proxy settings (HTTPS_PROXY), or sign in to the network.",
                status=200,
            )
        return answer

    def _pause(self, error: SheetsAgentError, attempt: int) -> None:
        asked = error.retry_after if isinstance(error, QuotaExceeded | SheetsServerError) else None
        jitter = self._waits.jitter()
        seconds = asked + jitter if asked is not None else min(2.0 ** (attempt - 1), LONGEST_PAUSE) * jitter
        if seconds > 2 * LONGEST_PAUSE:  # nobody waits that long in front of a terminal
            raise error
        self._waits.wait(str(error), seconds)


def _nothing() -> None:
    """A read that is lost has done nothing."""


def _attempts(error: SheetsAgentError, repeatable: bool, in_doubt: bool) -> int:
    """How often a call that fails like this is made in all."""
    if isinstance(error, QuotaExceeded):
        return ATTEMPTS
    if not repeatable:
        return 1
    if isinstance(error, SheetsUnreachable):
        return ATTEMPTS if in_doubt else ATTEMPTS_TO_REACH
    if isinstance(error, SheetsServerError) and error.status in _PASSING_STATUSES:
        return ATTEMPTS
    return 1
