"""Whatever is asked, a query has an answer or an error of Sheets, soon."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import Array, Failure, single
from sheets_agent.functions.query.run import query

WORDS = [
    *("select", "where", "group by", "pivot", "order by", "limit", "offset", "label", "format", "options", "no_format"),
    *("A", "B", "C", "Col1", "sum(", "count(", "year(", ")", "(", ",", "*", "+", "-", "/", "=", "<>", "<", "is null"),
    *("'x'", "'%'", "1", "2.5", "date '2024-01-01'", "not", "and", "or", "contains", "matches", "like", "true", "desc"),
]


class Nowhere:
    def now(self) -> float:
        return 45_000.5

    def formula(self, sheet_id: int, row: int, column: int) -> str | None:
        return None

    def number_format(self, sheet_id: int, row: int, column: int) -> None:
        return None

    def text(self, value: Value, number_format: object) -> str:
        return "" if value is None else str(value)

    def is_date_text(self, text: str) -> bool:
        return False

    def outside(self, name: str, arguments: list[Array]) -> Array | None:
        return None


ROWS = (("k", "v", "b"), ("x", 1.0, True), (None, 2.0, None), ("y", ErrorValue("REF"), False))
DATA = Array(ROWS, area=GridRange(0, 0, 4, 0, 3))


def outcome(text: str) -> str:
    """The type of the error, or "" for an answer, which is a rectangle."""
    try:
        answer = query(Nowhere(), [DATA, single(text), None])
    except Failure as failure:
        return failure.error.type
    return "" if len({len(row) for row in answer.rows}) == 1 else "ragged"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), st.text(max_size=30)))
def test_a_query_answers_or_fails_as_in_sheets(text: str) -> None:
    assert outcome(text) in ("", "VALUE", "N_A", "REF")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where " + "(" * 60 + "B > 1" + ")" * 60, ""),
        ("where " + "(" * 90 + "B + 1" + ")" * 90 + " > 2", ""),
        ("where " + "not " * 5000 + "C", "VALUE"),
        ("select " + "-" * 900, "VALUE"),
    ],
)
def test_deep_queries_end_soon(text: str, expected: str) -> None:
    assert outcome(text) == expected
