"""Write the plan, then let the model look at the results, read cells, call further tools, and sum up.

The checked plan enters the conversation as the model's own first message with its tool calls filled in, so nothing is
retyped by a model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.runtime import Runtime

from sheets_agent.actions import offered
from sheets_agent.actions.base import Risk
from sheets_agent.actions.tools import tool_schema
from sheets_agent.chat import Chat
from sheets_agent.errors import Blocked, ModelError, SheetsError
from sheets_agent.events import Note, ToolCalled
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.hands import Hands
from sheets_agent.stages.lookahead import best_of
from sheets_agent.state.done import Intent, Status, ToolRecord
from sheets_agent.state.planned import NOTHING_YET, Diff

REPEATS = 3
"""The same call with the same result this many times is a loop."""
LONGEST_SUMMARY = 8_000
"""Characters of the model's last word."""


def execute(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Apply the plan as one batch and go on as the model asks, within the limit of tool calls."""
    context = runtime.context
    only_reads = run.get("dry_run", False) or run.get("intent") is Intent.QUESTION
    batches = max((step.batch or 0 for step in run.get("steps", ())), default=0)
    policy = "only reads" if only_reads else context.settings.approve
    hands = Hands(
        context.client,
        context.spreadsheet_id,
        context.copies,
        context.undo,
        context.batches,
        policy,
        context.journal,
        batches,
        run["task"],
        run.get("own", NOTHING_YET),
        context.sources,
    )
    for record in hands.apply(run["plan"], run["trial"]):
        _tell(context, record)
    if hands.changed:
        return _changed(run, context, hands)
    messages = [*_opening(run, context), *_as_messages(hands.records)]
    cut_short: RunState = {}
    try:
        summary, ended = _converse(context, hands, messages, _tools(only_reads, files=bool(context.sources)))
        if not ended and not hands.wrote:
            cut_short = {"status": Status.INCOMPLETE}
    except (Blocked, ModelError, SheetsError) as error:
        if not hands.wrote:
            raise
        summary = f"The plan was written, but the run could not go on: {error}"
        context.emit(Note(summary))
        cut_short = {"status": Status.INCOMPLETE}
        if isinstance(error, SheetsError) and error.in_doubt:  # the next batch would have the mark of the one in doubt
            cut_short["corrections_left"] = 0
    return {
        **cut_short,
        "diff": run.get("diff", Diff()).then(hands.diff),
        "steps": (*run.get("steps", ()), *hands.steps),
        "calculations": (*run.get("calculations", ()), *hands.calculations),
        "tool_calls": (*run.get("tool_calls", ()), *hands.records),
        "written": tuple(dict.fromkeys(hands.written)),
        "own": hands.own,
        "wrote": run.get("wrote", False) or hands.wrote,
        "changed": "",
        "summary": summary,
        "outcome": f"{sum(record.success for record in hands.records)} of {len(hands.records)} calls succeeded",
    }


def _changed(run: RunState, context: Context, hands: Hands) -> RunState:
    """Nothing is written over what somebody else has changed: there has to be another plan, or an end."""
    context.copies.forget()
    context.emit(Note(hands.changed))
    update: RunState = {"changed": hands.changed, "tried": False, "outcome": "the spreadsheet changed meanwhile"}
    if after_execution({**run, **update}) == "retrieve":
        return {**update, "complaints": (hands.changed,)}
    return {
        **update,
        "steps": (*run.get("steps", ()), *hands.steps),
        "tool_calls": (*run.get("tool_calls", ()), *hands.records),
        "notes": (*run.get("notes", ()), hands.changed),
        "diff": run.get("diff", Diff()),
    }


def after_execution(run: RunState) -> str:
    """`verify`; where somebody else changed the spreadsheet, `retrieve` while plans are left, else `finish`."""
    if not run.get("changed") or run.get("wrote"):
        return "verify"
    return "retrieve" if run.get("plans_left", 0) > 0 else "finish"


def _opening(run: RunState, context: Context) -> list[BaseMessage]:
    return context.prompts.messages("executor", task=run["task"], description=context.describe(run["description"]))


def _as_messages(records: list[ToolRecord]) -> list[BaseMessage]:
    """The plan's calls as one assistant message, and their results."""
    if not records:
        return []
    calls = [  # the ids are the same whenever the run is gone on with, so that answers kept of it are found again
        {"name": record.name, "args": record.arguments, "id": f"call_of_step_{index}", "type": "tool_call"}
        for index, record in enumerate(records, 1)
    ]
    results: list[BaseMessage] = [
        ToolMessage(record.result, tool_call_id=call["id"], name=record.name)
        for record, call in zip(records, calls, strict=True)
    ]
    return [AIMessage("", tool_calls=calls), *results]


def _tools(only_reads: bool, *, files: bool) -> list[dict[str, Any]]:
    """The tools the model may call: for a question those that read."""
    return [
        tool_schema(action) for action in offered(files=files).values() if action.risk is Risk.READ or not only_reads
    ]


def _converse(
    context: Context, hands: Hands, messages: list[BaseMessage], tools: Sequence[dict[str, Any]]
) -> tuple[str, bool]:
    """Let the model call tools until it sums up.

    Returns:
        Its summary, and whether it came to an end; when it did not, a sentence saying so.
    """
    chat = context.chats.role("executor")
    seen: Counter[str] = Counter()
    for _ in range(context.settings.max_tool_calls):
        answer = _next(context, chat, hands, messages, tools)
        if not answer.tool_calls:
            return _bounded(str(answer.text).strip()), True
        messages.append(answer)
        for call in answer.tool_calls:
            record = hands.call(call["name"], call["args"])
            repeated = f"{record.name} {record.arguments} {record.result}"
            seen[repeated] += 1
            if seen[repeated] == REPEATS:
                context.emit(Note("The model repeats the same tool call; it was stopped."))
                return f"{_so_far(hands)} the model repeated itself and was stopped.", False
            _tell(context, record)
            messages.append(ToolMessage(record.result, tool_call_id=call["id"], name=call["name"]))
    context.emit(Note(f"The model was stopped after {context.settings.max_tool_calls} rounds of tool calls."))
    rounds = context.settings.max_tool_calls
    return f"{_so_far(hands)} the model was stopped after {rounds} rounds of tool calls.", False


def _so_far(hands: Hands) -> str:
    return "The plan was written;" if hands.wrote else "Nothing was written, and the task not done:"


def _bounded(summary: str) -> str:
    """A summary as a person can read it: a model that does not come to an end is cut."""
    if len(summary) <= LONGEST_SUMMARY:
        return summary
    return f"{summary[:LONGEST_SUMMARY].rstrip()}… (the first of {len(summary)} characters)"


def _next(
    context: Context, chat: Chat, hands: Hands, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]
) -> AIMessage:
    """The model's next message: the one it gives, or the best of several."""
    if context.settings.executor == "tools":
        return chat.with_tools(messages, tools)
    count = context.settings.search.options
    return best_of(chat, messages, tools, count, context.copies, hands.own, context.sources)


def _tell(context: Context, record: ToolRecord) -> None:
    where = record.arguments.get("target") or record.arguments.get("source") or ""
    context.emit(ToolCalled(record.name, str(where), record.success))
