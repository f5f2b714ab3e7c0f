"""A small Argilla server on loopback: the part of its REST API that the SDK uses here, with the server's own checks.

Argilla's server itself needs a search engine and a database beside it. What is checked and kept here follows its source
(https://github.com/argilla-io/argilla, argilla-server): a dataset is published with a required field and question,
records come only into published ones, have the fields that are configured, and keep people's responses when they are
brought up to date.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from loopback import Loopback

JSON = dict[str, Any]
KEY = "argilla.apikey.of-the-tests"
NOW = datetime(2026, 1, 31, tzinfo=UTC).isoformat()


class Refused(Exception):
    """The server does not take the request."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def _id() -> str:
    return str(uuid.uuid4())


class ArgillaServer(Loopback):
    """One server with one workspace. Use as a context manager.

    Attributes:
        calls: what was asked, as `METHOD path`, ids left out.
        fail: a call that is refused once, with a passing fault.
        broken: answers every request with this status and page, as a proxy would; None answers properly.
        role: of the user whose key it is.
    """

    def __init__(self) -> None:
        self.workspaces = [{"id": _id(), "name": "argilla", "inserted_at": NOW, "updated_at": NOW}]
        self.users = [{"id": _id(), "username": name, "role": role} for name, role in
                      (("owner", "owner"), ("ann", "annotator"), ("bob", "annotator"))]  # fmt: skip
        self.datasets: dict[str, JSON] = {}
        self.records: dict[str, JSON] = {}
        self.calls: list[str] = []
        self.broken: tuple[int, str] | None = None
        self.fail: str = ""
        self.role = "owner"
        self.query: dict[str, str] = {}
        self.listen(_handler(self))

    # ------------------------------------------------------------------------------------------ what people do

    def submit(self, user: str, external_id: str, status: str = "submitted", **values: Any) -> None:
        """A person answers the questions of a record."""
        (record,) = [one for one in self.records.values() if one["external_id"] == external_id]
        dataset = self.datasets[record["dataset_id"]]
        questions = {question["name"]: question for question in dataset["questions"]}
        assert set(values) <= set(questions)
        if status == "submitted":
            assert all(name in values for name, question in questions.items() if question["required"])
        for name, value in values.items():
            _check_value(questions[name], value)
        (person,) = [one["id"] for one in self.users if one["username"] == user]
        record["responses"] = [one for one in record["responses"] if one["user_id"] != person]
        record["responses"].append(
            {"user_id": person, "status": status, "values": {name: {"value": value} for name, value in values.items()}}
        )

    def dataset(self, name: str) -> JSON:
        """A dataset by name."""
        (found,) = [one for one in self.datasets.values() if one["name"] == name]
        return found

    # ------------------------------------------------------------------------------------------ the API

    def answer(self, method: str, path: str, body: JSON) -> Any:
        """The answer to one request.

        Raises:
            Refused: with the server's status.
        """
        plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", path.removeprefix("/api/v1"))
        self.calls.append(f"{method} {plain}")
        if self.fail and self.fail == self.calls[-1]:
            self.fail = ""
            raise Refused(500, "a passing fault")
        ids = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)
        handler = self._routes().get(f"{method} {plain}")
        if handler is None:
            raise AssertionError(f"nothing is known of {method} {path}")
        return handler(body, *ids)

    def _routes(self) -> dict[str, Callable[..., Any]]:
        return {
            "GET /me": lambda body: {**self.users[0], "role": self.role},
            "GET /me/workspaces": lambda body: {"items": self.workspaces},
            "GET /workspaces/{id}": lambda body, id: next(one for one in self.workspaces if one["id"] == id),
            "GET /users": self._list_users,
            "GET /me/datasets": lambda body: {"items": [_shown(one) for one in self.datasets.values()]},
            "POST /datasets": self._create_dataset,
            "GET /datasets/{id}": lambda body, id: _shown(self._dataset(id)),
            "PATCH /datasets/{id}": self._update_dataset,
            "DELETE /datasets/{id}": lambda body, id: _shown(self.datasets.pop(id)),
            "PUT /datasets/{id}/publish": self._publish,
            "GET /datasets/{id}/fields": lambda body, id: {"items": self._dataset(id)["fields"]},
            "POST /datasets/{id}/fields": lambda body, id: self._add(id, "fields", body),
            "GET /datasets/{id}/questions": lambda body, id: {"items": self._dataset(id)["questions"]},
            "POST /datasets/{id}/questions": lambda body, id: self._add(id, "questions", body),
            "GET /datasets/{id}/vectors-settings": lambda body, id: {"items": []},
            "GET /me/datasets/{id}/metadata-properties": lambda body, id: {"items": []},
            "PUT /datasets/{id}/records/bulk": self._upsert,
            "GET /datasets/{id}/records": lambda body, id: {"items": self._page(id)},
            "POST /datasets/{id}/records/search": self._search,
            "DELETE /records/{id}": lambda body, id: self.records.pop(id),
        }  # fmt: skip

    def _list_users(self, body: JSON) -> JSON:
        if self.role != "owner":
            raise Refused(403, "Operation not allowed")
        return {"items": self.users}

    def _dataset(self, id: str) -> JSON:
        if id not in self.datasets:
            raise Refused(404, f"Dataset with id `{id}` not found")
        return self.datasets[id]

    def _create_dataset(self, body: JSON) -> JSON:
        if any(one["name"] == body["name"] for one in self.datasets.values()):
            raise Refused(409, "the dataset exists already")
        made = {"id": _id(), "status": "draft", "fields": [], "questions": [], "guidelines": None,
                "allow_extra_metadata": True, "distribution": {"strategy": "overlap", "min_submitted": 1},
                "inserted_at": NOW, "updated_at": NOW, "last_activity_at": NOW, **body}  # fmt: skip
        self.datasets[made["id"]] = made
        return _shown(made)

    def _update_dataset(self, body: JSON, id: str) -> JSON:
        self._dataset(id).update({key: value for key, value in body.items() if key != "id"})
        return _shown(self._dataset(id))

    def _add(self, id: str, what: str, body: JSON) -> JSON:
        dataset = self._dataset(id)
        if dataset["status"] == "ready":
            raise Refused(422, f"{what} cannot be created for a published dataset")
        made = {**body, "id": _id(), "dataset_id": id, "inserted_at": NOW, "updated_at": NOW}
        dataset[what].append(made)
        return made

    def _publish(self, body: JSON, id: str) -> JSON:
        dataset = self._dataset(id)
        for what in ("fields", "questions"):
            if not any(one["required"] for one in dataset[what]):
                raise Refused(422, f"Dataset cannot be published without required {what}")
        dataset["status"] = "ready"
        return _shown(dataset)

    def _upsert(self, body: JSON, id: str) -> JSON:
        dataset = self._dataset(id)
        if dataset["status"] != "ready":
            raise Refused(422, "records cannot be created or updated for a non published dataset")
        items, updated = [], []
        for place, item in enumerate(body["items"]):
            try:
                record = self._by_external_id(id, item["external_id"])
                _check_record(dataset, item, is_new=record is None)
            except Refused as refused:
                raise Refused(422, f"record at position {place} is not valid because {refused}") from refused
            if record is None:
                record = {"id": _id(), "external_id": item["external_id"], "fields": item["fields"], "responses": [],
                          "dataset_id": id, "status": "pending", "inserted_at": NOW, "updated_at": NOW}  # fmt: skip
                self.records[record["id"]] = record
            else:
                updated.append(record["id"])
            suggested = item.get("suggestions") or []
            record |= {
                "metadata": item.get("metadata") or {},
                "suggestions": [_suggestion(dataset, one) for one in suggested],
            }
            items.append(record)
        return {"items": items, "updated_item_ids": updated}

    def _by_external_id(self, dataset: str, external_id: str) -> JSON | None:
        return next((one for one in self._of(dataset) if one["external_id"] == external_id), None)

    def _of(self, dataset: str) -> list[JSON]:
        return [one for one in self.records.values() if one["dataset_id"] == dataset]

    def _page(self, dataset: str) -> list[JSON]:
        offset, limit = int(self.query.get("offset", 0)), int(self.query.get("limit", 50))
        return self._of(dataset)[offset : offset + limit]

    def _search(self, body: JSON, id: str) -> JSON:
        (wanted,) = body["filters"]["and"]
        assert wanted["scope"] == {"entity": "record", "property": "external_id"}
        found = [one for one in self._page(id) if one["external_id"] in wanted["values"]]
        return {"items": [{"record": one, "query_score": 1.0} for one in found], "total": len(found)}


