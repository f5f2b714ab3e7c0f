"""Pages of the documentation that are generated from the code: writing them, and telling when they are stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def write_or_check(module: str, page: Callable[[], str], arguments: Sequence[str]) -> int:
    """Write a page to a path, or with `--check` compare it with what is there.

    Args:
        module: what the person types after `python -m`.
        page: gives the page's text.
        arguments: of the command line: a path, and perhaps `--check`.

    Returns:
        The exit code: 1 when the page is stale, 2 when the arguments make no sense.
    """
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    if len(paths) != 1:
        sys.stderr.write(f"usage: python -m {module} PATH [--check]\n")
        return 2
    if "--check" not in arguments:
        paths[0].write_text(page(), encoding="utf-8")
        return 0
    if paths[0].exists() and paths[0].read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write(f"{paths[0]} is stale. Type: python -m {module} {paths[0]}\n")
    return 1
