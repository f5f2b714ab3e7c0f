"""Sheets, rows and columns, changed by actions and read back through the API."""

import pytest
from action_bench import TITLES, Bench

from sheets_agent.errors import ActionError


@pytest.mark.parametrize("title", TITLES)
def test_a_sheet_lives_its_life(title):
    bench = Bench()
    bench.sheet("First", [[1, 2], ["=A1+B1", None]])
    bench.do("add_sheet", target=title, index=0)
    assert [sheet.title for sheet in bench.book().sheets] == [title, "First"]
    bench.do("write_cell", target=bench.sheet(title) + "!A1", value="=First!A2*2")
    bench.do("rename_sheet", target="First", name="It's first")
    quoted = bench.sheet(title)
    assert bench.formulas(f"{quoted}!A1") == [["='It''s first'!A2*2"]]
    bench.do("duplicate_sheet", source=title, target=f"{title} copy")
    assert [sheet.title for sheet in bench.book().sheets] == [title, f"{title} copy", "It's first"]
    assert bench.numbers(f"'{title.replace(chr(39), chr(39) * 2)} copy'!A1") == [[6]]
    bench.do("freeze", target=title, rows=1, columns=2)
    assert (bench.book().sheet(title).frozen_rows, bench.book().sheet(title).frozen_columns) == (1, 2)
    bench.do("freeze", target=title, rows=0)
    assert (bench.book().sheet(title).frozen_rows, bench.book().sheet(title).frozen_columns) == (0, 2)
    bench.do("delete_sheet", target=title)
    assert [sheet.title for sheet in bench.book().sheets] == [f"{title} copy", "It's first"]


def test_the_last_sheet_cannot_go():
    with pytest.raises(ActionError, match="only visible sheet"):
        Bench().do("delete_sheet", target="Sheet1")


def test_rows_and_columns_come_and_go_and_formulas_follow():
    bench = Bench()
    bench.sheet("P1", [[1, 2], [3, 4], ["=SUM(A1:A2)", "=B1*10"]])
    bench.do("insert_rows", target="'P1'!2:3")
    assert bench.formulas("'P1'!A1:B5") == [[1, 2], [], [], [3, 4], ["=SUM(A1:A4)", "=B1*10"]]
    bench.do("insert_columns", target="'P1'!B:B")
    assert bench.formulas("'P1'!A5:C5") == [["=SUM(A1:A4)", "", "=C1*10"]]
    bench.do("delete_rows", target="'P1'!2:3")
    bench.do("delete_columns", target="'P1'!B:B")
    assert bench.formulas("'P1'!A1:B3") == [[1, 2], [3, 4], ["=SUM(A1:A2)", "=B1*10"]]


def test_rows_past_the_end_are_appended():
    bench = Bench()
    before = bench.book().sheets[0]
    bench.do("insert_rows", target=f"Sheet1!{before.row_count + 1}:{before.row_count + 5}")
    bench.do("insert_columns", target="Sheet1!AA:AB")
    after = bench.book().sheets[0]
    assert (after.row_count, after.column_count) == (before.row_count + 5, before.column_count + 2)


def test_the_row_below_a_header_need_not_look_like_it():
    bench = Bench()
    bench.sheet("T", [["Head"], ["value"]])
    bench.do("format_cells", target="T!A1", style=["bold"])
    bench.do("insert_rows", target="T!2:2", inherit="after")
    bench.do("write_cell", target="T!A2", value="new")
    [[cell]] = bench.cells("T!A2")
    assert not cell.get("effectiveFormat", {}).get("textFormat", {}).get("bold")


def test_widths():
    bench = Bench()
    bench.sheet("T", [["a" * 60]])
    bench.do("resize_columns", target="T!B:C", width=222)
    bench.do("resize_columns", target="T!A:A")
    body = bench.client.get(bench.id, ranges=["T!A1:D1"], include_grid_data=True)
    sizes = [column["pixelSize"] for column in body["sheets"][0]["data"][0]["columnMetadata"]]
    assert sizes[1:] == [222, 222, 100]
    assert sizes[0] > 100
