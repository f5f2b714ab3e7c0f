"""The candles, fetched from a fake of the exchange on this machine."""

from collections.abc import Iterator

import pytest
from fake_exchange import Exchange, exchange
from sheets_agent_moex.action import WritePrices
from sheets_agent_moex.candles import candles

from sheets_agent import fetching
from sheets_agent.errors import ActionError
from sheets_agent.fetching import fetched, getter


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    with exchange() as served:
        monkeypatch.setattr(WritePrices, "origin", served.origin)
        yield served


def prices(**fields: str) -> WritePrices:
    return WritePrices.model_validate({**WritePrices.example, **fields})


def test_rows_come_with_a_header_and_in_the_order_of_ours(fake: Exchange) -> None:
    rows = fetched(prices(interval="week")).rows()  # type: ignore[attr-defined]
    assert rows[:2] == [
        ["Date", "Open", "High", "Low", "Close", "Volume"],
        ["2010-01-01", "100", "102", "99.25", "100.5", "1000"],
    ]
    assert len(rows) == 4
    [(path, asked)] = fake.asked
    assert path == "/iss/engines/stock/markets/shares/securities/SBER/candles.json"
    assert asked == {"iss.meta": "off", "from": "2024-01-01", "till": "2024-01-31", "interval": "7", "start": "0"}


@pytest.mark.parametrize(("days", "calls"), [(499, 1), (500, 2), (1_203, 3)])
def test_all_pages_are_fetched(fake: Exchange, days: int, calls: int) -> None:
    fake.days = days
    rows = candles(getter(fake.origin), "SBER", "2010-01-01", "2024-01-01", "day")
    assert (len(rows), len(fake.asked)) == (days + 1, calls)
    assert len({row[0] for row in rows}) == days + 1


def test_what_was_fetched_is_not_fetched_again_for_the_same_question(fake: Exchange) -> None:
    first = fetched(prices())
    fake.days = 2
    assert fetched(first) is first
    moved = first.model_copy(update={"target": "Other!C3"})
    assert fetched(moved) is moved
    other = fetched(first.model_copy(update={"security": "GAZP"}))
    assert len(other.rows()) == 3  # type: ignore[attr-defined]
    assert len(fake.asked) == 2


def test_what_was_not_fetched_is_not_written(fake: Exchange) -> None:
    with pytest.raises(ActionError, match="could not be fetched"):
        prices().rows()
    stale = fetched(prices()).model_copy(update={"security": "GAZP"})
    with pytest.raises(ActionError, match="could not be fetched"):
        stale.rows()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"days": 0}, "no prices of SBER"),
        ({"days": 6_000}, "more than 5000"),
        ({"status": 500}, "answered 500"),
        ({"status": 302, "headers": {"location": "http://127.0.0.1:1/"}}, "answered 302"),
        ({"body": b"<html>"}, "not as expected"),
        ({"body": b'{"candles": {"columns": ["begin"], "data": []}}'}, "not as expected"),
        ({"text": "=IMPORTXML(A1)"}, "is no number"),
    ],
)
def test_what_is_wrong_is_a_sentence(fake: Exchange, change: dict[str, object], why: str) -> None:
    for name, value in change.items():
        setattr(fake, name, value)
    with pytest.raises(ActionError, match=why):
        fetched(prices())


def test_answers_are_bounded_in_size_calls_and_time(fake: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1_000)
    fake.body = b"x" * 1_001
    with pytest.raises(ActionError, match="more than"):
        fetched(prices())
    fake.body = b"x"
    get = getter(fake.origin)
    for _ in range(fetching.MOST_CALLS):
        get("iss", {})
    with pytest.raises(ActionError, match="too many calls"):
        get("iss", {})
    times = iter([0.0, 0.0, 21.0, 21.0])
    slow = getter(fake.origin, lambda: next(times))
    with pytest.raises(ActionError, match="longer than 20 seconds"):
        slow("iss", {})


@pytest.mark.parametrize(
    "origin", ["http://iss.moex.com", "ftp://x", "https://x/path", "https://u:p@x", "", "https://"]
)
def test_only_safe_origins_are_fetched_from(origin: str) -> None:
    with pytest.raises(ActionError, match="no place to fetch from"):
        getter(origin)


@pytest.mark.parametrize(
    "fields",
    [{"security": "SBER/../x"}, {"start": "yesterday"}, {"start": "2024-02-01"}, {"interval": "hour"}],
)
def test_wrong_fields_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields)) if "start" not in fields else "start|iso"):
        prices(**fields)
