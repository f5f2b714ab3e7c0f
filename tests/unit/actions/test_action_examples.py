"""Every example compiles, on the sheets it names, to requests the discovery document describes."""

import pytest

from sheets_agent.actions import ACTIONS, by_kind
from sheets_agent.actions.base import Risk
from sheets_agent.fetching import fetched
from sheets_agent.sources.model import Sources, SourceTable

ORDERS = [
    ["Date", "Region", "Email", "Price", "Revenue", "Status"],
    *([45292.0 + day, "North", "a@b.c", 10.0, 20.0, "Paid"] for day in range(60)),
]
CHART = {
    "chartId": 7,
    "spec": {
        "title": "Revenue by region",
        "basicChart": {
            "chartType": "COLUMN",
            "domains": [{"domain": {"sourceRange": {"sources": [{"startColumnIndex": 0, "endColumnIndex": 1}]}}}],
            "series": [{"series": {"sourceRange": {"sources": [{"startColumnIndex": 1, "endColumnIndex": 2}]}}}],
        },
    },
}
REPORT = Sources(
    tables=(
        SourceTable(
            id="report.p2.t1",
            file="report.pdf",
            place="page 2, table 1",
            header=("Region", "Sales", "Note"),
            rows=(("'North", "120.5", "'=1+1"), ("'South", "98", "")),
        ),
    )
)
TITLES = ["Orders", "Summary", "Pivot", "Plan", "People", "Report", "Draft", "Sheet1", "Archive"]


@pytest.fixture
def world(book_of):
    def make(kind, locale):
        sheets = {title: [["Region", "Revenue", "Name"], ["North", 1.0, "a;b"]] for title in TITLES} | {
            "Orders": ORDERS
        }
        if kind in ("rename_sheet", "add_sheet"):
            del sheets["Orders" if kind == "rename_sheet" else "Pivot"]
        return book_of(sheets, locale=locale, resources={"Pivot": {"charts": [CHART]}})

    return make


@pytest.mark.parametrize("locale", ["en_US", "ru_RU"])
@pytest.mark.parametrize("kind", ACTIONS)
def test_example(world, judge, kind, locale):
    book = world(kind, locale)
    action = fetched(ACTIONS[kind].model_validate(ACTIONS[kind].example), REPORT)
    requests = action.requests(book)
    judge(requests)
    assert bool(requests) == (by_kind(kind).risk is not Risk.READ)
    assert requests == action.requests(book)
    for area in [*action.writes(book), *action.reads(book), *action.looks(book)]:
        assert book.sheet_by_id(area.sheet_id)
