"""Opening a run: its spreadsheet, its models and everything else its stages are given, and the state it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from sheets_agent.chat import Chats
from sheets_agent.chat.kept import KeptAnswers, opened
from sheets_agent.chat.trace import Trace
from sheets_agent.checkpoints import runs_file
from sheets_agent.events import Listener, Note, RunStarted, Waiting
from sheets_agent.feedback.run_records import RunRecords
from sheets_agent.guard.scope import Scope
from sheets_agent.guards import Guards
from sheets_agent.planners.copies import Copies
from sheets_agent.prompts import Prompts, language_for
from sheets_agent.run_state import Context, RunState
from sheets_agent.running import Run
from sheets_agent.settings import Settings
from sheets_agent.sources.loading import sources_for
from sheets_agent.stages.batches import Batches
from sheets_agent.state.described import SourceFile
from sheets_agent.state.done import Intent
from sheets_agent.targets import open_target
from sheets_agent.undo.journal import Author, Journal
from sheets_agent.undo.recording import Recorder


@dataclass(frozen=True)
class Opening:
    """What every run of an agent is opened with."""

    settings: Settings
    model: str | BaseChatModel | None
    models: Mapping[str, str | BaseChatModel]
    guards: Guards
    listener: Listener

    def open(
        self,
        target: str | Path,
        task: str,
        output: str | Path | None = None,
        in_place: bool = False,
        files: Sequence[SourceFile] = (),
        *,
        reading: bool,
        run_id: str = "",
    ) -> Run:
        """A run that is ready to begin.

        Args:
            target: a spreadsheet id, a Google Sheets URL, or a path.
            task: in the person's own words.
            output: where a local file's result is written.
            in_place: write a local file's result over the file itself.
            files: documents whose tables the task may use.
            reading: nothing will be written, and no output is needed.
            run_id: empty for what is only looked at, of which nothing is kept.

        Raises:
            SheetsAgentError: the task is blocked, or the spreadsheet, a document or a model cannot be had.
        """
        self.guards.check_task(task)
        if run_id:
            self.listener(RunStarted(run_id))
        folder = self.settings.trace
        records = RunRecords(self.settings.record, run_id, lambda text: self.listener(Note(text)))
        chats = Chats(
            self.model or self.settings.model,
            {**self.settings.models, **self.models},
            prices=self.settings.prices,
            timeout=self.settings.model_timeout,
            temperature=self.settings.temperature,
            listener=self.listener,
            kept=KeptAnswers(opened(str(runs_file())), run_id) if run_id else None,
            trace=None if folder is None else Trace(folder, run_id, lambda text: self.listener(Note(text))),
            guards=self.guards,
            records=records,
        )
        prompts = Prompts(self.settings.prompts, language_for(task, self.settings.language))
        place = open_target(
            str(target), self.settings, output=output, in_place=in_place, reading=reading, on_wait=self.waiting
        )
        for note in place.notes:
            self.listener(Note(note))
        try:
            sources = sources_for(files, place.client, place.spreadsheet_id)
        except BaseException:
            place.close()
            raise
        for note in sources.notes:
            self.listener(Note(note))
        context = Context(
            client=place.client,
            spreadsheet_id=place.spreadsheet_id,
            copies=Copies(place.client, place.spreadsheet_id),
            chats=chats,
            prompts=prompts,
            settings=self.settings,
            emit=self.listener,
            undo=Recorder(Author(run_id, task), Journal(), file=place.local),
            batches=Batches(run_id, None if place.local else opened(str(runs_file()))),
            records=records,
            sources=sources,
        )
        return Run(run_id, task, place, context)

    def waiting(self, why: str, seconds: float) -> None:
        """Tell the listener that something is waited for."""
        self.listener(Waiting(why, seconds))

    def first_state(self, run: Run, *, dry_run: bool, ask: bool, scope: Scope | None = None) -> RunState:
        """What a run knows before it looks at the spreadsheet; what it may do is fixed here, if it was not before."""
        scope = scope or Scope.of(run.task, self.settings, writes=not ask)
        run.context.copies.keep_to(scope)
        first: RunState = {
            "run_id": run.run_id,
            "scope": scope,
            "settings": self.settings.model_dump(mode="json"),
            "task": run.task,
            "sheet_id": run.target.sheet_id,
            "dry_run": dry_run,
            "plans_left": 1 + self.settings.max_rounds,
            "corrections_left": self.settings.max_rounds,
            "notes": (*run.target.notes, *run.context.sources.notes),
        }
        return {**first, "intent": Intent.QUESTION} if ask else first
