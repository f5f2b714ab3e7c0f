"""What a task costs with each planner: calls of models, tokens of the prompts, calls of the Sheets API.

    python benchmarks/cost.py

The models answer from a script, and well: the first plan is clean. The tokens are counted as `tokens` estimates them.
The program ends with 1 where `auto` takes more than 3 calls of models, or 5 reads and 2 writes of the Sheets API, for a
task, on a file or over HTTP; or where the list of the actions takes more than 1,500 tokens. One of the reads looks
whether somebody else has changed something before the plan is written, one of the writes removes the marks of a run.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from cost_tasks import TASKS, CostTask, Step
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult

from sheets_agent import SheetsAgent
from sheets_agent.actions import offered
from sheets_agent.actions.tools import tool_schema
from sheets_agent.actions.wire import action_space
from sheets_agent.chat import ROLES
from sheets_agent.demo.scripted_model import ScriptedChatModel, ScriptedReply
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.prompts import LANGUAGES, NAMES, Prompts
from sheets_agent.settings import Planner, load
from sheets_agent.stages.describe_text import tokens
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult

MODEL_CALLS, ACTION_SPACE = 3, 1_500
ON_A_FILE, LIVE = (4, 1), (5, 2)
"""Reads and writes. A live spreadsheet is looked at once more before the write, and the write's mark is removed."""
PLANNERS: tuple[str, ...] = get_args(Planner)
_EXTENT = re.compile(r"(?:Extent|Объём): (next|whole)")


class GoodModel(ScriptedChatModel):
    """Does one task well, in whichever role, and says how many tokens it was given."""

    steps: tuple[Step, ...]
    question: bool

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        result = super()._generate(messages, stop, run_manager, **kwargs)
        said = "\n".join([*(str(message.text) for message in messages), *map(_as_json, kwargs.get("tools") or ())])
        calls = [_as_json(call) for message in messages for call in getattr(message, "tool_calls", ())]
        message: Any = result.generations[0].message
        sent = tokens("\n".join([said, *calls]))
        received = tokens("\n".join([str(message.text), *map(_as_json, message.tool_calls)]))
        message.usage_metadata = {"input_tokens": sent, "output_tokens": received, "total_tokens": sent + received}
        return result

    def _choose(self, text: str) -> ScriptedReply:
        if self.role == "executor":
            return ScriptedReply(text="Done.")
        return ScriptedReply(json_answer=self._answer(text))

    def _answer(self, text: str) -> dict[str, Any]:
        match self.role:
            case "retriever":
                request = "question" if self.question else "command"
                return {"request": request, "tables": [], "columns": [], "questions": []}
            case "planner":
                return {"thoughts": "As the task says, step by step.", "steps": list(self.steps)}
            case "explorer":
                return self._way_on(text)
            case "voter":
                return {"reason": "They do the same.", "choice": 1}
            case "judge":
                return {"reason": "Right so far.", "value": 90}
        return {"comment": "Nothing to change.", "verdict": "keep"}

    def _way_on(self, text: str) -> dict[str, Any]:
        """The steps that are left, or the next one of them."""
        taken, _ = json.JSONDecoder().raw_decode(text[text.rindex('{"steps": [') :])
        rest = self.steps[len(taken["steps"]) :]
        extent = _EXTENT.search(text)
        if extent and extent[1] == "next":
            rest = rest[:1]
        return {"thoughts": "On.", "done": not rest, "steps": [{"variant": 1, **one} for one in rest]}


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    task: str
    planner: str
    calls: int
    tokens: int
    reads: int
    writes: int
    fine: bool
    """Whether it did the task."""

    def in_goal(self, reads: int, writes: int) -> bool:
        """Whether it took no more than that, and did the task."""
        return self.fine and self.calls <= MODEL_CALLS and self.reads <= reads and self.writes <= writes


def agent(task: CostTask, planner: str, **settings: Any) -> SheetsAgent:
    """An agent whose models do a task well."""
    models = {role: GoodModel(role=role, steps=task.steps, question=task.question) for role in ROLES}
    given = load(planner=planner, approve="never", **settings)
    return SheetsAgent(given, model=models["planner"], models=models)


