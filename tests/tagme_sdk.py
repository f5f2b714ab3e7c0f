"""A module in place of TagMe's SDK that takes no other calls than the documented ones, in their order."""

from __future__ import annotations

import asyncio
import sys
import types
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pandas as pd
import pytest


@dataclass(kw_only=True)
class MethodForms:
    html: str
    css: str
    js: str
    example: dict[str, Any]
    specification: dict[str, Any]
    config: dict[str, Any]


@dataclass(kw_only=True)
class MethodData:
    uid: str
    name: str
    forms: MethodForms
    marker_brief: str


class TaskType(Enum):
    PROD = "prod"
    STUDY = "study"
    EXAM = "exam"


@dataclass(kw_only=True)
class TaskDataRequest:
    project_id: str
    organization_id: str
    name: str
    overlap: int
    type: TaskType
    description: str


@dataclass
class Item:
    uid: str
    name: str
    organization_id: str = "org"
    method_id: str = ""
    is_archived: bool = False
    pools: list[str] = field(default_factory=list)


class Service:
    """TagMe's state, and the calls that came; a call out of order fails as the service would."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.configs: list[tuple[str, ...]] = []
        self.projects: list[Item] = []
        self.methods: dict[str, MethodData] = {}
        self.requests: dict[str, TaskDataRequest] = {}
        self.data: dict[str, list[dict[str, Any]]] = {}
        self.started: list[str] = []
        self.stopped: list[str] = []
        self.pools: dict[str, list[str]] = {}
        self.frames: dict[str, pd.DataFrame | None] = {}
        self.open = 0
        self.fail: dict[str, Exception] = {}

    def came(self, call: str) -> None:
        self.calls.append(call)
        if call in self.fail:
            raise self.fail.pop(call)


class TagmeClientAdvanced:
    service: Service

    def __init__(self, config_path: str = "") -> None:
        self.service.configs.append((config_path,) if config_path else ())
        self.service.open += 1
        self.loop = asyncio.get_running_loop()

    async def _came(self, call: str) -> None:
        assert asyncio.get_running_loop() is self.loop, "a client belongs to the loop it was made in"
        await asyncio.sleep(0)
        self.service.came(call)

    async def get_projects_by_name(self, project_name: str) -> list[Item]:
        await self._came("get_projects_by_name")
        return [item for item in self.service.projects if project_name in item.name]

    async def create_project(self, name: str, description: str) -> Item:
        await self._came("create_project")
        number = len(self.service.projects)
        self.service.projects.append(Item(f"project{number}", name, method_id=f"method{number}"))
        return self.service.projects[-1]

    async def update_method(self, method: MethodData) -> MethodData:
        await self._came("update_method")
        self.service.methods[method.uid] = method
        return method

    async def get_self_person(self) -> Item:
        await self._came("get_self_person")
        return Item("me", "Me")

    async def create_pool(self, markers: list[str], name: str) -> Item:
        await self._came("create_pool")
        self.service.pools[f"pool{len(self.service.pools)}"] = markers
        return Item(f"pool{len(self.service.pools) - 1}", name)

    async def add_users_to_project(self, project_id: str, pool_id: str) -> None:
        await self._came("add_users_to_project")
        next(item for item in self.service.projects if item.uid == project_id).pools.append(pool_id)

    async def get_project_tasks(self, project_id: str) -> list[Item]:
        await self._came("get_project_tasks")
        return [Item(uid, task.name) for uid, task in self.service.requests.items() if task.project_id == project_id]

    async def create_task(self, request: TaskDataRequest) -> Item:
        await self._came("create_task")
        project = next(item for item in self.service.projects if item.uid == request.project_id)
        assert project.method_id in self.service.methods, "a task needs a method"
        assert project.pools, "a task needs somebody to mark"
        uid = f"task{len(self.service.requests)}"
        self.service.requests[uid] = request
        return Item(uid, request.name)

    async def get_task_files(self, task_id: str) -> list[str]:
        await self._came("get_task_files")
        return ["task.json"] * len(self.service.data.get(task_id, ()))

    async def upload_json_data(self, task_id: str, data: list[dict[str, Any]]) -> None:
        await self._came("upload_json_data")
        assert task_id not in self.service.data, "uploaded twice"
        self.service.data[task_id] = data

    async def start_task(self, task_id: str) -> None:
        await self._came("start_task")
        assert task_id in self.service.data, "started without data"
        self.service.started.append(task_id)

    async def gen_task_url(self, project_id: str, task_id: str, organization_id: str) -> str:
        return f"https://tagme.test/company/{organization_id}/project/{project_id}/task/{task_id}"

    async def get_task_assignments_df(self, task_id: str) -> pd.DataFrame | None:
        await self._came("get_task_assignments_df")
        return self.service.frames.get(task_id)

    async def stop_task(self, task_id: str) -> None:
        await self._came("stop_task")
        self.service.stopped.append(task_id)

    async def close(self) -> None:
        self.service.open -= 1


def installed(monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service behind a `crowd_sdk` that can be imported while the test runs."""
    made = Service()
    package, tagme, kinds = (types.ModuleType(f"crowd_sdk{part}") for part in ("", ".tagme", ".tagme.types"))
    tagme.TagmeClientAdvanced = type("TagmeClientAdvanced", (TagmeClientAdvanced,), {"service": made})  # type: ignore[attr-defined]
    for kind in (MethodForms, MethodData, TaskDataRequest, TaskType):
        setattr(kinds, kind.__name__, kind)
    for module in (package, tagme, kinds):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return made
