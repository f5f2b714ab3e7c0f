"""Drawing a search tree with matplotlib: boxes from left to right, a column for each depth. Imported only when drawn.

A subtree has the height of its leaves or of its root, whichever is more, so that no two boxes overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from matplotlib.textpath import TextToPath

from sheets_agent.pictures.search_tree import plain, title, worth
from sheets_agent.state.planned import SearchTree

_FONT = FontProperties(size=9)
_SMALL = FontProperties(size=8)
_LINE = 13.0  # points, as all lengths here
_TEXT_WIDTH = 190.0
_PADDING = 8.0
_BOX_WIDTH = _TEXT_WIDTH + 2 * _PADDING
_COLUMN = _BOX_WIDTH + 44.0
_GAP = 12.0
_MARGIN = 14.0
_MOST_LINES = 6
"""Lines of a step; a fact has half as many."""
_LONGEST_SIDE = 30_000  # pixels; a picture's sides are limited
_DOTS = 144

_INK, _GREY, _RED, _GREEN, _PALE_GREEN, _PALE = "#202124", "#5F6368", "#B3261E", "#188038", "#E6F4EA", "#BDC1C6"

_Lines = list[tuple[str, str, FontProperties]]
"""Text, colour and font of each line."""


@dataclass(frozen=True)
class _Sized:
    """A node with its lines and the sizes of what hangs on it: `room` is the height of the whole subtree."""

    lines: _Lines
    chosen: bool
    children: tuple[_Sized, ...]
    room: float
    depth: int

    @property
    def height(self) -> float:
        """Of the box alone."""
        return _height(self.lines)


@dataclass(frozen=True)
class _Box:
    """A node in its place: the left edge and the middle of its box, from the top left."""

    node: _Sized
    left: float
    middle: float
    children: tuple[_Box, ...]


def draw_tree(tree: SearchTree) -> Figure:
    """A figure of the tree, as large as it needs to be."""
    sized = _sized(tree)
    width = 2 * _MARGIN + (sized.depth - 1) * _COLUMN + _BOX_WIDTH
    height = 2 * _MARGIN + sized.room
    figure = Figure(figsize=(width / 72, height / 72), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    _draw(axes, _placed(sized, _MARGIN, _MARGIN))
    return figure


def sharpness(figure: Figure) -> float:
    """Dots per inch: enough to read, fewer where a picture would get too large."""
    return float(min(_DOTS, _LONGEST_SIDE / max(figure.get_size_inches())))


def _sized(node: SearchTree) -> _Sized:
    children = tuple(_sized(child) for child in node.children)
    lines = _lines(node)
    room = max(_height(lines), _room(children))
    return _Sized(lines, node.chosen, children, room, 1 + max((child.depth for child in children), default=0))


def _room(nodes: Sequence[_Sized]) -> float:
    """The height that some subtrees take below one another."""
    return sum(node.room for node in nodes) + _GAP * max(0, len(nodes) - 1)


def _placed(node: _Sized, left: float, top: float) -> _Box:
    """A subtree in its place: a node stands in the middle of its room, and so do its children all together."""
    edge = top + (node.room - _room(node.children)) / 2
    children = []
    for child in node.children:
        children.append(_placed(child, left + _COLUMN, edge))
        edge += child.room + _GAP
    return _Box(node, left, top + node.room / 2, tuple(children))


def _height(lines: _Lines) -> float:
    return len(lines) * _LINE + 2 * _PADDING


def _lines(node: SearchTree) -> _Lines:
    lines: _Lines = [(line, _INK, _FONT) for line in _fitted(title(node), _FONT, _MOST_LINES)]
    if found := worth(node):
        lines.append((found, _GREY, _SMALL))
    for fact in node.facts:
        lines += [(line, _RED, _SMALL) for line in _fitted(plain(fact), _SMALL, _MOST_LINES // 2)]
    return lines


def _fitted(text: str, font: FontProperties, most: int) -> list[str]:
    """A text in lines no wider than a box; what is too long ends with an ellipsis."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, font) <= _TEXT_WIDTH:
            lines[-1] = longer
            continue
        pieces = _pieces(word, font)
        lines = [*lines, *pieces] if lines[-1] else pieces
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and _width(f"{last}…", font) > _TEXT_WIDTH:
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


def _pieces(word: str, font: FontProperties) -> list[str]:
    """A word cut into parts that are no wider than a box."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and _width(pieces[-1] + letter, font) > _TEXT_WIDTH:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width(text: str, font: FontProperties) -> float:
    return sum(_advance(letter, font.get_size()) for letter in text)


@cache
def _advance(letter: str, size: float) -> float:
    """How much wider a letter makes a line: measuring whole lines anew for each word takes long."""
    font = FontProperties(size=size)
    between, beside = (
        _MEASURE.get_text_width_height_descent(text, font, ismath=False)[0] for text in (f"H{letter}H", "HH")
    )
    return float(between - beside)


_MEASURE = TextToPath()


def _draw(axes: Any, box: _Box) -> None:
    """Draw a box, what hangs on it, and the lines between."""
    node, top = box.node, box.middle - box.node.height / 2
    colour, width = _colour(node)
    axes.add_patch(
        FancyBboxPatch(
            (box.left, top),
            _BOX_WIDTH,
            node.height,
            boxstyle="round,pad=0,rounding_size=5",
            facecolor=_PALE_GREEN if node.chosen else "white",
            edgecolor=colour,
            linewidth=width,
            zorder=2,
        )
    )
    for index, (text, ink, font) in enumerate(node.lines):
        y = top + _PADDING + (index + 0.5) * _LINE
        axes.text(box.left + _PADDING, y, text, color=ink, fontproperties=font, va="center", parse_math=False, zorder=3)
    for child in box.children:
        _connect(axes, box, child)
        _draw(axes, child)


def _connect(axes: Any, box: _Box, child: _Box) -> None:
    start, end = box.left + _BOX_WIDTH, child.left
    bend = (start + end) / 2
    colour, width = _colour(child.node)
    xs, ys = [start, bend, bend, end], [box.middle, box.middle, child.middle, child.middle]
    axes.plot(xs, ys, color=colour, linewidth=width, zorder=1.5 if child.node.chosen else 1)


def _colour(node: _Sized) -> tuple[str, float]:
    """The colour and the width of a node's lines."""
    return (_GREEN, 2.0) if node.chosen else (_PALE, 1.0)
