"""Look at the spreadsheet: find its regions from samples, and let the model say what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime

from sheets_agent.a1 import GridRange
from sheets_agent.chat.schemas import annotation_schema
from sheets_agent.dialogue import told
from sheets_agent.events import Note
from sheets_agent.run_state import Context, RunState
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.stages.anchor import cell_of
from sheets_agent.stages.describe_text import plain
from sheets_agent.stages.regions import describe_sheet
from sheets_agent.stages.sampling import first_ranges
from sheets_agent.stages.unseen import SENDS, UNSEEN
from sheets_agent.state.described import Column, Description, Region, SheetDescription
from sheets_agent.state.done import Intent, Question, Turn

MOST_QUESTIONS = 3
MOST_OPTIONS = 5


def retrieve(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Describe every sheet; ask the model for meanings, and keep its questions for the person."""
    context = runtime.context
    budget = context.settings.sample_budget
    description = look(context.client, context.spreadsheet_id, budget, run.get("sheet_id"))
    said = run["description"].answers if "description" in run else ()  # it is looked at once more
    description = description.model_copy(update={"answers": said})
    warnings = _warned(context, description)
    tables = sum(len(sheet.regions) for sheet in description.sheets)
    if not tables:
        return {"description": description, "outcome": "the spreadsheet is empty"}
    description, questions, intent = annotate(context, run["task"], description, run.get("history", ()))
    intent = run.get("intent", intent)
    if run.get("changed") or said:  # the person was asked already
        questions = ()
    return {
        "description": description,
        "questions": questions,
        "intent": intent,
        "notes": tuple(dict.fromkeys((*run.get("notes", ()), *warnings))),
        "outcome": f"sheets: {len(description.sheets)}, regions: {tables}; the request is a {_REQUEST[intent]}",
    }


def _warned(context: Context, description: Description) -> tuple[str, ...]:
    """What the person is told of text that they do not see and of formulas that send cells out."""
    found = tuple(
        f"{plain(sheet.title)}: {note}"
        for sheet in description.sheets
        for note in sheet.notes
        if note.startswith((UNSEEN, SENDS))
    )
    for note in found:
        context.emit(Note(note))
    return found


_REQUEST = {Intent.COMMAND: "command", Intent.QUESTION: "question", Intent.BOTH: "command and a question"}


def look(client: SheetsClient, spreadsheet_id: str, budget: int, pointed_at: int | None = None) -> Description:
    """What code alone can tell: regions, headers, types, samples, objects. No model is asked.

    Args:
        client: speaks to the spreadsheet.
        spreadsheet_id: its id.
        budget: cells shown of each sheet, at most.
        pointed_at: the id of the tab that the person's link leads to, None when it leads to none.
    """
    book = client.book(spreadsheet_id)

    def load(ranges: Sequence[GridRange]) -> Book:
        nonlocal book
        book = client.load(book, ranges)
        return book

    load([area for sheet in book.sheets for area in first_ranges(sheet)])  # one read for all sheets
    sheets = tuple(describe_sheet(sheet, load, budget) for sheet in book.sheets)
    sheets = tuple(_pointed_at(sheet) if sheet.sheet_id == pointed_at else sheet for sheet in sheets)
    return Description(
        title=book.title,
        locale=book.locale,
        sheets=sheets,
        named_ranges=tuple(f"{name} = {book.a1(area)}" for name, area in book.named_ranges.items()),
    )


def _pointed_at(sheet: SheetDescription) -> SheetDescription:
    return sheet.model_copy(update={"notes": ("the person's link leads to this sheet", *sheet.notes)})


def annotate(
    context: Context, task: str, description: Description, history: Sequence[Turn] = ()
) -> tuple[Description, tuple[Question, ...], Intent]:
    """Have the model name tables and columns.

    Returns:
        The description with meanings, what the model wants to ask the person, and what the person's message wants.
    """
    messages = context.prompts.messages(
        "retriever",
        task=task,
        description=context.describe(description),
        history=told(history),
        limit=str(MOST_QUESTIONS),
    )
    body = context.chats.role("retriever").structured(messages, annotation_schema(), dict)
    sheets = tuple(_annotated_sheet(sheet, body) for sheet in description.sheets)
    texts = [str(text).strip() for text in body.get("questions") or () if str(text).strip()]
    questions = tuple(_question(text, description) for text in texts[:MOST_QUESTIONS])
    intent = _intent(body.get("request"))
    return description.model_copy(update={"sheets": sheets}), questions, intent


def _intent(said: object) -> Intent:
    """What the message wants; a command where the model does not say, because a command may read as well."""
    return next((intent for intent in Intent if intent == said), Intent.COMMAND)


def _question(text: str, description: Description) -> Question:
    """A question as the model writes it, `text | option | option`, the options left out when anything may be said."""
    asked, *options = (part.strip() for part in text.split("|"))
    given = tuple(option for option in options if option)[:MOST_OPTIONS]
    return Question(text=asked, options=given, cell=cell_of(asked, description))


def _annotated_sheet(sheet: SheetDescription, body: dict[str, Any]) -> SheetDescription:
    tables = {_plain(item.get("range")): item for item in _items(body, "tables")}
    columns = {
        (_plain(item.get("range")), str(item.get("letter", "")).upper()): item for item in _items(body, "columns")
    }
    regions = tuple(_annotated_region(region, tables, columns) for region in sheet.regions)
    return sheet.model_copy(update={"regions": regions})


def _annotated_region(
    region: Region, tables: dict[str, dict[str, Any]], columns: dict[tuple[str, str], dict[str, Any]]
) -> Region:
    place = _plain(region.range)
    annotated = (_annotated_column(column, columns.get((place, column.letter))) for column in region.columns)
    return region.model_copy(
        update={
            "description": str(tables.get(place, {}).get("description", "")),
            "columns": tuple(annotated),
        }
    )


def _annotated_column(column: Column, item: dict[str, Any] | None) -> Column:
    """The model's name and meaning; the type stays what the cells show."""
    if item is None:
        return column
    return column.model_copy(update={"name": str(item.get("name", "")), "meaning": str(item.get("meaning", ""))})


def _items(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = body.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _plain(text: object) -> str:
    """A range as a key: models differ in quotes and case."""
    return str(text or "").replace("'", "").replace("$", "").strip().casefold()
