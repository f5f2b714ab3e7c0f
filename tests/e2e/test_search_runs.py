"""Whole runs with the searching planners: the real GigaChat and OpenAI clients, a scripted model on loopback."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    OPENINGS,
    OVERWRITING,
    REVENUE,
    agent,
    describes,
    plans,
    sums_up,
    workbook,
)

from sheets_agent.cli import main
from sheets_agent.events import Event, Note
from sheets_agent.state.done import Status
from sheets_agent.state.planned import SearchTree
from sheets_agent.state.result import RunResult

TASK = "Добавь столбец «Выручка»: количество, умноженное на цену"
Step = dict[str, Any]
BROKEN = {**REVENUE, "options": ["formula==C2*B2"]}
"""Quantity times the name of a product."""
BROKEN_BESIDE = {**BROKEN, "target": "'Продажи'!G2:G13"}
BROKEN_APART = {**BROKEN, "target": "'Продажи'!H2:H13"}
LEVELS = ["--planner", "tot-beam", "--reflect", "never", "--model", "openai:gpt-test"]


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return workbook(tmp_path / "sales.xlsx")


@pytest.fixture(params=["gigachat:GigaChat-2-Max", "openai:gpt-test"])
def model(request: pytest.FixtureRequest) -> tuple[str, ProtocolServer]:
    return request.param, request.getfixturevalue(f"{request.param.partition(':')[0]}_server")


def after(role: str, step: Step | None) -> str:
    """What a request of a role holds when the plan so far ends with a step; with none it is empty."""
    last = (
        r'\{"steps": \[\]\}' if step is None else rf"{re.escape(json.dumps(step['target'], ensure_ascii=False))}.*\]\}}"
    )
    return rf"(?s:(?:{OPENINGS[role]}).*){last}"


def explores(last: Step | None, *ways: list[Step], done: bool = False) -> Reply:
    """The explorer's reply where the plan so far ends with a step."""
    steps = [{"variant": number, **step} for number, way in enumerate(ways, 1) for step in way]
    return Reply(match=after("explorer", last), json={"thoughts": "Дальше.", "done": done, "steps": steps})


def judges(last: Step, value: int) -> Reply:
    """The judge's reply about a plan that ends with a step."""
    return Reply(match=after("judge", last), json={"reason": "Так.", "value": value})


def level_by_level() -> list[Reply]:
    """A search in levels: two beginnings, one of which writes over a header, then a broken and a good formula."""
    return [
        explores(None, [OVERWRITING], [HEADER]),
        explores(HEADER, [BROKEN], [REVENUE]),
        explores(OVERWRITING, [BROKEN]),
        explores(REVENUE, done=True),
    ]


def revenue_is_there(result: RunResult) -> bool:
    sheet = openpyxl.load_workbook(result.files[0])["Продажи"]
    return (sheet["E1"].value, sheet["E13"].value, sheet["A1"].value) == ("Выручка", "=C13*D13", "Регион")


def way(tree: SearchTree) -> list[str]:
    """The steps of the chosen way."""
    chosen = [child for child in tree.children if child.chosen]
    return [*(child.label for child in chosen), *(label for child in chosen for label in way(child))]


def explored(server: ProtocolServer) -> int:
    return sum(bool(re.search(OPENINGS["explorer"], request.text)) for request in server.chats)


class TestEachSearchThroughTheRealClients:
    def test_beam(self, model: tuple[str, ProtocolServer], sales: Path) -> None:
        name, server = model
        server.script(describes(), *level_by_level(), explores(BROKEN, [BROKEN_BESIDE]), sums_up())
        result = agent(model=name, planner="tot-beam").run(str(sales), TASK)
        assert result.status is Status.DONE
        assert revenue_is_there(result)
        assert server.refusals == []
        assert result.search is not None
        assert len(way(result.search)) == 2
        assert [child.chosen for child in result.search.children] == [False, True]
        assert result.usage.roles["explorer"].calls == explored(server)

    def test_depth_first_goes_no_further_below_an_error(self, model: tuple[str, ProtocolServer], sales: Path) -> None:
        name, server = model
        server.script(
            describes(),
            explores(None, [HEADER]),
            explores(HEADER, [BROKEN], [REVENUE]),
            explores(REVENUE, done=True),
            sums_up(),
        )
        result = agent(model=name, planner="tot-dfs").run(str(sales), TASK)
        assert revenue_is_there(result)
        assert server.left == 0
        assert result.search is not None
        (header,) = result.search.children
        assert [child.chosen for child in header.children] == [False, True]
        assert "#VALUE!" in header.children[0].facts[0]

    def test_mcts(self, model: tuple[str, ProtocolServer], sales: Path) -> None:
        name, server = model
        server.script(describes(), explores(None, [BROKEN], [HEADER, REVENUE]), explores(BROKEN, [HEADER]), sums_up())
        result = agent(model=name, planner="mcts").run(str(sales), TASK)
        assert revenue_is_there(result)
        assert server.refusals == []
        assert result.search is not None
        assert [child.chosen for child in result.search.children] == [False, True]


