"""What a workbook's clock and its chance decide: NOW, TODAY, relative dates, the order of shuffled rows."""

import random
import re
from datetime import UTC, datetime

import pytest
from engine_book import Book

from sheets_agent.emulator.cell_input import entered_cell
from sheets_agent.emulator.conditions import today_in
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.sheets import updateSpreadsheetProperties
from sheets_agent.emulator.requests.sorting import randomizeRange
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.uploads import upload
from sheets_agent.emulator.workbook import Cell
from sheets_agent.formulas.values import ErrorValue, Value


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, *moment: int) -> None:
        self.set(*moment)

    def set(self, *moment: int) -> None:
        self.moment = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock(2026, 3, 1, 22, 30)


@pytest.fixture
def book(clock: Clock) -> Book:
    book = Book({"A1": "=NOW()", "A2": "=TODAY()", "A3": "=A2+1", "A4": '=YEAR(NOW())&TEXT(TODAY(),"-mm-dd")'})
    book.workbook.clock = clock
    return book


def day(*date: int) -> float:
    return float((datetime(*date) - datetime(1899, 12, 30)).days)  # type: ignore[arg-type,misc]


def test_now_and_today_are_what_the_clock_says(book: Book) -> None:
    assert book.value("A1") == pytest.approx(day(2026, 3, 1) + 22.5 / 24)
    assert [book.value(f"A{row}") for row in (2, 3, 4)] == [day(2026, 3, 1), day(2026, 3, 2), "2026-03-01"]
    assert (book.format("A1") or {})["type"] == "DATE_TIME"


@pytest.mark.parametrize("zone", ["Europe/Moscow", "GMT+03:00", "GMT+3"])
def test_they_are_said_in_the_spreadsheets_time_zone(book: Book, zone: str) -> None:
    book.workbook.properties = {**book.workbook.properties, "timeZone": zone}
    book.workbook.restructured()
    assert book.value("A1") == pytest.approx(day(2026, 3, 2) + 1.5 / 24)
    assert book.value("A2") == day(2026, 3, 2)
    assert today_in(book.workbook).isoformat() == "2026-03-02"


@pytest.mark.parametrize("zone", ["Mars", "Europe", "GMT-07:60", "GMT+24", "../UTC"])
def test_a_zone_that_is_none_is_refused(book: Book, zone: str) -> None:
    book.workbook.properties = {**book.workbook.properties, "title": "Budget"}
    request = {"properties": {"timeZone": zone}, "fields": "timeZone"}
    with pytest.raises(Refusal, match=re.escape(f"Invalid time zone: {zone}")):
        updateSpreadsheetProperties(book.workbook, request)


def test_time_goes_on_when_something_changes(book: Book, clock: Clock) -> None:
    before = book.value("A1")
    clock.set(2026, 3, 1, 23, 0)
    assert book.value("A1") == before
    book.put("B9", 1)
    assert book.value("A1") == pytest.approx(day(2026, 3, 1) + 23 / 24)


@pytest.mark.parametrize(
    ("setting", "minutes", "again"),
    [("ON_CHANGE", 600, False), ("MINUTE", 0, False), ("MINUTE", 1, True), ("HOUR", 1, False), ("HOUR", 31, True)],
)
def test_settings_may_have_it_calculated_as_time_goes_by(
    book: Book, clock: Clock, setting: str, minutes: int, again: bool
) -> None:
    book.workbook.properties = {**book.workbook.properties, "autoRecalc": setting}
    before = book.value("A1")
    hours, minute = divmod(30 + minutes, 60)
    clock.set(2026, 3, 1 + (22 + hours) // 24, (22 + hours) % 24, minute, 10)
    assert (book.value("A1") != before) == again


def test_a_fork_has_the_same_clock_and_draws_the_same(book: Book, clock: Clock) -> None:
    book.workbook.random = random.Random(5)
    fork = book.fork()
    clock.set(2027, 1, 1)
    fork.put("B1", 1)
    assert fork.value("A2") == day(2027, 1, 1)
    assert fork.workbook.new_id(set()) == book.workbook.new_id(set())


def shuffled(seed: int) -> list[list[Value]]:
    book = Book({f"A{row}": row for row in range(1, 21)})
    book.workbook.random = random.Random(seed)
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 20, "startColumnIndex": 0, "endColumnIndex": 1}
    randomizeRange(book.workbook, {"range": area})
    return book.rectangle("A1:A20")


