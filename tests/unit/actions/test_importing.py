"""Importing a table of a document: what is written, and what is refused."""

from __future__ import annotations

import pytest

from sheets_agent.actions.importing import ImportTable
from sheets_agent.actions.wire import action_space, decode, encode
from sheets_agent.errors import ActionError
from sheets_agent.fetching import fetched
from sheets_agent.sources.model import NO_SOURCES, Sources, SourceTable

REPORT = SourceTable(
    id="report.p2.t1",
    file="report.pdf",
    place="page 2, table 1",
    header=("Region", "Sales", "Day"),
    rows=(("'=1+1", "1234.5", "2024-01-31"), ("'0042", "", "2024-02-01")),
)
SOURCES = Sources(tables=(REPORT,))


def imported(**fields):
    return fetched(ImportTable.model_validate({"target": "T!B2", "source": "report.p2.t1", **fields}), SOURCES)


@pytest.mark.parametrize("locale", ["en_US", "ru_RU"])
def test_values_come_from_the_source_whatever_the_locale(book_of, judge, locale):
    book = book_of({"T": [["x"]]}, locale=locale)
    requests = imported().requests(book)
    judge(requests)
    rows = next(request["updateCells"]["rows"] for request in requests if "updateCells" in request)
    values = [[cell.get("userEnteredValue") for cell in row["values"]] for row in rows]
    assert values == [
        [{"stringValue": "Region"}, {"stringValue": "Sales"}, {"stringValue": "Day"}],
        [{"stringValue": "=1+1"}, {"numberValue": 1234.5}, {"numberValue": 45322}],
        [{"stringValue": "0042"}, None, {"numberValue": 45323}],
    ]


def test_columns_in_their_order_without_the_header(book_of):
    action = imported(columns=["day", "Region"], header=False)
    assert action.rows() == [["2024-01-31", "'=1+1"], ["2024-02-01", "'0042"]]
    [area] = action.writes(book_of({"T": [["x"]]}))
    assert (area.rows, area.columns) == (2, 2)
    assert action.sentence() == "Import day, Region of report.p2.t1 (2 rows) at T!B2."


def test_a_source_goes_by_its_name_and_by_its_file_too():
    for name in ("report.pdf, page 2, table 1", "REPORT.PDF", "report.p2.t1"):
        assert imported(source=name).is_fetched


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"source": "other"}, "There is no source “other”. The sources are report.p2.t1."),
        ({"columns": ["Price"]}, "report.p2.t1 has no column “Price”. Its columns are “Region”, “Sales”, “Day”."),
    ],
)
def test_what_is_not_there_is_named_with_what_is(fields, told):
    with pytest.raises(ActionError) as caught:
        imported(**fields)
    assert str(caught.value) == told


def test_without_files_it_says_so_and_is_not_offered(book_of):
    action = ImportTable(target="T!A1", source="report", header=True)
    with pytest.raises(ActionError, match="No file was given"):
        fetched(action, NO_SOURCES)
    with pytest.raises(ActionError, match="There is no source “report” here"):
        action.requests(book_of({"T": [["x"]]}))
    assert "import_table" not in action_space(files=False)


def test_more_than_the_named_range_holds_is_refused(book_of):
    book = book_of({"T": [["x"]]})
    with pytest.raises(ActionError, match="3 rows and 3 columns, more than T!B2:C9"):
        imported(target="T!B2:C9").requests(book)
    assert imported(target="T!B2:D9").requests(book)


def test_a_changed_step_is_filled_anew_and_nothing_fetched_is_on_the_wire():
    action = imported()
    changed = fetched(action.model_copy(update={"columns": ["Sales"]}), SOURCES)
    assert changed.rows() == [["'Sales"], ["1234.5"], [""]]
    assert encode(changed) == {
        "action": "import_table",
        "target": "T!B2",
        "source": "report.p2.t1",
        "options": ["columns=Sales"],
    }
    with pytest.raises(ActionError, match="fetched"):
        decode({**encode(changed), "options": ["fetched=1"]})
