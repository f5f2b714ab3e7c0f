"""Actions of other packages: off unless allowed, and then everywhere; with the example plugin over a fake exchange."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal

import pytest
from protocol_server import ProtocolServer
from scenario import TASK, Person, agent, cells, describes, plans, sums_up

from sheets_agent import plugins
from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import Action
from sheets_agent.actions.docs import page
from sheets_agent.actions.wire import action_space, decode, encode, plan_schema
from sheets_agent.agent import SheetsAgent
from sheets_agent.cli import main
from sheets_agent.errors import ActionError, UsageError
from sheets_agent.feedback.person import Decision
from sheets_agent.settings import load
from sheets_agent.state.done import Status
from sheets_agent.state.planned import Plan, Step

EXAMPLE = Path(__file__).parents[2] / "examples" / "sheets-agent-moex"
PRICES = {
    "why": "Цены",
    "action": "write_prices",
    "target": "'Продажи'!G1",
    "options": ["security=SBER", "start=2024-01-01", "end=2024-01-31"],
}


def install(folder: Path, name: str, value: str, package: str = "a-package") -> None:
    """The metadata that an installed package leaves, on the import path."""
    found = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    found.mkdir(parents=True, exist_ok=True)
    (found / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (found / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{name} = {value}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


@pytest.fixture
def moex(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example plugin, installed, and the exchange it asks."""
    install(site, "moex", "sheets_agent_moex:WritePrices", "sheets-agent-moex")
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    monkeypatch.syspath_prepend(str(EXAMPLE / "tests"))
    from fake_exchange import exchange
    from sheets_agent_moex import WritePrices

    with exchange() as fake:
        monkeypatch.setattr(WritePrices, "origin", fake.origin)
        yield fake


def test_the_examples_own_metadata_names_the_plugin() -> None:
    assert '[project.entry-points."sheets_agent.actions"]\nmoex = "sheets_agent_moex:WritePrices"' in (
        EXAMPLE / "pyproject.toml"
    ).read_text(encoding="utf-8")


def test_what_is_installed_is_off_until_it_is_allowed(moex: Any) -> None:
    assert "moex" in plugins.installed()
    SheetsAgent(load())
    assert "write_prices" not in action_space()
    with pytest.raises(ActionError, match="write_prices"):
        decode(PRICES)


