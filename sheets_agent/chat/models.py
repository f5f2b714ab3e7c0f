"""From a model's name to a LangChain chat model.

A name is `provider:model`: `gigachat:GigaChat-2-Max`, `openai:gpt-5`, `ollama:qwen3`, `anthropic:claude-sonnet-4-5`,
or anything `langchain.chat_models.init_chat_model` knows. Partner packages are imported only when asked for.
Certificates are verified unless the person's own environment (GIGACHAT_VERIFY_SSL_CERTS) says otherwise.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sheets_agent.chat.providers import (
    BY_PREFIX,
    GIGACHAT,
    OLLAMA,
    OTHER,
    Provider,
    provider_of,
)
from sheets_agent.errors import NoModel
from sheets_agent.redaction import cause_of, redacted

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

DEFAULT_MODEL = "gigachat:GigaChat-2-Max"
TIMEOUT = 180.0
"""Seconds. GigaChat's client gives up after 30, which is too short for a planner."""
RETRIES = 3

_PARTNERS = {
    "openai": ("langchain_openai", "ChatOpenAI"),
    "ollama": ("langchain_ollama", "ChatOllama"),
    "anthropic": ("langchain_anthropic", "ChatAnthropic"),
}


def split_spec(spec: str) -> tuple[str, str]:
    """`provider:model` into its parts; a bare GigaChat model, or `gigachat` alone, is understood.

    Raises:
        NoModel: when it names no provider or no model.
    """
    prefix, colon, name = spec.strip().partition(":")
    if prefix.casefold().startswith("gigachat") and not (colon and name):
        named = "" if prefix.casefold() == "gigachat" else prefix
        return "gigachat", named or os.environ.get("GIGACHAT_MODEL") or DEFAULT_MODEL.partition(":")[2]
    if not prefix or not name:
        raise NoModel(
            f"“{spec}” does not name a model.",
            "Write provider:model, e.g. --model gigachat:GigaChat-2-Max or --model openai:gpt-5.",
        )
    return prefix.casefold(), name


def build_model(
    spec: str | BaseChatModel, *, timeout: float | None = None, temperature: float | None = None
) -> BaseChatModel:
    """The chat model of a name; a ready model is given back as it is.

    The client's own retries are switched off: `Chat` retries, and tells the person that it waits.

    Args:
        spec: `provider:model`, or a model.
        timeout: seconds for one answer; GIGACHAT_TIMEOUT or 180 when None.
        temperature: the provider's own default when None.

    Raises:
        NoModel: when the name, the package or the credentials are missing; the hint says what to type.
    """
    if not isinstance(spec, str):
        return spec
    prefix, name = split_spec(spec)
    provider = BY_PREFIX.get(prefix, OTHER)
    _require_credentials(provider)
    options: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
    if prefix == "gigachat":
        return _gigachat(name, timeout, options)
    try:
        return _partner(prefix, name, timeout or TIMEOUT, options)
    except ImportError as error:
        raise NoModel(
            f"The client for {prefix} is not installed ({error.name or error}).", _install(prefix, provider)
        ) from error
    except Exception as error:  # each package has its own error for a bad setting; all are the person's to mend
        raise NoModel(f"The model {spec} cannot be set up: {_first_line(error)}") from cause_of(error)


def retries_of(model: BaseChatModel) -> int:
    """How often a transient failure of this model is tried again; GIGACHAT_MAX_RETRIES says so for GigaChat."""
    wanted = os.environ.get("GIGACHAT_MAX_RETRIES", "") if provider_of(model) is GIGACHAT else ""
    return int(wanted) if wanted.isdigit() else RETRIES


def calls_at_once(model: BaseChatModel) -> int | None:
    """How many calls the account may make at the same time; None when nothing is known of a limit.

    GigaChat takes one at a time from private persons and ten from companies, and answers 429 to more.
    Source: https://developers.sber.ru/docs/ru/gigachat/limitations
    """
    if provider_of(model) is not GIGACHAT:
        return None
    wanted = os.environ.get("GIGACHAT_MAX_CONNECTIONS", "")
    if wanted.isdigit() and int(wanted):
        return int(wanted)
    scope = getattr(model, "scope", None) or os.environ.get("GIGACHAT_SCOPE") or "GIGACHAT_API_PERS"
    return 1 if scope == "GIGACHAT_API_PERS" else 10


def close_model(model: BaseChatModel) -> None:
    """Close a model's connections. The clients of GigaChat and Ollama keep their own; the others share theirs."""
    provider = provider_of(model)
    opened = provider is OLLAMA or (provider is GIGACHAT and "_client" in vars(model))  # GigaChat's opens when called
    if opened:
        close: Callable[[], None] | None = getattr(getattr(model, "_client", None), "close", None)
        if close:
            close()


def _gigachat(name: str, timeout: float | None, options: dict[str, Any]) -> BaseChatModel:
    from langchain_gigachat import GigaChat

    if timeout is None and "GIGACHAT_TIMEOUT" not in os.environ:
        timeout = TIMEOUT
    return GigaChat(model=name, timeout=timeout, max_retries=0, **options)


def _partner(prefix: str, name: str, timeout: float, options: dict[str, Any]) -> BaseChatModel:
    """Build through the provider's own package, or LangChain's factory for the rest."""
    if prefix in _PARTNERS:
        package, factory = _PARTNERS[prefix]
        fixed: dict[str, Any] = {"model": name}
    else:
        package, factory = "langchain.chat_models", "init_chat_model"
        fixed = {"model": name, "model_provider": prefix}
    limits = {"client_kwargs": {"timeout": timeout}} if prefix == "ollama" else {"timeout": timeout, "max_retries": 0}
    if prefix == "openai":
        fixed["stream_usage"] = True  # otherwise streamed answers of compatible servers come without their token counts
    build: Callable[..., BaseChatModel] = getattr(importlib.import_module(package), factory)
    return build(**fixed, **limits, **options)


def _require_credentials(provider: Provider) -> None:
    alternatives = [group.split("+") for group in provider.credentials]
    if alternatives and not any(all(os.environ.get(name) for name in group) for group in alternatives):
        hint = f"{provider.advice} Or choose another model with --model provider:model."
        raise NoModel(f"There are no credentials for {provider.name}.", hint)


def _install(prefix: str, provider: Provider) -> str:
    command = f"pip install 'sheets-agent[{provider.extra}]'"
    return f"{command} langchain-{prefix.replace('_', '-')}" if provider is OTHER else command


def _first_line(error: Exception) -> str:
    return (redacted(str(error)).strip().splitlines() or [type(error).__name__])[0]
