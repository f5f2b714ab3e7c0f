"""JSON bodies read as Google's front end reads protocol messages.

Unknown names and values of the wrong type are violations; null means absent; numbers and booleans may come as text;
a single value stands for a list of one. What comes out has the types of the discovery document and no nulls.

Source: https://protobuf.dev/programming-guides/json/ and recorded answers of the Sheets API.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sheets_agent.emulator.errors import ApiError

JSON = dict[str, Any]

MOST = sys.float_info.max
"""The largest number that a message can hold."""
_PACKAGE = "type.googleapis.com/google.apps.sheets.v4"
_NO_VALUE = object()


class Path(NamedTuple):
    """The way to a field, written only when something is wrong there."""

    name: str | int
    parent: Path | None = None

    def __str__(self) -> str:
        if isinstance(self.name, int):
            return f"{self.parent or ''}[{self.name}]"
        own = re.sub(r"(?<!^)([A-Z])", r"_\1", self.name).lower()
        return f"{self.parent}.{own}" if self.parent else own


class Violations:
    """What is wrong with a request, collected."""

    def __init__(self) -> None:
        self._found: list[JSON] = []

    def add(self, path: Path | None, description: str) -> None:
        """Note one violation at a field, or at the message itself."""
        self._found.append({**({"field": str(path)} if path else {}), "description": description})

    def raise_any(self) -> None:
        """Raise what was collected.

        Raises:
            ApiError: 400 with every description and a BadRequest detail.
        """
        if self._found:
            message = "\n".join(violation["description"] for violation in self._found)
            details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": self._found}]
            raise ApiError(400, message, details)


Reader = Callable[[Any, Path | None, Violations], Any]


class Messages:
    """The message types of one API. One that is not strict passes over names that it does not know."""

    def __init__(self, schemas: Mapping[str, JSON], *, strict: bool = True) -> None:
        self.schemas = schemas
        self._strict = strict
        self._reader = cache(self._make_reader)

    def message(self, name: str, value: JSON, path: Path | None, violations: Violations) -> JSON:
        """A message of a named type, read; whatever is wrong goes to `violations`."""
        read: JSON = self._reader(name)(value, path, violations)
        return read

    def scalar(self, schema: JSON, text: str, path: Path, violations: Violations) -> Any:
        """A query or path parameter, read from its text."""
        value = _scalar_reader(schema, f"{_PACKAGE}.{path.name}")(text, path, violations)
        return None if value is _NO_VALUE else value

    def knows(self, name: str, path: Sequence[str]) -> bool:
        """Whether a path of field names (`*` for any) leads somewhere in a message type."""
        schema: JSON = {"$ref": name}
        for step in path:
            while "$ref" in schema or "items" in schema:
                schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema["items"]
            if step == "*" or schema.get("type") == "any" or "additionalProperties" in schema:
                return True
            if step not in schema.get("properties", {}):
                return False
            schema = schema["properties"][step]
        return True

    def _make_reader(self, name: str) -> Reader:
        properties: Mapping[str, JSON] = self.schemas[name].get("properties", {})
        readers: dict[str, Reader] = {}
        type_name = f"{_PACKAGE}.{name}"

        def read(value: Any, path: Path | None, violations: Violations) -> Any:
            if not isinstance(value, dict):
                return _wrong(value, type_name, path, violations)
            message = {}
            for key, item in value.items():
                reader = readers.get(key)
                if reader is None:
                    field_name = key if key in properties else _camel(key)
                    if field_name not in properties:
                        if not self._strict:
                            continue
                        where = f" at '{path}'" if path else ""
                        violations.add(
                            path, f'Invalid JSON payload received. Unknown name "{key}"{where}: Cannot find field.'
                        )
                        continue
                    if item is None:
                        continue
                    reader = self._field_reader(properties[field_name], f"{type_name}.{field_name}")
                    if field_name == key:
                        readers[key] = reader
                    key = field_name
                if item is not None:
                    read_item = reader(item, Path(key, path), violations)
                    if read_item is not _NO_VALUE:
                        message[key] = read_item
            return message

        return read

    def _field_reader(self, schema: JSON, type_name: str) -> Reader:
        if "$ref" in schema:
            return _not_repeated(self._reader(schema["$ref"]))
        if "items" in schema:
            return self._list_reader(schema["items"], type_name)
        if "additionalProperties" in schema:
            return _map_reader(self._field_reader(schema["additionalProperties"], type_name), type_name)
        if schema.get("type") == "any":
            return _anything
        return _not_repeated(_scalar_reader(schema, type_name))

    def _list_reader(self, items: JSON, type_name: str) -> Reader:
        if items.get("type") == "array":  # rows of cell values: google.protobuf.ListValue
            element: Reader = _list_value
        else:
            element = self._field_reader(items, type_name)

        def read(value: Any, path: Path | None, violations: Violations) -> Any:
            if not isinstance(value, list):
                single = element(value, path, violations)
                return [] if single is _NO_VALUE else [single]
            read_items = (element(item, Path(index, path), violations) for index, item in enumerate(value))
            return [item for item in read_items if item is not _NO_VALUE]

        return read


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _wrong(value: Any, type_name: str, path: Path | None, violations: Violations) -> object:
    shown = json.dumps(value, ensure_ascii=False)
    violations.add(path, f"Invalid value at '{path or ''}' ({type_name}), {shown}")
    return _NO_VALUE


def _not_repeated(reader: Reader) -> Reader:
    def read(value: Any, path: Path | None, violations: Violations) -> Any:
        if isinstance(value, list) and path is not None:
            where = f" at '{path.parent}'" if path.parent else ""
            violations.add(
                path.parent,
                f'Invalid JSON payload received. Unknown name "{path.name}"{where}: '
                "Proto field is not repeating, cannot start list.",
            )
            return _NO_VALUE
        return reader(value, path, violations)

    return read


def _map_reader(element: Reader, type_name: str) -> Reader:
    def read(value: Any, path: Path | None, violations: Violations) -> Any:
        if not isinstance(value, dict):
            return _wrong(value, type_name, path, violations)
        read_items = {key: element(item, Path(key, path), violations) for key, item in value.items()}
        return {key: item for key, item in read_items.items() if item is not _NO_VALUE}

    return read


def _anything(value: Any, path: Path | None, violations: Violations) -> Any:
    return value


def _list_value(value: Any, path: Path | None, violations: Violations) -> Any:
    if isinstance(value, list):
        return value
    return _wrong(value, "type.googleapis.com/google.protobuf.ListValue", path, violations)


def _scalar_reader(schema: JSON, type_name: str) -> Reader:
    kind, form = schema.get("type"), schema.get("format", "")
    if "enum" in schema:
        return _enum_reader(tuple(schema["enum"]), type_name)
    convert, shown_type = {
        "boolean": (_boolean, "TYPE_BOOL"),
        "integer": (_integer, f"TYPE_{form.upper()}"),
        "number": (_number, f"TYPE_{form.upper()}"),
        "string": (_integer_text if form == "int64" else _text, "TYPE_INT64" if form == "int64" else "TYPE_STRING"),
    }[str(kind)]

    def read(value: Any, path: Path | None, violations: Violations) -> Any:
        read_value = convert(value)
        return _wrong(value, shown_type, path, violations) if read_value is None else read_value

    return read


def _enum_reader(names: tuple[str, ...], type_name: str) -> Reader:
    head, _, field_name = type_name.rpartition(".")
    shown_type = f"{head}.{field_name[:1].upper()}{field_name[1:]}"

    def read(value: Any, path: Path | None, violations: Violations) -> Any:
        return value if value in names else _wrong(value, shown_type, path, violations)

    return read


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    number = _number(value)
    if number is None or number != number or not -(2**31) <= number < 2**31 or number != int(number):
        return None
    return int(number)


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    try:
        number = value if isinstance(value, (int, float)) else float(value)
    except (TypeError, ValueError):
        return None
    return number if -MOST <= number <= MOST else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _integer_text(value: Any) -> str | None:
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
