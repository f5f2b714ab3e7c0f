"""The tables of a JSON document: lists of objects, and lists of lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sheets_agent.emulator.csv_file import decoded
from sheets_agent.errors import FileError
from sheets_agent.sources.cells import as_text, cleaned, loses_digits, of_value
from sheets_agent.sources.grids import Cell
from sheets_agent.sources.tables import MOST_CELLS, Place, Read, check_cells, neutral_text, slug, tables_of

_WANTED = "A table in JSON is a list of objects, or a list of lists, also under a key of one object."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_MOST_DIGITS = 15
_MOST_PARTS = 4 * MOST_CELLS


class _Number(str):
    """A number as it is written in the document."""

    __slots__ = ()


def read(path: Path) -> Read:
    """The tables of a JSON document. Objects in objects become columns such as `address.city`.

    Raises:
        FileError: it is no JSON, no table, or too large.
    """
    text = decoded(path)
    if sum(map(text.count, ",[{")) > _MOST_PARTS:
        check_cells(path, MOST_CELLS + 1)
    try:
        content = json.loads(
            text,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=str,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise FileError(f"{path.name} is nested too deeply.", _WANTED) from error
    except ValueError as error:
        raise FileError(f"{path.name} is not readable JSON: {error}.", "Check it, or export it again.") from error
    places: list[Place] = []
    for key, name, records in _lists(content):
        rows = _grid(path, records)
        check_cells(path, len(rows) * max(1, *map(len, rows)))
        places.append(Place(key, name, rows))
    found = tables_of(path, places)
    if not found.tables:
        raise FileError(f"{path.name} holds no table.", _WANTED)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the key “{twice[:50]}” twice")
    return found


def _lists(content: Any) -> Iterator[tuple[str, str, list[Any]]]:
    """The lists that are tables, with their keys and names."""
    if _tabular(content):
        yield "", "", content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if _tabular(value):
                yield slug(key), f"“{cleaned(key)}”", value


def _tabular(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and (all(isinstance(row, Mapping) for row in value) or all(isinstance(row, list) for row in value))
    )


def _grid(path: Path, records: list[Any]) -> list[list[Cell]]:
    if isinstance(records[0], list):
        return [[_cell(value) for value in row] for row in records]
    flat = [dict(_flat(record)) for record in records]
    names: dict[str, None] = {}
    for record in flat:
        names |= dict.fromkeys(record)
        check_cells(path, len(names) * len(flat))
    header: list[Cell] = [as_text(cleaned(name)) for name in names]
    body: list[list[Cell]] = [[record.get(name, "") for name in names] for record in flat]
    return [header, *body]


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, Mapping) and value and not before:
            yield from _flat(value, f"{name}.")
        else:
            yield f"{before}{name}", _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, _Number):
        if not value.lstrip("-").isdigit():
            number = float(value)
            return as_text(value) if loses_digits(number, value) else of_value(number, None) or as_text(value)
        return str(value) if len(value.lstrip("-")) <= _MOST_DIGITS else as_text(value)
    if isinstance(value, str):
        return cleaned(value) if _DAY.fullmatch(value) else neutral_text(value)
    return neutral_text(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: Any) -> Any:
    """A value whose numbers are numbers again."""
    if isinstance(value, _Number):
        return int(value) if value.lstrip("-").isdigit() and len(value) < 1000 else float(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
