"""The shapes of what the roles answer, apart from plans, whose schema comes from the actions.

All are flat, as every provider takes them: no unions, objects only as list items, optional means absent.
"""

from __future__ import annotations

from typing import Any

from sheets_agent.actions.wire import plan_schema


def annotation_schema() -> dict[str, Any]:
    """The retriever's answer: `{request, tables: [{range, description}], columns: […], questions}`.

    A column is `{range, letter, name, meaning}`; `range` repeats the region's range as the description gives it.
    """
    table = _object(
        {
            "range": _text("The range of the table, exactly as the description of the spreadsheet gives it."),
            "description": _text("What one row of the table is and what the table is for, in one sentence."),
        },
        "range",
        "description",
    )
    column = _object(
        {
            "range": _text("The range of the table the column belongs to, exactly as given."),
            "letter": _text("The letter of the column, for example C."),
            "name": _text("A short name of the column, in the language of its header."),
            "meaning": _text("What the values mean, with their unit or currency when it can be told, in one sentence."),
        },
        "range",
        "letter",
        "name",
        "meaning",
    )
    questions = _list(
        {"type": "string"},
        "Questions to the person whose spreadsheet it is, only where the task depends on a meaning that cannot be told "
        "from the cells. Usually empty. Likely answers may follow, such as: Which date counts? | ordered | delivered",
    )
    request = {
        "type": "string",
        "enum": ["command", "question", "both"],
        "description": "command when the person wants something done to the spreadsheet, question when they only want "
        "to know something from it, both when they want both.",
    }
    return _answer(
        "describe_spreadsheet",
        "Say what the tables and the columns of the spreadsheet mean.",
        {
            "request": request,
            "tables": _list(table, "One entry for each table and dictionary."),
            "columns": _list(column, "One entry for each column of each table."),
            "questions": questions,
        },
        "request",
        "tables",
        "columns",
    )


def reflection_schema() -> dict[str, Any]:
    """A reflector's answer: `{comment, verdict: keep | revise, steps}`; `steps` is the whole revised plan."""
    steps = dict(plan_schema()["properties"]["steps"])
    steps["description"] = (
        "The whole revised plan, steps that stay as they are included, in the form of the plan shown. "
        "Left out when the verdict is keep."
    )
    verdict = {
        "type": "string",
        "enum": ["keep", "revise"],
        "description": "keep when the plan needs no change from you; revise when `steps` holds a better plan.",
    }
    return _answer(
        "give_critique",
        "Criticise the plan, and revise it where it is wrong.",
        {
            "comment": _text("What is right or wrong with the plan and why, in a few sentences."),
            "verdict": verdict,
            "steps": steps,
        },
        "comment",
        "verdict",
    )


def exploration_schema() -> dict[str, Any]:
    """The explorer's answer: `{thoughts, done, steps: [{variant, why, action, …}]}`; a step says which way it is of."""
    steps = plan_schema()["properties"]["steps"]
    variant = {"type": "integer", "description": "The number of the variant the step belongs to, from 1."}
    item = steps["items"]
    of_variants = {
        "type": "array",
        "description": "The steps of all variants, those of a variant in the order in which they are carried out.",
        "items": _object({"variant": variant, **item["properties"]}, "variant", *item["required"]),
    }
    return _answer(
        "go_on",
        "Say whether the task is done, and if not, how to go on.",
        {
            "thoughts": _text("What is still to be done, and in which ways it could be done."),
            "done": {"type": "boolean", "description": "Whether the task is done with the steps taken so far."},
            "steps": of_variants,
        },
        "thoughts",
        "done",
    )


def judgement_schema() -> dict[str, Any]:
    """The judge's answer: `{reason, value}`; `value` is a percentage."""
    return _answer(
        "judge_plan",
        "Judge how far the plan goes towards the task.",
        {
            "reason": _text("What the plan does for the task and what it lacks, in a few sentences."),
            "value": {"type": "integer", "description": "How good it is, from 0 (harmful) to 100 (does the task)."},
        },
        "reason",
        "value",
    )


def vote_schema() -> dict[str, Any]:
    """The voter's answer: `{reason, choice}`; `choice` is the number of a plan, from 1."""
    return _answer(
        "choose_plan",
        "Choose the plan that does the task best.",
        {
            "reason": _text(
                "How the plans differ in what they do, and which serves the task best, in a few sentences."
            ),
            "choice": {"type": "integer", "description": "The number of the chosen plan, for example 2."},
        },
        "reason",
        "choice",
    )


def critique_schema() -> dict[str, Any]:
    """The moderator's answer: `{critique}`."""
    return _answer(
        "give_one_critique",
        "Say as one critique what the reviewers said.",
        {"critique": _text("Everything that has to be done otherwise, so that whoever redoes the work can follow it.")},
        "critique",
    )


def _answer(name: str, description: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"title": name, "description": description, **_object(properties, *required)}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": items}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}
