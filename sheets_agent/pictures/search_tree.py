"""The tree that a planning strategy searched, as text, Mermaid, DOT, or a picture.

Labels come from models and from cells, so they may hold anything: control characters are taken out, and what means
something to Mermaid or Graphviz is escaped.

Sources: https://mermaid.js.org/syntax/flowchart.html, https://graphviz.org/doc/info/lang.html
"""

from __future__ import annotations

import importlib.util
import io
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sheets_agent.errors import FileError, UsageError
from sheets_agent.state.planned import SearchTree

START = "the spreadsheet as it is"
"""What the root stands for."""
_WIDTH = 44
_LONGEST = 240
_SAFE_IN_MERMAID = frozenset(" .,:!?'()/+-=·→…“”«»–—")


def plain(text: str, longest: int = _LONGEST) -> str:
    """A text on one line, without control characters, cut to a length."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def title(node: SearchTree) -> str:
    """The step of a node; what the root stands for."""
    return plain(node.label) or START


def worth(node: SearchTree) -> str:
    """How good a node was found to be, and how often the search came there, such as `value 0.77 · 3 visits`."""
    parts = [] if node.value is None else [f"value {node.value:.3g}"]
    if node.visits:
        parts.append(f"{node.visits} visit{'s' * (node.visits != 1)}")
    return " · ".join(parts)


def as_text(tree: SearchTree) -> str:
    """The tree in lines: `*` before the steps of the plan, `!` before what spoke against a step."""
    return "\n".join(_lines(tree, "", "")) + "\n"


def _lines(node: SearchTree, before: str, below: str) -> Iterator[str]:
    mark = "* " if node.chosen else ""
    found = worth(node)
    yield f"{before}{mark}{title(node)}{f'  [{found}]' if found else ''}"
    bar = "│ " if node.children else "  "
    yield from (f"{below}{bar}  ! {plain(fact)}" for fact in node.facts)
    for number, child in enumerate(node.children, 1):
        last = number == len(node.children)
        yield from _lines(child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))


def as_mermaid(tree: SearchTree) -> str:
    """The tree as a Mermaid flowchart; the way to the plan is drawn thick."""
    nodes, edges, chosen = [], [], []
    for name, parent, node in _numbered(tree):
        label = "<br/>".join(_in_mermaid(line) for line in _label(node))
        nodes.append(f'    {name}["{label}"]')
        if parent:
            edges.append(f"    {parent} {'==>' if node.chosen else '-->'} {name}")
        if node.chosen:
            chosen.append(name)
    marks = ["    classDef chosen fill:#e6f4ea,stroke:#188038,stroke-width:3px", f"    class {','.join(chosen)} chosen"]
    return "\n".join(["flowchart LR", *nodes, *edges, *(marks if chosen else ())]) + "\n"


def as_dot(tree: SearchTree) -> str:
    """The tree as a Graphviz digraph; the way to the plan is drawn bold."""
    lines = ["digraph search {", "    rankdir=LR;", "    node [shape=box, style=filled, fillcolor=white];"]
    for name, parent, node in _numbered(tree):
        label = "\\n".join(_in_dot(line) for line in _label(node))
        style = ', color="#188038", fillcolor="#e6f4ea", penwidth=3' if node.chosen else ""
        lines.append(f'    {name} [label="{label}"{style}];')
        if parent:
            lines.append(f"    {parent} -> {name}{' [penwidth=3]' if node.chosen else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def _numbered(tree: SearchTree) -> Iterator[tuple[str, str, SearchTree]]:
    """Each node with a name and the name of the one above it, empty for the root."""
    waiting = [("", tree)]
    number = 0
    while waiting:
        parent, node = waiting.pop(0)
        name = f"n{number}"
        number += 1
        yield name, parent, node
        waiting += [(name, child) for child in node.children]


def _label(node: SearchTree) -> list[str]:
    found = worth(node)
    lines = [*wrapped(title(node)), *([found] if found else [])]
    for fact in node.facts:
        lines += wrapped(f"! {plain(fact)}")
    return lines


def wrapped(text: str, width: int = _WIDTH) -> list[str]:
    """A text in lines of a width; a long formula is cut where it must be."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _in_mermaid(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in _SAFE_IN_MERMAID else f"#{ord(letter)};" for letter in text)


def _in_dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")


# ------------------------------------------------------------------------------------------------------- files

_TEXTS: Mapping[str, Callable[[SearchTree], str]] = {".txt": as_text, ".mmd": as_mermaid, ".dot": as_dot}
_PICTURES = (".svg", ".png")


def check_tree_file(path: Path) -> None:
    """See that a tree can be written there, before it is searched.

    Raises:
        UsageError: an unknown kind of file, or a picture while matplotlib is not installed.
        FileError: there is no such folder.
    """
    kind = path.suffix.lower()
    if kind not in (*_TEXTS, *_PICTURES):
        known = ", ".join((*_TEXTS, *_PICTURES))
        raise UsageError(f"{path.name} is no kind of file that a search tree is written to.", f"Use one of {known}.")
    if kind in _PICTURES and importlib.util.find_spec("matplotlib") is None:
        raise UsageError(
            "Search trees as pictures need matplotlib, which is not installed.",
            "pip install 'sheets-agent[pictures]', or write a .txt, .mmd or .dot file.",
        )
    if not path.parent.is_dir():
        raise FileError(f"There is no folder {path.parent} to write {path.name} to.", "Name another place.")
    if path.is_dir():
        raise FileError(f"{path} is a folder.", "Name a file.")


def save_search_tree(tree: SearchTree, path: Path) -> None:
    """Write a tree to a file of the kind that its name says: .txt, .mmd, .dot, .svg or .png.

    Raises:
        UsageError: an unknown kind of file, or a picture while matplotlib is not installed.
        FileError: it cannot be written.
    """
    check_tree_file(path)
    kind = path.suffix.lower()
    data = _TEXTS[kind](tree).encode() if kind in _TEXTS else _picture(tree, kind.removeprefix("."))
    try:
        path.write_bytes(data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(f"{path} cannot be written: {reason}.", "Name another place.") from error


def _picture(tree: SearchTree, kind: str) -> bytes:
    from sheets_agent.pictures.tree_drawing import draw_tree, sharpness

    picture = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else None  # the same tree is the same file
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # an emoji in a label is no reason to fail
        figure = draw_tree(tree)
        figure.savefig(picture, format=kind, dpi=sharpness(figure), metadata=metadata)
    return picture.getvalue()
