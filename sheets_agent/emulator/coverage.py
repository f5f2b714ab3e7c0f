"""What the local Sheets API does of Google's, written from its registries against the discovery documents.

python -m sheets_agent.emulator.coverage docs/coverage.md            write it
python -m sheets_agent.emulator.coverage docs/coverage.md --check    fail when it is stale
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

from sheets_agent.emulator import requests
from sheets_agent.emulator.batch import MOST_SECONDS
from sheets_agent.emulator.drive import DRIVE_METHODS
from sheets_agent.emulator.effort import MOST_CHANGED, MOST_DESCRIBED, MOST_SHOWN
from sheets_agent.emulator.engine_errors import MOST_FILLED
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.schema import discovery
from sheets_agent.emulator.service import METHODS
from sheets_agent.generated import write_or_check

_HEAD = """# What the local Sheets API does

Written by `python -m sheets_agent.emulator.coverage docs/coverage.md` from the code and Google's discovery documents.
"""

_DIFFERENCES = f"""
## Where it differs from Google

Tests were made from 124 recorded conversations of gspread with Google; all of their 1,939 answers that do not depend on
the recording account's own files are matched, in process and over HTTP. Known to differ, or not known from recordings:

* There is no sign-in: whoever asks is the owner of every spreadsheet, so protected ranges refuse nothing. Drive's
  permissions, revisions and folders do not exist.
* Connected data sources are refused as Google refuses a token without a scope for them.
* Comments, charts, slicers, banding, filter views and developer metadata follow the discovery document, not recordings.
  The words of their refusals are ours where no public thread quotes Google's.
* The sheet that a chart has for itself is called Chart1, Chart2, … and comes behind the others. It goes when its chart
  is deleted or moved off it. A range without a sheet is refused while the first visible tab is such a one. Nobody
  recorded what Google does there.
* A malformed request is answered in JSON. Google answers some, such as a URL it cannot read, with a page in HTML.
* `effectiveFormat` shows alternating colours under a cell's own format and conditional formats over it. An empty cell
  without a format of its own has none, whatever rules there are for it.
* A formula that refers to a cell that `cutPaste` overwrites goes on referring to that place, and `duplicateSheet`
  copies no named ranges: what Google does there is not known from recordings.
* Formulas that are refused with #ERROR! and the reason: SUBTOTAL of cells that IF and the like hand over, and of the
  parameter of a LAMBDA but in MAP, REDUCE, SCAN, BYROW and BYCOL over cells; INDEX, OFFSET and INDIRECT over arrays in
  ARRAYFORMULA, where no page says what Sheets takes of them; calls of a function that arrived as a value. RAND and
  RANDBETWEEN draw from the seed at every step of a LAMBDA. Refused are those in a LAMBDA inside of another or with a
  name of its own, RANDARRAY in any, and RANDBETWEEN of arrays in any; also loops in loops that would take more than
  10,000,000 steps, or 200,000 where each has such a loop inside.
* The values of functions were compared with 11,000 published recordings of Sheets. Known to differ: day counts of
  ACCRINT, and with basis 1 of INTRATE, RECEIVED, PRICEMAT and the like; last digits of functions of complex numbers;
  the kind of the error of some calls that are errors in both, such as FILTER of ranges of different size; cumulative
  arguments given as the text "TRUE".
* One call writes at most {MOST_CHANGED:,} cells (over differing rows `repeatCell` counts a little more), and shows
  the values of {MOST_SHOWN:,}, or {MOST_DESCRIBED:,} entered ones with their formats; arrays fill at most
  {MOST_FILLED:,} cells of a spreadsheet, those of the engine and those calculated beside it each; a batch is stopped
  after {MOST_SECONDS} seconds, between two requests. What is over is refused, and changes nothing. `updateCells`,
  `appendCells` and `pasteData` are bounded by the size of what is sent alone. `insertRange` and exports count blank
  cells with a format, too.