def test_rows_are_shuffled_by_the_workbooks_chance() -> None:
    assert shuffled(1) == shuffled(1) != shuffled(2)
    assert sorted(shuffled(1)) == [[float(row)] for row in range(1, 21)]  # type: ignore[type-var]


DRAWN = {
    "A1": "=RAND()",
    "A2": "=RANDBETWEEN(1.5,6)",
    "A3": "=A1",
    "B1": "=RANDARRAY(2,2)",
    "D1": "=ARRAYFORMULA(RANDBETWEEN(A5:A8,{9;9;900;900}))",
    "E1": '=LET(x,RANDBETWEEN(1,10000),x&"-"&TEXT(x,"0"))',
    "F1": "=RAND()-RAND()",
    "G1": "=SUM(B1:C2)-B1-C1-B2-C2",
}


def drawn(seed: int) -> Book:
    book = Book(DRAWN)
    book.workbook.random = random.Random(seed)
    return book


def test_what_is_drawn_comes_from_the_workbooks_chance() -> None:
    values = drawn(1).rectangle("A1:G4")
    assert values == drawn(1).rectangle("A1:G4") != drawn(2).rectangle("A1:G4")
    assert values[0][0] == values[2][0]
    assert values[1][0] in (2.0, 3.0, 4.0, 5.0, 6.0)
    first, _, last = str(values[0][4]).partition("-")
    assert first == last
    assert values[0][5] != 0.0
    assert values[0][6] == pytest.approx(0)
    assert len({values[row][3] for row in range(4)}) > 1


LOOPS = {
    "A1": "=MAP(SEQUENCE(40),LAMBDA(x,RAND()))",
    "B1": "=MAP(SEQUENCE(40),LAMBDA(x,RANDBETWEEN(x,x+0.5)))",
    "C1": "=MAKEARRAY(40,2,LAMBDA(row,column,RANDBETWEEN(10*column,10*column+2)))",
    "E1": "=MAP({1,2},LAMBDA(x,RAND()-RAND()))",
    "G1": "=MAP({1;2},LAMBDA(x,RANDBETWEEN(5,1)))",
    "H1": "=LET(n,3,SUM(MAP(SEQUENCE(n),LAMBDA(x,RANDBETWEEN(n,n)))))",
    "I1": "=MAP(RANDARRAY(3),LAMBDA(x,x=RAND()))",
}


def looped(seed: int) -> Book:
    book = Book(LOOPS)
    book.workbook.random = random.Random(seed)
    return book


def test_what_is_drawn_at_every_step_of_a_lambda_comes_from_the_workbooks_chance() -> None:
    values = looped(1).rectangle("A1:I40")
    assert values == looped(1).rectangle("A1:I40") != looped(2).rectangle("A1:I40")
    first = [row[0] for row in values]
    assert len(set(first)) == 40
    assert all(isinstance(one, float) and 0 <= one < 1 for one in first)
    assert [row[1] for row in values] == [float(step) for step in range(1, 41)]
    assert {row[2] for row in values} == {10.0, 11.0, 12.0}
    assert {row[3] for row in values} == {20.0, 21.0, 22.0}
    assert values[0][4] != values[0][5] != 0
    assert [values[1][6], values[0][7]] == ["#NUM!", 9.0]
    assert [values[row][8] for row in range(3)] == [False] * 3


STEPS = {
    "A1": "=BYROW({1,2;3,4},LAMBDA(r,SUM(r)+RAND()))",
    "B1": "=SCAN(0,{10;20},LAMBDA(t,x,t+x+RAND()))",
    "C1": "=REDUCE(0,SEQUENCE(50),LAMBDA(t,x,t+RANDBETWEEN(x,x)))",
    "D1": "=BYCOL({1,2;3,4},LAMBDA(c,SUM(c)+RAND()))",
    "F1": "=LAMBDA(x,RANDBETWEEN(x,x+1000)+0*SUM(TO_TEXT(x)))(5)",
    "G1": "=MAP({1;2},LAMBDA(x,LAMBDA(z,z+RAND())(x)))",
    "H1": "=ROLL(1000000)",
    "I1": "=ROLL(1000000)-ROLL(1000000)",
    "J1": "=MAP({1;2},LAMBDA(x,ROLL(1000000)))",
}


def stepped(seed: int) -> Book:
    book = Book()
    book.workbook.named_functions = [{"name": "ROLL", "formula": "=LAMBDA(n,RANDBETWEEN(1,n))"}]
    book.workbook.restructured()
    for place, formula in STEPS.items():
        book.put(place, formula)
    book.workbook.random = random.Random(seed)
    return book


