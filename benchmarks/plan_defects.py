"""Defects put into correct plans, mechanically, one at a time: what models get wrong, and people too."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plan_tasks import Example, Step

from sheets_agent.a1 import column_index, column_letters
from sheets_agent.formulas.references import Reference, references
from sheets_agent.sheets.book import Book

_RANGE = re.compile(r"(\$?[A-Z]{1,2}\$?)(\d+):(\$?[A-Z]{1,2}\$?)(\d+)")


@dataclass(frozen=True)
class Defect:
    """A plan with one mistake in it."""

    kind: str
    step: int
    steps: tuple[Step, ...]


Mutator = Callable[[Example, int, Book, random.Random], Iterator[Step]]


def _with(step: Step, **changes: object) -> Step:
    changed = copy.deepcopy(step)
    changed.update(changes)
    return changed


def _formula(step: Step) -> str:
    """The formula of a step, empty where it writes none."""
    for option in step.get("options", ()):
        name, _, value = option.partition("=")
        if name in ("formula", "value") and value.startswith("="):
            return str(value)
    return ""


def _reformed(step: Step, formula: str) -> Step:
    options = [
        f"{option.partition('=')[0]}={formula}" if option.partition("=")[0] in ("formula", "value") else option
        for option in step["options"]
    ]
    return _with(step, options=options)


def _formulas(step: Step) -> Iterator[tuple[str, Callable[[str], Step]]]:
    """The formulas of a step, and how to put others in their places; of a table those of its second row alone."""
    if formula := _formula(step):
        yield formula, lambda text: _reformed(step, text)
    for row, cells in enumerate(step.get("values", ())):
        for column, text in enumerate(cells):
            if text.startswith("="):

                def put(new: str, row: int = row, column: int = column) -> Step:
                    values = copy.deepcopy(step["values"])
                    values[row][column] = new
                    return _with(step, values=values)

                yield text, put


def _one_formula(step: Step, chance: random.Random) -> tuple[str, Callable[[str], Step]] | None:
    found = list(_formulas(step))
    return chance.choice(found) if found else None


def _moved(reference: Reference, columns: int) -> str:
    """A reference as many columns further on."""

    def further(match: re.Match[str]) -> str:
        index = column_index(match[2]) + columns
        return f"{match[1]}{column_letters(index)}" if index >= 0 else match[0]

    title, bang, cells = str(reference).rpartition("!")
    return title + bang + re.sub(r"(\$?)([A-Z]{1,2})(?=\$?\d)", further, cells)


def wrong_column(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A formula that reads the column beside the one that is meant."""
    if (found := _one_formula(example.steps[index], chance)) is None:
        return
    text, put = found
    given = [one for one in references(text) if str(one) in text]
    if given:
        one = chance.choice(given)
        for columns in chance.sample((1, -1), 2):
            yield put(text.replace(str(one), _moved(one, columns), 1))