* Powers up to the third that are too large for a number are #DIV/0!, where Sheets shows #NUM!. INDIRECT of a reference
  to a table is #REF!. LINEST and its like take the text "FALSE" for TRUE.
* A table's new name is put into the formulas of cells, not into those of rules and named functions; a name in LET or a
  named range that is called as the table was is renamed with it.
* Assumed: that the words for TRUE and FALSE of the spreadsheet's locale (ИСТИНА, WAHR) are read and shown, for which
  one public thread speaks (google-marketing-solutions/google-analytics-utilities, issue 5), and, which nothing public
  settles, that COUNTIF with "<>10" counts a text "10", which "10" and "=10" count too.
* Widths fitted to text (`autoResizeDimensions`) are estimated from the letters of Arial.
* `spreadsheets.sheets.copyTo` takes along the names of ranges that are free in the destination; what charts, filters
  and pivot tables show of other sheets stays behind.
* Pivot tables are drawn as published ones are. Assumed are the headers of several values under column fields or one
  below the other, how collapsed groups look, that limits take records from the totals, the names of number buckets, and
  that a table shows #REF! when a column it uses was deleted or when it would overwrite something. Values calculated by
  SUM are added up over the records of a group. The words of the tables are English in every locale.
* Drive's answer to an upload holds the fields that say which file it is, not thumbnails and owners.
"""


def page() -> str:
    """The whole page in markdown."""
    return "".join([_HEAD, _methods(), _requests(), _drive(), _refusals(), _DIFFERENCES])


def _methods() -> str:
    names = sorted(method.id for method in discovery("sheets", "v4").methods)
    rows = "".join(f"| `{name.removeprefix('sheets.')}` | {'yes' if name in METHODS else 'no'} |\n" for name in names)
    done = sum(name in METHODS for name in names)
    title = f"Methods of the Sheets API v4: {done} of {len(names)}"
    batches = "Several requests sent as one to `/batch` are done in their order, each as if it came alone."
    return f"\n## {title}\n\n| Method | Done |\n| --- | --- |\n{rows}\n{batches}\n"


def _requests() -> str:
    kinds = sorted(discovery("sheets", "v4").schemas["Request"]["properties"])
    rows = "".join(f"| `{kind}` | {_request(HANDLERS.get(kind))} |\n" for kind in kinds)
    title = f"Requests of `batchUpdate`: {len(HANDLERS.keys() & set(kinds))} of {len(kinds)}"
    return f"\n## {title}\n\n| Request | What it does |\n| --- | --- |\n{rows}"


def _request(handler: Callable[..., Any] | None) -> str:
    return "not done: answered with 501" if handler is None else _summary(handler)


def _drive() -> str:
    rows = "".join(
        f"| `{name.removeprefix('drive.')}` | {_summary(handler)} |\n"
        for name, handler in sorted(DRIVE_METHODS.items())
    )
    upload = "| `files.update` of v2, as an upload | Replace a spreadsheet by the contents of a CSV file. |\n"
    return f"\n## Of the Drive API v3\n\n| Method | What it does |\n| --- | --- |\n{rows}{upload}"


def _refusals() -> str:
    found = sorted(set(_unsupported()))
    lines = "".join(f"* {sentence}\n" for sentence in found)
    return (
        "\n## What is refused\n\nWith status 501 (UNIMPLEMENTED) and the reason, never done in part or passed over:\n\n"
        + lines
    )


def _unsupported() -> Iterator[str]:
    """The sentence of every `raise Unsupported(…)` in the package, placeholders as `…`."""
    for path in sorted(Path(requests.__file__).parents[1].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                call = node.exc
                if isinstance(call.func, ast.Name) and call.func.id == "Unsupported" and call.args:
                    yield _sentence(call.args[0])


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    raise TypeError(f"the reason of a refusal is written on the spot, not {ast.dump(node)}")


def _summary(handler: Callable[..., Any]) -> str:
    text = cleandoc(handler.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write or check the page; gives the exit code."""
    return write_or_check("sheets_agent.emulator.coverage", page, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
