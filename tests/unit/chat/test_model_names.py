"""From a model's name to a model, and what is said when that cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sheets_agent.chat import Chats, build_model
from sheets_agent.chat.models import split_spec
from sheets_agent.errors import NoModel, UsageError


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("gigachat:GigaChat-2-Max", ("gigachat", "GigaChat-2-Max")),
        ("GigaChat-2-Pro", ("gigachat", "GigaChat-2-Pro")),
        ("gigachat", ("gigachat", "GigaChat-2-Max")),
        ("OpenAI:gpt-5", ("openai", "gpt-5")),
        ("ollama:qwen3:8b", ("ollama", "qwen3:8b")),
    ],
)
def test_names(spec: str, parts: tuple[str, str]) -> None:
    assert split_spec(spec) == parts


def test_gigachat_alone_is_the_model_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_MODEL", "GigaChat-2-Pro")
    assert split_spec("gigachat") == ("gigachat", "GigaChat-2-Pro")


@pytest.mark.parametrize("spec", ["", "gpt-5", ":gpt-5", "openai:"])
def test_a_name_without_provider_or_model(spec: str) -> None:
    with pytest.raises(NoModel, match="does not name a model") as caught:
        build_model(spec)
    assert "--model gigachat:GigaChat-2-Max" in caught.value.hint


@pytest.mark.parametrize(
    ("spec", "variable"),
    [
        ("gigachat", "GIGACHAT_CREDENTIALS"),
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("anthropic:claude", "ANTHROPIC_API_KEY"),
    ],
)
def test_missing_credentials_name_the_variable(spec: str, variable: str) -> None:
    with pytest.raises(NoModel, match="no credentials") as caught:
        build_model(spec)
    assert variable in caught.value.hint


@pytest.mark.parametrize(
    ("spec", "command"),
    [
        ("ollama:qwen3", "pip install 'sheets-agent[ollama]'"),
        ("mistralai:large", "pip install 'sheets-agent[models]' langchain-mistralai"),
    ],
)
def test_a_missing_package_names_the_command(spec: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(NoModel, match="not installed") as caught:
        build_model(spec)
    assert caught.value.hint == command


def test_gigachat_is_given_time_and_verifies_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", "a2V5")
    settings = build_model("gigachat")._client._settings
    assert (settings.timeout, settings.max_retries, settings.verify_ssl_certs) == (180.0, 0, True)
    monkeypatch.setenv("GIGACHAT_TIMEOUT", "400")
    assert build_model("gigachat")._client._settings.timeout == 400.0
    assert build_model("gigachat", timeout=50)._client._settings.timeout == 50.0


def test_retries_follow_gigachats_own_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", "a2V5")
    assert Chats("gigachat").role("planner")._caller.retries == 3
    monkeypatch.setenv("GIGACHAT_MAX_RETRIES", "1")
    assert Chats("gigachat").role("planner")._caller.retries == 1


def test_roles_have_models_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", "a2V5")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    chats = Chats(
        "gigachat", {"planner": "openai:gpt-5", "reflector": "GigaChat-2-Pro", "cell-reflector": "GigaChat-2"}
    )
    names = {role: chats.role(role).name for role in ("planner", "executor", "formula_reflector", "cell_reflector")}
    assert names == {
        "planner": "openai:gpt-5",
        "executor": "gigachat:GigaChat-2-Max",
        "formula_reflector": "gigachat:GigaChat-2-Pro",
        "cell_reflector": "gigachat:GigaChat-2",
    }
    assert chats.role("executor").model is chats.role("voter").model


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(UsageError, match="There is no role planer") as caught:
        Chats("gigachat", {"planer": "openai:gpt-5"})
    assert "planner" in caught.value.hint


def test_what_is_missing_shows_before_any_work() -> None:
    with pytest.raises(NoModel):
        Chats("gigachat").check()


def test_importing_the_package_imports_no_langchain() -> None:
    script = "import sys, sheets_agent.chat, sheets_agent.prompts; print([m for m in sys.modules if 'langchain' in m])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
