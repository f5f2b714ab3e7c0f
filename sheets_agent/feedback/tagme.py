"""TagMe: markers answer questions and review plans and results, through the vendor's SDK `crowd_sdk`.

The SDK is distributed by its vendor only, and imported when a channel is opened. It is asynchronous: every operation
here runs in an event loop of its own, in a thread of its own, so that it also works where a loop runs already. The
shapes of its calls are those of the vendor's documentation (https://tagme.sberdevices.ru/docs/sdk/intro.ipynb.html) and
of GigaChain's cookbook (https://github.com/ai-forever/gigachain, `cookbook/tagme-agent`).

    tagme://PROJECT                     projects “PROJECT (questions)” and “PROJECT (reviews)”, made if not there
    tagme://PROJECT?config=crowd.cfg    the SDK's configuration file; by default it looks for its own
    tagme://PROJECT?pool=UID            who marks: a pool that exists …
    tagme://PROJECT?users=UID,UID       … or these people; by default whose account it is
"""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, unquote, urlsplit

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.channel import Asked, Reply, Verdict
from sheets_agent.feedback.channels import Place
from sheets_agent.feedback.said import chosen
from sheets_agent.feedback.tagme_forms import Form, form_for, task_data
from sheets_agent.redaction import cause_of, learn, redacted

T = TypeVar("T")

LONGEST = 60.0
"""Seconds for one operation."""
INSTALL = "https://tagme.sberdevices.ru/docs/sdk/installation.html"
_OPTIONS = {"config", "pool", "users"}
_VERDICTS = ("accept", "revise", "reject")


def channel(url: str, place: Place) -> TagMe:
    """The channel at `tagme://PROJECT`.

    Raises:
        UsageError: the address is wrong, the SDK is not installed, or its configuration file is not there.
    """
    parts = urlsplit(url)
    name = unquote(parts.netloc + parts.path).strip("/")
    given = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if not name or set(given) - _OPTIONS or not all(given.values()):
        raise UsageError(f"“{url}” names no place on TagMe.", "Write: --feedback 'tagme://PROJECT?config=crowd.cfg'.")
    if "pool" in given and "users" in given:
        raise UsageError("A pool and users cannot both be given.", "Leave out pool=… or users=….")
    config = Path(given["config"]).expanduser() if "config" in given else None
    if config is not None:
        if not config.is_file():
            raise UsageError(f"There is no configuration file {config}.", f"How to write it says {INSTALL}.")
        learn(dict(_PASSWORD.findall(config.read_text(encoding="utf-8", errors="replace"))))
    users = tuple(user for user in given.get("users", "").split(",") if user)
    return TagMe(name, place.reviewers, config, given.get("pool", ""), users)


