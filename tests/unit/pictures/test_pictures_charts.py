"""Charts as pictures: what is drawn is checked in the figure, that it can be drawn in the PNG."""

import struct
import sys

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.errors import UsageError
from sheets_agent.pictures import chart_pictures, chart_png, chart_ranges, values_of
from sheets_agent.pictures.charts import _plot
from sheets_agent.pictures.drawing import _tick, draw
from sheets_agent.sheets.book import Book, CellView, NotLoaded, SheetInfo
from sheets_agent.sheets.chart_spec import UnsupportedChart, read_chart

DATA = [
    ["Регион", "Факт, $", "План", "Доля"],
    ["Москва", 120.0, 100.0, 0.5],
    ["Казань", -30.0, 50.0, 0.2],
    ["Урал", 60.0, None, 0.3],
]


def read(area):
    return [row[area.start_column : area.end_column] for row in DATA[area.start_row : area.end_row]]


def source(column, first=0, last=4):
    return {"sourceRange": {"sources": [GridRange(0, first, last, column, column + 1).to_api()]}}


def basic(kind, *columns, **body):
    return {
        "title": "Выручка за 5 $ и 6 $",
        "basicChart": {
            "chartType": kind,
            "legendPosition": "BOTTOM_LEGEND",
            "headerCount": 1,
            "domains": [{"domain": source(0)}],
            "series": [{"series": source(column), "targetAxis": "LEFT_AXIS"} for column in columns or (1, 2)],
            **body,
        },
    }


PIE = {"title": "Доли", "pieChart": {"legendPosition": "RIGHT_LEGEND", "domain": source(0), "series": source(3)}}


def figure(spec):
    return draw(_plot(read_chart(spec, read), read, None), 600, 371)


@pytest.mark.parametrize(
    "spec",
    [
        *(basic(kind) for kind in ("LINE", "COLUMN", "BAR", "AREA", "STEPPED_AREA", "SCATTER", "COMBO")),
        *(basic(kind, stackedType="STACKED") for kind in ("COLUMN", "BAR", "AREA")),
        basic("COLUMN", stackedType="PERCENT_STACKED", legendPosition="INSIDE_LEGEND"),
        PIE,
        {"pieChart": {**PIE["pieChart"], "pieHole": 0.5, "legendPosition": "LABELED_LEGEND"}},
    ],
)
def test_every_kind_is_drawn_in_the_size_asked_for(spec):
    png = chart_png(spec, read, width=400, height=300)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (800, 600)


def test_columns_stand_side_by_side_from_zero():
    axes = figure(basic("COLUMN")).axes[0]
    first, second = axes.containers
    assert [bar.get_height() for bar in first] == [120, -30, 60]
    assert first[0].get_x() < second[0].get_x()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Москва", "Казань", "Урал"]


def test_stacked_columns_stand_on_each_other_and_negative_ones_hang():
    first, second = figure(basic("COLUMN", stackedType="STACKED")).axes[0].containers
    assert [bar.get_y() for bar in second] == [120, 0, 60]
    assert first[1].get_height() == -30


def test_shares_add_up_to_one():
    first, second = figure(basic("COLUMN", stackedType="PERCENT_STACKED")).axes[0].containers
    assert first[0].get_height() + second[0].get_height() == pytest.approx(1)


def test_bars_run_down_from_the_first_category():
    axes = figure(basic("BAR")).axes[0]
    assert [bar.get_width() for bar in axes.containers[0]] == [120, -30, 60]
    assert axes.yaxis_inverted()


def test_a_line_has_a_gap_where_a_number_is_missing():
    axes = figure(basic("LINE")).axes[0]
    numbers = axes.lines[1].get_ydata()
    assert list(numbers[:2]) == [100, 50]
    assert numbers[2] != numbers[2]


def test_a_scatter_chart_puts_numbers_on_both_axes():
    spec = basic("SCATTER", 1, domains=[{"domain": source(3)}])
    points = figure(spec).axes[0].collections[0].get_offsets()
    assert sorted(map(tuple, points.tolist())) == [(0.2, -30.0), (0.3, 60.0), (0.5, 120.0)]


def test_a_combined_chart_has_its_own_axis_on_the_right():
    series = [
        {"series": source(1), "type": "COLUMN", "targetAxis": "LEFT_AXIS"},
        {"series": source(3), "type": "LINE", "targetAxis": "RIGHT_AXIS"},
    ]
    left, right = figure(basic("COMBO", series=series, axis=[{"position": "RIGHT_AXIS", "title": "Доля"}])).axes
    assert len(left.containers) == 1
    assert list(right.lines[0].get_ydata()) == [0.5, 0.2, 0.3]
    assert right.get_ylabel() == "Доля"


def test_titles_axes_and_legend_are_text_not_formulas():
    drawn = figure(basic("COLUMN", axis=[{"position": "BOTTOM_AXIS", "title": "a $x$"}]))
    assert drawn.axes[0].get_title(loc="left") == r"Выручка за 5 \$ и 6 \$"
    assert drawn.axes[0].get_xlabel() == r"a \$x\$"
    assert [text.get_text() for text in drawn.legends[0].get_texts()] == [r"Факт, \$", "План"]
    assert not figure(basic("COLUMN", legendPosition="NO_LEGEND")).legends


