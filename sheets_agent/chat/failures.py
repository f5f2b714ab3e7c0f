"""What went wrong between us and a provider, said once in our own words.

The clients (GigaChat, OpenAI, Anthropic, Ollama, …) raise trees of their own that have no common base. They agree on
`status_code` and on the words in their class names, so a failure is told by those, and none of the clients is imported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sheets_agent.chat.providers import GIGACHAT, OLLAMA, Provider
from sheets_agent.errors import ModelError, ModelUnreachable, NoModel
from sheets_agent.redaction import redacted

_TRANSIENT = {408, 409, 429, 500, 502, 503, 504, 529}
_TIMEOUT = re.compile(r"Timeout")
_CONNECTION = re.compile(
    r"ConnectionError|ConnectError|TransportError|NetworkError|ProtocolError|ReadError|WriteError|CloseError"
)
_UNREADABLE = re.compile(
    r"Unexpected response type|'str' object has no attribute|null value for `choices`"
    r"|validation errors? for (ChatCompletion|AccessToken)"
)
"""How the clients fail on an answer that is not theirs, such as a proxy's page."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call.

    Attributes:
        error: what to raise when nothing helps.
        transient: trying again may help.
        timed_out: no answer came in time.
        wait: seconds the provider asked to wait, None when it named none.
        request_refused: the provider did not accept this form of request; another form may do.
    """

    error: ModelError
    transient: bool = False
    timed_out: bool = False
    wait: float | None = None
    request_refused: bool = False


def diagnose(error: Exception, provider: Provider, model: str) -> Failure | None:
    """What a client's exception means; None when it is not about the provider (a bug of ours or of the client)."""
    for cause in _chain(error):
        status = _status(cause)
        if status:
            return _from_status(status, cause, provider, model)
        names = " ".join(base.__name__ for base in type(cause).__mro__)
        if _TIMEOUT.search(names):
            return Failure(
                ModelUnreachable(
                    f"{model} did not answer in time.",
                    "Try again later, or allow it more seconds, such as SHEETS_AGENT_MODEL_TIMEOUT=600.",
                ),
                transient=True,
                timed_out=True,
            )
        if _CONNECTION.search(names) or isinstance(cause, ConnectionError):
            return _no_connection(error, provider, model)
        if isinstance(cause, json.JSONDecodeError) or _UNREADABLE.search(str(cause)):
            return Failure(
                ModelUnreachable(
                    f"What answered in place of {model} does not speak its protocol.",
                    "Check the address (GIGACHAT_BASE_URL; OPENAI_BASE_URL usually ends in /v1) and any proxy.",
                )
            )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _status(error: BaseException) -> int:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    status = status or _in_the_answer(error).get("code")
    return status if isinstance(status, int) and status >= 300 else 0


def _in_the_answer(error: BaseException) -> dict[str, Any]:
    """The error that an answer of 200 held in place of choices, as langchain-openai raises it.

    OpenRouter answers so when the model behind it fails: https://openrouter.ai/docs/api-reference/errors
    """
    told = error.args[0] if isinstance(error, ValueError) and error.args else None
    return told if isinstance(told, dict) else {}


def _no_connection(error: Exception, provider: Provider, model: str) -> Failure:
    reasons = " ".join(str(cause) for cause in _chain(error))
    if "CERTIFICATE_VERIFY_FAILED" in reasons:
        hint = (
            "GigaChat's certificate is signed by the Russian Trusted Root CA: download that certificate and set "
            "GIGACHAT_CA_BUNDLE_FILE to it."
            if provider is GIGACHAT
            else "Check the server's certificate and SSL_CERT_FILE."
        )
        return Failure(ModelUnreachable(f"The certificate of {model}'s server is not trusted here.", hint))
    return Failure(
        ModelUnreachable(f"There is no connection to {model}.", "Check the network, the address and any proxy."),
        transient=True,
    )


def _from_status(status: int, error: BaseException, provider: Provider, model: str) -> Failure:
    said = _said(error)
    signing_in = "oauth" in str(getattr(error, "url", ""))
    if status == 401 or (signing_in and status in (400, 403)):
        return Failure(
            NoModel(
                f"{model} did not accept the credentials ({status}{said}).",
                provider.advice or "Check the provider's key.",
            )
        )
    if status == 402 or "insufficient_quota" in said:
        return Failure(
            ModelUnreachable(f"The balance of the account for {model} is used up ({status}{said}).", "Top it up.")
        )
    if status == 403:
        hint = "Check the key's rights" + (" and GIGACHAT_SCOPE." if provider is GIGACHAT else ".")
        return Failure(NoModel(f"This account may not use {model} ({status}{said}).", hint))
    if status == 404:
        hint = "Choose a model it has, with --model provider:model; the name is case-sensitive."
        if provider is OLLAMA:
            hint = f"Fetch it with: ollama pull {model.partition(':')[2]}"
        return Failure(NoModel(f"The provider does not know {model} ({status}{said}).", hint))
    if status == 413 or "context_length" in said:
        return Failure(
            ModelUnreachable(
                f"The request is too long for {model} ({status}{said}).", "Choose a model with a larger context."
            )
        )
    if status in (400, 422):
        return Failure(
            ModelUnreachable(f"{model} refused the request ({status}{said}).", "Try another model."),
            request_refused=True,
        )
    sentence = f"{model} takes no more requests now" if status == 429 else f"{model}'s server failed"
    return Failure(
        ModelUnreachable(f"{sentence} ({status}{said}).", "Try again later."),
        transient=status in _TRANSIENT,
        wait=_retry_after(error),
    )


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(error, "headers", None) or getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:  # absent, or a date
        return None


def _said(error: BaseException) -> str:
    """`: ` and the provider's own words, in one short line without secrets; empty when it said nothing."""
    places = ("body", "content", "error", "message")  # OpenAI and Anthropic, GigaChat, Ollama, others
    bodies = [*(getattr(error, place, None) for place in places), _in_the_answer(error)]
    text = next((text for body in bodies if (text := _message_in(body))), "")
    line = " ".join(redacted(text).split())  # before it is shortened: half a key is not known for one
    return f": {line[:200]}" if line else ""


def _message_in(body: Any) -> str:
    if isinstance(body, bytes):
        body = body.decode(errors="replace")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return "" if body.lstrip().startswith("<") else body  # a proxy's HTML page says nothing to a person
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            code = f" {inner['code']}" if isinstance(inner.get("code"), str) else ""
            return f"{inner.get('message') or ''}{code}"
        return str(inner)
    return ""
