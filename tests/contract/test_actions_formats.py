"""Formats and rules, set by actions and read back through the API."""

import pytest
from action_bench import TITLES, Bench, span

from sheets_agent.errors import ActionError

PLACES = pytest.mark.parametrize(("title", "anchor"), [*((title, "A1") for title in TITLES), ("P1", "Y999")])


@PLACES
def test_cells_look_as_told(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [[0.256, "x"]], at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (0, 1))}"
    bench.do(
        "format_cells",
        target=area,
        number_format="percent",
        style=["bold"],
        font_size=14,
        text_color="#ff0000",
        background="light green",
        alignment=["center", "middle"],
        wrap="wrap",
    )
    [first, second] = bench.cells(area)[0]
    form = first["userEnteredFormat"]
    assert first["formattedValue"] == "25.60%"
    assert form == second["userEnteredFormat"]
    assert form["textFormat"]["bold"] is True
    assert form["textFormat"]["fontSize"] == 14
    assert form["textFormat"]["foregroundColor"] == {"red": 1}
    assert form["backgroundColorStyle"]["rgbColor"]["green"] == pytest.approx(0xEA / 255)
    assert (form["horizontalAlignment"], form["verticalAlignment"], form["wrapStrategy"]) == (
        "CENTER",
        "MIDDLE",
        "WRAP",
    )
    bench.do("format_cells", target=area, number_format="automatic", style=["not bold"])
    form = bench.cells(area)[0][0]["userEnteredFormat"]
    assert "numberFormat" not in form
    assert not form["textFormat"].get("bold")
    assert form["textFormat"]["fontSize"] == 14


@pytest.mark.parametrize(
    ("locale", "number_format", "value", "shown"),
    [
        ("en_US", "currency", 1234.5, "$1,234.50"),
        ("ru_RU", "currency", 1234.5, "1\u00a0234,50\u00a0₽"),
        ("en_US", '#,##0 "pcs"', 1234.5, "1,235 pcs"),
        ("ru_RU", "date", 45322, "31.01.2024"),
        ("en_US", "yyyy-mm-dd", 45322, "2024-01-31"),
        ("en_US", "duration", 1.5, "36:00:00"),
        ("en_US", "integer", 1234.5, "1,235"),
        ("en_US", "accounting", 1234.5, " $1,234.50 "),
        ("en_US", "scientific", 1234.5, "1.23E+03"),
    ],
)
def test_number_formats_show(locale, number_format, value, shown):
    bench = Bench(locale)
    bench.sheet("T", [[value]])
    bench.do("format_cells", target="T!A:A", number_format=number_format)
    assert bench.shown("T!A1") == [[shown]]


@PLACES
def test_borders(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    area = f"{sheet}!{span(anchor, (0, 0), (1, 1))}"
    bench.do("set_borders", target=area, sides=["outer"], style="thick", color="blue")
    top_left = bench.cells(area)[0][0]["userEnteredFormat"]["borders"]
    assert top_left["top"]["style"] == top_left["left"]["style"] == "SOLID_THICK"
    assert top_left["top"]["color"] == {"blue": 1}
    assert "bottom" not in top_left
    bench.do("set_borders", target=area, style="none")
    assert not any(cell.get("userEnteredFormat", {}).get("borders") for row in bench.cells(area) for cell in row)


@PLACES
def test_merges(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [["a", "b"], ["c", "d"]], at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (1, 1))}"
    bench.do("merge_cells", target=area, mode="rows")
    assert len(bench.book().sheet(title).merges) == 2
    assert bench.shown(area) == [["a"], ["c"]]
    bench.do("merge_cells", target=area)
    assert len(bench.book().sheet(title).merges) == 1
    assert bench.shown(area) == [["a"]]
    bench.do("unmerge_cells", target=area)
    assert bench.book().sheet(title).merges == ()


def conditional(bench, title):
    return bench.book().sheet(title).resources.get("conditionalFormats", ())


@PLACES
def test_conditional_formats(title, anchor):
    bench = Bench("ru_RU")
    sheet = bench.sheet(title, [[1], [2]], at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (1, 0))}"
    bench.do("conditional_format", target=area, condition="> 1.5", background="light red")
    bench.do("conditional_format", target=area, formula="=AND(A1>1.5,A1<3)", style=["bold"])
    bench.do("conditional_format", target=area, scale=["white", "#00ff00"])
    scale, formula, number = conditional(bench, title)
    assert number["booleanRule"]["condition"] == {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "1,5"}]}
    assert formula["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=AND(A1>1,5;A1<3)"}]
    assert formula["booleanRule"]["format"]["textFormat"]["bold"] is True
    assert scale["gradientRule"]["maxpoint"]["type"] == "MAX"
    assert bench.book().a1(bench.book().range(area)) == area


@PLACES
def test_validation(title, anchor):
    bench = Bench()
    bench.sheet("Lists", [["A"], ["B"]])
    sheet = bench.sheet(title)
    place = f"{sheet}!{anchor}"

    def rule(**fields):
        bench.do("data_validation", target=place, **fields)
        cells = bench.cells(place)
        return cells[0][0].get("dataValidation") if cells and cells[0] else None

    found = rule(allow="list", items=["New", "Paid"], strict=False, message="Choose")
    assert found["condition"] == {
        "type": "ONE_OF_LIST",
        "values": [{"userEnteredValue": "New"}, {"userEnteredValue": "Paid"}],
    }
    assert (found.get("strict", False), found["inputMessage"], found["showCustomUi"]) == (False, "Choose", True)
    assert rule(allow="list", source="Lists!A1:A2")["condition"]["type"] == "ONE_OF_RANGE"
    assert rule(allow="condition", condition="between 1 and 10")["condition"]["type"] == "NUMBER_BETWEEN"
    assert rule(allow="condition", condition="after 2024-01-01")["condition"]["type"] == "DATE_AFTER"
    assert rule(allow="checkbox")["condition"]["type"] == "BOOLEAN"
    assert rule(allow="formula", formula="=ISEVEN(A1)")["strict"] is True
    assert rule(allow="anything") is None


def test_validation_that_sheets_does_not_have():
    with pytest.raises(ActionError, match="does not work in data validation"):
        Bench().do("data_validation", target="Sheet1!A1", allow="condition", condition="is empty")


@PLACES
def test_protection(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    bench.do(
        "protect_range", target=f"{sheet}!{anchor}" if anchor == "A1" else title, warning_only=True, note="Formulas"
    )
    [protected] = bench.book().sheet(title).resources["protectedRanges"]
    assert protected["warningOnly"] is True
