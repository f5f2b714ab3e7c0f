"""The prompts: Markdown files with two sections, in two languages, filled in strictly.

They lie in `prompts/en` and `prompts/ru` (`prompt_files/` once installed) under the same names and with the same
variables. Which language is used is a matter of what a model understands best; it answers in the language of the task
either way, because each prompt says so.

A file has a `## system` and a `## user` section; what stands before them is for the reader. `{{ name }}` is replaced by
a variable. A variable that is missing, or that the prompt does not use, is an error: nothing is left out silently.
The system section is the same for every run. The parts that stay the same come first, so that providers can cache them.

The variables, all of them text:

    prompt               variables
    retriever            task, description, history, limit
    planner              actions, task, request, description, history, complaints
    action_reflector     actions, task, description, plan, facts, changes
    cell_reflector       task, description, plan, facts, changes
    formula_reflector    task, description, plan, facts, changes
    general_reflector    actions, task, description, plan, facts, changes
    voter                task, description, plans
    explorer             actions, task, request, description, history, complaints, count, extent, plan, facts, changes
    judge                task, description, plan, facts, changes
    executor             task, description
    corrector            actions, task, description, plan, errors, complaints
    moderator            task, work, critiques

    actions      the action space: what the actions are and how they are written
    changes      what trying the plan on a copy changed, cell by cell
    complaints   what an earlier plan failed by, or what the person said against it
    count        how many ways to go on are wanted
    critiques    what several people said against the same work
    description  what the spreadsheet holds
    errors       the cells that show errors after writing
    extent       next: only the next step of each way is wanted; whole: all that are left
    facts        what code found out about the plan
    history      what was asked and done before in the same conversation
    limit        how many questions may be asked
    plan, plans  as JSON in the wire form
    request      command, question, or both
    task         what the person wants
    work         what was reviewed: a description, a plan or a result, as text

What comes from the spreadsheet stands between the marks `<sheet_data>` and `</sheet_data>`. A mark inside a value is
defused, so that no cell can close the block it stands in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sheets_agent.errors import UsageError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from sheets_agent.settings import PromptLanguage

NAMES = (
    "retriever",
    "planner",
    "action_reflector",
    "cell_reflector",
    "formula_reflector",
    "general_reflector",
    "voter",
    "explorer",
    "judge",
    "executor",
    "corrector",
    "moderator",
)

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_SECTION = re.compile(r"^## (system|user)[ \t]*$", re.MULTILINE)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MARK = re.compile(r"<(?=\s*/?\s*sheet_data)", re.IGNORECASE)


def language_for(task: str, chosen: PromptLanguage = "auto") -> Language:
    """The language of the prompts for a task: the chosen one, or Russian where most letters are Cyrillic."""
    if chosen != "auto":
        return chosen
    letters = [letter for letter in task if letter.isalpha()]
    cyrillic = sum("CYRILLIC" in unicodedata.name(letter, "") for letter in letters)
    return "ru" if 2 * cyrillic > len(letters) else "en"


class Prompts:
    """The prompts of a run.

    Args:
        folder: a person's own prompts; what it does not hold stays as it is in the package. Files directly in it
            replace the prompts of both languages, those in its subfolders `en` and `ru` only the ones of that language.
        language: of the prompts, not of the answers.

    Raises:
        UsageError: when the folder is missing, holds no prompt, or a prompt in it is malformed.
    """

    def __init__(self, folder: Path | None = None, language: Language = "en") -> None:
        self._templates = {name: _shipped(name, language) for name in NAMES}
        if folder is not None:
            self._templates |= _overrides(folder.expanduser(), language)

    def variables(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The variables of a prompt's system and of its user section, in their order."""
        system, user = (tuple(_VARIABLE.findall(section)) for section in self._templates[name])
        return system, user

    def messages(self, name: str, **variables: str) -> list[BaseMessage]:
        """A prompt as a system and a user message.

        Raises:
            ValueError: when a variable is missing or not used by the prompt.
        """
        from langchain_core.messages import HumanMessage, SystemMessage

        system, user = self.render(name, variables)
        return [SystemMessage(system), HumanMessage(user)]

    def render(self, name: str, variables: Mapping[str, str]) -> tuple[str, str]:
        """A prompt as the texts of its two sections.

        Raises:
            ValueError: when a variable is missing or not used by the prompt.
        """
        template = self._templates[name]
        used = _names(template)
        if used != set(variables):
            missing, extra = sorted(used - set(variables)), sorted(set(variables) - used)
            raise ValueError(f"the prompt {name} lacks the variables {missing} and does not use {extra}")
        safe = {key: _MARK.sub("‹", value) for key, value in variables.items()}
        system, user = (_VARIABLE.sub(lambda match: safe[match[1]], section) for section in template)
        return system, user


Template = tuple[str, str]
"""The system and the user section."""


def _names(template: Template) -> set[str]:
    return {name for section in template for name in _VARIABLE.findall(section)}


def preamble(name: str) -> str:
    """What stands before the sections of an English prompt: what the role does, for people to read."""
    return _SECTION.split(_text(name, "en"))[0].strip()


def _text(name: str, language: Language) -> str:
    installed = Path(__file__).parent / "prompt_files"
    folder = installed if installed.is_dir() else Path(__file__).parent.parent / "prompts"
    return (folder / language / f"{name}.md").read_text(encoding="utf-8")


@cache
def _shipped(name: str, language: Language) -> Template:
    return _parse(_text(name, language), name)


def _overrides(folder: Path, language: Language) -> dict[str, Template]:
    """The prompts of the person's own folder, in all languages checked against the shipped ones."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Give --prompts a folder with .md files.")
    both, *own = (_read(place) for place in (folder, *(folder / name for name in LANGUAGES)))
    if not both and not any(own):
        raise UsageError(f"The folder {folder} holds no prompt.", _KNOWN)
    return both | dict(zip(LANGUAGES, own, strict=True))[language]


def _read(folder: Path) -> dict[str, Template]:
    """The prompts directly in a folder, which need not exist."""
    files = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem.casefold() != "readme"}
    unknown = [path.name for stem, path in files.items() if stem not in NAMES]
    if unknown:
        raise UsageError(f"The folder {folder} holds {', '.join(unknown)}, which no role uses.", _KNOWN)
    templates = {}
    for stem, path in files.items():
        try:
            templates[stem] = _parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The prompt {path} cannot be read: {error}.") from error
        used, wanted = _names(templates[stem]), _names(_shipped(stem, "en"))
        if used != wanted:
            names = ", ".join("{{ " + name + " }}" for name in sorted(wanted))
            odd = ", ".join(sorted(used ^ wanted))
            raise UsageError(f"The prompt {path} differs in its variables: {odd}.", f"It has to use {names}.")
    return templates


_KNOWN = f"The prompts are {', '.join(f'{name}.md' for name in NAMES)}."


def _parse(text: str, where: str) -> Template:
    parts = _SECTION.split(text)
    names, sections = parts[1::2], [section.strip() for section in parts[2::2]]
    if names != ["system", "user"] or not all(sections):
        raise UsageError(
            f"The prompt {where} does not have a “## system” and then a “## user” section, both with text.",
            "Write the two headings on lines of their own.",
        )
    return sections[0], sections[1]
