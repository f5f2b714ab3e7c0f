"""A step of a plan on the wire, and the codec between it and an action.

Models answer best in one flat shape, whatever the number of actions:

    {"why": "…", "action": "create_pivot", "target": "Pivot!A1", "source": "Orders!A1:F61",
     "values": [["…"]], "options": ["rows=Region", "values=SUM of Revenue"]}

The role of an action's field decides its place: TARGET, SOURCE and VALUES have keys of their own, all else is an
option `field=value`, repeated for lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

from sheets_agent.actions import ACTIONS, by_kind, offered
from sheets_agent.actions.base import Action, Role, field_roles
from sheets_agent.actions.fields import Kind, Shape, build, plain_text, shapes
from sheets_agent.errors import ActionError

JSON = dict[str, Any]

_OWN_PLACE = {Role.TARGET: "target", Role.SOURCE: "source", Role.VALUES: "values"}
_STEP_KEYS = ("why", "action", "kind", "target", "source", "values", "options")


def plan_schema() -> JSON:
    """The JSON schema of a plan: `{thoughts, steps: [{why, action, target, source, values, options}]}`."""
    step = {
        "why": _text("Why this step is needed, in one sentence."),
        "action": {"type": "string", "enum": list(ACTIONS), "description": "The action, such as write_table."},
        "target": _text("Where it is written: a cell, a range or a sheet, such as 'My sheet'!B2."),
        "source": _text("The range that is read, where the action has a source, such as Orders!A1:F61."),
        "values": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}},
            "description": 'The rows of a table to write, such as [["Region","Sales"],["North","120.5"]].',
        },
        "options": {
            "type": "array",
            "items": {"type": "string"},
            "description": 'The other fields of the action as field=value, such as ["rows=Region", '
            '"values=SUM of Revenue", "formula==D2*E2"]; a field with several values is repeated.',
        },
    }
    steps = {
        "type": "array",
        "description": "The steps in the order in which they are carried out; none when there is nothing to do.",
        "items": {"type": "object", "properties": step, "required": ["why", "action"]},
    }
    thoughts = _text("What the task asks for, where the data is, and what to do, thought through step by step.")
    return {
        "title": "submit_plan",
        "description": "Give the plan: your thoughts, then the steps.",
        "type": "object",
        "properties": {"thoughts": thoughts, "steps": steps},
        "required": ["thoughts", "steps"],
    }


def _text(description: str) -> JSON:
    return {"type": "string", "description": description}


def encode(action: Action) -> JSON:
    """An action as a wire step without its `why`. Fields at their defaults are left out."""
    step: JSON = {"action": action.kind}
    options: list[str] = []
    known = shapes(type(action))
    for name, role in field_roles(type(action)).items():
        value = getattr(action, name)
        field = type(action).model_fields[name]
        if value is None or (not field.is_required() and value == field.get_default(call_default_factory=True)):
            continue
        if role in _OWN_PLACE:
            step[_OWN_PLACE[role]] = value
        else:
            options += [f"{name}={text}" for text in _option_texts(value, known[name])]
    return {**step, "options": options} if options else step


def _option_texts(value: Any, wanted: Shape) -> Iterator[str]:
    if wanted.kind is Kind.TEXTS:
        # A text that would be read as a list stands in one.
        yield from (text if _json_list(text) == [text] else json.dumps([text]) for text in value)
    elif wanted.kind is Kind.BOOLEAN:
        yield "true" if value else "false"
    else:
        yield str(plain_text(value))


def decode(step: Mapping[str, Any]) -> Action:
    """The action of a wire step; `why` is ignored.

    Harmless variants are understood: options as an object or one text, fields of the action beside the others,
    numbers in place of texts, one text in place of a list, a table in markdown.

    Raises:
        ActionError: saying everything that is wrong, for a model to mend.
    """
    action = _action_class(step)
    roles = field_roles(action)
    raw, problems = _options(step.get("options"), action)
    for name, value in step.items():
        if name in roles and roles[name] not in _OWN_PLACE and name not in _STEP_KEYS:
            raw.setdefault(name, value)
    problems += _places(step, action, roles, raw)
    try:
        built = build(action, raw)
    except ActionError as error:
        raise ActionError(f"{action.model_fields['kind'].default}: {' '.join([*problems, str(error)])}") from error
    if problems:
        raise ActionError(f"{built.kind}: {' '.join(problems)}")
    return built


def _action_class(step: Mapping[str, Any]) -> type[Action]:
    kind = step.get("action", step.get("kind"))
    if not isinstance(kind, str) or not kind.strip():
        raise ActionError(f"The step names no action. The actions are: {', '.join(ACTIONS)}.")
    return by_kind(re.sub(r"[\s-]+", "_", kind.strip().casefold()))


def _places(step: Mapping[str, Any], action: type[Action], roles: Mapping[str, Role], raw: JSON) -> list[str]:
    """Put target, source and values into the fields they belong to."""
    given = {place: step[place] for place in ("target", "source", "values") if not _nothing(step.get(place))}
    problems = []
    for name, role in roles.items():
        place = _OWN_PLACE.get(role)
        if place in given:
            raw.setdefault(name, given.pop(place))
    only = [name for name, role in roles.items() if role in (Role.TARGET, Role.SOURCE)]
    for place, value in given.items():
        if place == "values":
            problems += _stray_values(value, action, raw)
        elif len(only) == 1 and raw.get(only[0], value) == value:
            raw[only[0]] = value  # the other word for the one place this action has
        else:
            problems.append(f"It takes no {place}.")
    return problems


def _stray_values(value: Any, action: type[Action], raw: JSON) -> list[str]:
    """Values of an action that writes no table: its field of that name, or its one value or formula."""
    cells = (
        [cell for row in value for cell in (row if isinstance(row, list) else [row])]
        if isinstance(value, list)
        else [value]
    )
    known = shapes(action)
    if "values" in known:
        raw.setdefault("values", cells)
        return []
    for name in ("value", "formula"):
        if name in known and len(cells) == 1:
            raw.setdefault(name, cells[0])
            return []
    return [f"It takes no values; its fields are {', '.join(known)}."]


def _nothing(value: Any) -> bool:
    return value is None or value in ("", [], [[]])


def _options(options: Any, action: type[Action]) -> tuple[JSON, list[str]]:
    """The options by field, and what cannot be read of them."""
    known = shapes(action)
    raw: JSON = {}
    problems = []
    for name, value in _pairs(options, problems := list[str]()):
        field = _field_of(name, known)
        if field in known and known[field].kind is Kind.TEXTS:
            several = value if isinstance(value, list) else _json_list(value)
            raw.setdefault(field, []).extend(several)
        elif field in raw and raw[field] != value:
            problems.append(f"The option {field} is given twice; it takes one value.")
        else:
            raw[field] = value
    return raw, problems


def _field_of(name: str, known: Mapping[str, Shape]) -> str:
    """A field by its name, whatever its case; a name that is no field stays, to be told as unknown."""
    loose = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return loose if loose in known else name.strip()


def _json_list(value: Any) -> list[Any]:
    """Several values in one option, written as a JSON list; otherwise the one value."""
    if isinstance(value, str) and value.startswith('["') and value.endswith("]"):
        try:
            return list(json.loads(value))
        except ValueError:
            return [value]
    return [value]


def _pairs(options: Any, problems: list[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(options, Mapping):
        yield from ((str(name), value) for name, value in options.items() if value is not None)
        return
    if isinstance(options, str):
        options = [line for line in options.splitlines() if line.strip()]
    for option in options or ():
        if isinstance(option, Mapping):
            yield from _pairs(option, problems)
        elif not isinstance(option, str) or not (match := re.match(r"\s*([A-Za-z_][\w -]*?)(\s*)[=:]", option)):
            problems.append(f"The option {json.dumps(option, ensure_ascii=False)} is not written as field=value.")
        else:
            value = option[match.end() :]
            yield match[1], value.lstrip() if match[2] or option[match.end() - 1] == ":" else value


_LEGEND = """\
action(places; options): what it does [how options are written]. ? may be left out, * may be repeated.
Every range names its sheet. Columns go by header or letter. Values are neutral: 1234.5, 2024-01-31, TRUE, 50%; 'text
forces text. Formulas follow cells that move and sheets that get another name."""
_CLAUSE = re.compile(r"(?: \(|[.:;](?=\s|$)).*", re.DOTALL)


def action_space(*, files: bool = True) -> str:
    """Every action on offer in a line, for the planner's prompt: what it does, its fields, and how to write them.

    It is part of most prompts, so of what the tools say in full it says only the first clause, and not even that where
    the name says it.
    """
    told: set[tuple[str, ...]] = set()
    return "\n".join([_LEGEND, *(_line(kind, action, told) for kind, action in offered(files=files).items())])


def line(kind: str, action: type[Action]) -> str:
    """One action as `action_space` tells it."""
    return _line(kind, action, set())


def _line(kind: str, action: type[Action], told: set[tuple[str, ...]]) -> str:
    places, options = [], []
    for name, role in field_roles(action).items():
        optional = "" if action.model_fields[name].is_required() else "?"
        if role in _OWN_PLACE:
            places.append(_OWN_PLACE[role] + optional)
        else:
            wanted = shapes(action)[name]
            several = "*" if wanted.kind is Kind.TEXTS else ""
            choices = f" ({_choices(wanted.choices)})" if wanted.choices and wanted.choices not in told else ""
            told.add(wanted.choices)
            options.append(f"{name}{several}{optional}{choices}")
    fields = ", ".join(places) + (f"; {', '.join(options)}" if options else "")
    clause = _CLAUSE.sub("", cleandoc(action.__doc__ or "")).replace("\n", " ")
    told_by_name = _words(clause) <= {*kind.split("_"), "a", "an", "empty", "whole"}
    return f"{kind}({fields})" + ("" if told_by_name else f": {clause}") + (f" [{action.hint}]" if action.hint else "")


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _choices(choices: tuple[str, ...]) -> str:
    """The choices of a field; where each has its opposite, as in `bold|not bold`, that is said once."""
    plain = [choice for choice in choices if not choice.startswith("not ")]
    if {*choices} == {*plain, *(f"not {choice}" for choice in plain)}:
        return f"{'|'.join(plain)}, or not …"
    return "|".join(choices)