def test_headings_are_guessed_when_the_spec_leaves_them_open():
    spec = basic("LINE")
    del spec["basicChart"]["headerCount"]
    assert read_chart(spec, read).series[0].source.heading == GridRange(0, 0, 1, 1, 2)
    spec["basicChart"]["series"] = [{"series": source(1, 1)}]
    assert read_chart(spec, read).series[0].source.heading is None


def test_series_that_lie_in_rows():
    spec = basic("LINE")
    across = {"sourceRange": {"sources": [GridRange(0, 1, 2, 0, 3).to_api()]}}
    spec["basicChart"]["series"] = [{"series": across}]
    found = read_chart(spec, read).series[0].source
    assert (found.heading, found.ranges) == (GridRange(0, 1, 2, 0, 1), (GridRange(0, 1, 2, 1, 3),))


def test_colours_of_a_series_are_kept():
    series = [{"series": source(1), "colorStyle": {"rgbColor": {"red": 1.0}}}]
    bar = figure(basic("COLUMN", series=series)).axes[0].containers[0][0]
    assert bar.get_facecolor() == (1, 0, 0, 1)


def test_categories_show_their_texts_when_given():
    png_axes = draw(
        _plot(read_chart(basic("LINE"), read), read, lambda area: [["янв"], ["фев"], ["мар"]]), 600, 371
    ).axes[0]
    assert [label.get_text() for label in png_axes.get_xticklabels()] == ["янв", "фев", "мар"]


def test_long_labels_lean_and_many_are_thinned_out():
    wide = [["h", "v"], *([f"Очень длинное название {index}", float(index)] for index in range(100))]

    def read_wide(area):
        return [row[area.start_column : area.end_column] for row in wide[area.start_row : area.end_row]]

    spec = basic("COLUMN", 1, domains=[{"domain": source(0, 0, 101)}])
    spec["basicChart"]["series"] = [{"series": source(1, 0, 101)}]
    axes = draw(_plot(read_chart(spec, read_wide), read_wide, None), 600, 371).axes[0]
    labels = axes.get_xticklabels()
    assert len(labels) <= 16
    assert labels[0].get_rotation() == 40


def test_unknown_kinds_are_refused_by_name():
    with pytest.raises(UnsupportedChart, match="treemapChart"):
        chart_png({"treemapChart": {}}, read)
    pictures = chart_pictures(
        [{"chartId": 1, "spec": {"title": "T", "orgChart": {}}}, {"chartId": 2, "spec": PIE}], read
    )
    assert pictures[0].png == b""
    assert "orgChart" in pictures[0].problem
    assert pictures[1].png.startswith(b"\x89PNG")


def test_no_numbers_at_all_still_give_a_picture():
    def nothing(area):
        return []

    assert chart_png(basic("COLUMN"), nothing).startswith(b"\x89PNG")
    assert chart_png(PIE, nothing).startswith(b"\x89PNG")


def test_without_matplotlib_the_command_to_install_it_is_said(monkeypatch):
    for name in list(sys.modules):
        if name.startswith(("matplotlib", "sheets_agent.pictures.drawing")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match="need matplotlib") as caught:
        chart_png(PIE, read)
    assert caught.value.hint == "pip install 'sheets-agent[pictures]'"


def test_charts_of_a_book_are_drawn_from_its_loaded_cells():
    info = SheetInfo(0, "Data", 0, 1000, 26)
    cells = {
        (0, row, column): CellView(value, f"<{value}>")
        for row, line in enumerate(DATA)
        for column, value in enumerate(line)
        if value is not None
    }
    book = Book("id", "t", "en_US", "Etc/GMT", (info,), cells=cells, loaded=(GridRange(0, 0, 1000, 0, 4),))
    spec = basic("LINE")
    for part in (spec["basicChart"]["domains"][0]["domain"], spec["basicChart"]["series"][0]["series"]):
        del part["sourceRange"]["sources"][0]["endRowIndex"]
    values, texts = values_of(book)
    plot = _plot(read_chart(spec, values), values, texts)
    assert plot.labels == ("<Москва>", "<Казань>", "<Урал>")
    assert plot.points[0].numbers == (120.0, -30.0, 60.0)
    assert chart_ranges(spec)[0] == GridRange(0, 0, None, 0, 1)
    with pytest.raises(NotLoaded):
        values(GridRange(0, 0, 4, 7, 8))


@pytest.mark.parametrize("kind", ["COLUMN", "BAR", "LINE", "AREA", "SCATTER"])
def test_labels_of_a_series_are_written_beside_it(kind):
    labelled = {"series": source(1), "dataLabel": {"type": "DATA"}}
    axes = figure(basic(kind, series=[labelled, {"series": source(2)}])).axes[0]
    numbers = [value for (value,) in read(GridRange(0, 1, 4, 1, 2)) if value is not None]
    written = [text.get_text() for text in axes.texts if text.get_text()]
    assert written == [_tick(number, False) for number in numbers]
