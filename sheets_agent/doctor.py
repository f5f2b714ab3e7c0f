"""What is set up and what is missing, each with what to type. Looks at this machine only, unless told otherwise.

No secret is ever part of a finding: of environment variables only the names are told.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sheets_agent.chat.models import split_spec
from sheets_agent.chat.providers import BY_PREFIX, GIGACHAT, OTHER, Provider
from sheets_agent.errors import SheetsAgentError, SpreadsheetNotFound, UsageError
from sheets_agent.prompts import Prompts
from sheets_agent.settings import Settings, config_file, load

State = Literal["ok", "optional", "warning", "missing"]

DISTRIBUTION = "sheets-agent"
EXTRAS = {
    "pictures": ("matplotlib", "charts as pictures"),
    "openai": ("langchain_openai", "models of OpenAI and compatible servers"),
    "ollama": ("langchain_ollama", "models of a local Ollama"),
    "anthropic": ("langchain_anthropic", "models of Anthropic"),
    "models": ("langchain", "models of every other provider"),
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Finding:
    """One line of the report: `missing` stops the main job, `warning` may, `optional` does not."""

    name: str
    state: State
    detail: str
    todo: str = ""


def examine(*, online: bool = False) -> list[Finding]:
    """Look at everything a run needs.

    Args:
        online: also get a token from Google and an answer from the Sheets API.
    """
    findings = [_python(), _packages()]
    try:
        settings = load()
    except SheetsAgentError as error:
        return [*findings, Finding("settings", "missing", str(error), error.hint)]
    findings.append(_settings_place())
    findings.append(_google(settings))
    if online:
        findings.append(_google_online(settings))
    findings.extend(_models(settings))
    findings.append(_prompts(settings))
    findings.extend(_extras())
    return findings


def _python() -> Finding:
    """Which Python runs this; pip has made sure that it is new enough."""
    return Finding("python", "ok", f"{platform.python_version()} on {platform.system()} ({sys.executable})")


def _packages() -> Finding:
    try:
        needed = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return Finding("packages", "warning", "sheets-agent is not installed", "Type: pip install sheets-agent")
    names = [match[0] for line in needed if "extra ==" not in line and (match := _NAME.match(line))]
    absent = [name for name in names if not _installed(name)]
    if absent:
        return Finding("packages", "missing", f"not installed: {', '.join(absent)}", "Type: pip install sheets-agent")
    return Finding("packages", "ok", f"sheets-agent {importlib.metadata.version(DISTRIBUTION)}, {len(names)} packages")


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _settings_place() -> Finding:
    path = config_file()
    names = sorted(name for name in os.environ if name.startswith("SHEETS_AGENT_"))
    parts = [str(path) if path.exists() else f"no {path}", *names]
    return Finding("settings", "ok", ", ".join(parts))


# ------------------------------------------------------------------------------------------------- Google


def _google(settings: Settings) -> Finding:
    from sheets_agent.sheets.auth import HOW_TO_SIGN_IN, find
    from sheets_agent.sheets.client import GOOGLE

    if settings.api_endpoint.rstrip("/") != GOOGLE:
        return Finding("google", "ok", f"not used: the Sheets API is served at {settings.api_endpoint}")
    try:
        found = find(settings)
    except SheetsAgentError as error:
        return Finding("google", "missing", str(error), error.hint)
    if found is None:
        detail = "nobody is signed in; files (.xlsx, .csv) work without"
        return Finding("google", "optional", detail, HOW_TO_SIGN_IN)
    share = f"Share each spreadsheet with {found.account} as an Editor." if found.account else ""
    return Finding("google", "ok", found.source, share)


def _google_online(settings: Settings) -> Finding:
    """Ask for a spreadsheet that does not exist: “not found” says that the token and the API work."""
    from sheets_agent.targets import live_client

    try:
        client, close = live_client(settings)
        try:
            client.get("0" * 44, fields="spreadsheetId")
        finally:
            close()
    except SpreadsheetNotFound:
        return Finding("sheets api", "ok", "it answers, and accepts the credentials")
    except SheetsAgentError as error:
        return Finding("sheets api", "missing", str(error), error.hint)
    return Finding("sheets api", "warning", "it answered what it should not have", "Check the setting api_endpoint.")


# ------------------------------------------------------------------------------------------------- models


def _models(settings: Settings) -> Iterator[Finding]:
    chosen = {"model": settings.model, **{f"model of {role}": spec for role, spec in settings.models.items()}}
    seen: set[str] = set()
    for name, spec in chosen.items():
        try:
            prefix, _ = split_spec(spec)
        except SheetsAgentError as error:
            yield Finding(name, "missing", str(error), error.hint)
            continue
        provider = BY_PREFIX.get(prefix, OTHER)
        yield _model(name, spec, provider)
        if provider is GIGACHAT and prefix not in seen:
            yield _gigachat_certificate()
        seen.add(prefix)


def _model(name: str, spec: str, provider: Provider) -> Finding:
    if provider.extra and importlib.util.find_spec(EXTRAS[provider.extra][0]) is None:
        todo = f"Type: pip install 'sheets-agent[{provider.extra}]'"
        return Finding(name, "missing", f"{spec}: the client for {provider.name} is not installed", todo)
    given = [names for names in provider.credentials if all(os.environ.get(one) for one in names.split("+"))]
    if provider.credentials and not given:
        return Finding(name, "missing", f"{spec}: no credentials", provider.advice)
    return Finding(name, "ok", f"{spec} ({', '.join(given)} set)" if given else spec)


def _gigachat_certificate() -> Finding:
    """GigaChat's certificate is signed by the Russian Trusted Root CA, which most systems do not have."""
    name = "gigachat certificate"
    bundle = os.environ.get("GIGACHAT_CA_BUNDLE_FILE")
    if os.environ.get("GIGACHAT_VERIFY_SSL_CERTS", "").strip().casefold() in ("false", "0", "no", "off"):
        todo = "Unset GIGACHAT_VERIFY_SSL_CERTS and set GIGACHAT_CA_BUNDLE_FILE instead."
        return Finding(name, "warning", "certificates are not verified: anybody on the way can read along", todo)
    if bundle and Path(bundle).expanduser().is_file():
        return Finding(name, "ok", f"GIGACHAT_CA_BUNDLE_FILE ({bundle})")
    if bundle:
        todo = "Set GIGACHAT_CA_BUNDLE_FILE to the file of the Russian Trusted Root CA."
        return Finding(name, "missing", f"GIGACHAT_CA_BUNDLE_FILE: there is no file {bundle}", todo)
    todo = "Download the Russian Trusted Root CA (https://www.gosuslugi.ru/crt) and set GIGACHAT_CA_BUNDLE_FILE to it."
    return Finding(name, "optional", "needed unless the system trusts the Russian Trusted Root CA", todo)


# ------------------------------------------------------------------------------------------------- the rest


def _prompts(settings: Settings) -> Finding:
    folder = settings.prompts
    if folder is None:
        return Finding("prompts", "ok", "the built-in ones")
    try:
        Prompts(folder)
    except UsageError as error:
        return Finding("prompts", "missing", str(error), error.hint)
    return Finding("prompts", "ok", str(folder))


def _extras() -> Iterator[Finding]:
    for extra, (module, purpose) in EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            yield Finding(extra, "optional", f"not installed: {purpose}", f"Type: pip install 'sheets-agent[{extra}]'")
        else:
            yield Finding(extra, "ok", purpose)
