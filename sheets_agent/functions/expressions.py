"""Regular expressions as Sheets has them: RE2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from sheets_agent.functions.array import Failure

_MEMORY = 8 << 20
_CLASSES = re.compile(r"(?<!\\)(?:\\\\)*\\[pP]")
"""Classes of Unicode, such as `\\p{L}`, which Sheets does not know; not a quoted backslash before a p."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """A compiled expression. RE2 takes time in proportion to the text, whatever the expression.

    Raises:
        Failure: #REF! when it is not a regular expression of RE2, as in Sheets.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        if _CLASSES.search(pattern):
            raise re2.error("no classes of Unicode")
        return re2.compile(pattern, options)
    except re2.error:
        raise Failure("REF", f'Function parameter 2 value "{pattern}" is not a valid regular expression.') from None
