"""Runs over a bad line: what finishes, what has to be resumed, and whether anything is lost, doubled or wrong.

    python benchmarks/faults.py                  1,000 runs, and a soak
    python benchmarks/faults.py --runs 30 --kills 2 --soak 20

A real agent with scripted models works on a local Sheets API over HTTP, which fails one request in five: quota, server
errors before and after a write, resets, answers that come after the client has given up. Some runs are processes of
their own that are killed at a request, and gone on with in another process. Each spreadsheet is compared with the one
that the same task leaves on a good line. The program ends with 1 when a goal is missed, and with
130 on Ctrl-C, after the figures so far.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheets_agent import SheetsAgent, threads
from sheets_agent.checkpoints import checkpoints
from sheets_agent.demo.scripted_model import ScriptedChatModel, ScriptedReply
from sheets_agent.emulator.faults import FaultPlan, Faults, parse_faults
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.emulator.wire import Answer
from sheets_agent.errors import SheetsAgentError, UsageError
from sheets_agent.settings import load
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult

LATE = 1.6
"""Seconds after which a late answer comes; the clients wait for `PATIENCE`, so that they give up and send again."""
PATIENCE = 1.0
FAULTS = f"429=0.04,500=0.03,502=0.02,503=0.02,503-after=0.03,reset=0.02,reset-after=0.03,slow:{LATE}=0.01"
"""One request in five."""
GROWTH = 64
"""Megabytes that a soak may grow by after its first half."""
LIMIT = 300
"""Seconds that a process may take; then it is ended, and counts as one that gave up."""
PROCESSES = 4
"""Processes at a time."""
EVERY = 50
"""Runs between two lines of progress."""

Step = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """What a run does: the plan, and calls of the executor after it."""

    name: str
    steps: tuple[Step, ...]
    calls: tuple[Step, ...] = ()


def _step(action: str, target: str, *options: str) -> Step:
    return {"why": action, "action": action, "target": target, "options": list(options)}


TASKS = (
    Task(
        "a column and a rule",
        (
            _step("write_cell", "Sales!D1", "value=Revenue"),
            _step("repeat_formula", "Sales!D2:D9", "formula==B2*C2"),
            _step("conditional_format", "Sales!D2:D9", "condition=> 50", "background=#ffcccc"),
        ),
    ),
    Task(
        "rows and a sheet",
        (
            _step("insert_rows", "Sales!2:3"),
            _step("write_cell", "Sales!A2", "value=New"),
            _step("add_sheet", "Report"),
            _step("write_cell", "Report!A1", "value==SUM(Sales!B2:B20)"),
        ),
    ),
    Task(
        "calls of the model",
        (_step("write_cell", "Sales!E1", "value=Note"),),
        (
            {"name": "write_cell", "args": {"target": "Sales!E2", "value": "first"}},
            {"name": "insert_rows", "args": {"target": "Sales!12:12"}},
            {"name": "write_cell", "args": {"target": "Sales!E3", "value": "second"}},
        ),
    ),
)
"""Insertions, rules and sheets: all would show if they were written twice."""


class Model(ScriptedChatModel):
    """Does one task, in whichever role."""

    task: Task

    def _choose(self, text: str) -> ScriptedReply:
        if self.role == "retriever":
            return ScriptedReply(json_answer={"request": "command", "tables": [], "columns": [], "questions": []})
        if self.role == "executor":
            done = text.count('"ok": ') - len(self.task.steps)  # results of calls
            left = self.task.calls[done : done + 1]
            return ScriptedReply(tool_calls=left, text="" if left else "Done.")
        return ScriptedReply(json_answer={"thoughts": "On.", "steps": list(self.task.steps)})


def agent(task: Task, endpoint: str) -> SheetsAgent:
    """An agent that works on the served API, in no hurry to spare a quota that is not there."""
    given = load(
        api_endpoint=endpoint,
        api_timeout=PATIENCE,
        approve="never",
        reflect="never",
        planner="cot",
        reads_per_minute=1_000_000,
        writes_per_minute=1_000_000,
    )
    models = {role: Model(role=role, task=task) for role in ("retriever", "planner", "executor", "corrector")}
    return SheetsAgent(given, model=models["planner"], models=models)


def spreadsheet(emulator: Emulator) -> str:
    """A new spreadsheet with eight sales."""
    client = SheetsClient(EmulatorHttp(emulator))
    spreadsheet_id: str = client.create("Sales")["spreadsheetId"]
    rows = [["Region", "Amount", "Price"], *([["North", "South"][n % 2], n + 1, 10 * (n + 1)] for n in range(8))]
    client.batch_update(
        spreadsheet_id, [{"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Sales"}, "fields": "title"}}]
    )
    client.update_values(spreadsheet_id, "Sales!A1", rows)
    return spreadsheet_id


def held(emulator: Emulator, spreadsheet_id: str) -> dict[str, Any]:
    """All that a spreadsheet holds, to be compared; markers aside."""
    client = SheetsClient(EmulatorHttp(emulator))
    book = client.book(spreadsheet_id)
    return {
        "cells": {
            sheet.title: client.values(spreadsheet_id, book.a1(sheet.grid), render="FORMULA") for sheet in book.sheets
        },
        "rows": {sheet.title: sheet.row_count for sheet in book.sheets},
        "rules": {sheet.title: len(sheet.resources.get("conditionalFormats", ())) for sheet in book.sheets},
    }


class Line:
    """The API as the runs see it: with faults, and with a killer at some requests."""

    def __init__(self, emulator: Emulator, plan: FaultPlan) -> None:
        self._handle = Faults(emulator.handle, plan)
        self._lock = threading.Lock()
        self._victims: dict[str, list[Any]] = {}

    def kill(self, spreadsheet_id: str, process: subprocess.Popen[str], at: int, *, after: bool) -> None:
        """Kill a process at a request for its spreadsheet, before it is carried out or after."""
        with self._lock:
            self._victims[spreadsheet_id] = [process, at, after]

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        victim = self._turn(target.partition("/spreadsheets/")[2].partition("?")[0].partition("/")[0].partition(":")[0])
        if victim and not victim[2]:
            _kill(victim[0])
            raise ConnectionResetError
        answer = self._handle(method, target, headers, body)
        if victim:
            _kill(victim[0])
        return answer

    def _turn(self, spreadsheet_id: str) -> list[Any] | None:
        with self._lock:
            found = self._victims.get(spreadsheet_id)
            if found is None:
                return None
            found[1] -= 1
            return self._victims.pop(spreadsheet_id) if found[1] == 0 else None


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    task: str
    ended: str
    """finished, resumed, or given up (and told so)."""
    verdict: str = ""
    """Lost, doubled or wrong; empty when all is well."""
    detail: str = ""


def verdict(before: Any, want: Any, now: Any, *, written: bool, in_doubt: bool) -> str:
    """What is wrong with a spreadsheet after a run, in a word.

    Args:
        before: what it held before the run.
        want: what it holds after the same run on a good line.
        now: what it holds.
        written: whether the run says that it has done everything.
        in_doubt: whether a run that gave up says that all has landed, or that a write may have.
    """
    if now == want:
        return "" if written or in_doubt else "untold"
    if any(now["rules"][title] > count for title, count in want["rules"].items() if title in now["rules"]):
        return "doubled"
    if any(now["rows"][title] > count for title, count in want["rows"].items() if title in now["rows"]):
        return "doubled"
    if written:
        return "lost" if now == before else "wrong"
    return ""  # it gave up on the way, and said so: what landed is whole batches


def one_run(task: Task, emulator: Emulator, endpoint: str, want: Any) -> Outcome:
    """A run in this process."""
    spreadsheet_id = spreadsheet(emulator)
    before = held(emulator, spreadsheet_id)
    written, in_doubt, told = False, False, ""
    try:
        result = agent(task, endpoint).run(spreadsheet_id, task.name)
        written, told = _all_written(result), result.summary
        in_doubt = _names_what_landed(task, result)
    except SheetsAgentError as error:
        in_doubt, told = getattr(error, "in_doubt", False), str(error)
    found = verdict(before, want, _settled(emulator, spreadsheet_id), written=written, in_doubt=in_doubt)
    emulator.remove(spreadsheet_id)
    return Outcome(task.name, "finished" if written else "given up", found, told)


def _all_written(result: RunResult) -> bool:
    return result.status is Status.DONE and not result.failed_steps()


def _names_what_landed(task: Task, result: RunResult) -> bool:
    """Whether a run that did not come to its end says that everything was written, or that a write may have been."""
    everything = len(result.successful_steps()) == len(task.steps) + len(task.calls)
    return everything or "may or may not" in result.summary or "not known" in result.summary


def _settled(emulator: Emulator, spreadsheet_id: str) -> Any:
    """What a spreadsheet holds once the requests that nobody waits for any more have arrived."""
    time.sleep(LATE)
    return held(emulator, spreadsheet_id)


def killed_run(task: Task, emulator: Emulator, line: Line, endpoint: str, want: Any, dice: random.Random) -> Outcome:
    """A run in a process of its own that is killed at some request, and gone on with until it ends."""
    spreadsheet_id = spreadsheet(emulator)
    before = held(emulator, spreadsheet_id)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SHEETS_AGENT_DATA_DIR": folder}
        arguments = [str(TASKS.index(task)), endpoint, spreadsheet_id]
        kills = 0
        told: dict[str, Any]
        for attempt in range(4):
            process = subprocess.Popen(
                [sys.executable, __file__, "--child", "resume" if attempt else "run", *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )
            if attempt < 2:
                line.kill(spreadsheet_id, process, dice.randint(1, 9), after=dice.random() < 0.5)
            try:
                out, errors = process.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired:
                _kill(process)
                told = {"written": False, "in_doubt": True, "told": _hung(process)}
                break
            if process.returncode != -signal.SIGKILL:
                told = json.loads(out.splitlines()[-1]) if process.returncode == 0 else {"crash": errors[-300:]}
                break
            kills += 1
        else:
            told = {"crash": "killed by something else, again and again"}
    if "crash" in told:
        told |= {"written": False, "told": told["crash"]}
    found = verdict(
        before, want, _settled(emulator, spreadsheet_id), written=told["written"], in_doubt=told.get("in_doubt", False)
    )
    if "crash" in told:
        found = found or "crashed"
    ended = "given up" if not told["written"] else "resumed" if kills else "finished"
    emulator.remove(spreadsheet_id)
    return Outcome(task.name, ended, found, told["told"])


def _hung(process: subprocess.Popen[str]) -> str:
    """What a process that was ended for its time says of where it stood."""
    _, errors = process.communicate()
    return f"no end after {LIMIT} s: {errors[-2000:]}"


def child(verb: str, number: str, endpoint: str, spreadsheet_id: str) -> None:
    """What a process of its own does: begin a run, or go on with the one that was killed."""
    faulthandler.dump_traceback_later(LIMIT - 20)
    worker = agent(TASKS[int(number)], endpoint)
    told: dict[str, Any]
    try:
        if verb == "resume" and (how := _ended(worker)) is not None:  # the kill came too late
            print(json.dumps({"written": how is Status.DONE, "told": f"had ended: {how.value}"}))
            return
        result = _resumed(worker) if verb == "resume" else None
        if result is None:  # it was killed before anything was kept
            result = worker.run(spreadsheet_id, TASKS[int(number)].name)
        in_doubt = _names_what_landed(TASKS[int(number)], result)
        told = {"written": _all_written(result), "in_doubt": in_doubt, "told": result.summary}
    except SheetsAgentError as error:
        told = {"written": False, "in_doubt": getattr(error, "in_doubt", False), "told": str(error)}
    print(json.dumps(told))


def _ended(worker: SheetsAgent) -> Status | None:
    """How the last run ended; None where it did not."""
    with checkpoints() as saver:
        try:
            return threads.recall(saver, worker.last_run())["history"][-1].status
        except UsageError:
            return None


def _resumed(worker: SheetsAgent) -> RunResult | None:
    try:
        run_id = worker.last_run()
    except UsageError:
        return None
    return worker.resume(run_id)


def soak(emulator: Emulator, endpoint: str, runs: int, threads: int) -> tuple[Counter[str], float]:
    """Concurrent runs, half of them on one spreadsheet, each in a sheet of its own there.

    Returns:
        What came of them, and the megabytes that the process grew by after the first half.
    """
    shared = spreadsheet(emulator)
    sizes: list[float] = []

    def work(number: int) -> str:
        sheet = f"S{number}"
        on_shared = number % 2 == 0
        where = shared if on_shared else spreadsheet(emulator)
        text = f"run {number}"
        task = Task(text, (_step("add_sheet", sheet), _step("write_cell", f"{sheet}!A1", f"value={text}")))
        try:
            done = _all_written(agent(task, endpoint).run(where, text))
        except SheetsAgentError:
            done = False
        time.sleep(LATE)
        client = SheetsClient(EmulatorHttp(emulator))
        book = client.book(where)
        landed = any(found.title == sheet for found in book.sheets)
        right = landed and client.values(where, f"{sheet}!A1") == [[text]]
        if not on_shared:
            emulator.remove(where)
        sizes.append(_megabytes())
        return "done" if done and right else "LOST" if done else "wrong" if landed and not right else "given up"

    with ThreadPoolExecutor(threads) as pool:
        outcomes = Counter(pool.map(work, range(runs)))
    half = sizes[len(sizes) // 2 :] or [0.0]
    return outcomes, max(half) - half[0]


def _megabytes() -> float:
    """The memory of this process at the moment."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / (1 << 20)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything, print the table, and give back the exit code."""
    given = _parser().parse_args(arguments)
    if given.child:
        child(*given.child)
        return 0
    dice = random.Random(given.seed)
    emulator = Emulator()
    with serve(emulator) as good:
        wanted = {task.name: _want(task, emulator, good.url) for task in TASKS}
    line = Line(emulator, parse_faults(f"{FAULTS},seed={given.seed}"))
    with (
        serve(emulator, handle=line) as bad,
        ThreadPoolExecutor(given.threads) as pool,
        tempfile.TemporaryDirectory() as folder,
    ):
        os.environ["SHEETS_AGENT_DATA_DIR"] = folder
        counted = Counted()
        chosen = [TASKS[number % len(TASKS)] for number in range(given.runs)]
        kills = [(TASKS[number % len(TASKS)], random.Random(dice.random())) for number in range(given.kills)]
        try:
            counted.all(
                pool, [lambda task=task: one_run(task, emulator, bad.url, wanted[task.name]) for task in chosen]
            )
            with ThreadPoolExecutor(PROCESSES) as few:
                counted.all(
                    few,
                    [
                        lambda task=task, own=own: killed_run(task, emulator, line, bad.url, wanted[task.name], own)
                        for task, own in kills
                    ],
                )
            counted.print()
            soaked, growth = soak(emulator, bad.url, given.soak, given.threads)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            counted.print()
            print("broken off: these are the runs so far")
            return 130
    print(f"| soak | {dict(soaked)}, grew by {growth:.0f} MB after its first half |")
    soak_failed = bool(soaked["LOST"] or soaked["wrong"] or growth > GROWTH)
    return 1 if counted.bad or soak_failed else 0


