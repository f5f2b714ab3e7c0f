"""Any LangChain model's calls as records of an Argilla dataset, and people's judgements of them as feedback records.

model = ChatOpenAI(callbacks=[ArgillaHandler("calls")])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from sheets_agent.feedback.argilla.channel import ABOUT, judgement_of, place_of
from sheets_agent.feedback.argilla.dataset import Dataset, Row
from sheets_agent.feedback.handlers import FeedbackHandler, Mode
from sheets_agent.feedback.records import FeedbackRecord, Said, Speaker, answer_of, as_prompt, told


class ArgillaHandler(FeedbackHandler):
    """Puts every answered call of a model into a dataset, where people judge it.

    The answer is suggested as the edited one, so that people change it where it is wrong.

    Args:
        dataset: the dataset's name; it is made if it is not there.
        mode: `chat` shows the conversation as messages, `prompt` as one text.
        run_id: goes into every record.
        workspace: the workspace's name; empty for the first one of the user.
        overlap: how many people judge each call.

    Raises:
        UsageError: the SDK is not installed, there is no key, or a dataset of that name is of another form.
        FeedbackError: the server refuses, or cannot be reached.
    """

    def __init__(
        self, dataset: str, mode: Mode = "chat", run_id: str = "", workspace: str = "", overlap: int = 1
    ) -> None:
        super().__init__(mode, run_id)
        self._dataset = Dataset(dataset, "review", mode, workspace, overlap)

    def take(self, record: FeedbackRecord) -> None:
        """Add it to the dataset."""
        response = told(answer_of(record))
        metadata: dict[str, str | int] = {
            name: value
            for name, value in (("role", record.role), ("model", record.model), ("run_id", record.run_id))
            if value
        }
        if record.usage is not None:
            metadata |= {"input_tokens": record.usage.input, "output_tokens": record.usage.output}
        prompt = (
            [{"role": said.role, "content": told(said) or "…"} for said in record.messages]
            if self.mode == "chat"
            else as_prompt(record.messages)
        )
        self._dataset.log(Row(record.id, prompt, response, "", {"edited": response}, record.model, metadata))


def collected(address: str) -> Iterator[FeedbackRecord]:
    """What people have submitted on the calls in the dataset at an address.

    Raises:
        UsageError: the address is wrong.
        FeedbackError: there is no such dataset, or the server refuses or cannot be reached.
    """
    name, workspace = place_of(address)
    return judgements(Dataset(name, "review", None, workspace))


def judgements(dataset: Dataset) -> Iterator[FeedbackRecord]:
    """What people have submitted on the calls in a dataset, as decisions that can be exported.

    What a run asked of them through a channel is left out: the run has put that on record itself.

    Raises:
        FeedbackError: the server refuses, cannot be reached, or holds something else.
    """
    for record, response in dataset.judged():
        if ABOUT in record.metadata:
            continue
        text = str(record.fields.get("response") or record.fields.get("plan") or "")
        yield FeedbackRecord(
            id=f"argilla.{record._server_id}.{response.who}",
            kind="decision",
            run_id=str(record.metadata.get("run_id", "")),
            role=str(record.metadata.get("role", "")),
            messages=_messages(record.fields.get("prompt")),
            response=text,
            about="result",
            by="person",
            who=response.who,
            channel="Argilla",
            **judgement_of(response.values, text),
        )


def _messages(prompt: Any) -> tuple[Said, ...]:
    if isinstance(prompt, str):
        return (Said(role="user", content=prompt),)
    turns = [turn if isinstance(turn, dict) else turn.model_dump() for turn in prompt or ()]
    return tuple(
        Said(role=turn["role"] if turn["role"] in get_args(Speaker) else "user", content=turn["content"])
        for turn in turns
    )