def cost_of(task: CostTask, planner: str, folder: Path) -> Cost:
    """What a task costs on a file."""
    path = folder / "book.xlsx"
    task.write(path)
    return _counted(task, planner, agent(task, planner).run(path, task.text, output=folder / "result.xlsx"))


def cost_over_http(task: CostTask, planner: str, folder: Path) -> Cost:
    """What a task costs in a spreadsheet that is somewhere else, as Google's are."""
    path = folder / "book.xlsx"
    task.write(path)
    workbook = open_file(path).workbook
    emulator = Emulator()
    emulator.add(workbook)
    with serve(emulator) as server:
        worker = agent(task, planner, api_endpoint=server.url)
        return _counted(task, planner, worker.run(workbook.spreadsheet_id, task.text))


def _counted(task: CostTask, planner: str, result: RunResult) -> Cost:
    roles = result.usage.roles.values()
    return Cost(
        task.name,
        planner,
        sum(role.calls for role in roles),
        sum(role.input_tokens for role in roles),
        result.usage.api_reads,
        result.usage.api_writes,
        result.status is Status.DONE and all(step.success for step in result.steps),
    )


def _rows(costs: Sequence[Cost]) -> Iterator[list[str]]:
    """A row for each planner: the costs of the tasks, then the most of them."""
    by_planner: dict[str, list[Cost]] = {}
    for cost in costs:
        by_planner.setdefault(cost.planner, []).append(cost)
    for planner, found in by_planner.items():
        cells = [f"{one.calls} calls, {one.tokens:,}{'' if one.fine else ' (not done)'}" for one in found]
        most = f"{max(one.reads for one in found)} + {max(one.writes for one in found)}"
        yield [planner, *cells, most]


def _table(headers: Sequence[str], rows: Iterator[list[str]]) -> None:
    print("| " + " | ".join(headers) + " |")
    print("|" + " --- |" * len(headers))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def prompt_tokens() -> Mapping[str, Sequence[int]]:
    """The tokens of each prompt's own text in each language, without what is put into it."""
    found = {}
    for name in NAMES:
        sizes = []
        for language in LANGUAGES:
            prompts = Prompts(language=language)
            system, user = prompts.variables(name)
            sizes.append(sum(map(tokens, prompts.render(name, dict.fromkeys((*system, *user), "")))))
        found[name] = sizes
    return found


def main() -> int:
    """Print the tables.

    Returns:
        1 where a goal is missed.
    """
    with tempfile.TemporaryDirectory() as place:
        os.environ["SHEETS_AGENT_DATA_DIR"] = os.environ["SHEETS_AGENT_CONFIG_DIR"] = place
        folder = Path(place)
        costs = [cost_of(task, planner, folder) for planner in PLANNERS for task in TASKS]
        served = [cost_over_http(task, planner, folder) for planner in PLANNERS for task in TASKS]
    headers = ["planner", *(task.name for task in TASKS), "reads + writes, at most"]
    print("On a file: calls of models, tokens of their prompts, calls of the Sheets API\n")
    _table(headers, _rows(costs))
    print("\nOver HTTP, where no copy can be forked\n")
    _table(headers, _rows(served))
    actions = tokens(action_space(files=False))
    print(f"\nTokens of the list of actions: {actions:,}")
    tools = sum(tokens(_as_json(tool_schema(action))) for action in offered(files=False).values())
    print(f"Tokens of the executor's tools: {tools:,}\n")
    _table(
        ["prompt", *LANGUAGES], ([name, *(f"{size:,}" for size in sizes)] for name, sizes in prompt_tokens().items())
    )
    missed = [
        one
        for found, goal in ((costs, ON_A_FILE), (served, LIVE))
        for one in found
        if not one.fine or (one.planner == "auto" and not one.in_goal(*goal))
    ]
    for one in missed:
        print(f"Goal missed: {one}")
    if actions > ACTION_SPACE:
        print(f"Goal missed: the list of actions takes more than {ACTION_SPACE:,} tokens.")
    return int(bool(missed) or actions > ACTION_SPACE)


if __name__ == "__main__":
    sys.exit(main())
