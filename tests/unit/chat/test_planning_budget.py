"""What planning has cost a run, over all of its processes."""

from __future__ import annotations

from pathlib import Path

from langchain_core.messages import HumanMessage

from sheets_agent.chat import Chats
from sheets_agent.chat.kept import KeptAnswers, opened
from sheets_agent.demo.scripted_model import ScriptedChatModel, ScriptedReply
from sheets_agent.state.done import RoleUsage


class Model(ScriptedChatModel):
    """Answers anything."""

    def _choose(self, text: str) -> ScriptedReply:
        return ScriptedReply(text="Yes.")


def chats(folder: Path) -> Chats:
    return Chats(Model(role="planner"), {}, kept=KeptAnswers(opened(str(folder / "runs.sqlite")), "run"))


def test_answers_that_were_kept_count_against_the_budget_and_cost_nothing(tmp_path: Path) -> None:
    first = chats(tmp_path)
    first.role("planner").text([HumanMessage("One?")])
    first.role("executor").text([HumanMessage("One?")])
    assert (first.planning_usage().calls, first.usage()["planner"].calls) == (1, 1)
    second = chats(tmp_path)
    second.role("planner").text([HumanMessage("One?")])
    second.role("planner").text([HumanMessage("Two?")])
    second.role("executor").text([HumanMessage("One?")])
    assert second.planning_usage().calls == 2
    assert second.planning_usage().input_tokens >= first.planning_usage().input_tokens
    assert second.usage()["planner"].calls == 1
    assert "executor" not in second.usage()


def test_what_an_earlier_process_had_spent_counts(tmp_path: Path) -> None:
    later = chats(tmp_path)
    later.go_on_after(RoleUsage(calls=20, input_tokens=5))
    later.role("planner").text([HumanMessage("Three?")])
    assert later.planning_usage().calls == 21
    assert later.usage()["planner"].calls == 1
