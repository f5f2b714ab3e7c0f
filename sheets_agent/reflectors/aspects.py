"""What each reflector may change, enforced.

A specialised reflector answers with a whole revised plan. Taking it over is done here, field by field: what lies
outside its aspect stays as it was, and is told as dropped.

    action   which actions there are, their order and their options
    cell     the ranges that are written and read
    formula  the text of formulas
    general  everything
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sheets_agent.actions.base import Role, field_roles
from sheets_agent.state.planned import Plan, Step


@dataclass(frozen=True, slots=True)
class Aspect:
    """The roles of fields a reflector may change, and whether it may add, remove, replace and reorder steps."""

    name: str
    roles: frozenset[Role]
    steps: bool = False


ASPECTS: Mapping[str, Aspect] = {
    "action": Aspect("action", frozenset({Role.OPTION}), steps=True),
    "cell": Aspect("cell", frozenset({Role.TARGET, Role.SOURCE})),
    "formula": Aspect("formula", frozenset({Role.FORMULA})),
    "general": Aspect("general", frozenset(Role), steps=True),
}


@dataclass(frozen=True, slots=True)
class Takeover:
    """The plan after a revision was taken over, the steps that changed, and what was dropped."""

    plan: Plan
    changed: tuple[int, ...]
    dropped: tuple[str, ...]


def take_over(old: Plan, revised: Plan, aspect: Aspect) -> Takeover:
    """Take over from a revised plan what lies in a reflector's aspect."""
    if aspect.steps:
        return _take_steps(old, revised, aspect)
    if len(old.steps) != len(revised.steps):
        reason = f"The {aspect.name} reflector may not add or remove steps; its revision was dropped."
        return Takeover(old, (), (reason,))
    steps, dropped = [], list[str]()
    for index, (before, after) in enumerate(zip(old.steps, revised.steps, strict=True)):
        step, lost = _take_fields(index, before, after, aspect)
        steps.append(step)
        dropped += lost
    plan = old.model_copy(update={"steps": tuple(steps)})
    return Takeover(plan, _changed(old, plan), tuple(dropped))


def _take_steps(old: Plan, revised: Plan, aspect: Aspect) -> Takeover:
    """Steps that are new or of another kind are taken whole; a step of the same kind keeps its foreign fields."""
    steps, dropped = [], list[str]()
    for index, after in enumerate(revised.steps):
        before = _counterpart(old, index, after)
        if before is None:
            steps.append(after)
            continue
        step, lost = _take_fields(index, before, after, aspect)
        steps.append(step)
        dropped += lost
    plan = old.model_copy(update={"steps": tuple(steps)})
    return Takeover(plan, _changed(old, plan), tuple(dropped))


def _counterpart(old: Plan, index: int, after: Step) -> Step | None:
    """The step of the old plan that a revised step stands for: the same one, else the one at its place."""
    if after in old.steps:
        return after
    if index < len(old.steps) and old.steps[index].action.kind == after.action.kind:
        return old.steps[index]
    return None


def _take_fields(index: int, before: Step, after: Step, aspect: Aspect) -> tuple[Step, list[str]]:
    if before.action.kind != after.action.kind:
        return before, [f"Step {index + 1}: the {aspect.name} reflector may not change the action."]
    old, new = before.action.model_dump(), after.action.model_dump()
    taken, dropped = dict(old), []
    for name, role in field_roles(type(before.action)).items():
        if old[name] == new[name]:
            continue
        if role in aspect.roles or (Role.FORMULA in aspect.roles and _only_formulas(old[name], new[name])):
            taken[name] = new[name]
        else:
            dropped.append(f"Step {index + 1}: the {aspect.name} reflector may not change {name}.")
    try:
        action = type(before.action).model_validate(taken)
    except ValidationError:
        return before, [*dropped, f"Step {index + 1}: the {aspect.name} reflector's part alone makes no valid action."]
    why = after.why if action != before.action else before.why
    return Step.model_validate({"why": why, "action": action}), dropped


def _only_formulas(old: Any, new: Any) -> bool:
    """Whether two values (a text, or rows of texts) differ only in cells that hold formulas on both sides."""
    if isinstance(old, str) and isinstance(new, str):
        return old.startswith("=") and new.startswith("=")
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return all(one == two or _only_formulas(one, two) for one, two in zip(old, new, strict=True))
    return False


def _changed(old: Plan, new: Plan) -> tuple[int, ...]:
    before = [step.action for step in old.steps]
    return tuple(index for index, step in enumerate(new.steps) if before[index : index + 1] != [step.action])
