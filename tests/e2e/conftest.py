"""Whole paths through the real clients, against servers on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from protocol_server import ProtocolServer
from scenario import workbook

_PREFIXES = ("GIGACHAT_", "OPENAI_", "OLLAMA_", "ANTHROPIC_", "LANGCHAIN_", "LANGSMITH_")


@pytest.fixture
def no_model_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the machine's owner reaches a test."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)


def _serve(protocol: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    with ProtocolServer(protocol) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server
    assert server.unscripted == [], "requests came for which no reply was written"


@pytest.fixture
def gigachat_server(no_model_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    """A scripted GigaChat; the environment points the real client at it."""
    yield from _serve("gigachat", monkeypatch)


@pytest.fixture
def openai_server(no_model_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    """A scripted OpenAI; the environment points the real client at it."""
    yield from _serve("openai", monkeypatch)


@pytest.fixture
def anthropic_server(no_model_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    """A scripted Anthropic; the environment points the real client at it."""
    yield from _serve("anthropic", monkeypatch)


@pytest.fixture
def ollama_server(no_model_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    """A scripted Ollama; the environment points the real client at it."""
    yield from _serve("ollama", monkeypatch)


@pytest.fixture
def scripted(openai_server: ProtocolServer) -> ProtocolServer:
    """The model of a test that does not ask whose it is."""
    return openai_server


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """A file with the sales that the tasks are about."""
    return workbook(tmp_path / "sales.xlsx")
