from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from googleapiclient.errors import HttpError


@dataclass
class Spreadsheet:
    """One spreadsheet behind the Google client, with the calls that tests make."""

    service: Any
    id: str

    @property
    def values(self) -> Any:
        return self.service.spreadsheets().values()

    def get(self, **options: Any) -> Any:
        return self.service.spreadsheets().get(spreadsheetId=self.id, **options).execute()

    def read(self, range: str, **options: Any) -> Any:
        return self.values.get(spreadsheetId=self.id, range=range, **options).execute()

    def cells(self, range: str, **options: Any) -> Any:
        return self.read(range, **options).get("values", [])

    def write(self, range: str, values: Any, option: str = "USER_ENTERED", **options: Any) -> Any:
        body = {"values": values, **{key: options.pop(key) for key in ("majorDimension",) if key in options}}
        call = self.values.update(spreadsheetId=self.id, range=range, valueInputOption=option, body=body, **options)
        return call.execute()

    def append(self, range: str, values: Any, option: str = "USER_ENTERED", **options: Any) -> Any:
        body = {"values": values, **{key: options.pop(key) for key in ("majorDimension",) if key in options}}
        call = self.values.append(spreadsheetId=self.id, range=range, valueInputOption=option, body=body, **options)
        return call.execute()

    def clear(self, range: str) -> Any:
        return self.values.clear(spreadsheetId=self.id, range=range, body={}).execute()

    def batch(self, *requests: Any, **options: Any) -> Any:
        body = {"requests": list(requests), **options}
        return self.service.spreadsheets().batchUpdate(spreadsheetId=self.id, body=body).execute()


@pytest.fixture
def spreadsheet(service: Any) -> Spreadsheet:
    made = service.spreadsheets().create(body={"properties": {"title": "Budget"}}).execute()
    return Spreadsheet(service, made["spreadsheetId"])


@pytest.fixture
def spreadsheet_in(service: Any) -> Callable[[str], Spreadsheet]:
    def make(locale: str) -> Spreadsheet:
        made = service.spreadsheets().create(body={"properties": {"locale": locale}}).execute()
        return Spreadsheet(service, made["spreadsheetId"])

    return make


@pytest.fixture
def refused() -> Callable[[Callable[[], Any]], Any]:
    """Run something that the API refuses; gives back the `error` object of the answer."""

    def run(call: Callable[[], Any]) -> Any:
        with pytest.raises(HttpError) as caught:
            call()
        return json.loads(caught.value.content)["error"]

    return run


@pytest.fixture
def make_spreadsheet(service: Any) -> Callable[..., Spreadsheet]:
    """A spreadsheet with one sheet of so many rows and columns."""

    def make(*, rows: int, columns: int) -> Spreadsheet:
        grid = {"rowCount": rows, "columnCount": columns}
        body = {"sheets": [{"properties": {"title": "Sheet1", "gridProperties": grid}}]}
        return Spreadsheet(service, service.spreadsheets().create(body=body).execute()["spreadsheetId"])

    return make
