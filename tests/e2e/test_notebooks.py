"""Every notebook runs from top to bottom, without a network and without credentials, and shows what it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@dataclass(frozen=True)
class Shown:
    """What the cells of a notebook show, in their order: plain texts, HTML, Markdown, and pictures as SVG."""

    texts: str
    html: tuple[str, ...]
    markdown: tuple[str, ...]
    drawings: tuple[str, ...]

    def table(self, number: int) -> str:
        """The text of a piece of HTML, what is not empty divided by bars."""
        return re.sub(r"(\s*<[^>]+>\s*)+", "|", self.html[number])


def run(name: str, folder: Path) -> Shown:
    """Execute a notebook in a folder."""
    [path] = [path for path in NOTEBOOKS if path.stem.startswith(name)]
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]

    def of(kind: str) -> tuple[str, ...]:
        return tuple(str(output.data[kind]) for output in outputs if kind in output.get("data", {}))

    texts = [str(output.get("text", "")) or str(output.get("data", {}).get("text/plain", "")) for output in outputs]
    return Shown("\n".join(texts), of("text/html"), of("text/markdown"), of("image/svg+xml"))


pytestmark = pytest.mark.filterwarnings("default")


def test_first_run_offline(tmp_path: Path) -> None:
    shown = run("01", tmp_path)
    assert "has no function ЕСЛИ" in shown.texts
    assert "sales.agent.xlsx" in shown.texts
    assert "data:image/png;base64," in shown.html[0]


def test_planners_compared(tmp_path: Path) -> None:
    shown = run("02", tmp_path)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.markdown[0].splitlines()[2:]]
    chosen = {planner: (formula, said) for planner, _, _, _, formula, said in rows}
    assert chosen.pop("cot") == ("`=I4*'Справочник'!B3`", "warning")
    assert list(chosen) == ["self-consistency", "tot-greedy", "tot-beam", "tot-dfs", "mcts"]
    assert set(chosen.values()) == {("`=I4*'Справочник'!$B$3`", "nothing against it")}
    calls = {row[0]: int(row[1]) for row in rows}
    assert calls["cot"] < calls["mcts"] < calls["tot-greedy"] == calls["tot-dfs"] < calls["tot-beam"]
    assert all(int(row[2].replace(",", "")) > 1000 * calls[row[0]] for row in rows), "tokens are counted"
    assert "self-consistency: 2 of 3 plans agree" in shown.texts
    assert "B3 moves down with each row" in shown.texts
    beam, mcts = shown.drawings
    assert beam.count("#188038") > mcts.count("#188038") > 0, "the chosen way is longer step by step"
    assert "|J|" in shown.table(-1)
    assert "|275,550 ₽|" in shown.table(-1)


def test_feedback_loop(tmp_path: Path) -> None:
    shown = run("03", tmp_path)
    reviews = re.findall(r"different: (.+)", shown.texts)
    assert [line[:12] for line in reviews] == ["Only orders ", "approve", "Whole rouble", "approve", "accept"]
    first, second, result, third, last = (shown.table(number) for number in range(5))
    assert "IF(" not in first
    assert "IF(" in second
    assert "ROUND(" not in result
    assert "ROUND(" in third
    assert "ROUND(" in last
    written = shown.table(5)
    assert "|cancelled|€368.90|5|EX-1002|" in written, "what is not sold stays empty"
    assert "|shipped|€2,750.00|275,550 ₽|" in written
    assert "data:image/png;base64," in shown.html[5]
    assert re.search(r"plan +revise +Only orders.*\nplan +accept *\nresult +revise +Whole", shown.texts)
    assert "2 preference pairs" in shown.texts
    assert "paused — Nothing was written yet: the run waits for a review of the plan" in shown.texts
    assert "1. Write Total RUB into Orders!J3." in shown.texts
    assert shown.texts.rstrip().endswith("RESOLVED")
    assert "|cancelled|€368.90|36,964 ₽|" in shown.table(6)


def test_without_credentials_the_live_notebook_does_nothing(tmp_path: Path) -> None:
    shown = run("04", tmp_path)
    assert shown.texts.strip() == "skipped: SHEETS_AGENT_LIVE_SPREADSHEET is not set"


def test_toolkit_mcp_and_subgraph(tmp_path: Path) -> None:
    shown = run("05", tmp_path)
    added, renamed, back, served, report = (shown.table(number) for number in range(5))
    assert "|Total RUB|" in added
    assert all("|36,964 ₽|" in table for table in (added, served, report))
    assert "|Quantity|" in renamed
    assert "|Qty|" in back
    assert "Overwrites 1 cell that held something: Orders!F3 (“Qty”)." in shown.texts
    assert re.findall(r"(\w+) +writes", shown.texts) == ["apply_plan", "run_action", "undo_run"]
    assert "nothing is written yet." in shown.texts
    assert "apply_plan waits for a decision" in shown.texts
    assert "Dear colleagues, it is done. Column J" in shown.texts


def test_each_notebook_is_tested_and_none_carries_outputs() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert all(not cell.get("outputs") for cell in cells), path.name
