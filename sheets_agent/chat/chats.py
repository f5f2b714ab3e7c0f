"""The models of a run, one per role."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from sheets_agent.chat.calls import Caller
from sheets_agent.chat.chat import Chat
from sheets_agent.chat.kept import KeptAnswers
from sheets_agent.chat.models import DEFAULT_MODEL, build_model, calls_at_once, close_model, retries_of, split_spec
from sheets_agent.chat.providers import provider_of
from sheets_agent.chat.trace import Trace
from sheets_agent.chat.usage import Prices, UsageMeter
from sheets_agent.errors import UsageError
from sheets_agent.events import Listener
from sheets_agent.guards import NO_GUARDS, Guards
from sheets_agent.state.done import RoleUsage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from sheets_agent.feedback.run_records import RunRecords

ROLES = (
    "retriever",
    "planner",
    "action_reflector",
    "cell_reflector",
    "formula_reflector",
    "general_reflector",
    "executor",
    "corrector",
    "moderator",
    "voter",
    "explorer",
    "judge",
)
PLANNING = (
    "planner",
    "voter",
    "explorer",
    "judge",
    "action_reflector",
    "cell_reflector",
    "formula_reflector",
    "general_reflector",
)
"""The roles whose use counts against the budget of planning."""
REFLECTOR = "reflector"
"""A name for all four reflectors, where a model is chosen."""


class Chats:
    """The chats of a run: a model for each role, built when first asked for, counted together. Close them at the end.

    Args:
        default: the model of every role that has none of its own: `provider:model`, or a LangChain chat model.
        roles: models by role; `reflector` stands for all four reflectors.
        prices: money per million tokens (input, cached, output) by model.
        timeout: seconds for one answer.
        temperature: of every model built here; the provider's default when None.
        listener: told when a call has to wait.
        sleep: how to wait.
        kept: answers that this run has had already, before its process was killed.
        trace: writes the calls down.
        guards: judge every answer before it is used.
        records: puts the answered calls on record.

    Raises:
        UsageError: for a role that does not exist.
    """

    def __init__(
        self,
        default: str | BaseChatModel = DEFAULT_MODEL,
        roles: Mapping[str, str | BaseChatModel] | None = None,
        *,
        prices: Prices | None = None,
        timeout: float | None = None,
        temperature: float | None = None,
        listener: Listener | None = None,
        sleep: Callable[[float], None] = time.sleep,
        kept: KeptAnswers | None = None,
        trace: Trace | None = None,
        guards: Guards = NO_GUARDS,
        records: RunRecords | None = None,
    ) -> None:
        self._default = default
        self._roles = {role.replace("-", "_"): model for role, model in (roles or {}).items()}
        unknown = set(self._roles) - {*ROLES, REFLECTOR}
        if unknown:
            raise UsageError(
                f"There is no role {', '.join(sorted(unknown))}.", f"The roles are: {', '.join(ROLES)}, {REFLECTOR}."
            )
        self._timeout = timeout
        self._temperature = temperature
        self._listener = listener
        self._sleep = sleep
        self._kept = kept
        self._trace = trace
        self._guards = guards
        self._records = records
        self._session = str(uuid.uuid4())
        self._models: dict[str, BaseChatModel] = {}
        self._chats: dict[str, Chat] = {}
        self._gates: dict[str, threading.BoundedSemaphore] = {}
        self._lock = threading.RLock()
        self.meter = UsageMeter(prices)
        self._recalled = UsageMeter()
        self._before = RoleUsage()

    def role(self, role: str) -> Chat:
        """The chat of a role.

        Raises:
            NoModel: when its model cannot be set up.
        """
        with self._lock:
            if role not in self._chats:
                self._chats[role] = Chat(self._caller(role))
            return self._chats[role]

    def check(self, roles: Iterable[str] = ROLES) -> None:
        """Set up the models of some roles now, so that what is missing shows before any work is done.

        Raises:
            NoModel: when one cannot be set up.
        """
        for role in roles:
            self.role(role)

    def close(self) -> None:
        """Close the connections of the models built here. What is asked for afterwards is built anew."""
        with self._lock:
            models, self._models, self._chats = self._models, {}, {}
        for model in models.values():
            close_model(model)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def forget_answers(self) -> None:
        """Delete the answers that were kept for the case that the process is killed: the run has ended."""
        if self._kept is not None:
            self._kept.forget()

    def usage(self) -> dict[str, RoleUsage]:
        """What the roles have cost so far."""
        return self.meter.snapshot()

    def go_on_after(self, planning: RoleUsage) -> None:
        """Count what planning has cost in another process, before this one went on with the run."""
        self._before = planning

    def planning_usage(self) -> RoleUsage:
        """What planning has cost this run so far: the calls, tokens and seconds of all its roles together.

        What was paid in a process that was killed counts, too.
        """
        meters = (self.usage(), self._recalled.snapshot())
        used = [self._before, *(usage for found in meters for role, usage in found.items() if role in PLANNING)]
        return RoleUsage(
            calls=sum(one.calls for one in used),
            input_tokens=sum(one.input_tokens for one in used),
            cached_tokens=sum(one.cached_tokens for one in used),
            output_tokens=sum(one.output_tokens for one in used),
            seconds=sum(one.seconds for one in used),
        )

    def _caller(self, role: str) -> Caller:
        if role not in ROLES:
            raise ValueError(f"there is no role {role!r}")
        shared = self._roles.get(REFLECTOR) if role.endswith("_reflector") else None
        chosen = self._roles.get(role) or shared or self._default
        model = self._model(chosen)
        return Caller(
            role,
            model,
            _name(chosen, model),
            provider_of(model),
            self.meter,
            self._session,
            self._gate(model),
            retries_of(model),
            self._listener,
            self._sleep,
            self._kept,
            self._trace,
            self._guards,
            self._records,
            self._recalled,
        )

    def _gate(self, model: BaseChatModel) -> AbstractContextManager[Any]:
        """One gate for all models of a provider: the limit is the account's."""
        limit = calls_at_once(model)
        if limit is None:
            return nullcontext()
        return self._gates.setdefault(provider_of(model).name, threading.BoundedSemaphore(limit))

    def _model(self, chosen: str | BaseChatModel) -> BaseChatModel:
        if not isinstance(chosen, str):
            return chosen
        if chosen not in self._models:
            self._models[chosen] = build_model(chosen, timeout=self._timeout, temperature=self._temperature)
        return self._models[chosen]


def _name(chosen: str | BaseChatModel, model: BaseChatModel) -> str:
    if isinstance(chosen, str):
        return ":".join(split_spec(chosen))
    return str(getattr(model, "model_name", None) or getattr(model, "model", None) or model._llm_type)