_PASSWORD = re.compile(r"^\s*(password|token)\s*:\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE)


class TagMe:
    """Markers on TagMe.

    Args:
        project: the beginning of the names of the projects.
        overlap: how many markers are asked the same.
        config: the SDK's configuration file; None lets it look for its own.
        pool: the uid of a pool of markers that exists.
        users: the uids of the markers of a pool to be made; empty for whose account it is.

    Raises:
        UsageError: the SDK is not installed.
    """

    name = "TagMe"

    def __init__(
        self,
        project: str,
        overlap: int = 1,
        config: Path | None = None,
        pool: str = "",
        users: Sequence[str] = (),
    ) -> None:
        try:
            self._sdk: Any = importlib.import_module("crowd_sdk.tagme")
            self._types: Any = importlib.import_module("crowd_sdk.tagme.types")
        except ImportError as error:
            raise UsageError(
                "TagMe's SDK, crowd_sdk, is not installed.",
                f"Its vendor distributes it to customers, not a package index; {INSTALL} says how to get it.",
            ) from error
        self.overlap = overlap
        self._project = project
        self._config = config
        self._pool = pool
        self._users = tuple(users)
        self._ready: dict[str, Any] = {}

    def post(self, asked: Asked) -> str:
        """Make its task, or find the one that was made, and start it."""
        return self._do(lambda client: self._post(client, asked), "The task could not be put on TagMe")

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """The assignments that markers have finished, the last of each marker."""
        task = _task_of(reference)
        frame = self._do(lambda client: client.get_task_assignments_df(task), "TagMe could not be asked for answers")
        if frame is None or frame.empty:
            return ()
        rows = cast("list[dict[str, Any]]", frame.to_dict("records"))
        said = [_reply(asked, row, number) for number, row in enumerate(rows, 1)]
        return tuple({reply.who: reply for reply in said}.values())

    def where(self, reference: str) -> str:
        """The address of the task."""
        return reference.partition(" ")[2]

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Stop the task."""
        self._do(lambda client: client.stop_task(_task_of(reference)), "The task could not be stopped on TagMe")

    async def _post(self, client: Any, asked: Asked) -> str:
        form = form_for(asked)
        if form.title not in self._ready:
            self._ready[form.title] = await self._prepared(client, form)
        project = self._ready[form.title]
        tasks = await client.get_project_tasks(project_id=project.uid)
        task = next((task for task in tasks or () if task.name == asked.id), None)
        if task is None:
            request = self._types.TaskDataRequest(
                project_id=project.uid,
                organization_id=project.organization_id,
                name=asked.id,
                overlap=self.overlap,
                type=self._types.TaskType.PROD,
                description=asked.task[:200],
            )
            task = await client.create_task(request)
            uploaded = False
        else:  # its process may have been killed before it had data
            uploaded = bool(await client.get_task_files(task_id=task.uid))
        if not uploaded:
            await client.upload_json_data(task.uid, [{"task": task_data(asked)}])
        await client.start_task(task.uid)
        return f"{task.uid} {await client.gen_task_url(project.uid, task.uid, project.organization_id)}"

    async def _prepared(self, client: Any, form: Form) -> Any:
        """The project of a form, with the form as it is now, and somebody to mark."""
        name = f"{self._project} ({form.title})"
        found = await client.get_projects_by_name(project_name=name)
        project = next((item for item in found or () if item.name == name and not item.is_archived), None)
        if project is None:
            project = await client.create_project(name=name, description="Questions and work of sheets-agent")
        forms = self._types.MethodForms(
            html=form.html,
            css=form.css,
            js=form.js,
            example=form.example,
            specification=form.specification,
            config=form.config,
        )
        method = self._types.MethodData(uid=project.method_id, name=name, forms=forms, marker_brief=form.brief)
        await client.update_method(method=method)
        if not project.pools:
            await client.add_users_to_project(project_id=project.uid, pool_id=await self._markers(client, name))
        return project

    async def _markers(self, client: Any, name: str) -> str:
        if self._pool:
            return self._pool
        users = list(self._users) or [(await client.get_self_person()).uid]
        return str((await client.create_pool(markers=users, name=name)).uid)

    def _do(self, operation: Callable[[Any], Awaitable[T]], failed: str) -> T:
        """Carry out one operation with a client of its own.

        Raises:
            FeedbackError: when it fails, or takes too long.
        """

        async def work() -> T:
            client = self._sdk.TagmeClientAdvanced(*([] if self._config is None else [str(self._config)]))
            try:
                return await asyncio.wait_for(operation(client), LONGEST)
            finally:
                closing = client.close()
                if asyncio.iscoroutine(closing):
                    await closing

        try:
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(asyncio.run, work()).result()
        except TimeoutError as error:
            raise FeedbackError(f"{failed}: no answer in {LONGEST:.0f} seconds.", "Try again later.") from error
        except (Exception, SystemExit) as error:  # the SDK ends the process where it cannot sign in
            sentence = f"{failed}: {type(error).__name__}: {redacted(str(error))}".rstrip(": .")
            raise FeedbackError(f"{sentence}.", "Look at the account and the network, then try again.") from cause_of(
                error
            )


def _task_of(reference: str) -> str:
    return reference.partition(" ")[0]


def _reply(asked: Asked, row: Mapping[str, Any], number: int) -> Reply:
    """One assignment as a reply. Whose it is stands in a column whose name the documentation does not give.

    Raises:
        FeedbackError: a review without a verdict, or with one that the form does not have.
    """
    said = {name.removeprefix("OUTPUT:"): _text(value) for name, value in row.items() if name.startswith("OUTPUT:")}
    people = [_text(value) for name, value in row.items() if re.match(r"(marker|person|user)", name, re.I)]
    who = next((person for person in people if person), f"marker {number}")
    if asked.kind == "question":
        return Reply(who=who, answer=_chosen(asked, said.get("answer", "")))
    verdict, rating = said.get("verdict", ""), said.get("rating", "")
    if verdict not in _VERDICTS:
        raise FeedbackError(
            f"TagMe gave “{verdict}” for a verdict.",
            f"The form has {', '.join(_VERDICTS)}; look at the project's form.",
        )
    return Reply(
        who=who,
        verdict=cast("Verdict", verdict),
        critique=said.get("critique", ""),
        rating=int(float(rating)) if rating in _RATINGS else None,
        edited=said.get("edited", ""),
    )


_RATINGS = {form for number in range(1, 6) for form in (str(number), f"{number}.0")}


def _chosen(asked: Asked, answer: str) -> str:
    """The answer, an option where its number was written; empty for “I don't know”."""
    return "" if answer in ("-", "—") else chosen(asked.options, answer)


def _text(value: Any) -> str:
    """A cell of the frame; an empty one is NaN, which is not equal to itself."""
    return "" if value is None or value != value else str(value).strip()
