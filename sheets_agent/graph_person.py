"""Whoever resumes a LangGraph graph, as the person of a toolkit: asked by `interrupt()`.

LangGraph carries a node out again from its top with the answers there are, by nothing but the order in which they were
given. The spreadsheet, and what other calls of the node ask, may be otherwise by then. So what was asked is kept here,
and an answer counts for that question and no other.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from langgraph.errors import GraphBubbleUp
from langgraph.runtime import ExecutionInfo, Runtime, get_runtime
from langgraph.types import interrupt

from sheets_agent.feedback.person import (
    Decision,
    Judgement,
    Review,
    Work,
    question_request,
    read_answers,
    read_decision,
    review_request,
)
from sheets_agent.state.done import Question

JSON = dict[str, Any]

KEPT_NODES = 200
"""Nodes whose questions are remembered; in an older one the person is asked again."""
CALL: ContextVar[str] = ContextVar("call", default="")
"""The id that the model gave the tool call that is carried out."""


def run_id_of(kind: str, arguments: JSON) -> str:
    """An id that is the same when LangGraph carries the same call out again; empty outside of a graph."""
    info = _execution()
    if info is None:
        return ""
    call = [info.thread_id, info.task_id, CALL.get(), kind, arguments]
    return hashlib.sha256(json.dumps(call, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _execution() -> ExecutionInfo | None:
    """One attempt at a node, the same object for all of its calls; None outside of a graph."""
    try:
        runtime: Runtime[Any] | None = get_runtime()
    except (KeyError, RuntimeError):  # called from no graph
        return None
    return runtime.execution_info if runtime is not None else None


@dataclass
class _Asked:
    """What was asked in one node.

    Attributes:
        questions: what had to be the same, in their order; None where it was asked by a process that is gone.
        attempt: the attempt at the node that the rest is about.
        taken: how many answers were taken.
        others: answers that were taken by the way, for the calls they belong to.
        open: the question that the attempt ends with.
    """

    questions: list[Hashable | None] = field(default_factory=list)
    attempt: ExecutionInfo | None = None
    taken: int = 0
    others: dict[int, Any] = field(default_factory=dict)
    open: JSON | None = None


class GraphPerson:
    """Whoever resumes the graph: asked by LangGraph's `interrupt()`, in the human-in-the-loop shape.

    The graph needs a checkpointer. It is resumed with `Command(resume={"decisions": [{"type": "approve"}]})`. Where the
    question would be another one by the time the answer comes, or was put by a process that is gone, it is put anew.
    """

    def __init__(self) -> None:
        self._nodes: OrderedDict[tuple[Any, ...], _Asked] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """Their answers."""
        asked = tuple((question.text, question.about) for question in questions)
        return read_answers(self._ask(question_request(questions), asked), len(questions))

    def review(self, review: Review) -> Decision:
        """Their decision on a plan."""
        diff = review.diff  # the results of volatile formulas aside
        cells = tuple((cell.sheet, cell.cell, cell.before, cell.after) for cell in diff.cells)
        shown = (review.plan.model_dump_json(), cells, diff.cell_count, diff.overwritten, review.reasons)
        return read_decision(self._ask(review_request(review), shown))

    def judge(self, work: Work) -> Judgement:
        """Finished work is judged in runs only."""
        return Judgement(verdict="accept")

    def _ask(self, request: JSON, shown: Hashable) -> Any:
        """The answer to a question; leaves the node where there is none yet."""
        attempt = _execution()
        if attempt is None:
            return interrupt(request)
        with self._lock:
            asked = self._nodes.setdefault((attempt.thread_id, attempt.task_id), _Asked())
            while len(self._nodes) > KEPT_NODES:
                self._nodes.popitem(last=False)
            if asked.attempt is not attempt:
                asked.attempt, asked.taken, asked.others, asked.open = attempt, 0, {}, None
            return _answer(asked, request, (CALL.get(), shown))


def _answer(asked: _Asked, request: JSON, mine: Hashable) -> Any:
    for place in list(asked.others):
        if asked.questions[place] == mine:
            return asked.others.pop(place)
    if asked.open is not None:  # whichever call LangGraph shows, it is the question that was asked first
        return interrupt(asked.open)
    while True:
        place = asked.taken
        asked.taken += 1
        known = asked.questions[place] if place < len(asked.questions) else None
        if place == len(asked.questions):
            asked.questions.append(None)
        try:
            answer = interrupt(request)
        except GraphBubbleUp:
            asked.questions[place], asked.open = mine, request
            raise
        if known == mine:
            return answer
        asked.others[place] = answer
