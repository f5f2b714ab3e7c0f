"""Requests checked against the discovery document that google-api-python-client ships.

The document says which methods there are, where they live, what they take and what they answer: routing, query
parameters, bodies and response masks are all judged by it, in Google's words.

Source: https://sheets.googleapis.com/$discovery/rest?version=v4 and the proto3 JSON mapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from googleapiclient.discovery_cache import get_static_doc

from sheets_agent.emulator import masks
from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.masks import FieldMask
from sheets_agent.emulator.messages import Messages, Path, Violations

JSON = dict[str, Any]

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BODY_FIELDS = {
    "sheets.spreadsheets.create": "spreadsheet",
    "sheets.spreadsheets.values.update": "data",
    "sheets.spreadsheets.values.append": "data",
}
"""Methods whose body is one field of the request message; Google's error paths start with its name."""


@dataclass(frozen=True)
class Method:
    """One method of an API: its id, where it lives, and the names of its message types."""

    id: str
    http_method: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, JSON]
    request: str | None
    response: str | None


@dataclass(frozen=True)
class Call:
    """One call, checked: the method, its parameters by name, the body without nulls, and the response mask."""

    method: Method
    parameters: JSON
    body: JSON
    mask: FieldMask
    masked: bool = False
    """Whether the client gave a mask; without one, parts that are costly stay out unless asked for."""
    pretty: bool = True

    def __getitem__(self, name: str) -> Any:
        """A parameter that the path or the method requires."""
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An optional query parameter."""
        return self.parameters.get(name, default)


class Discovery:
    """One API's discovery document."""

    def __init__(self, name: str, version: str, *, strict: bool = True) -> None:
        self._strict = strict
        self._document: JSON = json.loads(get_static_doc(name, version))  # type: ignore[no-untyped-call]
        self._messages = Messages(self._document["schemas"], strict=strict)

    @property
    def schemas(self) -> Mapping[str, JSON]:
        """The message types by name."""
        return self._messages.schemas

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """Every method, those with a verb after a colon before their namesakes without."""
        found = list(_methods(self._document, "/" + self._document["servicePath"]))
        return tuple(sorted(found, key=lambda method: -len(method.pattern.pattern)))

    def method(self, http_method: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method that lives at a path (without the query), with its path parameters, None when there is none."""
        for method in self.methods:
            if method.http_method == http_method and (match := method.pattern.fullmatch(path)):
                return method, {name: unquote(value) for name, value in match.groupdict().items()}
        return None

    def call(self, method: Method, path_values: Mapping[str, str], query: str, body: bytes) -> Call:
        """Check a call.

        Raises:
            ApiError: 400, in Google's words, naming every field that is wrong.
        """
        parameters, common = self._parameters(method, path_values, query)
        return Call(
            method,
            parameters,
            self._body(method, body),
            self._mask(method, common.get("fields")),
            masked=bool(common.get("fields")),
            pretty=common.get("prettyPrint", "true") != "false",
        )

    def _parameters(self, method: Method, path_values: Mapping[str, str], query: str) -> tuple[JSON, dict[str, str]]:
        """The method's parameters, read, and those common to all methods."""
        violations = Violations()
        parameters: JSON = {}
        common: dict[str, str] = {}
        given = [*path_values.items(), *parse_qsl(query, keep_blank_values=True)]
        for name, text in given:
            schema = method.parameters.get(name)
            if schema is None:
                if self._strict and name not in self._document["parameters"]:
                    violations.add(
                        None,
                        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                        f"Field '{name}' could not be found in request message.",
                    )
                common[name] = text
            elif schema.get("repeated"):
                parameters.setdefault(name, []).append(self._messages.scalar(schema, text, Path(name), violations))
            else:
                parameters[name] = self._messages.scalar(schema, text, Path(name), violations)
        violations.raise_any()
        if common.get("alt", "json") != "json":
            raise ApiError(501, f"The local API answers JSON only, not alt={common['alt']}.")
        return parameters, common

    def _mask(self, method: Method, text: str | None) -> FieldMask:
        if not text:
            return masks.EVERYTHING
        try:
            mask = masks.parse(text)
        except masks.MalformedMask:
            raise _mask_error(text) from None
        if method.response:
            for path in mask.paths():
                if not self._messages.knows(method.response, path):
                    raise _mask_error(".".join(path))
        return mask

    def _body(self, method: Method, body: bytes) -> JSON:
        if method.request is None or not body.strip():
            return {}
        value = _loaded(body)
        if not isinstance(value, dict):
            raise ApiError(400, 'Invalid JSON payload received. Unknown name "": Root element must be a message.')
        violations = Violations()
        prefix = _BODY_FIELDS.get(method.id)
        try:
            checked: JSON = self._messages.message(method.request, value, Path(prefix) if prefix else None, violations)
        except RecursionError:
            raise _too_deep() from None
        violations.raise_any()
        return checked


def _loaded(body: bytes) -> Any:
    """The JSON of a body.

    Raises:
        ApiError: 400 when it is none, is nested too deep, or holds text that is none.
    """
    try:
        text = body.decode()
        value = json.loads(text, parse_constant=_no_constant)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # half a pair is no text, and fails here
    except RecursionError:
        raise _too_deep() from None
    except UnicodeError:
        raise ApiError(400, "Invalid JSON payload received. The text is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ApiError(400, f"Invalid JSON payload received. {error}") from None
    except ValueError:  # json reads whole numbers of any length, int() does not
        raise ApiError(400, "Invalid JSON payload received. A number is out of range.") from None
    return value


def _no_constant(name: str) -> Any:
    raise ApiError(400, f"Invalid JSON payload received. Unexpected token. {name}")


def _too_deep() -> ApiError:
    return ApiError(400, "Invalid JSON payload received. Message too deep. Max recursion depth reached.")


def _methods(resource: JSON, service_path: str) -> list[Method]:
    found = [_method(body, service_path) for body in resource.get("methods", {}).values()]
    for inner in resource.get("resources", {}).values():
        found += _methods(inner, service_path)
    return found


def _method(body: JSON, service_path: str) -> Method:
    # Only a range may hold slashes and colons; every other parameter ends at the next one.
    pattern = re.sub(
        r"\\{(\w+)\\}",
        lambda match: f"(?P<{match[1]}>.+)" if match[1] == "range" else f"(?P<{match[1]}>[^/:]+)",
        re.escape(service_path + body["path"]),
    )
    return Method(
        body["id"],
        body["httpMethod"],
        re.compile(pattern),
        body.get("parameters", {}),
        body.get("request", {}).get("$ref"),
        body.get("response", {}).get("$ref"),
    )


def _mask_error(path: str) -> ApiError:
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    violation = {"field": path, "description": description}
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    return ApiError(400, "Request contains an invalid argument.", details)


@lru_cache(maxsize=4)
def discovery(name: str, version: str) -> Discovery:
    """The discovery document of an API, read once. Drive lets pass what it does not know."""
    return Discovery(name, version, strict=name != "drive")
