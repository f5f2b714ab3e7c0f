"""What is told from what on a sheet: tables, dictionaries, texts."""

from region_sheets import SALES, Loader, block, regions

from sheets_agent.a1 import GridRange

# ------------------------------------------------------------------------------------------------------- simplest cases


def test_an_empty_sheet_has_no_regions() -> None:
    described = Loader({}).describe()
    assert described.regions == ()
    assert described.notes == ()


def test_a_sheet_without_a_grid_is_not_read() -> None:
    loader = Loader({}, rows=0, columns=0)
    assert loader.describe().regions == ()
    assert loader.calls == 0


def test_one_cell_is_text() -> None:
    (region,) = regions(block("C4", [["Hello"]]))
    assert (region.kind, region.range, region.rows) == ("text", "Data!C4", (("4", "Hello"),))


def test_a_table() -> None:
    (region,) = regions(block("B3", SALES))
    assert (region.kind, region.range, region.header_row) == ("table", "Data!B3:E6", 3)
    assert [(column.letter, column.header, column.type) for column in region.columns] == [
        ("B", "Date", "date"),
        ("C", "Region", "text"),
        ("D", "Units", "number"),
        ("E", "Price", "number"),
    ]
    assert region.columns[0].number_format == "yyyy-mm-dd"
    assert region.columns[3].number_format == "[$$]#,##0.00"
    assert region.columns[1].samples == ("North", "South")
    assert region.rows == (
        ("4", "2024-01-05", "North", "12", "$9.50"),
        ("5", "2024-01-06", "South", "7", "$10.00"),
        ("6", "2024-01-07", "North", "3", "$9.75"),
    )
    assert region.not_shown == ""


def test_cyrillic_sheet_and_headers() -> None:
    rows = [["Товар", "Цена"], ["Чай", 120.0], ["Кофе", 340.5]]
    (region,) = regions(block("A1", rows), title="Продажи 2024")
    assert region.range == "'Продажи 2024'!A1:B3"
    assert [column.header for column in region.columns] == ["Товар", "Цена"]


# --------------------------------------------------------------------------------------------------------------- places


def test_two_tables_side_by_side() -> None:
    found = regions(block("A1", SALES), block("F1", [["Name", "Age"], ["Ann", 30.0], ["Bob", 41.0]]))
    assert [region.range for region in found] == ["Data!A1:D4", "Data!F1:G3"]
    assert [region.header_row for region in found] == [1, 1]


def test_two_tables_stacked() -> None:
    found = regions(block("A1", SALES), block("A7", [["Name", "Age"], ["Ann", 30.0], ["Bob", 41.0]]))
    assert [region.range for region in found] == ["Data!A1:D4", "Data!A7:B9"]
    assert [region.header_row for region in found] == [1, 7]


def test_a_title_above_a_table() -> None:
    title, table = regions(block("A1", [["Sales of the first quarter"]]), block("A2", SALES))
    assert (title.kind, title.range) == ("text", "Data!A1")
    assert (table.kind, table.range, table.header_row) == ("table", "Data!A2:D5", 2)


def test_a_merged_title_above_a_header_that_waits_for_data() -> None:
    cells = block("A1", [["Expected outcome"], ["Category", "Activity", "Owner"]])
    title, table = regions(cells, merges=(GridRange(7, 0, 1, 0, 3),))
    assert (title.kind, title.range) == ("text", "Data!A1")
    assert (table.range, table.header_row, table.rows) == ("Data!A2:C2", 2, ())
    assert [column.type for column in table.columns] == ["empty"] * 3


def test_a_blank_row_inside_a_table_does_not_end_it() -> None:
    found = regions(block("A1", SALES), block("A6", [["2024-01-08", "West", "4", "$8.00"]]))
    assert [region.range for region in found] == ["Data!A1:D6"]


def test_a_total_below_a_blank_row_is_not_part_of_the_table() -> None:
    rows = [
        ["Order", "Qty", "Price", "Sum"],
        *[[f"EX-{n}", n, 2.5, f"=B{n + 1}*C{n + 1} → {2.5 * n}"] for n in range(1, 8)],
    ]
    total = block("C10", [["Total", "=SUM(D2:D8) → 70"]])
    found = regions({**block("A1", rows), **total})
    assert [region.range for region in found] == ["Data!A1:D8", "Data!C10:D10"]


def test_a_title_merged_over_a_table_that_a_side_note_makes_wider() -> None:
    cells = {
        **block("C1", [["Count of categories"], ["Category", "5:00", "5:30"], ["One"], ["Two"], ["Three"]]),
        **block("A4", [["fill in"]]),
    }
    title, table = regions(cells, merges=(GridRange(7, 0, 1, 2, 5), GridRange(7, 3, 5, 0, 2)))
    assert (title.kind, title.range) == ("text", "Data!C1")
    assert (table.kind, table.header_row) == ("table", 2)
    assert [column.header for column in table.columns] == ["", "", "Category", "5:00", "5:30"]


