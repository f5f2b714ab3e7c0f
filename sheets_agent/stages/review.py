"""Let people review what is finished: the description before planning, the result after writing.

What they send back with a critique is made anew and shown again, until they accept it or the rounds are used up.
"""

from __future__ import annotations

from collections.abc import Iterator

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from sheets_agent.a1 import quote_title
from sheets_agent.feedback.person import Judgement, Work, question_request, read_answers, read_judgement, work_request
from sheets_agent.planners.told import changes_told
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.describe_text import for_people, plain
from sheets_agent.stages.on_record import work_judged
from sheets_agent.state.described import QuestionAnswer
from sheets_agent.state.done import Question, Status
from sheets_agent.state.planned import Diff

TAKE_BACK, LEAVE = "Take it back", "Leave it"
SHOWN = 20
"""Problems and notes that a reviewer is shown."""


def review_description(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Pause for a judgement on what was found in the spreadsheet, where the settings want one.

    Re-entered from its top when the judgement comes, as the other stages here are: nothing happens before it.
    """
    settings = runtime.context.settings
    if "description" not in settings.review or run.get("changed"):  # looked at once more: accepted already
        return {}
    description = run["description"]
    text = for_people(description, settings.description_tokens)
    work = Work(kind="description", text=text)
    judged = read_judgement(interrupt(work_request(work)))
    work_judged(runtime.context, work, judged)
    update = _counted(run)
    if judged.verdict == "accept":
        return {**update, "complaints": (), "outcome": "accepted"}
    if judged.verdict == "reject":
        return {**update, "status": Status.REJECTED, "summary": _rejected("description", judged), "outcome": "rejected"}
    if not _rounds_left(run, runtime.context, "description"):
        return {**update, "status": Status.REJECTED, "summary": _used_up("description", judged), "outcome": "rejected"}
    said = QuestionAnswer(question="What does this description have to heed?", answer=judged.critique)
    return {
        **update,
        "description": description.model_copy(update={"answers": (*description.answers, said)}),
        "complaints": (judged.critique,),
        "sent_back": _sent_back(run, "description"),
        "outcome": "sent back",
    }


def after_description(run: RunState) -> str:
    """`plan`; `retrieve` for a description that was sent back; `finish` where it was rejected."""
    if "status" in run:
        return "finish"
    return "retrieve" if run.get("complaints") and not run.get("changed") else "plan"


def review_result(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Pause for a judgement on what was written, where the settings want one."""
    context = runtime.context
    if "result" not in context.settings.review or not run.get("wrote") or "status" in run:
        return {}
    work = _result(run)
    judged = read_judgement(interrupt(work_request(work)))
    work_judged(context, work, judged)
    update = _counted(run)
    if judged.verdict == "accept":
        return {**update, "complaints": (), "unmet": "", "outcome": "accepted"}
    summary = run.get("summary", "")
    if judged.verdict == "reject":
        why = f" {judged.critique}" if judged.critique else ""
        summary = f"The result was rejected.{why} What the run had to say: {summary}".strip()
        return {**update, "status": Status.REJECTED, "summary": summary, "outcome": "rejected"}
    if not _rounds_left(run, context, "result"):
        summary = f"{summary} {_used_up('result', judged)}".strip()
        return {**update, "status": Status.INCOMPLETE, "summary": summary, "outcome": "still not accepted"}
    return {
        **update,
        "complaints": (judged.critique,),
        "unmet": judged.critique,
        "corrections_left": 1 + context.settings.max_rounds,
        "sent_back": _sent_back(run, "result"),
        "outcome": "sent back",
    }


def after_review(run: RunState) -> str:
    """`correct` a result that was sent back; `offer_undo` of one that was rejected; else `finish`."""
    if run.get("status") is Status.REJECTED:
        return "offer_undo"
    return "correct" if run.get("complaints") and "status" not in run else "finish"


def offer_undo(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Pause for whether what was written, and rejected, is to be taken back. Only who says so has it undone."""
    question = Question(text="The result was rejected. What about what was written?", options=(TAKE_BACK, LEAVE))
    [answer] = read_answers(interrupt(question_request([question])), 1)
    if answer.strip().casefold() == TAKE_BACK.casefold():
        return {**_counted(run), "take_back": True, "outcome": "is taken back"}
    summary = f"{run.get('summary', '')} It stays written; to take it back: sheets-agent undo {run['run_id']}".strip()
    return {**_counted(run), "summary": summary, "outcome": "stays"}


def _result(run: RunState) -> Work:
    """What was done, as a reviewer sees it."""
    diff = run.get("diff", Diff())
    cell = next((f"{quote_title(change.sheet)}!{change.cell.partition(':')[0]}" for change in diff.cells), "")
    text = run.get("summary", "") or "The plan was written."
    return Work(kind="result", text=text, details="\n".join(_details(run, diff)), cell=cell)


def _details(run: RunState, diff: Diff) -> Iterator[str]:
    yield changes_told(diff)
    yield from (f"+ {plain(line)}" for line in diff.objects)
    for problem in [problem for problem in run.get("problems", ()) if not problem.fixed][:SHOWN]:
        yield f"! {plain(f'{problem.address} shows {problem.error} {problem.message}').rstrip()}"
    yield from (f"- {plain(note)}" for note in run.get("notes", ())[:SHOWN])


def _counted(run: RunState) -> RunState:
    return {"pauses": run.get("pauses", 0) + 1}


def _sent_back(run: RunState, kind: str) -> dict[str, int]:
    sent = run.get("sent_back", {})
    return {**sent, kind: sent.get(kind, 0) + 1}


def _rounds_left(run: RunState, context: Context, kind: str) -> bool:
    return run.get("sent_back", {}).get(kind, 0) < context.settings.feedback.rounds


def _rejected(kind: str, judged: Judgement) -> str:
    why = f" {judged.critique}" if judged.critique else ""
    return f"The {kind} was rejected; nothing was written.{why}"


def _used_up(kind: str, judged: Judgement) -> str:
    return f"The {kind} is still not accepted, and the rounds for it are used up. What was said last: {judged.critique}"