class TestSettings:
    def test_a_call_for_each_option(self, scripted: ProtocolServer, sales: Path) -> None:
        ways = [explores(None, [HEADER]), explores(None, [OVERWRITING]), explores(None, [HEADER])]
        more = [explores(HEADER, [REVENUE]), explores(HEADER, [REVENUE]), explores(HEADER, [BROKEN])]
        ended = [explores(REVENUE, done=True) for _ in range(3)]
        scripted.script(describes(), *ways, *more, *ended, sums_up())
        result = agent(planner="tot-dfs", search={"together": False}).run(str(sales), TASK)
        assert revenue_is_there(result)
        assert scripted.left == 0
        assert result.usage.roles["explorer"].calls == 9
        assert result.search is not None
        assert len(result.search.children) == 2  # the same step twice is one way

    @pytest.mark.parametrize(("language", "said"), [("ru", "Ты оцениваешь работу"), ("en", "You judge work")])
    def test_a_judge_turns_the_search_where_facts_see_no_difference(
        self, scripted: ProtocolServer, sales: Path, language: str, said: str
    ) -> None:
        elsewhere = {**REVENUE, "target": "'Продажи'!G2:G13"}
        scripted.script(
            describes(),
            explores(None, [HEADER]),
            judges(HEADER, 80),
            explores(HEADER, [elsewhere], [REVENUE]),
            judges(elsewhere, 10),
            judges(REVENUE, 95),
            explores(REVENUE, done=True),
            sums_up(),
        )
        result = agent(planner="tot-greedy", search={"model_value": True}, language=language).run(str(sales), TASK)
        assert revenue_is_there(result)
        assert scripted.left == 0
        assert result.usage.roles["judge"].calls == 3
        assert sum(said in request.text for request in scripted.chats) == 3
        assert result.search is not None
        (header,) = result.search.children
        assert [child.value for child in header.children] == [0.55, 0.975]

    def test_a_search_that_stops_at_its_calls_says_so(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), explores(None, [HEADER]), explores(HEADER, [REVENUE]), sums_up())
        told: list[Event] = []
        worker = agent(on_event=told.append, planner="tot-greedy", search={"calls": 2})
        result = worker.run(str(sales), TASK)
        note = "The search stopped at 2 calls of models; this is the best plan so far, which may lack steps."
        assert Note(note) in told
        assert note in result.notes
        assert revenue_is_there(result)


def test_auto_climbs_from_one_plan_over_a_vote_to_a_search(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(
        describes(),
        plans(HEADER, BROKEN),
        plans(BROKEN),
        plans(BROKEN_BESIDE),
        plans(BROKEN),
        explores(None, [BROKEN_APART], [HEADER, REVENUE]),
        explores(BROKEN_APART, [HEADER]),
        sums_up(),
    )
    result = agent(planner="auto").run(str(sales), TASK)
    assert result.status is Status.DONE
    assert revenue_is_there(result)
    assert result.usage.roles["planner"].calls == 4
    assert result.search is not None
    assert len(way(result.search)) >= 1
    complaints = [request.text for request in scripted.chats if re.search(OPENINGS["explorer"], request.text)]
    assert "#VALUE!" in complaints[0]
    assert any("2 of 3 plans agree" in note for note in result.notes)


class TestShowingTheTree:
    def test_in_the_terminal_and_in_a_file(self, scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
        scripted.script(describes(), *level_by_level(), explores(BROKEN, [BROKEN_BESIDE]))
        assert main(["plan", "sales.xlsx", TASK, *LEVELS, "--show-tree", "--tree", "tree.mmd"]) == 0
        told = capsys.readouterr().out
        assert re.search(r"└── \* .*'Продажи'!E2:E13", told)
        assert re.search(r"├── (?!\*).*'Продажи'!A1", told)
        assert "The search tree is in tree.mmd." in told
        drawn = Path("tree.mmd").read_text(encoding="utf-8")
        assert drawn.startswith("flowchart LR\n")
        assert "==>" in drawn

    def test_json_stays_alone_on_stdout(self, scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
        scripted.script(describes(), *level_by_level(), explores(BROKEN, [BROKEN_BESIDE]), sums_up())
        assert main(["run", "sales.xlsx", TASK, *LEVELS, "--json", "--show-tree", "--tree", "tree.png"]) == 0
        told = capsys.readouterr()
        result = RunResult.model_validate_json(told.out)
        assert result.search is not None
        assert "tree.png" in told.err
        assert Path("tree.png").read_bytes().startswith(b"\x89PNG")

    def test_without_a_search_that_is_said_and_nothing_is_written(
        self, scripted: ProtocolServer, sales: Path, capsys: Any
    ) -> None:
        scripted.script(describes(), plans(HEADER, REVENUE))
        line = ["plan", "sales.xlsx", TASK, "--planner", "cot", *LEVELS[2:], "--show-tree", "--tree", "tree.svg"]
        assert main(line) == 0
        assert "No tree was searched for this plan." in capsys.readouterr().out
        assert not Path("tree.svg").exists()

    def test_a_picture_without_matplotlib_is_refused_before_a_model_is_asked(
        self, scripted: ProtocolServer, sales: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        assert main(["plan", "sales.xlsx", TASK, *LEVELS, "--tree", "tree.png"]) == 2
        assert "pip install 'sheets-agent[pictures]'" in capsys.readouterr().err
        assert scripted.chats == []

    @pytest.mark.parametrize("command", ["plan", "run"])
    def test_a_kind_of_file_that_is_not_known_is_refused_before_a_model_is_asked(
        self, scripted: ProtocolServer, sales: Path, command: str, capsys: Any
    ) -> None:
        assert main([command, "sales.xlsx", TASK, *LEVELS, "--tree", "tree.jpg"]) == 2
        assert ".mmd" in capsys.readouterr().err
        assert scripted.chats == []