@dataclass
class Counted:
    """The outcomes so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def all(self, pool: ThreadPoolExecutor, runs: Sequence[Callable[[], Outcome]]) -> None:
        """Carry out runs, and tell now and then how far they are."""
        begun = [pool.submit(run) for run in runs]
        try:
            for done in as_completed(begun):
                self.outcomes.append(done.result())
                if len(self.outcomes) % EVERY == 0:
                    ended = dict(Counter(outcome.ended for outcome in self.outcomes))
                    print(f"{len(self.outcomes)} runs, {self.seconds:.0f} s: {ended}, {len(self.bad)} bad", flush=True)
        finally:
            for left in begun:
                left.cancel()

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.perf_counter() - self.started

    @property
    def bad(self) -> list[Outcome]:
        """Those that a goal forbids."""
        return [outcome for outcome in self.outcomes if outcome.verdict]

    def print(self) -> None:
        """Print the table, and what is to be looked at."""
        ended = Counter(outcome.ended for outcome in self.outcomes)
        counted = Counter(outcome.verdict for outcome in self.bad)
        print(f"{len(self.outcomes)} runs in {self.seconds:.0f} s, one request in five failing\n")
        for name in ("finished", "resumed", "given up"):
            print(f"| {name} | {ended[name]} |")
        for name in ("lost", "doubled", "wrong", "untold", "crashed"):
            print(f"| {name} (goal 0) | {counted[name]} |")
        for outcome in self.bad[:10]:
            print(outcome)
        for outcome in [outcome for outcome in self.outcomes if outcome.ended == "given up"][:10]:
            print(f"gave up: {outcome.detail}")
        sys.stdout.flush()


def _want(task: Task, emulator: Emulator, endpoint: str) -> Any:
    """What a task leaves on a good line."""
    spreadsheet_id = spreadsheet(emulator)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHEETS_AGENT_DATA_DIR"] = folder
        result = agent(task, endpoint).run(spreadsheet_id, task.name)
    if not _all_written(result):
        raise SystemExit(f"{task.name} does not even work on a good line: {result.summary} {result.failed_steps()}")
    return held(emulator, spreadsheet_id)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000, help="runs in this process")
    parser.add_argument("--kills", type=int, default=30, help="runs in processes that are killed")
    parser.add_argument("--soak", type=int, default=200, help="concurrent runs of the soak")
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
