"""What people and administrators do on a Label Studio, over its API: on the fake, or on a real server."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from sheets_agent.feedback.label_studio.client import LabelStudio

TEXTS = {"answer", "critique", "edited"}


@dataclass
class Served:
    """A server, and the client that is tested."""

    address: str
    token: str
    client: LabelStudio

    def post(self, path: str, body: Any) -> Any:
        answer = httpx.post(f"{self.address}/{path}", json=body, headers=self.headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.token}"}

    def person(self) -> int:
        """Somebody else."""
        email = f"{uuid.uuid4().hex}@example.com"
        made = self.post("api/users/", {"email": email, "username": email[:20], "password": uuid.uuid4().hex})
        return int(made["id"])

    def annotate(self, task: int | str, person: int | None = None, skip: bool = False, **said: Any) -> int:
        """Submit what a person did with the controls: a choice, a text or a number of stars each."""
        number = str(task).rpartition("/")[2]
        body = {"result": [marked(name, value) for name, value in said.items()], "was_cancelled": skip}
        by = {} if person is None else {"completed_by": person}
        return int(self.post(f"api/tasks/{number}/annotations/", {**body, **by})["id"])

    def change(self, annotation: int, **said: Any) -> None:
        """Submit an annotation anew."""
        body = {"result": [marked(name, value) for name, value in said.items()]}
        address = f"{self.address}/api/annotations/{annotation}/"
        assert httpx.patch(address, json=body, headers=self.headers, timeout=60).is_success

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Every task of a project, the oldest first."""
        everything = {"filter": "filter:tasks:total_annotations", "operator": "greater", "type": "Number", "value": -1}
        query: dict[str, Any] = {"project": project, "page": 1, "page_size": 100, "include": "id,data"}
        query["query"] = json.dumps({"filters": {"conjunction": "and", "items": [everything]}})
        query["fields"] = "all"
        answer = httpx.get(f"{self.address}/api/tasks", params=query, headers=self.headers, timeout=60)
        assert answer.is_success, answer.text
        return sorted(answer.json()["tasks"], key=lambda task: int(task["id"]))


def marked(name: str, value: Any) -> dict[str, Any]:
    """What the editor makes of a control that somebody has used."""
    shown = {"from_name": name, "to_name": "text" if name in ("choice", "answer") else "response"}
    if name == "rating":
        return {**shown, "type": "rating", "value": {"rating": value}}
    if name in TEXTS:
        return {**shown, "type": "textarea", "value": {"text": [value]}}
    return {**shown, "type": "choices", "value": {"choices": [value]}}