def off_by_one(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A range that begins or ends a row too early or too late, in a formula or as the place that is filled."""
    step = example.steps[index]
    options = []
    for text, put in _formulas(step):
        options += [(text, match, put) for match in _RANGE.finditer(text)]
    for name in ("target", "source"):
        place = step.get(name, "")
        options += [
            (place, match, lambda new, name=name: _with(step, **{name: new})) for match in _RANGE.finditer(place)
        ]
    if not options or step["action"] in ("format_cells", "resize_columns", "conditional_format", "data_validation"):
        return
    text, match, put = chance.choice(options)
    for top, bottom in chance.sample(((1, 0), (0, -1), (0, 1)), 3):
        first, last = int(match[2]) + top, int(match[4]) + bottom
        if first < last:
            yield put(text[: match.start()] + f"{match[1]}{first}:{match[3]}{last}" + text[match.end() :])


def unknown_function(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A function that does not exist."""
    if found := _one_formula(example.steps[index], chance):
        text, put = found
        wrong = re.sub(r"([A-Z]{2})([A-Z]*)\(", r"\1\2X(", text, count=1)
        yield put(wrong if wrong != text else f"=TOTALOF({text[1:]})")


def _arguments(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The calls of a formula: where their arguments stand, and the arguments."""
    for match in re.finditer(r"[A-Z.]+\(", text):
        depth, quoted, start, given = 1, False, match.end(), list[str]()
        for at in range(match.end(), len(text)):
            sign = text[at]
            quoted ^= sign in "\"'"
            if quoted:
                continue
            depth += (sign == "(") - (sign == ")")
            if (sign == "," and depth == 1) or depth == 0:
                given.append(text[start:at])
                start = at + 1
            if depth == 0:
                yield match.end(), at, given
                break


def swapped_arguments(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """Two neighbouring arguments that changed places."""
    if (found := _one_formula(example.steps[index], chance)) is None:
        return
    text, put = found
    calls = [call for call in _arguments(text) if len(call[2]) > 1 and call[2][0] != call[2][1]]
    if calls:
        start, end, given = chance.choice(calls)
        at = chance.randrange(len(given) - 1)
        given[at], given[at + 1] = given[at + 1], given[at]
        yield put(text[:start] + ",".join(given) + text[end:])


def missing_dollar(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A formula that is repeated without the $ it needs."""
    step = example.steps[index]
    if step["action"] == "repeat_formula" and "$" in (text := _formula(step)):
        fixed = [one for one in references(text) if "$" in str(one).rpartition("!")[2]]
        one = chance.choice(fixed)
        title, bang, cells = str(one).rpartition("!")
        yield _reformed(step, text.replace(str(one), title + bang + cells.replace("$", ""), 1))


def overlap(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A step that writes where an earlier step of the plan has written."""
    step, earlier = example.steps[index], [one for one in example.steps[:index] if one["action"] in _WRITERS]
    if step["action"] in ("write_cell", "write_table") and earlier:
        yield _with(step, target=chance.choice(earlier)["target"].partition(":")[0])


_WRITERS = ("write_cell", "write_table", "repeat_formula")


def overwrite(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A step that writes over what is there: its place moved one or two columns to the left."""
    step = example.steps[index]
    if step["action"] not in _WRITERS or "!" not in step["target"]:
        return
    title, bang, cells = step["target"].rpartition("!")
    columns = chance.choice((1, 2))

    def left(match: re.Match[str]) -> str:
        return column_letters(max(0, column_index(match[0]) - columns))

    yield _with(step, target=title + bang + re.sub(r"[A-Z]{1,2}(?=\d)", left, cells))


def header_as_data(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A range that takes in the header above it, or leaves out the header that it needs."""
    step = example.steps[index]
    options = []
    if step["action"] in ("sort_range", "filter_range", "remove_duplicates"):
        options.append(lambda: _with(step, target=_rows(step["target"], 1)))
        if step["action"] != "filter_range":
            options.append(lambda: _with(step, options=[*step["options"], "header=false"]))
    if step["action"] in ("create_pivot", "create_chart"):
        options.append(lambda: _with(step, source=_rows(step["source"], 1)))
    if step["action"] == "repeat_formula" and ":" in step["target"]:
        options.append(lambda: _with(step, target=_rows(step["target"], -1)))
    for text, put in _formulas(step):
        options += [
            (
                lambda put=put, text=text, match=match: put(
                    text[: match.start()] + _rows(match[0], -1) + text[match.end() :]
                )
            )
            for match in _RANGE.finditer(text)
            if int(match[2]) < int(match[4]) and int(match[2]) > 1
        ]
    if options:
        yield chance.choice(options)()


def _rows(place: str, down: int) -> str:
    """A range whose first row is another."""
    return _RANGE.sub(lambda match: f"{match[1]}{max(1, int(match[2]) + down)}:{match[3]}{match[4]}", place, count=1)


def wrong_sheet(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A reference, or a source, on another sheet than the one that is meant."""
    step = example.steps[index]
    titles = [sheet.title for sheet in book.sheets]
    if len(titles) < 2:
        return
    if step["action"] in ("create_pivot", "create_chart", "sort_range", "filter_range", "remove_duplicates"):
        name = "source" if "source" in step else "target"
        title, _, cells = step[name].rpartition("!")
        others = [one for one in titles if one != title.strip("'")]
        yield _with(step, **{name: f"'{chance.choice(others)}'!{cells}"})
        return
    if found := _one_formula(step, chance):
        text, put = found
        given = references(text)
        if given:
            one = chance.choice(given)
            title, _, cells = str(one).rpartition("!")
            here = title.strip("'") or step["target"].partition("!")[0].strip("'")
            others = [name for name in titles if name != here]
            yield put(text.replace(str(one), f"'{chance.choice(others)}'!{cells}", 1))


def text_with_number(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A number that became a text where it is compared, or a text where a number stood."""
    if (found := _one_formula(example.steps[index], chance)) is None:
        return
    text, put = found
    compared = re.search(r"([<>=]=?)(\d+(?:\.\d+)?)(?![\d:%\"])", text[1:])
    if compared:
        yield put(
            "=" + text[1 : compared.start(2) + 1] + f'"{compared[2]}"' + text[compared.end(2) + 1 :],
        )
    criterion = re.search(r'"([^"<>=]{2,})"', text)
    if criterion and re.search(r"(IFS?|MATCH|VLOOKUP)\(", text):
        yield put(text[: criterion.start()] + str(chance.randint(1, 90)) + text[criterion.end() :])
    cells = re.search(r"(\$?[A-Z]{1,2}\$?\d+)(>=|<=|>|<)(\$?[A-Z]{1,2}\$?\d+|'[^']+'!\$?[A-Z]+\$?\d+)", text)
    if cells:
        yield put(text.replace(cells[0], f'{cells[1]}{cells[2]}"{chance.randint(3, 50)}"', 1))


def blank_division(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A division by cells in which nothing stands."""
    step = example.steps[index]
    if (found := _one_formula(step, chance)) is None:
        return
    text, put = found
    row = re.search(r"\d+", step["target"].rpartition("!")[2])
    if row:
        divided = f"/{chance.choice('XYZ')}{row[0]}"
        wrapped = chance.random() < 0.5
        yield put(f"=IFERROR(({text[1:]}){divided},0)" if wrapped else f"=({text[1:]}){divided}")


def chart_over_cells(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A chart that lies over its own table, or whose source begins below the header or above the table."""
    step = example.steps[index]
    if step["action"] == "create_chart":
        title, bang, cells = step["source"].rpartition("!")
        yield chance.choice(
            (
                _with(step, target=title + bang + cells.partition(":")[0]),
                _with(step, source=_rows(step["source"], 1)),
                _with(step, target=title + bang + "A1"),
            )
        )


def wrong_field(example: Example, index: int, book: Book, chance: random.Random) -> Iterator[Step]:
    """A pivot table, a chart or a sort by another column than the task names."""
    step = example.steps[index]
    if step["action"] not in ("create_pivot", "create_chart", "sort_range", "remove_duplicates"):
        return
    named = [
        place for place, option in enumerate(step["options"]) if re.match(r"(rows|columns|values|series|x|by)=", option)
    ]
    if not named:
        return
    place = chance.choice(named)
    letters = [column_letters(index) for index in range(8)]
    for letter in chance.sample(letters, len(letters)):
        name, _, value = step["options"][place].partition("=")
        head, of, _ = value.partition(" of ")
        desc = " desc" if value.endswith(" desc") else ""
        options = list(step["options"])
        options[place] = f"{name}={head} of {letter}" if of else f"{name}={letter}{desc}"
        yield _with(step, options=options)


MUTATORS: dict[str, Mutator] = {
    "wrong column": wrong_column,
    "off by one": off_by_one,
    "unknown function": unknown_function,
    "swapped arguments": swapped_arguments,
    "missing $": missing_dollar,
    "overlap": overlap,
    "overwrite": overwrite,
    "header as data": header_as_data,
    "wrong sheet": wrong_sheet,
    "text with number": text_with_number,
    "division by a blank": blank_division,
    "chart over cells": chart_over_cells,
    "wrong field": wrong_field,
}


def defects(example: Example, book: Book, seed: int, rounds: int) -> Iterator[Defect]:
    """Plans with one mistake each, no two the same: for each step, each kind and each round at most one."""
    seen = set[str]()
    for kind, mutate in MUTATORS.items():
        for index in range(len(example.steps)):
            for turn in range(rounds):
                chance = random.Random(f"{seed} {example.task} {kind} {index} {turn}")
                step = next((one for one in mutate(example, index, book, chance) if one != example.steps[index]), None)
                if step is None or (key := f"{index} {step}") in seen:
                    continue
                seen.add(key)
                yield Defect(kind, index, (*example.steps[:index], step, *example.steps[index + 1 :]))
