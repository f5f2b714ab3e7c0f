"""Records as what models are trained on: supervised pairs, and preference pairs.

Only what somebody judged is exported. Several people's verdicts on the same answer are one: an answer is good where
more than half of them accept it. Their edits are good answers where it is not. What they are divided on is left out.
Reflectors look at one aspect each, so that what one of them changed is not good as it was.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sheets_agent.errors import FileError, UsageError
from sheets_agent.feedback.records import FeedbackRecord, Said, answer_of

Format = Literal["supervised", "preference"]
Row = dict[str, Any]


@dataclass
class _Judged:
    """One answer, and all that was decided on it."""

    first: FeedbackRecord
    accepts: int = 0
    verdicts: int = 0
    edits: list[str] = field(default_factory=list)

    def add(self, record: FeedbackRecord) -> None:
        self.verdicts += 1
        self.accepts += record.verdict == "accept"
        if record.edited and record.edited not in self.edits:
            self.edits.append(record.edited)

    @property
    def accepted(self) -> bool:
        if self.first.by == "model":  # each reflector judges one aspect
            return self.accepts == self.verdicts
        return 2 * self.accepts > self.verdicts

    @property
    def divided(self) -> bool:
        return self.first.by == "person" and 2 * self.accepts == self.verdicts

    @property
    def good(self) -> list[Row]:
        """The answers that are worth learning."""
        if self.accepted:
            return [message_row(answer_of(self.first))]
        return [] if self.divided else [{"role": "assistant", "content": edit} for edit in self.edits]


def supervised(records: Iterable[FeedbackRecord], by: Literal["person", "model"] = "person") -> Iterator[Row]:
    """`{"messages": […]}`: what was asked, and the accepted or edited answer as the last message.

    Args:
        records: what was recorded.
        by: whose decisions count: people's, or the reflectors'.
    """
    rows = (
        {"messages": [*_prompt(judged.first), answer]} for judged in _judgements(records, by) for answer in judged.good
    )
    return _distinct(rows)


def preference(records: Iterable[FeedbackRecord], by: Literal["person", "model"] = "person") -> Iterator[Row]:
    """`{"prompt": […], "chosen": […], "rejected": […]}`, each a list of messages.

    An edited answer is better than the one it was made of. An answer that was sent back is worse than the next one in
    the same run and of the same role that was accepted or edited.

    Args:
        records: what was recorded.
        by: whose decisions count: people's, or the reflectors'.
    """
    return _distinct(_preference(list(_judgements(records, by))))


def _preference(judgements: Sequence[_Judged]) -> Iterator[Row]:
    for index, judged in enumerate(judgements):
        if judged.accepted or judged.divided:
            continue
        rejected = message_row(answer_of(judged.first))
        for chosen in judged.good or _next_good(judged, judgements[index + 1 :]):
            if chosen != rejected:
                yield {"prompt": _prompt(judged.first), "chosen": [chosen], "rejected": [rejected]}


def _next_good(judged: _Judged, later: Sequence[_Judged]) -> list[Row]:
    first = judged.first
    if not first.run_id:
        return []
    kind = (first.run_id, first.role, first.about)
    others = (other for other in later if (other.first.run_id, other.first.role, other.first.about) == kind)
    return next((other.good for other in others if other.good), [])


def _judgements(records: Iterable[FeedbackRecord], by: str) -> Iterable[_Judged]:
    """The judged answers, in the order in which they were judged first.

    Where people judged one through a channel, what the run made of all they said is no verdict beside theirs.
    """
    found: dict[str, list[FeedbackRecord]] = {}
    for record in records:
        if record.verdict is None or record.by != by or not record.messages:
            continue
        parts = [record.run_id, record.role, record.about, _prompt(record), message_row(answer_of(record))]
        key = json.dumps(parts, sort_keys=True)
        found.setdefault(key, []).append(record)
    return [_judged([record for record in same if record.channel] or same) for same in found.values()]


def _judged(decisions: Sequence[FeedbackRecord]) -> _Judged:
    judged = _Judged(decisions[0])
    for record in decisions:
        judged.add(record)
    return judged


def write_rows(rows: Iterable[Row], path: Path) -> int:
    """Write rows to a file that only its owner can read, a JSON object a line: all of them, or nothing.

    Returns:
        How many there were.

    Raises:
        UsageError: when there is none.
        FileError: when the file cannot be written.
    """
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    if not lines:
        raise UsageError("No pair can be made: no answer in the records was judged so that one follows.", _HINT)
    place = path.expanduser().absolute()
    try:
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".export-") as folder:
            written = Path(folder) / place.name
            written.touch(mode=0o600)
            written.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            written.replace(place)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}.", "Name another file.") from error
    return len(lines)


_HINT = "Record runs in which plans are approved, edited or rejected: --approve always --record FILE."


def message_row(message: Said) -> Row:
    """A message in the shape of OpenAI's chat format, which the usual training tools read."""
    row: Row = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
            }
            for call in message.tool_calls
        ]
    if message.role == "tool":
        row["tool_call_id"] = message.tool_call_id
    return row


def _prompt(record: FeedbackRecord) -> list[Row]:
    return [message_row(message) for message in record.messages]


def _distinct(rows: Iterable[Row]) -> Iterator[Row]:
    seen = set()
    for row in rows:
        text = json.dumps(row, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield row
