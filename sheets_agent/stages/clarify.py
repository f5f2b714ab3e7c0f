"""Ask the person what the retriever could not tell, all questions together, once."""

from __future__ import annotations

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from sheets_agent.feedback.person import question_request, read_answers
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.on_record import questions_answered
from sheets_agent.state.described import QuestionAnswer


def clarify(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Pause for the open questions, and put the answers into the description.

    Re-entered from its top when the answers come: nothing happens here before or beside `interrupt()`.
    """
    questions = run.get("questions", ())
    if not questions:
        return {}
    texts = read_answers(interrupt(question_request(questions)), len(questions))
    questions_answered(runtime.context, questions, texts)
    answers = tuple(
        QuestionAnswer(question=question.text, answer=text)
        for question, text in zip(questions, texts, strict=True)
        if text.strip()
    )
    description = run["description"]
    return {
        "description": description.model_copy(update={"answers": (*description.answers, *answers)}),
        "questions": (),
        "pauses": run.get("pauses", 0) + 1,
        "outcome": f"{len(answers)} of {len(questions)} questions answered",
    }