def _shown(dataset: JSON) -> JSON:
    return {key: value for key, value in dataset.items() if key not in ("fields", "questions")}


def _check_record(dataset: JSON, item: JSON, is_new: bool) -> None:
    known = {one["name"]: one for one in dataset["fields"]}
    fields = item["fields"] or {}
    if is_new:
        for name, field in known.items():
            if field["required"] and fields.get(name) is None:
                raise Refused(422, f"missing required value for field: {name!r}")
    if set(fields) - set(known):
        raise Refused(422, f"found fields values for non configured fields: {sorted(set(fields) - set(known))}")
    for name, value in fields.items():
        is_chat = known[name]["settings"]["type"] == "chat"
        if is_chat and not (isinstance(value, list) and all(one["role"] and one["content"] for one in value)):
            raise Refused(422, f"field {name!r} value must be a list of messages")
        if not is_chat and not isinstance(value, str):
            raise Refused(422, f"field {name!r} value must be a string")


def _suggestion(dataset: JSON, one: JSON) -> JSON:
    question = next((item for item in dataset["questions"] if item["id"] == one["question_id"]), None)
    if question is None:
        raise Refused(422, f"question with question_id={one['question_id']} does not exist")
    _check_value(question, one["value"])
    return {**one, "id": _id()}


def _check_value(question: JSON, value: Any) -> None:
    kind = question["settings"]["type"]
    if kind == "text" and not isinstance(value, str):
        raise Refused(422, "text question expects a text value")
    if kind in ("label_selection", "rating") and value not in [one["value"] for one in question["settings"]["options"]]:
        raise Refused(422, f"{value!r} is not a valid value")


def _handler(server: ArgillaServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            server.query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
            try:
                if server.broken is not None:
                    return self._send(server.broken[0], server.broken[1].encode())
                if self.headers.get("X-Argilla-Api-Key") != KEY:
                    raise Refused(401, "Could not validate credentials")
                answer = server.answer(self.command, parts.path, body)
            except Refused as refused:
                return self._send(refused.status, json.dumps({"detail": str(refused)}).encode())
            return self._send(200, json.dumps(answer).encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
