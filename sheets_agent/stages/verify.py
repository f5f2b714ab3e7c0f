"""Read back what was written: error values that are new, and cells that came out otherwise than in the trial."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from langgraph.runtime import Runtime

from sheets_agent.a1 import GridRange, quote_title
from sheets_agent.errors import ActionError
from sheets_agent.planners import snapshot
from sheets_agent.planners.causes import Cause, causes
from sheets_agent.planners.snapshot import Key, Snapshot
from sheets_agent.run_state import Context, RunState
from sheets_agent.sheets.book import Book
from sheets_agent.state.done import CellProblem
from sheets_agent.state.planned import Diff

SHOWN_DIFFERENCES = 5


def verify(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Compare the sheet with what the trial promised."""
    if not run.get("wrote"):
        return {"outcome": "nothing was written"}
    client = runtime.context.client
    book, texts = client.book_with_texts(runtime.context.spreadsheet_id)
    areas = [area for text in run.get("written", ()) if (area := _present(book, text))]
    small = [sheet.grid for sheet in book.sheets if 0 < sheet.grid.cells <= snapshot.WHOLE_SHEET_CELLS]
    watched = dict.fromkeys([*small, *snapshot.areas_to_watch(book, areas)])
    now = snapshot.values(client, book, watched) if texts is None else snapshot.cut(texts, watched)
    earlier = run.get("problems", ())
    ours = {problem.address for problem in earlier if not problem.fixed}  # they stood before the correction only
    before = frozenset(run["trial"].standing_errors) - ours
    errors = {key: text for key, text in now.errors().items() if snapshot.address(book, key) not in before}
    why = causes(client, book, errors)
    fresh = _problems(book, errors, why)
    problems = (*_settled(earlier, fresh), *fresh)
    notes = (*_uncalculated(book, why), *itertools.islice(_differences(book, now, run["diff"]), SHOWN_DIFFERENCES))
    return {
        "problems": problems,
        "notes": tuple(dict.fromkeys((*run.get("notes", ()), *notes))),
        "outcome": f"{len(fresh)} cells show errors" if fresh else "read back, no new errors",
    }


def _present(book: Book, text: str) -> GridRange | None:
    """A range that was written, None when its sheet is no longer there."""
    try:
        return book.range(text)
    except ActionError:
        return None


def _problems(book: Book, errors: Mapping[Key, str], why: Mapping[Key, Cause]) -> tuple[CellProblem, ...]:
    """The errors that can be mended: all but those that only Google can calculate."""
    return tuple(
        CellProblem(
            address=snapshot.address(book, key), error=errors[key], message=cause.message, formula=cause.formula
        )
        for key, cause in sorted(why.items())
        if not cause.not_calculated
    )


def _uncalculated(book: Book, why: Mapping[Key, Cause]) -> Iterator[str]:
    """A sentence on the cells that only Google can calculate."""
    keys = sorted(key for key, cause in why.items() if cause.not_calculated)
    if keys:
        more = f" and {len(keys) - 1} more cells show" if len(keys) > 1 else " shows"
        where = snapshot.address(book, keys[0])
        yield f"{where}{more} an error here, which Google Sheets may not: {why[keys[0]].message}"


def _settled(earlier: tuple[CellProblem, ...], fresh: tuple[CellProblem, ...]) -> Iterator[CellProblem]:
    """The earlier problems that are gone, marked as fixed."""
    standing = {problem.address for problem in fresh}
    for problem in earlier:
        if problem.address not in standing:
            yield problem.model_copy(update={"fixed": True})


def _differences(book: Book, now: Snapshot, written: Diff) -> Iterator[str]:
    """Sentences on cells that show something else than in the trial; volatile formulas may. None where cells moved."""
    if written.moved:
        return
    for change in written.cells:
        area = _present(book, f"{quote_title(change.sheet)}!{change.cell}")
        if area is None or area.start_row is None or area.start_column is None or change.count > 1:
            continue
        shown = now.value((area.sheet_id, area.start_row, area.start_column))
        expected = change.result if change.after.startswith("=") else change.after
        if shown != expected:
            yield f"{book.a1(area)} shows “{shown}”; the trial had “{expected}”."


def after_verification(run: RunState) -> str:
    """`correct` while errors stand and rounds are left, else `review_result`."""
    standing = any(not problem.fixed for problem in run.get("problems", ()))
    return "correct" if standing and run.get("corrections_left", 0) > 0 else "review_result"
