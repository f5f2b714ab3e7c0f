"""Run by `pdf.py` as a script of its own: prints what the tables of a PDF hold, as JSON.

Needs nothing of this package: `python pdf_pages.py FILE CELLS`. A PDF may be made to take all the time and memory
there is; the process is bounded in the one by who starts it, in the other by itself.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

MOST_PAGES = 200
MOST_MEMORY = 2 << 30
ENCRYPTED = "encrypted"
TOO_LARGE = "too large"


def found_in(path: str, most_cells: int) -> dict[str, Any]:
    """The tables of the first pages, and how many pages there are; or why there are none."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    tables: list[dict[str, Any]] = []
    cells = 0
    try:
        with pdfplumber.open(path) as document:
            count = len(document.pages)
            for number, page in enumerate(document.pages[:MOST_PAGES], 1):
                for place, rows in enumerate(page.extract_tables(), 1):
                    cells += sum(map(len, rows))
                    if cells > most_cells:
                        return {"error": TOO_LARGE}
                    tables.append({"page": number, "table": place, "rows": rows})
                page.close()
    except PDFPasswordIncorrect:
        return {"error": ENCRYPTED}
    except PdfminerException as error:
        cause = error.args[0] if error.args else error
        return {"error": ENCRYPTED if isinstance(cause, PDFPasswordIncorrect) else type(cause).__name__}
    except Exception as error:  # a damaged PDF is answered with almost any exception
        return {"error": type(error).__name__}
    return {"tables": tables, "pages": count}


def _bound_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such bounds
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    _bound_memory()
    sys.stdout.write(json.dumps(found_in(sys.argv[1], int(sys.argv[2]))))
