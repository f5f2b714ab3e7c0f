"""What each model provider can and cannot do, as data.

Measured against the running clients: GigaChat takes one tool call per message and no union in a tool's schema;
OpenAI-compatible servers take a JSON schema as response format; Ollama takes the schema itself as `format`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Method(StrEnum):
    """A way to ask for an answer in a given shape."""

    TOOL = "tool"
    """One tool whose arguments are the answer, its call forced."""
    JSON_SCHEMA = "json_schema"
    """The schema as OpenAI's `response_format`."""
    FORMAT = "format"
    """The schema as Ollama's `format`."""
    PROMPT = "prompt"
    """The schema in the text of the request: what every model understands."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's ways.

    Attributes:
        methods: the ways to ask for structured output, strongest first.
        one_call_per_message: an assistant message may hold a single tool call.
        cached_tokens_apart: cached input tokens are left out of the total that is charged.
        extra: the extra of this package that installs its client, empty for what is always there.
        credentials: environment variables, any of which (joined with + : all of them) lets the client sign in.
        advice: what to do when none of them is set.
    """

    name: str
    methods: tuple[Method, ...]
    one_call_per_message: bool = False
    cached_tokens_apart: bool = False
    extra: str = ""
    credentials: tuple[str, ...] = ()
    advice: str = ""


GIGACHAT = Provider(
    "GigaChat",
    (Method.TOOL, Method.JSON_SCHEMA, Method.PROMPT),
    one_call_per_message=True,
    cached_tokens_apart=True,
    credentials=(
        "GIGACHAT_CREDENTIALS",
        "GIGACHAT_ACCESS_TOKEN",
        "GIGACHAT_USER+GIGACHAT_PASSWORD",
        "GIGACHAT_CERT_FILE",
    ),
    advice="Set GIGACHAT_CREDENTIALS to the authorization key of your GigaChat project, and GIGACHAT_SCOPE when the "
    "project is a company's (GIGACHAT_API_B2B or GIGACHAT_API_CORP).",
)
OPENAI = Provider(
    "OpenAI",
    (Method.JSON_SCHEMA, Method.TOOL, Method.PROMPT),
    extra="openai",
    credentials=("OPENAI_API_KEY",),
    advice="Set OPENAI_API_KEY; for a local server set OPENAI_BASE_URL too, with any text as the key.",
)
OLLAMA = Provider("Ollama", (Method.FORMAT, Method.PROMPT), extra="ollama")
ANTHROPIC = Provider(
    "Anthropic",
    (Method.TOOL, Method.PROMPT),
    extra="anthropic",
    credentials=("ANTHROPIC_API_KEY",),
    advice="Set ANTHROPIC_API_KEY.",
)
OTHER = Provider("the provider", (Method.TOOL, Method.PROMPT), extra="models")

_BY_CLASS = {"GigaChat": GIGACHAT, "BaseChatOpenAI": OPENAI, "ChatOllama": OLLAMA, "ChatAnthropic": ANTHROPIC}
BY_PREFIX = {"gigachat": GIGACHAT, "openai": OPENAI, "ollama": OLLAMA, "anthropic": ANTHROPIC}


def provider_of(model: BaseChatModel) -> Provider:
    """The provider of a ready model, told by its class; `OTHER` for classes not known here."""
    names = (base.__name__ for base in type(model).__mro__)
    return next((_BY_CLASS[name] for name in names if name in _BY_CLASS), OTHER)