def test_a_header_of_two_rows_with_merged_groups() -> None:
    cells = block("A1", [["Region", "2023", "", "2024", ""], ["", "Plan", "Fact", "Plan", "Fact"]])
    cells |= block("A3", [["North", 1.5, 2.0, 3.0, 4.0], ["South", 2.5, 3.0, 4.0, 5.5]])
    merges = (GridRange(7, 0, 2, 0, 1), GridRange(7, 0, 1, 1, 3), GridRange(7, 0, 1, 3, 5))
    (region,) = regions(cells, merges=merges)
    assert (region.range, region.header_row) == ("Data!A1:E4", 2)
    assert [column.header for column in region.columns] == [
        "Region", "2023 / Plan", "2023 / Fact", "2024 / Plan", "2024 / Fact",
    ]  # fmt: skip


def test_what_stands_above_the_header_is_a_region_of_its_own() -> None:
    cells = block("A1", [["Rate", "", 70.0, ""], ["Country", "City", "Sales", "Units"], ["India", "Pune", 5.0, 6.0]])
    found = regions(cells)
    assert [(region.range, region.header_row) for region in found] == [("Data!A1:C1", None), ("Data!A2:D3", 2)]


# -------------------------------------------------------------------------------------------------------------- headers


def test_duplicate_and_blank_headers_are_kept_as_they_are() -> None:
    (region,) = regions(block("A1", [["Sum", "", "Sum"], [1.0, 2.0, 3.5], [4.0, 5.0, 6.5]]))
    assert region.header_row == 1
    assert [column.header for column in region.columns] == ["Sum", "", "Sum"]


def test_numbers_without_names() -> None:
    (region,) = regions(block("A1", [[1.5, 2.0], [7.25, 8.0], [9.5, 1.0]]))
    assert region.header_row is None
    assert len(region.rows) == 3


def test_years_name_columns() -> None:
    (region,) = regions(block("A1", [["Item", 2023.0, 2024.0], ["Rent", 10.0, 12.0], ["Food", 20.0, 25.0]]))
    assert region.header_row == 1
    assert [column.header for column in region.columns] == ["Item", "2023", "2024"]


def test_months_as_dates_name_columns() -> None:
    rows = [["Item", "2024-01-01", "2024-02-01"], ["Rent", 10.0, 12.0], ["Food", 20.0, 25.0]]
    (region,) = regions(block("A1", rows))
    assert region.header_row == 1


def test_a_row_of_texts_and_dates_above_the_same_is_data() -> None:
    rows = [["Ann", "2024-01-05", 5.5], ["Bob", "2024-01-06", 6.5], ["Cid", "2024-01-07", 7.5]]
    (region,) = regions(block("A1", rows))
    assert region.header_row is None


def test_codes_above_codes_are_data() -> None:
    (region,) = regions(block("A1", [["AB-01", "x"], ["AB-02", "y"], ["CD-03", "z"], ["CD-04", "z"]]))
    assert region.header_row is None


# --------------------------------------------------------------------------------------------------------- dictionaries


def test_a_vertical_dictionary() -> None:
    rows = [["Tax rate", "20%"], ["Start", "2024-01-05"], ["Company", "ACME"], ["Staff", 12.0]]
    (region,) = regions(block("H2", rows))
    assert (region.kind, region.range, region.header_row) == ("dictionary", "Data!H2:I5", None)
    assert region.rows[0] == ("2", "Tax rate", "20%")


def test_a_vertical_dictionary_with_a_header() -> None:
    rows = [["Параметр", "Значение", "Пояснение"], ["Курс", "92.5", "за доллар"], ["НДС", "20%", ""]]
    (found,) = regions(block("A1", [*rows, ["План", "$2500", "в месяц"], ["Обновлено", "2026-06-29", ""]]))
    assert (found.kind, found.range, found.header_row) == ("dictionary", "Data!A1:C5", 1)


def test_one_measure_of_many_things_is_a_table() -> None:
    (found,) = regions(block("A1", [["Region", "Revenue"], ["West", "$5"], ["East", "$7"], ["North", "$1"]]))
    assert found.kind == "table"


def test_labels_with_colons_make_a_dictionary() -> None:
    (region,) = regions(block("A1", [["Name:", "Ann"], ["City:", "Perm"], ["Street:", "Lenina"]]))
    assert region.kind == "dictionary"


def test_a_table_of_two_columns_is_no_dictionary() -> None:
    (region,) = regions(block("A1", [["Type", "Accounts"], ["Press", 4.0], ["Hotel", 11.0], ["Other", 181.0]]))
    assert (region.kind, region.header_row) == ("table", 1)


def test_long_texts_are_text() -> None:
    note = "Please fill in the blank cells of the table below before the end of the month, thank you."
    (region,) = regions(block("A1", [[note], [note + " Really."]]))
    assert region.kind == "text"
