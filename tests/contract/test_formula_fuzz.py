"""Formulas made up from the grammar and then damaged: typed in, read back in every way, never a failure of ours."""

import json
import random
import time

import pytest

from sheets_agent.formulas.catalogue import functions

ATOMS = [
    *("1", "0", "-1", "2.5", '"a"', '""', '"2020-01-01"', "TRUE", "#N/A", "1e300", "50%", '"select A"'),
    *("A1", "B2", "A1:B3", "A:A", "2:3", "A2:A", "$A$1", "Z99999", "Sheet1!A1", "Missing!A1", "'Sheet1'!B1:C"),
    *("{1,2;3,4}", "{1;2}", "nums", "x", "T[Col]", '","'),
]
SIGNS = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">=", ":"]
DAMAGE = "()[]{},;:!'\"#$%&@=<>\x00\x01\x02\x03\x04\n\t é中🎉1A."
LOOPS = {"MAP": "x", "BYROW": "x", "BYCOL": "x", "REDUCE": "a,x", "SCAN": "a,x"}
SECONDS = 60


class Formulas:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.names = sorted(functions())

    def formula(self):
        return "=" + self.damaged(self.expression(self.draw.choice([1, 2, 3, 4])))

    def expression(self, depth):
        kind = self.draw.random()
        if depth <= 0 or kind < 0.3:
            return self.draw.choice(ATOMS)
        if kind < 0.75:
            return self.call(depth - 1)
        if kind < 0.9:
            return self.expression(depth - 1) + self.draw.choice(SIGNS) + self.expression(depth - 1)
        if kind < 0.95:
            return "{" + self.draw.choice(",;").join(self.expression(depth - 1) for _ in range(2)) + "}"
        return f"({self.expression(depth - 1)})"

    def call(self, depth):
        name = self.draw.choice(self.names)
        if name in LOOPS:
            start = "0," if "a" in LOOPS[name] else ""
            return f"{name}({start}{self.expression(depth)},LAMBDA({LOOPS[name]},{self.expression(depth)}))"
        if name == "LAMBDA":
            return f"LAMBDA(x,{self.expression(depth)})({self.expression(depth)})"
        if name == "LET":
            return f"LET(x,{self.expression(depth)},{self.expression(depth)})"
        count = self.draw.choice([count for count in range(6) if functions()[name].takes(count)] or [1])
        return f"{name}({self.draw.choice(',;').join(self.expression(depth) for _ in range(count))})"

    def damaged(self, text):
        letters = list(text)
        for _ in range(self.draw.choice([0, 0, 0, 1, 2, 4])):
            at = self.draw.randrange(len(letters) + 1)
            letters[at : at + self.draw.choice([0, 1, 1])] = self.draw.choice([*DAMAGE, ""])
        return "".join(letters)


@pytest.mark.parametrize("seed", range(6))
def test_any_formula_can_be_typed_in_and_read_back(emulator, seed):
    formulas = Formulas(seed)
    identifier = emulator.create("Fuzz").spreadsheet_id
    base = f"/v4/spreadsheets/{identifier}"
    rows = {"values": [["a", "b", 3], [1, "2020-01-01", "=A2+1"], ["x", "", True]]}
    accepted = 0
    for _ in range(60):
        emulator.handle("POST", f"{base}/values/A1:Z1000:clear", {}, b"{}")
        emulator.handle("PUT", f"{base}/values/A1?valueInputOption=USER_ENTERED", {}, json.dumps(rows).encode())
        formula, cell = formulas.formula(), formulas.draw.choice(["E5", "A4", "D1", "Z1000"])
        started = time.monotonic()
        target = f"{base}/values/{cell}?valueInputOption=USER_ENTERED&includeValuesInResponse=true"
        status, _, answer = emulator.handle("PUT", target, {}, json.dumps({"values": [[formula]]}).encode())
        assert status in (200, 400), f"{formula!r}: {answer.decode()}"
        accepted += status == 200
        reads = [
            f"/values/A1:Z20?valueRenderOption={way}" for way in ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
        ]
        for read in (*reads, "?includeGridData=true&ranges=A1:F20"):
            status, _, answer = emulator.handle("GET", base + read, {}, b"")
            assert status == 200, f"{formula!r}: {answer.decode()}"
            json.loads(answer)
        assert time.monotonic() - started < SECONDS, formula
    assert accepted > 30