def test_so_does_what_is_drawn_step_by_step_and_in_functions_of_ones_own() -> None:
    values = stepped(1).rectangle("A1:J2")
    assert values == stepped(1).rectangle("A1:J2") != stepped(2).rectangle("A1:J2")
    one, two = values
    assert [3 < float(str(one[0])) < 4, 7 < float(str(two[0])) < 8] == [True, True]
    assert [10 < float(str(one[1])) < 11, 30 < float(str(two[1])) < 32] == [True, True]
    assert one[2] == 1275
    assert [4 < float(str(one[3])) < 5, 6 < float(str(one[4])) < 7] == [True, True]
    assert 5 <= float(str(one[5])) <= 1005
    assert [1 < float(str(one[6])) < 2, 2 < float(str(two[6])) < 3] == [True, True]
    assert len({one[7], one[9], two[9]}) == 3
    assert one[8] != 0


@pytest.mark.parametrize(
    "formula",
    [
        "=MAP({1;2},LAMBDA(x,SUM(MAP({1;2},LAMBDA(y,RAND())))))",
        "=MAP({1;2},LAMBDA(x,SUM(RANDARRAY(2))))",
        "=MAP({1;2},LAMBDA(x,SUM(RANDBETWEEN({1;2},9))))",
        "=BYROW({1,2;3,4},LAMBDA(r,SUM(RANDBETWEEN(r,9))))",
        "=LET(f,LAMBDA(RAND()),f()+f())",
        "=LET(f,LAMBDA(x,x+RAND()),MAP({1;2},f))",
    ],
)
def test_what_would_be_drawn_nobody_knows_how_often_is_refused_loudly(formula: str) -> None:
    value = Book({"A1": formula}).value("A1")
    assert isinstance(value, ErrorValue)
    assert value.type == "ERROR"
    assert "does not calculate" in value.message


def test_every_calculation_draws_anew_and_a_fork_draws_what_its_origin_would() -> None:
    book = drawn(3)
    before = book.rectangle("A1:G4")
    fork = book.fork()
    assert book.rectangle("A1:G4") == fork.rectangle("A1:G4") == before
    for one in (book, fork):
        one.put("Z1", 1)
    assert book.rectangle("A1:G4") == fork.rectangle("A1:G4") != before


@pytest.mark.parametrize(
    ("formula", "kind"),
    [("=RANDBETWEEN(5,1)", "NUM"), ("=RANDBETWEEN(1.2,1.8)", "NUM"), ('=RANDBETWEEN("a",1)', "VALUE"),
     ("=RANDARRAY(0,2)", "NUM"), ("=RAND(1)", "N_A")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_an_error(formula: str, kind: str) -> None:
    value = Book({"A1": formula}).value("A1")
    assert isinstance(value, ErrorValue)
    assert value.type == kind


def test_a_date_without_a_year_is_one_of_the_clocks_year(clock: Clock) -> None:
    book = Book()
    book.workbook.clock = clock
    clock.set(2031, 5, 5)
    cell = entered_cell(book.workbook, Cell(), "3/1", user_entered=True)
    assert cell.value == day(2031, 3, 1)


def test_one_clock_and_one_seed_for_all_spreadsheets(clock: Clock) -> None:
    emulators = [Emulator(clock=clock, seed=7), Emulator(clock=clock, seed=7)]
    workbooks = [one.create("Numbers") for one in emulators]
    drawn = [one.new_id(set()) for one in workbooks]
    assert drawn[0] == drawn[1]
    assert workbooks[0].today().isoformat() == "2026-03-01"
    document = emulators[0].document(workbooks[0].spreadsheet_id)
    assert document.created == clock()
    clock.set(2026, 3, 2)
    emulators[0].keep(document, workbooks[0].fork())
    assert document.modified == clock() != document.created


def test_an_upload_keeps_the_clock(clock: Clock) -> None:
    emulator = Emulator(clock=clock, seed=7)
    spreadsheet_id = emulator.create("Days").spreadsheet_id
    upload(emulator, spreadsheet_id, "uploadType=media&convert=true", "text/csv", b"=TODAY(),2/3\n")
    workbook = emulator.workbook(spreadsheet_id)
    values = workbook.values(workbook.sheets[0], range(1), range(2))
    assert values == ((day(2026, 3, 1), day(2026, 2, 3)),)
