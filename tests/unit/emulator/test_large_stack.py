"""What native code may do to the process."""

import json

import pytest

from sheets_agent.emulator.large_stack import on_large_stack


class PanicException(BaseException):
    """As Rust's panics arrive."""


def test_a_panic_is_an_error_that_can_be_caught():
    def panics():
        raise PanicException("out of range")

    with pytest.raises(RuntimeError, match="the calculation engine failed: out of range"):
        on_large_stack(panics)


def test_other_interruptions_pass():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_large_stack(interrupted)


def test_a_formula_over_which_the_engine_panics_takes_nothing_with_it(emulator, capfd):
    identifier = emulator.create("Budget").spreadsheet_id
    target = f"/v4/spreadsheets/{identifier}/values/A1"

    def write(value):
        body = json.dumps({"values": [[value]]}).encode()
        return emulator.handle("PUT", f"{target}?valueInputOption=USER_ENTERED", {}, body)[0]

    assert write("=EDATE(1,1e15)") == 200
    assert emulator.handle("GET", target, {}, b"")[0] in (200, 500)
    assert write("=1+1") == 200
    assert json.loads(emulator.handle("GET", target, {}, b"")[2])["values"] == [["2"]]
