"""LangGraph's own server, as a process on loopback, with the agent behind it and a scripted model behind that."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import httpx
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient
from protocol_replies import Reply, Request
from protocol_server import ProtocolServer

ROOT = Path(__file__).parents[2]
GRAPH = "sheets_agent"
PASSWORD = "correct horse battery"
STARTUP = 180
"""Seconds; it takes about ten on an idle machine."""


class LangGraphServer:
    """`langgraph dev` with the repository's langgraph.json, in a folder of its own.

    Args:
        folder: where it works; its `books` are what it opens.
        model: the scripted model.
        more: further variables of its environment.
    """

    def __init__(self, folder: Path, model: ProtocolServer, more: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.books = folder / "books"
        self.books.mkdir(parents=True)
        self.data = folder / "data"
        shutil.copy(ROOT / "langgraph.json", folder)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self._environment = {
            **kept,
            **model.environment,
            **(more or {}),
            "HOME": str(folder),
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            "SHEETS_AGENT_DATA_DIR": str(self.data),
            "SHEETS_AGENT_MODEL": "openai:gpt-test",
            "SHEETS_AGENT_REFLECT": "never",
            "SHEETS_AGENT_SERVED__FOLDER": str(self.books),
        }
        self._log = folder / "log.txt"
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: list[SyncLangGraphClient] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        program = os.environ.get("LANGGRAPH", str(ROOT / ".venv-server" / "bin" / "langgraph"))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "dev", "--no-browser", "--no-reload", "--port", str(self._port)],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + STARTUP
        while not self._answers():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.2)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        assert self._process is not None
        while self._clients:
            self._clients.pop().close()
        self._process.send_signal(how)
        self._process.wait(60)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and start it again on another port."""
        self.stop(how)
        self.start()

    def wait_for_its_record(self) -> None:
        """Wait until it has put down which threads there are, which it does every ten seconds."""
        record = self.folder / ".langgraph_api" / ".langgraph_ops.pckl"
        now = time.time()
        until = time.monotonic() + 60
        while not record.exists() or record.stat().st_mtime < now:
            assert time.monotonic() < until, self.log()
            time.sleep(0.2)

    def log(self) -> str:
        """The end of what it has written."""
        return self._log.read_text(errors="replace")[-5_000:]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ok", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def login(self, name: str, password: str = PASSWORD) -> dict[str, Any]:
        """The tokens of a user."""
        answer = httpx.post(f"{self.url}/auth/login", json={"name": name, "password": password}, timeout=30)
        answer.raise_for_status()
        tokens: dict[str, Any] = answer.json()
        return tokens

    def client(self, name: str) -> SyncLangGraphClient:
        """LangGraph's own client, logged in."""
        token = self.login(name)["access_token"]
        self._clients.append(get_sync_client(url=self.url, headers={"Authorization": f"Bearer {token}"}))
        return self._clients[-1]


def by_role(openings: dict[str, str], **replies: Reply) -> Any:
    """A model that answers each role with always the same; a function of the request for `answer_with`."""

    def choose(request: Request) -> Reply:
        for role, reply in replies.items():
            if re.search(openings[role], request.text):
                return reply
        return Reply(error=418, body={"message": f"no reply was written for: {request.text[:200]}"})

    return choose
