"""The marks that batches leave in a live spreadsheet: gone at the end of a run, and removed by `clean` otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer
from scenario import HEADER, REVENUE, agent, describes, plans, says, sums_up

from sheets_agent.cli import main
from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.emulator.wire import error_answer
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.markers import Marker
from sheets_agent.state.done import Status


class Live:
    """A spreadsheet that is served, and what is sent to it."""

    def __init__(self, sales: Path, faults: str = "") -> None:
        self.emulator = Emulator()
        self.id = self.emulator.add(open_file(sales).workbook).spreadsheet_id
        self.faults = faults
        self.refused = b""
        self.batches: list[bytes] = []

    def __call__(self, *request: Any) -> Any:
        if request[1].endswith("alt=json") and b'"requests"' in request[3]:
            self.batches.append(request[3])
        if self.refused and self.refused in request[3]:
            return error_answer(ApiError(403, "The caller does not have permission"))
        return self._handle(*request)

    def __enter__(self) -> Live:
        self._handle = Faults(self.emulator.handle, parse_faults(self.faults)) if self.faults else self.emulator.handle
        self._server = serve(self.emulator, handle=self)
        self.url = self._server.url
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def marks(self) -> list[int]:
        return SheetsClient(EmulatorHttp(self.emulator)).marked(self.id)

    def shows(self, cell: str) -> str:
        found = SheetsClient(EmulatorHttp(self.emulator)).values(self.id, cell)
        return str(found[0][0]) if found else ""


@pytest.fixture
def live(sales: Path) -> Iterator[Live]:
    with Live(sales) as found:
        yield found


def test_a_run_marks_its_batches_and_removes_the_marks(scripted: ProtocolServer, live: Live) -> None:
    call = ("write_cell", {"target": "'Продажи'!G1", "value": "x"})
    scripted.script(describes(), plans(HEADER, REVENUE), says("executor", calls=[call]), sums_up())
    result = agent(api_endpoint=live.url).run(live.id, "Выручка")
    assert (result.status, live.marks) == (Status.DONE, [])
    plan, single, removal = live.batches
    for number, batch in ((1, plan), (2, single)):
        marker = Marker(result.run_id, number)
        assert str(marker.id).encode() in batch
        assert str(marker.id).encode() in removal
    assert result.usage.api_writes == 3


def test_a_lost_answer_leaves_a_mark_and_says_so(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(HEADER, REVENUE), sums_up())
    with Live(sales, "503-after@1") as live:
        result = agent(api_endpoint=live.url).run(live.id, "Выручка")
        assert result.status is Status.DONE
        assert live.marks == [Marker(result.run_id, 1).id]
        assert any("sheets-agent clean" in note for note in result.notes)
        assert live.shows("'Продажи'!E2") == "40"


def test_a_mark_that_cannot_be_removed_does_not_cost_the_result(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(HEADER), sums_up())
    with Live(sales) as live:
        live.refused = b"deleteDeveloperMetadata"
        result = agent(api_endpoint=live.url).run(live.id, "Выручка")
        assert result.status is Status.DONE
        assert len(live.marks) == 1
        assert any("marks of this run stay" in note for note in result.notes)


def test_clean_removes_what_was_left(live: Live, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", live.url)
    marker = Marker("dead", 1).request()
    SheetsClient(EmulatorHttp(live.emulator)).batch_update(live.id, [marker])
    assert main(["clean", live.id]) == 0
    assert main(["clean", live.id]) == 0
    assert capsys.readouterr().out == "Removed 1 mark.\nThere are no marks.\n"
    assert live.marks == []


def test_clean_is_for_live_spreadsheets(sales: Path, capsys: Any) -> None:
    assert main(["clean", str(sales)]) == 2
    assert "is a file" in capsys.readouterr().err


def test_a_file_gets_no_marks(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(HEADER), sums_up())
    result = agent().run(str(sales), "Выручка")
    found = open_file(Path(result.files[0])).workbook
    assert found.developer_metadata == []
    assert result.usage.api_writes == 1
