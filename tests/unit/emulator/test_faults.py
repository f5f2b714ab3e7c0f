"""Faults on purpose, in process: the same wrapper stands before HTTP."""

import json

import pytest

from sheets_agent.emulator.faults import KINDS, Faults, parse_faults
from sheets_agent.errors import UsageError


class Local:
    """An emulator with one spreadsheet behind faults."""

    def __init__(self, emulator, spec):
        self.slept = []
        self.id = emulator.create("Budget").spreadsheet_id
        self.emulator = emulator
        self.handle = Faults(emulator.handle, parse_faults(spec), sleep=self.slept.append)

    def write(self, value="x", handle=None):
        body = json.dumps({"values": [[value]]}).encode()
        target = f"/v4/spreadsheets/{self.id}/values/A1?valueInputOption=RAW"
        return (handle or self.handle)("PUT", target, {}, body)

    def read(self, handle=None):
        return (handle or self.handle)("GET", f"/v4/spreadsheets/{self.id}/values/A1", {}, b"")

    @property
    def landed(self):
        return b'"x"' in self.read(self.emulator.handle)[2]


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("429", 429, "RESOURCE_EXHAUSTED"),
        ("500", 500, "INTERNAL"),
        ("503", 503, "UNAVAILABLE"),
        ("401", 401, "UNAUTHENTICATED"),
    ],
)
def test_a_fault_before_the_write_leaves_nothing(emulator, kind, status, said):
    local = Local(emulator, f"{kind}@1")
    answer = local.write()
    error = json.loads(answer[2])["error"]
    assert (answer[0], error["code"], error["status"]) == (status, status, said)
    assert not local.landed
    assert local.write()[0] == 200


def test_a_bad_gateway_speaks_html(emulator):
    status, headers, body = Local(emulator, "502@1").write()
    assert (status, headers["content-type"].split(";")[0]) == (502, "text/html")
    assert body.startswith(b"<!DOCTYPE html>")


def test_a_write_lands_although_the_answer_says_otherwise(emulator):
    local = Local(emulator, "503-after@1")
    assert local.read()[0] == 200, "a read is no write, and is not counted"
    assert local.write()[0] == 503
    assert local.landed


def test_a_refused_write_says_why_even_when_its_answer_was_to_be_lost(emulator):
    local = Local(emulator, "503-after=1")
    target = f"/v4/spreadsheets/{local.id}:batchUpdate"
    assert local.handle("POST", target, {}, b"{}")[0] == 400


@pytest.mark.parametrize(("kind", "landed"), [("reset", False), ("reset-after", True)])
def test_a_connection_is_reset(emulator, kind, landed):
    local = Local(emulator, f"{kind}@1")
    with pytest.raises(ConnectionResetError):
        local.write()
    assert local.landed is landed


def test_slow_answers_come_in_the_end(emulator):
    local = Local(emulator, "slow:2.5@1+3")
    assert [local.write()[0] for _ in range(3)] == [200, 200, 200]
    assert local.slept == [2.5, 2.5]


def test_probability_is_how_often_and_a_seed_repeats_it(emulator):
    def statuses():
        local = Local(emulator, "429=0.25,503=0.1,seed=7")
        return [local.read()[0] for _ in range(400)]

    first = statuses()
    assert first == statuses()
    assert 60 < first.count(429) < 140
    assert 15 < first.count(503) < 65


@pytest.mark.parametrize("spec", ["418=1", "429", "429=2", "429@", "slow:x=1", "429:2=1", "429=0.1.2", "reset@1+"])
def test_a_specification_that_makes_no_sense_is_refused(spec):
    with pytest.raises(UsageError):
        parse_faults(spec)


def test_every_kind_can_be_asked_for():
    plan = parse_faults(",".join(f"{kind}=0.5" for kind in KINDS))
    assert [fault.kind for fault in plan.faults] == list(KINDS)
