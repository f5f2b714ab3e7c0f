"""Recording the calls of any LangChain model, through LangChain's own callbacks.

    model = ChatOpenAI(callbacks=[JsonlHandler("calls.jsonl")])

A handler never makes a call fail: where a record cannot be taken, LangChain logs a warning and goes on.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, Generation, LLMResult

from sheets_agent.chat.usage import Tokens
from sheets_agent.feedback.record_file import RecordFile
from sheets_agent.feedback.records import FeedbackRecord, Said, as_prompt, call_record

Mode = Literal["prompt", "chat"]


class FeedbackHandler(BaseCallbackHandler, ABC):
    """Makes a record of every answered call of a model. Safe to use from several threads.

    Args:
        mode: how the conversation is kept: `chat`, message by message; or `prompt`, as one text.
        run_id: goes into every record; by default the id of LangGraph's thread, where the call is made in one.
    """

    def __init__(self, mode: Mode = "chat", run_id: str = "") -> None:
        self.mode = mode
        self._run = run_id
        self._lock = threading.Lock()
        self._open: dict[UUID, tuple[list[list[BaseMessage]], str, str, str]] = {}

    @abstractmethod
    def take(self, record: FeedbackRecord) -> None:
        """Do with a record what the handler is for."""

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **about: Any
    ) -> None:
        """A chat model is asked."""
        self._begin(run_id, messages, about)

    def on_llm_start(self, serialized: dict[str, Any], prompts: list[str], *, run_id: UUID, **about: Any) -> None:
        """A model that completes texts is asked."""
        self._begin(run_id, [[HumanMessage(prompt)] for prompt in prompts], about)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        """It has answered: each answer to each prompt is a record."""
        with self._lock:
            found = self._open.pop(run_id, None)
        if found is None:
            return
        asked, role, thread, model = found
        for index, (messages, answers) in enumerate(zip(asked, response.generations, strict=False)):
            for number, answer in enumerate(answers):
                self.take(self._record(f"{run_id}.{index}.{number}", messages, answer, role, thread, model))

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """It has not answered: there is nothing to record."""
        with self._lock:
            self._open.pop(run_id, None)

    def _begin(self, run_id: UUID, messages: list[list[BaseMessage]], about: Mapping[str, Any]) -> None:
        metadata = about.get("metadata") or {}
        thread = self._run or str(metadata.get("thread_id") or "")
        model = str(metadata.get("ls_model_name") or "")
        with self._lock:
            self._open[run_id] = ([list(turn) for turn in messages], str(about.get("name") or ""), thread, model)

    def _record(
        self,
        id: str,
        messages: Sequence[BaseMessage],
        answer: Generation,
        role: str,
        thread: str,
        model: str,
    ) -> FeedbackRecord:
        message = answer.message if isinstance(answer, ChatGeneration) else AIMessage(answer.text)
        message = message if isinstance(message, AIMessage) else AIMessage(str(message.text))
        told = message.response_metadata
        named = str(told.get("model_name") or told.get("model") or model)
        record = call_record(
            messages, message, id=id, run_id=thread, role=role, model=named, tokens=_tokens(message.usage_metadata)
        )
        if self.mode == "chat":
            return record
        return record.model_copy(update={"messages": (_one(record.messages),)})


class JsonlHandler(FeedbackHandler):
    """Adds every record to a file, a JSON object a line, which only its owner can read.

    Args:
        path: the file.
        mode: how the conversation is kept: `chat` or `prompt`.
        run_id: goes into every record.

    Raises:
        FileError: when the file cannot be written, or holds something else.
    """

    def __init__(self, path: Path | str, mode: Mode = "chat", run_id: str = "") -> None:
        super().__init__(mode, run_id)
        self._file = RecordFile(Path(path))

    def take(self, record: FeedbackRecord) -> None:
        """Add it to the file."""
        self._file.append(record)


def _one(messages: Sequence[Said]) -> Said:
    return Said.model_construct(role="user", content=as_prompt(messages), tool_calls=(), tool_call_id="")


def _tokens(usage: Any) -> Tokens | None:
    if not usage:
        return None
    cached = (usage.get("input_token_details") or {}).get("cache_read") or 0
    return Tokens(usage.get("input_tokens", 0), cached, usage.get("output_tokens", 0))
