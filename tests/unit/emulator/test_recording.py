"""The record of a run."""

import io
import json

import pytest

from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.recording import Recorder


def test_requests_and_answers_are_written_down_without_tokens(emulator):
    file = io.StringIO()
    handle = Recorder(emulator.handle, file)
    body = json.dumps({"properties": {"title": "Бюджет"}}).encode()
    _, _, made = handle("POST", "/v4/spreadsheets", {"Authorization": "Bearer secret"}, body)
    handle("GET", "/v4/spreadsheets/none", {}, b"")
    first, second = map(json.loads, file.getvalue().splitlines())
    assert (first["method"], first["target"], first["status"]) == ("POST", "/v4/spreadsheets", 200)
    assert first["body"] == json.loads(body)
    assert first["answer"] == json.loads(made)
    assert (second["status"], second["body"]) == (404, None)
    assert second["answer"]["error"]["status"] == "NOT_FOUND"
    assert "secret" not in file.getvalue()
    assert "Бюджет" in file.getvalue()


def test_a_reset_connection_is_recorded_too(emulator):
    file = io.StringIO()
    handle = Recorder(Faults(emulator.handle, parse_faults("reset@1")), file)
    with pytest.raises(ConnectionResetError):
        handle("GET", "/v4/spreadsheets/none", {}, b"")
    line = json.loads(file.getvalue())
    assert (line["status"], line["answer"]) == (0, None)


def test_what_is_no_json_is_kept_as_text(emulator):
    file = io.StringIO()
    Recorder(emulator.handle, file)("POST", "/v4/spreadsheets", {}, b"{nonsense")
    assert json.loads(file.getvalue())["body"] == "{nonsense"
