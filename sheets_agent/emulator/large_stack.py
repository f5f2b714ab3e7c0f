"""Running something that recurses deeply in native code.

The calculation engine follows references and nested expressions by recursion on the process's stack; a chain of a few
ten thousand cells overflows the usual 8 MiB, and an overflow takes the process with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_SIZES = (1 << 30, 1 << 28, 1 << 26)  # address space, not memory: pages are taken as they are touched
_lock = threading.Lock()
_here = threading.local()


def on_large_stack(work: Callable[[], Result]) -> Result:
    """Run `work` on a thread with the largest stack the system grants, and wait for it; at once when on such a one.

    Raises:
        RuntimeError: native code panicked.
        Exception: whatever else `work` raised.
    """
    if getattr(_here, "large", False):
        return _without_panic(work)
    outcome: list[Result] = []
    raised: list[BaseException] = []

    def run() -> None:
        _here.large = True
        try:
            outcome.append(_without_panic(work))
        except BaseException as error:  # handed over to the waiting thread, whatever it is
            raised.append(error)

    _started(run).join()
    if raised:
        raise raised[0]
    return outcome[0]


def _without_panic(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of native code; no Exception, so nobody would catch it
            raise RuntimeError(f"the calculation engine failed: {error}") from error
        raise


def _started(run: Callable[[], None]) -> threading.Thread:
    with _lock:  # the stack size is a setting of the whole process
        before = threading.stack_size()
        try:
            for size in _SIZES:
                try:
                    threading.stack_size(size)
                    thread = threading.Thread(target=run, name="calculation", daemon=True)
                    thread.start()
                except (RuntimeError, ValueError, MemoryError):
                    continue
                return thread
        finally:
            threading.stack_size(before)
        thread = threading.Thread(target=run, name="calculation", daemon=True)
        thread.start()
        return thread
