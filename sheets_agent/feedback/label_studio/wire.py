"""What Label Studio answers, as far as it is used here: https://api.labelstud.io/api-reference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A frozen part of an answer; the parts that are not used here are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Control(Shape):
    """A control of a labelling configuration, as the server has parsed it.

    Attributes:
        type: its tag: Choices, Rating, TextArea, …
        labels: what can be chosen, where the configuration says it.
        dynamic_labels: whether what can be chosen comes with each task.
    """

    type: str
    labels: tuple[str, ...] = ()
    dynamic_labels: bool = False


class Project(Shape):
    """A project. `parsed_label_config` has its controls by name."""

    id: int
    title: str = ""
    parsed_label_config: dict[str, Control] = Field(default_factory=dict)


class Annotator(Shape):
    """Who made an annotation."""

    id: int
    email: str = ""


class Marked(Shape):
    """What somebody did with one control: `value` is `{"choices": […]}`, `{"rating": n}` or `{"text": […]}`."""

    from_name: str = ""
    type: str = ""
    value: dict[str, Any] = Field(default_factory=dict)


class Annotation(Shape):
    """One person's annotation of a task; `was_cancelled` is a skipped task."""

    id: int
    completed_by: Annotator | int | None = None
    was_cancelled: bool = False
    updated_at: datetime
    result: tuple[Marked, ...] = ()


class Task(Shape):
    """A task. `data` is what was imported; `annotations` are there where they were asked for."""

    id: int
    project: int
    data: dict[str, Any] = Field(default_factory=dict)
    overlap: int = 1
    is_labeled: bool = False
    annotations: tuple[Annotation, ...] = ()


class Projects(Shape):
    """One page of projects; `next` is the address of the next."""

    next: str | None = None
    results: tuple[Project, ...] = ()


class Tasks(Shape):
    """A page of the tasks that a filter lets through; `total` counts all of them."""

    total: int
    tasks: tuple[Task, ...] = ()


class Access(Shape):
    """What a personal access token is exchanged for; it holds for some minutes."""

    access: str


class Told(Shape):
    """What the server says when it refuses."""

    detail: str = ""
    validation_errors: dict[str, list[Any]] = Field(default_factory=dict)
    label_config: list[Any] = Field(default_factory=list)
