"""A Label Studio on loopback for tests: the part of its API that is used, in the shapes that 1.23.2 answers with.

The contract tests run against this, and against the real server (`make test-label-studio`), which keeps it honest.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from loopback import Loopback

JSON = dict[str, Any]
VERSION = "1.23.2"
CONTROLS = ("Choices", "TextArea", "Rating")


class Refused(Exception):
    """The server says no: a status and the body that goes with it."""

    def __init__(self, status: int, detail: str = "", **body: Any) -> None:
        super().__init__(detail)
        self.status = status
        told = {"id": "0", "status_code": status, "version": VERSION, "detail": detail, "exc_info": None}
        self.body = body if "label_config" in body else {**told, **body}


def not_found(kind: str) -> Refused:
    return Refused(404, f"No {kind} matches the given query.")


def invalid(**errors: list[Any]) -> Refused:
    return Refused(400, "Validation error", validation_errors=errors)


@dataclass
class FakeLabelStudio(Loopback):
    """One server with its projects, tasks and annotations. Use as a context manager.

    Attributes:
        token: the legacy token of the first user.
        calls: what was asked of it: method and path.
        broken: what the next calls are answered with instead: status, content type and body.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(20))
    projects: dict[int, JSON] = field(default_factory=dict)
    tasks: dict[int, JSON] = field(default_factory=dict)
    annotations: dict[int, JSON] = field(default_factory=dict)
    users: dict[int, JSON] = field(default_factory=dict)
    personal: set[str] = field(default_factory=set)
    access: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    broken: list[tuple[int, str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.listen(_handler(self))
        self.users[1] = {"id": 1, "email": "first@example.com", "first_name": "", "last_name": ""}

    @property
    def address(self) -> str:
        return self.url

    def expire(self) -> None:
        """The access tokens hold no longer."""
        self.access.clear()

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> tuple[int, str, bytes]:
        """Answer one request with a status, a content type and a body."""
        parts = urlsplit(target)
        with self._lock:
            self.calls.append((method, parts.path))
            if self.broken:
                return self.broken.pop(0)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            try:
                status, told = self._routed(method, parts.path, query, json.loads(body or b"null"), authorization)
            except Refused as refused:
                status, told = refused.status, refused.body
            except LookupError:
                return 404, "text/html; charset=utf-8", b"<!doctype html><title>404 | Label Studio</title>"
        return status, "application/json", b"" if status == 204 else json.dumps(told).encode()

    def _routed(self, method: str, path: str, query: JSON, body: Any, authorization: str) -> tuple[int, Any]:
        for verb, pattern, route in ROUTES:
            if verb == method and (found := re.fullmatch(pattern, path)):
                if route is not refresh:
                    self._check(authorization)
                return route(self, query, body, *map(int, found.groups()))
        raise LookupError(path)

    def _check(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme == "Token" and token != self.token:
            raise Refused(401, "Invalid token.")
        if scheme != "Token" and not (scheme == "Bearer" and token in self.access):
            raise Refused(401, "Authentication credentials were not provided.")


Answered = tuple[int, Any]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def made_token(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    token = f"eyJh.{secrets.token_hex(20)}.{secrets.token_hex(8)}"
    server.personal.add(token)
    return 201, {"token": token}


def refresh(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    if body["refresh"] not in server.personal:
        raise Refused(401, "Token is invalid")
    access = f"eyJh.{secrets.token_hex(20)}.{secrets.token_hex(8)}"
    server.access.add(access)
    return 200, {"access": access}


def made_user(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    number = len(server.users) + 1
    server.users[number] = {"id": number, "first_name": "", "last_name": "", **body}
    return 201, server.users[number]


def checked_config(config: str) -> ElementTree.Element:
    """The parsed configuration, refused as the server refuses it."""
    try:
        root = ElementTree.fromstring(config)
    except ElementTree.ParseError as error:
        raise Refused(400, label_config=[str(error)]) from error
    names = [tag.get("name", "") for tag in root.iter() if tag.get("name")]
    if len(set(names)) < len(names):
        raise Refused(400, label_config=["Label config contains non-unique names"])
    for tag in root.iter():
        if tag.get("toName") and tag.get("toName") not in names:
            raise Refused(400, label_config=[f'toName="{tag.get("toName")}" not found in names: {sorted(names)}'])
    return root


def controls_of(config: str) -> JSON:
    root = checked_config(config)
    objects = {tag.get("name"): tag for tag in root.iter() if tag.get("name") and not tag.get("toName")}
    found: JSON = {}
    for tag in root.iter():
        if tag.tag in CONTROLS:
            shown = objects[tag.get("toName")]
            control = {
                "type": tag.tag,
                "to_name": [tag.get("toName")],
                "inputs": [{"type": shown.tag, "value": shown.get("value", "").lstrip("$")}],
                "labels": [inner.get("alias") or inner.get("value") for inner in tag.iter("Choice")],
                "labels_attrs": {},
            }
            dynamic = tag.tag == "Choices" and tag.get("value", "").startswith("$")
            found[str(tag.get("name"))] = {**control, **({"dynamic_labels": True} if dynamic else {})}
    return found


def keys_of(config: str) -> list[str]:
    """What the data of a task must have: what the objects show that a control belongs to, and what comes with a tag."""
    root = checked_config(config)
    return sorted({str(tag.get("value"))[1:] for tag in root.iter() if tag.get("value", "").startswith("$")})


def validated(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    checked_config(body["label_config"])
    return 204, None


def projects(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    wanted = query.get("title", "").casefold()
    found = [project for project in server.projects.values() if wanted in project["title"].casefold()]
    found.reverse()  # the newest first
    size, page = int(query["page_size"]), int(query["page"])
    if page > 1 and (page - 1) * size >= len(found):
        raise Refused(404, "Invalid page.")
    more = f"{server.address}/api/projects/?page={page + 1}" if page * size < len(found) else None
    results = found[(page - 1) * size : page * size]
    return 200, {"count": len(found), "next": more, "previous": None, "results": results}


def made_project(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    if len(body["title"]) < 3:
        raise invalid(title=["Ensure this field has at least 3 characters."])
    if len(body["title"]) > 50:
        raise invalid(title=["Ensure this field has no more than 50 characters."])
    try:
        controls = controls_of(body["label_config"])
    except Refused as refused:
        raise invalid(label_config=refused.body["label_config"]) from refused
    number = max(server.projects, default=0) + 1
    project = {"id": number, "description": "", **body, "parsed_label_config": controls, "created_at": now()}
    server.projects[number] = project
    return 201, project


def project(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    if number not in server.projects:
        raise not_found("Project")
    return 200, server.projects[number]


def deleted_project(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    project(server, query, body, number)
    del server.projects[number]
    return 204, None


def imported(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    _, into = project(server, query, body, number)
    for index, item in enumerate(body):
        for key in keys_of(into["label_config"]):
            if key not in item["data"]:
                why = f'Error at item {index}: "{key}" key is expected in task data [assume: item["data"]] :: {item}'
                raise invalid(non_field_errors=[why, {}])
    for item in body:
        made = max(server.tasks, default=0) + 1
        overlap = into["maximum_annotations"]
        server.tasks[made] = {
            "id": made,
            "data": item["data"],
            "meta": {},
            "project": number,
            "overlap": overlap,
            "is_labeled": False,
            "created_at": now(),
        }
    return 201, {"task_count": len(body), "annotation_count": 0, "prediction_count": 0, "duration": 0.1}


def tasks(server: FakeLabelStudio, query: JSON, body: Any) -> Answered:
    project(server, query, body, int(query["project"]))
    (item,) = json.loads(query["query"])["filters"]["items"]
    mine = (task for task in server.tasks.values() if task["project"] == int(query["project"]))
    found = [task for task in mine if lets_through(server, item, task)]
    size, page = int(query["page_size"]), int(query["page"])
    if page > 1 and (page - 1) * size >= len(found):
        raise Refused(404, "Invalid page.")
    names = query["include"].split(",")
    shown = [{name: task[name] for name in names} for task in found[(page - 1) * size : page * size]]
    return 200, {"total_annotations": 0, "total_predictions": 0, "total": len(found), "tasks": shown}


def lets_through(server: FakeLabelStudio, item: JSON, task: JSON) -> bool:
    if item["filter"] == "filter:tasks:total_annotations":
        assert (item["operator"], item["type"]) == ("greater", "Number")
        return len(done(server, task["id"])) > int(item["value"])
    assert (item["operator"], item["type"]) == ("equal", "String")
    return str(task["data"].get(item["filter"].removeprefix("filter:tasks:data."))) == item["value"]


def done(server: FakeLabelStudio, number: int) -> list[JSON]:
    """The annotations of a task that somebody has not skipped."""
    return [one for one in server.annotations.values() if one["task"] == number and not one["was_cancelled"]]


def task(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    if number not in server.tasks:
        raise not_found("Task")
    mine = [annotation for annotation in server.annotations.values() if annotation["task"] == number]
    by = [{**annotation, "completed_by": server.users[annotation["completed_by"]]} for annotation in mine]
    return 200, {**server.tasks[number], "predictions": [], "annotations": by, "drafts": []}


def changed_task(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    task(server, query, body, number)
    server.tasks[number].update(body)
    return 200, server.tasks[number]


def deleted_task(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    task(server, query, body, number)
    del server.tasks[number]
    return 204, None


def annotated(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    task(server, query, body, number)
    made = len(server.annotations) + 1
    server.annotations[made] = {
        "id": made,
        "result": body["result"],
        "completed_by": body.get("completed_by", 1),
        "was_cancelled": body.get("was_cancelled", False),
        "created_at": now(),
        "updated_at": now(),
        "task": number,
        "project": server.tasks[number]["project"],
    }
    if len(done(server, number)) >= server.tasks[number]["overlap"]:
        server.tasks[number]["is_labeled"] = True
    return 201, server.annotations[made]


def changed_annotation(server: FakeLabelStudio, query: JSON, body: Any, number: int) -> Answered:
    if number not in server.annotations:
        raise not_found("Annotation")
    server.annotations[number].update(**body, updated_at=now())
    return 200, server.annotations[number]


ROUTES: tuple[tuple[str, str, Callable[..., Answered]], ...] = (
    ("POST", r"/api/token/", made_token),
    ("POST", r"/api/token/refresh/", refresh),
    ("POST", r"/api/users/", made_user),
    ("POST", r"/api/projects/validate/", validated),
    ("GET", r"/api/projects/", projects),
    ("POST", r"/api/projects/", made_project),
    ("GET", r"/api/projects/(\d+)/", project),
    ("DELETE", r"/api/projects/(\d+)/", deleted_project),
    ("POST", r"/api/projects/(\d+)/import", imported),
    ("GET", r"/api/tasks", tasks),
    ("GET", r"/api/tasks/(\d+)/", task),
    ("PATCH", r"/api/tasks/(\d+)/", changed_task),
    ("DELETE", r"/api/tasks/(\d+)/", deleted_task),
    ("POST", r"/api/tasks/(\d+)/annotations/", annotated),
    ("PATCH", r"/api/annotations/(\d+)/", changed_annotation),
)


def _handler(server: FakeLabelStudio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, told = server.answer(self.command, self.path, self.headers.get("Authorization") or "", body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
            self.wfile.flush()

        do_GET = do_POST = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
