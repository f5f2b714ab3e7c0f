"""Google's quotas: how many requests a minute one project, and one user of it, may send; reads and writes apart.

Source: https://developers.google.com/workspace/sheets/api/limits and recorded answers.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.wire import Answer, Handle, error_answer, header, is_read, is_sheets

PER_PROJECT = 300
PER_USER = 60
_SECONDS = 60.0
_PROJECT_NUMBER = "100000000000"


def quota_error(kind: str, scope: str, limit: int) -> ApiError:
    """Google's refusal.

    Args:
        kind: "Read" or "Write".
        scope: "user" or "project".
        limit: requests per minute.
    """
    named = "per minute per user" if scope == "user" else "per minute"
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "consumer": f"projects/{_PROJECT_NUMBER}",
            "quota_limit": f"{kind}RequestsPerMinutePer{scope.capitalize()}",
            "quota_limit_value": str(limit),
            "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        },
    }
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests {named}' of service "
        f"'sheets.googleapis.com' for consumer 'project_number:{_PROJECT_NUMBER}'.",
        [info],
    )


class Quota:
    """Refuses what is too much in any minute; what it refuses does not count.

    A user is a `quotaUser`, else an access token; all are of one project. Drive's requests have quotas so much larger
    that they are not counted.

    Args:
        handle: what answers the rest.
        per_project: requests per minute of everybody together, reads and writes apart.
        per_user: requests per minute of one user, reads and writes apart.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        handle: Handle,
        *,
        per_project: int = PER_PROJECT,
        per_user: int = PER_USER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handle = handle
        self._limits = {"user": per_user, "project": per_project}
        self._clock = clock
        self._lock = threading.Lock()
        self._sent: dict[tuple[str, str], deque[float]] = {}

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request, or refuse it."""
        if is_sheets(target):
            over = self._count("Read" if is_read(method, target) else "Write", _user(target, headers))
            if over is not None:
                return error_answer(over)
        return self._handle(method, target, headers, body)

    def _count(self, kind: str, user: str) -> ApiError | None:
        with self._lock:
            now = self._clock()
            counts = {"user": self._recent((kind, f"user {user}"), now), "project": self._recent((kind, ""), now)}
            for scope, limit in self._limits.items():
                if len(counts[scope]) >= limit:
                    return quota_error(kind, scope, limit)
            for sent in counts.values():
                sent.append(now)
        return None

    def _recent(self, key: tuple[str, str], now: float) -> deque[float]:
        """When the requests of the last minute came."""
        sent = self._sent.setdefault(key, deque())
        while sent and sent[0] <= now - _SECONDS:
            sent.popleft()
        return sent


def _user(target: str, headers: Mapping[str, str]) -> str:
    named = parse_qs(target.partition("?")[2]).get("quotaUser")
    return named[0] if named else header(headers, "authorization") or ""
