"""Asking people in comments of the spreadsheet itself: a thread on the cell in question, and what they reply in it.

The comment lands once, as batches do: its marker is made with it, and a comment that is there already is found by the
id it ends with. Nothing else of the spreadsheet is written, and none of it counts as the run's work. Posts need the
comments of the Sheets API (revision of 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError, FeedbackError, SheetsError, UsageError
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.channels import Place
from sheets_agent.feedback.said import reply_to
from sheets_agent.sheets.book import JSON, Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.markers import Marker

MOST_BYTES = 2048
"""Of one comment, in UTF-8."""
BYTES_OF_THE_TASK = 300
BYTES_OF_AN_OPTION = 150
_HINT = "Answer at the command line: sheets-agent resume RUN --approve, --reject or --answer."


def channel(url: str, place: Place) -> Comments:
    """The channel `comments`.

    Raises:
        UsageError: the spreadsheet is a file, which nobody can comment on, or something follows the name.
    """
    if url != "comments":
        raise UsageError(f"“{url}” is no address of comments.", "Type just: --feedback comments")
    if place.client.local:
        raise UsageError(
            "Nobody can be asked in the comments of a file.",
            "Name a spreadsheet by its id or URL, or ask elsewhere.",
        )
    return Comments(place.client.beside(), place.spreadsheet_id, place.reviewers)


class Comments:
    """Implements `sheets_agent.feedback.channel.Channel`. A reference is the thread's id and the cell it was put on.

    Args:
        client: speaks to the spreadsheet.
        spreadsheet_id: which one.
        overlap: how many different people have to reply.
    """

    name = "the spreadsheet's comments"

    def __init__(self, client: SheetsClient, spreadsheet_id: str, overlap: int = 1) -> None:
        self._client = client
        self._id = spreadsheet_id
        self.overlap = overlap

    def post(self, asked: Asked) -> str:
        """Start a thread on the cell, on the first cell there is where it has gone or lies outside the grid."""
        with _failing():
            book = self._client.book(self._id)
            area = _anchor(book, asked.cell)
            coordinate = {"sheetId": area.sheet_id, "rowIndex": area.start_row, "columnIndex": area.start_column}
            request = {"insertComment": {"content": content(asked, self.overlap), "coordinate": coordinate}}
            thread = self._found(asked) or self._insert(asked, request)
        return f"{thread['commentId']} {book.a1(area)}"

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """The last post of each person in the thread."""
        with _failing():
            thread = self._thread(reference)
        if thread is None:
            raise FeedbackError("The comment in which the run asked was deleted.", _HINT)
        return replies_of(thread, asked)

    def where(self, reference: str) -> str:
        """The cell and the spreadsheet."""
        return f"{reference.partition(' ')[2]} of {self._id}"

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Resolve the thread; what was said stays."""
        with _failing():
            thread = self._thread(reference)
            if thread is not None and thread.get("status") != "RESOLVED":
                post = {"commentAction": "RESOLVE"}
                reply = {"addCommentReply": {"commentId": thread["commentId"], "post": post}}
                self._client.batch_update(self._id, [reply])

    def _insert(self, asked: Asked, request: JSON) -> JSON:
        """Post it once, even where the answer to that is lost."""
        marker = Marker(asked.id, 1)
        answer = self._client.batch_update(self._id, [request], marker=marker)
        replies = answer.get("replies")
        thread = replies[0]["insertComment"]["commentThread"] if replies else self._found(asked)
        if marker.id not in self._client.in_doubt:
            self._client.unmark(self._id, [marker.id])
        if thread is None:
            raise FeedbackError("The comment in which the run asks was posted and is gone already.", _HINT)
        return dict(thread)

    def _found(self, asked: Asked) -> JSON | None:
        """The thread that asks it, if there is one; only our own can."""
        ending = f"({asked.id})"
        for thread in self._client.comments(self._id):
            head = thread.get("headPost", {})
            if head.get("author", {}).get("me") and str(head.get("content", "")).endswith(ending):
                return thread
        return None

    def _thread(self, reference: str) -> JSON | None:
        wanted = reference.partition(" ")[0]
        return next((one for one in self._client.comments(self._id) if one["commentId"] == wanted), None)


def replies_of(thread: JSON, asked: Asked) -> tuple[Reply, ...]:
    """What people replied in a thread: the last word of each, in the order in which they began. Resolving says nothing.

    Whoever may comment may answer; an author is known by their id, where there is one.
    """
    said: dict[str, Reply] = {}
    for post in thread.get("replies", ()):
        text = str(post.get("content", "")).strip()
        if not text or post.get("deleted"):
            continue
        author = post.get("author", {})
        who = str(author.get("displayName", ""))
        said[str(author.get("user", who))] = reply_to(asked, text, who)
    return tuple(said.values())


def content(asked: Asked, overlap: int) -> str:
    """The comment, cut to what a comment may hold; the id at its end stays whole.

    An at sign would notify whoever is named behind it, so none is written.
    """
    task = _cut(_quiet(asked.task), BYTES_OF_THE_TASK, "…")
    options = (_cut(_quiet(option), BYTES_OF_AN_OPTION, "…") for option in asked.options)
    before = f"{_HEADS[asked.kind]} for the task “{task}”:"
    how = _HOW_TO_ANSWER if asked.kind == "question" else _HOW_TO_REVIEW
    people = f" {overlap} people are asked." if overlap > 1 else ""
    after = "\n".join([*(f"{number}. {text}" for number, text in enumerate(options, 1)), how + people, f"({asked.id})"])
    body = _quiet(f"{asked.text}\n{asked.details}".strip())
    room = MOST_BYTES - len(f"{before}\n\n{after}".encode())
    return f"{before}\n{_cut(body, room, _CUT)}\n{after}"


_HEADS = {
    "question": "sheets-agent asks",
    "description": "sheets-agent shows how it understands the spreadsheet",
    "plan": "sheets-agent shows what it is going to do",
    "result": "sheets-agent shows what it has done",
}
_HOW_TO_ANSWER = "Reply here in your own words, or with the number of an option."
_HOW_TO_REVIEW = "Reply here “accept”, “reject: why”, or say what should be different."
_CUT = "\n… (cut)"


def _cut(text: str, room: int, mark: str) -> str:
    """A text that takes so many bytes at most."""
    encoded = text.encode()
    if len(encoded) <= room:
        return text
    return encoded[: room - len(mark.encode())].decode(errors="ignore") + mark


def _quiet(text: str) -> str:
    return re.sub("[@\uff20]", " at ", text)


def _anchor(book: Book, cell: str) -> GridRange:
    """The cell, or the first one of its sheet, or of the first sheet that is shown."""
    try:
        area = book.range(cell) if cell else None
    except ActionError:
        area = None
    if area is None:
        shown = [sheet for sheet in book.sheets if not sheet.hidden] or list(book.sheets)
        area = GridRange(shown[0].sheet_id)
    row, column = area.start_row or 0, area.start_column or 0
    return GridRange(area.sheet_id, row, row + 1, column, column + 1)


@contextmanager
def _failing() -> Iterator[None]:
    """What the Sheets API refuses, as the channel's error."""
    try:
        yield
    except SheetsError as error:
        raise FeedbackError(f"The comments of the spreadsheet cannot be used: {error}", error.hint) from error
