"""Actions of other packages.

A package names them in the entry points of the group `sheets_agent.actions`: the name of the plugin, and an action
class or a list of them. Third-party code runs only where the person has allowed the plugin by name (`--plugin NAME`, or
the setting `plugins`), and from then on in the whole process: its actions are in plans, tools, checks and the docs.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import Action
from sheets_agent.actions.fields import shapes
from sheets_agent.actions.wire import line
from sheets_agent.errors import UsageError
from sheets_agent.stages.describe_text import tokens

GROUP = "sheets_agent.actions"
MOST_FIELDS = 8
MOST_TOKENS = 150
"""What one action may take of the planner's prompt."""

_allowed: set[str] = set()
_lock = threading.Lock()


def allow(names: Iterable[str]) -> None:
    """Let the actions of some installed plugins be used.

    Raises:
        UsageError: one is not installed, cannot be loaded, or has an action that cannot be used.
    """
    with _lock:
        for name in names:
            if name not in _allowed:
                _register(name)
                _allowed.add(name)


def installed() -> tuple[str, ...]:
    """The names of the plugins that are installed, allowed or not."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def _register(name: str) -> None:
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        others = installed()
        known = f"Installed are: {', '.join(others)}." if others else "None is installed."
        raise UsageError(f"There is no plugin “{name}”.", known)
    if len({point.value for point in found}) > 1:
        raise UsageError(f"Two packages have a plugin “{name}”.", "Remove one of them.")
    actions = _loaded(name, found[0])
    new = {str(action.model_fields["kind"].default): action for action in actions}
    taken = sorted(new.keys() & ACTIONS.keys())
    if taken or len(new) < len(actions):
        which = taken[0] if taken else next(iter(new))
        raise _unusable(name, f"there is an action {which} already")
    ACTIONS.update(new)


def _loaded(name: str, point: EntryPoint) -> list[type[Action]]:
    try:
        found = point.load()
    except Exception as error:  # it is somebody else's code
        raise _unusable(name, f"it cannot be loaded: {type(error).__name__}: {error}") from error
    actions = list(found) if isinstance(found, list | tuple) else [found]
    if not actions:
        raise _unusable(name, "it has no action")
    for action in actions:
        if why := _wrong(action):
            raise _unusable(name, why)
    return actions


def _wrong(action: Any) -> str:
    """Why something cannot be used as an action; empty where it can."""
    if not (isinstance(action, type) and issubclass(action, Action)):
        return f"{action!r} is no subclass of Action"
    kind = action.model_fields["kind"].default
    if not isinstance(kind, str) or not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", kind):
        return f"{action.__name__} has no kind such as “write_prices”"
    try:
        fields = shapes(action)
        example = action.model_validate(action.example)
        example.sentence()
        text = line(kind, action)
    except (TypeError, ValidationError, NotImplementedError) as error:
        return f"{kind} is not as an action has to be: {str(error).splitlines()[0] if str(error) else 'incomplete'}"
    if len(fields) > MOST_FIELDS:
        return f"{kind} has {len(fields)} fields, and {MOST_FIELDS} are the most"
    if undescribed := [field for field in fields if not action.model_fields[field].description]:
        return f"the field {undescribed[0]} of {kind} has no description"
    if not (action.__doc__ or "").strip():
        return f"{kind} has no description"
    if tokens(text) > MOST_TOKENS:
        return f"{kind} takes {tokens(text)} tokens of the prompt, and {MOST_TOKENS} are the most"
    return ""


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(f"The plugin “{name}” cannot be used: {why}.", "Leave it out, or mend it.")
