"""What every test stands on: no network but loopback, no credentials, a home of its own, and the local Sheets API."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.discovery import build
from hypothesis import HealthCheck, settings

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
SECRETS = (
    "SHEETS_AGENT_",
    "GIGACHAT_",
    "OPENAI_",
    "ANTHROPIC_",
    "GOOGLE_",
    "LANGCHAIN_",
    "LANGSMITH_",
    "LABEL_STUDIO_",
)

# Shared and busy machines are slow in bursts: no test is about how long an example takes. The same commit has the
# same examples everywhere; `make explore` looks for new ones.
settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)
settings.register_profile("exploring", settings.get_profile("steady"), derandomize=False, print_blob=True)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("live") is None:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """What a test leaves in the process is taken back: variables, the folder, root loggers, plugins it has allowed."""
    variables, folder, handlers = dict(os.environ), Path.cwd(), list(logging.root.handlers)
    yield
    for name in os.environ.keys() - variables.keys() - {"PYTEST_CURRENT_TEST"}:
        del os.environ[name]
    os.environ.update({name: value for name, value in variables.items() if os.environ.get(name) != value})
    os.chdir(folder)
    logging.root.handlers[:] = handlers
    if plugins := sys.modules.get("sheets_agent.plugins"):
        plugins._allowed.clear()
        from sheets_agent.actions import BUILT_IN

        for kind in plugins.ACTIONS.keys() - BUILT_IN:
            del plugins.ACTIONS[kind]


@pytest.fixture(autouse=True)
def _isolated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder of its own, and none of the person's settings and keys."""
    if request.node.get_closest_marker("live"):
        yield
        return
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(SECRETS)]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield


@pytest.fixture
def emulator() -> Any:
    """An empty local Sheets API."""
    from sheets_agent.emulator.service import Emulator

    return Emulator()


@pytest.fixture
def service(emulator: Any) -> Iterator[Any]:
    """The real Google client over the local Sheets API."""
    from sheets_agent.emulator.transport import EmulatorHttp

    built = build("sheets", "v4", http=EmulatorHttp(emulator))
    yield built
    built.close()


@pytest.fixture
def served() -> Iterator[Any]:
    """A Label Studio: the fake, or the real server that the environment names (tests/with_label_studio.py)."""
    from label_studio_people import Served
    from label_studio_server import FakeLabelStudio

    from sheets_agent.feedback.label_studio.client import LabelStudio

    address, token = os.environ.get("TEST_LABEL_STUDIO_URL"), os.environ.get("TEST_LABEL_STUDIO_TOKEN")
    if address and token:
        yield Served(address, token, LabelStudio(address, token))
        return
    with FakeLabelStudio() as server:
        yield Served(server.address, server.token, LabelStudio(server.address, server.token))


@pytest.fixture
def title() -> str:
    """Of a project in Label Studio that is not there yet."""
    return f"Reviews {uuid.uuid4().hex[:12]}"