def test_allowed_it_is_in_prompts_schemas_tools_docs_and_checks(
    moex: Any, sales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SheetsAgent(load(plugins=["moex"]))
    assert "write_prices(target; security, start, end, interval? (day|week|month))" in action_space()
    assert "write_prices" in plan_schema()["properties"]["steps"]["items"]["properties"]["action"]["enum"]
    assert "## write_prices" in page()
    assert "fetched" not in page() + action_space()
    with pytest.raises(ActionError, match="no field “fetched”"):
        decode({**PRICES, "options": [*PRICES["options"], "fetched=1"]})
    from sheets_agent.toolkit import SheetsToolkit

    settings = load(plugins=["moex"])
    [tool] = [one for one in SheetsToolkit.open(sales, settings=settings).get_tools() if one.name == "write_prices"]
    assert set(tool.args) == {"target", "security", "start", "end", "interval"}
    days = {"start": "2024-01-01", "end": "2024-01-31"}
    assert '"ok": true' in tool.invoke({**days, "target": "'Продажи'!G1", "security": "SBER"})
    assert main(["actions", "write_prices", "--plugin", "moex"]) == 0
    told = capsys.readouterr().out
    assert "security" in told
    assert "fetched" not in told


def test_a_run_writes_what_was_fetched_once_and_shows_it_first(
    moex: Any, openai_server: ProtocolServer, sales: Path
) -> None:
    openai_server.script(describes(), plans(PRICES), sums_up())
    person = Person(Decision(verdict="approve"))
    result = agent(person, plugins=["moex"], approve="always").run(str(sales), TASK)
    assert result.status is Status.DONE
    assert len(moex.asked) == 1
    shown = cells(result.files[0], "Продажи")
    assert [shown[f"{column}1"] for column in "GHIJKL"] == ["Date", "Open", "High", "Low", "Close", "Volume"]
    assert [shown[f"K{row}"] for row in (2, 3, 4)] == [100.5, 101.5, 102.5]
    assert "99.25" not in str([request.body for request in openai_server.chats])  # no model sees what was fetched
    assert person.reviews[0].diff.cell_count == 24
    assert Plan.model_validate_json(person.reviews[0].plan.model_dump_json()) == person.reviews[0].plan


def test_a_paused_plan_keeps_what_was_fetched(moex: Any, openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(describes(), plans(PRICES), sums_up())
    paused = agent(plugins=["moex"], approve="always").run(str(sales), TASK)
    assert paused.status is Status.PAUSED
    moex.days = 1  # the exchange has something else to say by now
    plugins._allowed.clear()  # another process
    del ACTIONS["write_prices"]
    result = agent(approve="always").resume(paused.run_id, {"decisions": [{"type": "approve"}]})
    assert result.status is Status.DONE
    assert cells(result.files[0], "Продажи")["K4"] == 102.5
    assert len(moex.asked) == 1


def test_what_cannot_be_fetched_goes_back_to_the_model(moex: Any, openai_server: ProtocolServer, sales: Path) -> None:
    moex.days = 0
    other = {"why": "", "action": "write_cell", "target": "'Продажи'!G1", "options": ["value=нет цен"]}
    openai_server.script(describes(), plans(PRICES), plans(other), sums_up())
    result = agent(plugins=["moex"]).run(str(sales), TASK)
    assert result.status is Status.DONE
    assert "no prices of SBER" in str([request.body for request in openai_server.chats])


def test_the_guard_judges_it_as_any_action(moex: Any, sales: Path) -> None:
    from sheets_agent.workbench import Workbench

    bench = Workbench.open(sales, load(plugins=["moex"], only=["Отчёт"]))
    proposal = bench.propose(Plan(steps=(Step(action=decode(PRICES)),)), "")
    assert any("only Отчёт" in why for why in proposal.errors)
    bench = Workbench.open(sales, load(plugins=["moex"]))
    over = decode({**PRICES, "target": "'Продажи'!A1"})
    assert bench.propose(Plan(steps=(Step(action=over),)), "").approval


def test_wire_steps_leave_out_what_was_fetched(moex: Any) -> None:
    from sheets_agent.fetching import fetched

    plugins.allow(["moex"])
    action = fetched(decode(PRICES))
    assert encode(action) == {name: value for name, value in PRICES.items() if name != "why"}


# ------------------------------------------------------------------------------------------------ bad plugins


class Fine(Action):
    """Do nothing, with one field."""

    kind: Literal["do_nothing"] = "do_nothing"
    example: ClassVar[dict[str, Any]] = {"kind": "do_nothing"}

    def sentence(self) -> str:
        return "Do nothing."


class Duplicate(Fine):
    """Write a cell, again."""

    kind: Literal["write_cell"] = "write_cell"  # type: ignore[assignment]
    example: ClassVar[dict[str, Any]] = {"kind": "write_cell"}


class Silent(Action):
    """It says nothing of itself."""

    kind: Literal["say_nothing"] = "say_nothing"
    example: ClassVar[dict[str, Any]] = {"kind": "say_nothing"}


class Deep(Fine):
    """It has a field that is not flat."""

    kind: Literal["go_deep"] = "go_deep"  # type: ignore[assignment]
    example: ClassVar[dict[str, Any]] = {"kind": "go_deep"}
    inside: dict[str, str] | None = None


class Wordy(Fine):
    """Do nothing, with one field."""

    kind: Literal["talk"] = "talk"  # type: ignore[assignment]
    example: ClassVar[dict[str, Any]] = {"kind": "talk"}
    hint: ClassVar[str] = "word " * 400


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("nowhere_to_be_found:Action", "cannot be loaded: ModuleNotFoundError"),
        ("a_plugin:Missing", "cannot be loaded: AttributeError"),
        ("a_plugin:Duplicate", "there is an action write_cell already"),
        ("a_plugin:Twice", "there is an action do_nothing already"),
        ("a_plugin:Text", "is no subclass of Action"),
        ("a_plugin:Empty", "has no action"),
        ("a_plugin:Silent", "say_nothing is not as an action has to be"),
        ("a_plugin:Deep", "go_deep is not as an action has to be"),
        ("a_plugin:Wordy", "tokens of the prompt"),
    ],
)
def test_a_bad_plugin_is_one_sentence(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, why: str
) -> None:
    module = ModuleType("a_plugin")
    for found in (Fine, Duplicate, Silent, Deep, Wordy):
        setattr(module, found.__name__, found)
    module.Twice, module.Text, module.Empty = [Fine, Fine], "text", ()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_plugin", module)
    install(site, "bad", value)
    before = dict(ACTIONS)
    with pytest.raises(UsageError, match=why):
        SheetsAgent(load(plugins=["bad"]))
    assert before == ACTIONS
    assert main(["actions", "--plugin", "bad"]) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "“bad” cannot be used" in told


def test_a_plugin_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["actions", "--plugin", "nobody"]) == 2
    assert "There is no plugin “nobody”" in capsys.readouterr().err


def test_two_packages_with_one_name_are_refused(site: Path) -> None:
    install(site, "same", "one:Action", "one-package")
    install(site, "same", "two:Action", "two-package")
    with pytest.raises(UsageError, match="Two packages"):
        plugins.allow(["same"])
