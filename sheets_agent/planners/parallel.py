"""The same work several times at once, in threads that nobody waits for who presses Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

from sheets_agent.errors import Blocked, ModelError

T = TypeVar("T")

AT_ONCE = 4


def all_of(works: Sequence[Callable[[], T]]) -> list[T]:
    """The results of some calls of models, made in parallel; those that fail are left out.

    The threads are daemons, other than those of a ThreadPoolExecutor: Python does not wait for them when it ends.

    Raises:
        Blocked: a guard did not let one of them pass.
        Exception: the first failure, when not one came out.
    """
    done = _run(works)
    failures = [failure for one in done if (failure := one.exception()) is not None]
    if blocked := next((failure for failure in failures if isinstance(failure, Blocked)), None):
        raise blocked
    results = [one.result() for one in done if one.exception() is None]
    if not results:
        raise next(iter(failures), None) or ModelError("Nothing was asked.")
    return results


def _run(works: Sequence[Callable[[], T]]) -> list[Future[T]]:
    pairs = [(work, Future[T]()) for work in works]
    waiting = iter(pairs)
    lock = threading.Lock()

    def worker() -> None:
        while True:
            with lock:
                work, done = next(waiting, (None, None))
            if work is None or done is None:
                return
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(work())
                except Exception as error:
                    done.set_exception(error)

    for _ in range(min(len(pairs), AT_ONCE)):
        threading.Thread(target=worker, name="planning", daemon=True).start()
    futures = [done for _, done in pairs]
    try:
        wait(futures)
    except BaseException:
        for one in futures:
            one.cancel()
        raise
    return futures
