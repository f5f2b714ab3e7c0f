"""Search trees as text, Mermaid, DOT and pictures: labels may hold anything, boxes never overlap."""

import itertools
import re
import struct
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.errors import FileError, UsageError
from sheets_agent.pictures.search_tree import START, as_dot, as_mermaid, as_text, check_tree_file, save_search_tree
from sheets_agent.pictures.tree_drawing import _TEXT_WIDTH, _Box, _placed, _sized, _width, draw_tree
from sheets_agent.state.planned import SearchTree

NASTY = "Заполнить 'Лист \"1\" [a]'!D2 = <b>`x`</b> & \\n #35; $5 {y}\x1b[31m\r\n%%{init}%% | end"
TREE = SearchTree(
    value=0.771,
    visits=3,
    chosen=True,
    children=(
        SearchTree(label=NASTY, value=0.5, visits=1, facts=("D2 shows #DIV/0!: it divides by “B2”.",)),
        SearchTree(
            label="Write 'Продажи'!E1",
            value=1.0,
            visits=2,
            chosen=True,
            children=(SearchTree(label="Fill E2:E13 with =C2*D2", value=1.0, visits=1, chosen=True),),
        ),
    ),
)

texts = st.text(max_size=80)
trees = st.recursive(
    st.builds(SearchTree, label=texts, visits=st.integers(0, 9), facts=st.lists(texts, max_size=3).map(tuple)),
    lambda inner: st.builds(
        SearchTree,
        label=texts,
        value=st.floats(0, 1),
        chosen=st.booleans(),
        children=st.lists(inner, max_size=3).map(tuple),
    ),
    max_leaves=8,
)


def nodes(tree):
    return 1 + sum(nodes(child) for child in tree.children)


def test_text_marks_the_way_and_what_spoke_against_a_step():
    lines = as_text(TREE).splitlines()
    assert lines[0] == f"* {START}  [value 0.771 · 3 visits]"
    assert lines[1].startswith("├─ Заполнить 'Лист \"1\" [a]'!D2")
    assert lines[2] == "│      ! D2 shows #DIV/0!: it divides by “B2”."
    assert lines[3] == "└─ * Write 'Продажи'!E1  [value 1 · 2 visits]"
    assert lines[4] == "   └─ * Fill E2:E13 with =C2*D2  [value 1 · 1 visit]"


def test_mermaid_draws_the_way_thick():
    assert re.findall(r"(n\d) (-->|==>) (n\d)", as_mermaid(TREE)) == [
        ("n0", "-->", "n1"),
        ("n0", "==>", "n2"),
        ("n2", "==>", "n3"),
    ]
    assert "class n0,n2,n3 chosen" in as_mermaid(TREE)


def test_dot_escapes_what_graphviz_would_take_for_its_own():
    label = next(line for line in as_dot(TREE).splitlines() if "n1 [" in line)
    assert "'Лист \\\"1\\\" [a]'!D2" in label
    assert "&amp;\\n\\\\n #35;" in label
    assert "n0 -> n2 [penwidth=3];" in as_dot(TREE)


@given(trees)
def test_whatever_the_labels_hold_each_node_stays_one_statement(tree):
    mermaid = as_mermaid(tree).splitlines()
    safe = r'    n\d+\["(?:[^"\[\]{}<>&|`%#;\\$\x00-\x1f]|#\d+;|<br/>)*"\]'
    assert sum(bool(re.fullmatch(safe, line)) for line in mermaid) == nodes(tree)
    assert len(mermaid) == 2 * nodes(tree) + (2 if "chosen" in mermaid[-1] else 0)
    dot = as_dot(tree).splitlines()
    quoted = r'    n\d+ \[label="(?:[^"\\\x00-\x1f]|\\.)*"(?:, color[^\]]*)?\];'
    assert sum(bool(re.fullmatch(quoted, line)) for line in dot) == nodes(tree)
    assert len(dot) == 3 + 2 * nodes(tree)
    as_text(tree).encode()


def boxes(box: _Box):
    yield box
    for child in box.children:
        yield from boxes(child)


@pytest.mark.filterwarnings("ignore:Glyph")
@settings(max_examples=40, deadline=None)
@given(trees)
def test_no_two_boxes_overlap_and_no_line_is_wider_than_its_box(tree):
    columns = {}
    for box in boxes(_placed(_sized(tree), 0, 0)):
        columns.setdefault(box.left, []).append((box.middle - box.node.height / 2, box.middle + box.node.height / 2))
        for line, _, font in box.node.lines:
            assert _width(line, font) <= _TEXT_WIDTH or len(line) == 1
    for places in columns.values():
        places.sort()
        assert all(above[1] < below[0] for above, below in itertools.pairwise(places))


def test_a_picture_has_room_for_all_of_the_tree():
    width, height = draw_tree(TREE).get_size_inches() * 72
    assert width > 3 * _TEXT_WIDTH
    assert height > 100


@pytest.mark.parametrize("kind", ["txt", "mmd", "dot", "svg", "png"])
def test_the_name_says_the_kind_of_file(tmp_path, kind):
    path = tmp_path / f"tree.{kind.upper()}"
    save_search_tree(TREE, path)
    data = path.read_bytes()
    if kind == "png":
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24])[0] > 1000
    else:
        start = {"txt": "* the", "mmd": "flowchart LR", "dot": "digraph", "svg": "<?xml"}[kind]
        assert data.decode().startswith(start)


def test_a_picture_holds_no_date(tmp_path):
    save_search_tree(TREE, tmp_path / "a.svg")
    assert b"<dc:date>" not in (tmp_path / "a.svg").read_bytes()


def test_what_cannot_be_written_is_said_beforehand(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"tree\.jpg is no kind of file"):
        check_tree_file(tmp_path / "tree.jpg")
    with pytest.raises(FileError, match="no folder"):
        check_tree_file(tmp_path / "none" / "tree.txt")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    check_tree_file(tmp_path / "tree.dot")
    with pytest.raises(UsageError, match="need matplotlib") as caught:
        check_tree_file(tmp_path / "tree.png")
    assert "pip install 'sheets-agent[pictures]'" in caught.value.hint
