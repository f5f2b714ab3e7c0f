"""Questions as chat clients show them: one at a time, each with a form that can be filled in.

agent-chat-ui shows the first of the `action_requests`, its arguments as editable texts, and buttons for the decisions
`approve`, `edit` and `reject`; it knows no `respond`. What is typed into a field comes back as a text, also where JSON
stood in it. So a question has an empty field to be filled in, and an edit of it is the answer.

Source: https://github.com/langchain-ai/agent-chat-ui, src/components/thread/agent-inbox
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sheets_agent.feedback.person import ANSWER, APPLY, REVIEW

_BLANKS = {ANSWER: "answer", REVIEW: "critique"}
"""The field that a person fills in, by what is asked."""


def forms(request: object) -> list[dict[str, Any]]:
    """What is asked, in the same human-in-the-loop shape, one action at a time.

    There is none in what is no request: a client can write into the state of its thread.
    """
    try:
        return list(_forms(request))
    except (KeyError, TypeError):
        return []


def _forms(request: Any) -> Iterator[dict[str, Any]]:
    configs = {config["action_name"]: config for config in request["review_configs"]}
    for action in request["action_requests"]:
        name, config = action["name"], configs[action["name"]]
        if name in _BLANKS:
            action = {**action, "args": {**action["args"], _BLANKS[name]: ""}}
            config = {**config, "allowed_decisions": [*config["allowed_decisions"], "edit"]}
        yield {"action_requests": [action], "review_configs": [config]}


def filled(form: Mapping[str, Any], answer: object) -> list[Any] | None:
    """The decisions of an answer to a form, as runs understand them; None where there are none in it."""
    decisions = answer.get("decisions") if isinstance(answer, Mapping) else None
    if not isinstance(decisions, list) or len(decisions) != 1:
        return None
    [decision], name = decisions, form["action_requests"][0]["name"]
    args = _edited(decision)
    if args is None:
        return decisions
    if name in _BLANKS:
        return [{"type": "respond", "message": args.get(_BLANKS[name], "")}]
    if name == APPLY and isinstance(args.get("plan"), str):
        with contextlib.suppress(ValueError):  # whoever reads the plan says what is wrong with it
            args = {**args, "plan": json.loads(args["plan"])}
    return [{**decision, "edited_action": {**decision["edited_action"], "args": args}}]


def _edited(decision: object) -> dict[str, Any] | None:
    """The arguments of an edit; None of anything else."""
    if not isinstance(decision, Mapping) or decision.get("type") != "edit":
        return None
    action = decision.get("edited_action")
    args = action.get("args") if isinstance(action, Mapping) else None
    return args if isinstance(args, dict) else None
