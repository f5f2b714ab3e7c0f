"""Field masks, as Google reads them.

`select` cuts an answer down to what `fields=` asks for; `merge` takes over the masked fields of an update. A mask is
written `a.b,a.c`, `a/b,a/c` or `a(b,c)`, and `*` stands for every field at its level.

Source: https://developers.google.com/workspace/sheets/api/guides/field-masks and google.protobuf.FieldMask.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sheets_agent.emulator.errors import Refusal

JSON = dict[str, Any]

_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*|\*)|([.,/()]))\s*")


_DEEPEST = 100
"""Levels of a mask; no message is nearly as deep."""


class MalformedMask(ValueError):
    """The text is not a field mask."""


@dataclass(frozen=True)
class FieldMask:
    """A parsed mask: the wanted fields and what is wanted below each; no fields means everything."""

    fields: Mapping[str, FieldMask] = field(default_factory=dict)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out from here on."""
        return not self.fields or any(name == "*" and below.everything for name, below in self.fields.items())

    def below(self, name: str) -> FieldMask | None:
        """The mask that holds inside a field, None when the field is not wanted."""
        if self.everything:
            return EVERYTHING
        return self.fields.get(name, self.fields.get("*"))

    def wants(self, *path: str) -> bool:
        """Whether anything at or below a path is wanted."""
        mask: FieldMask | None = self
        for name in path:
            mask = mask.below(name) if mask is not None else None
        return mask is not None

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Every path written in the mask, in its order; `("*",)` for everything."""
        for name, below in self.fields.items():
            if below.fields:
                yield from ((name, *rest) for rest in below.paths())
            else:
                yield (name,)


EVERYTHING = FieldMask()


@lru_cache(maxsize=512)
def parse(text: str) -> FieldMask:
    """Read a mask.

    Raises:
        MalformedMask: when it is empty or not a mask.
    """
    tokens: deque[str] = deque()
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise MalformedMask(text)
        tokens.append(match[1] or match[2])
        position = match.end()
    tree: dict[str, Any] = {}
    _list(tokens, [tree], 0)
    if tokens or not tree:
        raise MalformedMask(text)
    return _frozen(tree)


def _list(tokens: deque[str], roots: list[dict[str, Any]], depth: int) -> None:
    """Take `path,path,…` off the tokens and put it into each root."""
    _path(tokens, roots, depth)
    while tokens and tokens[0] == ",":
        tokens.popleft()
        _path(tokens, roots, depth)


def _path(tokens: deque[str], roots: list[dict[str, Any]], depth: int) -> None:
    """Take `name(.name)*` with an optional list in parentheses at its end off the tokens."""
    nodes = roots
    while True:
        depth += 1
        if not tokens or tokens[0] in ".,/()" or depth > _DEEPEST:
            raise MalformedMask("".join(tokens))
        name = tokens.popleft()
        nodes = [node.setdefault(name, {}) for node in nodes]
        if tokens and tokens[0] == "(":
            tokens.popleft()
            _list(tokens, nodes, depth)
            if not tokens or tokens.popleft() != ")":
                raise MalformedMask("".join(tokens))
            return
        if not tokens or tokens[0] not in "./":
            for node in nodes:  # a field named whole wins over its parts named elsewhere in the mask
                node["*"] = {}
            return
        tokens.popleft()


def _frozen(tree: dict[str, Any]) -> FieldMask:
    if tree.get("*") == {}:
        return EVERYTHING
    return FieldMask({name: _frozen(below) for name, below in tree.items()})


def select(body: Any, mask: FieldMask | str) -> Any:
    """The part of an answer that a mask asks for.

    Lists are selected element by element, and messages on the way to a field that is absent stay as `{}`, as in
    Google's answers.

    Raises:
        MalformedMask: when the mask is given as text that is not one.
    """
    mask = parse(mask) if isinstance(mask, str) else mask
    if mask.everything:
        return body
    if isinstance(body, list):
        return [select(item, mask) for item in body]
    if not isinstance(body, dict):
        return body
    chosen = {}
    for name, value in body.items():
        below = mask.below(name)
        if below is not None:
            chosen[name] = select(value, below)
    return chosen


def merge(target: Mapping[str, Any], source: Mapping[str, Any], mask: FieldMask | str) -> JSON:
    """A new message: `target` with the masked fields taken from `source`.

    A masked field that the source lacks is cleared; a message or list named whole is replaced whole; a message that
    loses its last field disappears.

    Args:
        target: the message as it is.
        source: the message of the request.
        mask: the request's `fields`, relative to the message.

    Raises:
        Refusal: when the mask is empty or not a mask.
    """
    if isinstance(mask, str):
        mask = update_mask(mask)
    if mask.everything:
        return {name: value for name, value in source.items() if value is not None}
    merged = dict(target)
    names = list(mask.fields)
    if "*" in mask.fields:
        names = [*(name for name in names if name != "*"), *dict.fromkeys([*target, *source])]
    for name in names:
        below = mask.below(name)
        if below is None:
            continue
        value = _merged_field(target.get(name), source.get(name), below)
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _merged_field(old: Any, new: Any, mask: FieldMask) -> Any:
    if mask.everything or isinstance(old, list) or not isinstance(new, dict | None):
        return new
    merged = merge(old if isinstance(old, dict) else {}, new or {}, mask)
    return merged if merged or new is not None else None


def update_mask(text: str | None) -> FieldMask:
    """Read the `fields` of an update request.

    Raises:
        Refusal: when it is empty or not a mask.
    """
    if not text:
        raise Refusal("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    try:
        return parse(text)
    except MalformedMask:
        raise Refusal(f"Invalid field mask: {text}") from None
