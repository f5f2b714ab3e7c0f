"""Functions of texts said in the functions of the calculation engine, see `rewrites.py`."""

from __future__ import annotations

import re

from sheets_agent.formulas.defined import NUMERIC
from sheets_agent.formulas.nodes import (
    MOST_LETTERS,
    Fresh,
    Rewrite,
    Unsupported,
    argument,
    binary,
    bound,
    call,
    constant,
    enclosed,
    number,
    text,
)
from sheets_agent.formulas.syntax import (
    Braces,
    Call,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Omitted,
    Prefix,
)


def _text_join(node: Call, fresh: Fresh) -> Node:
    delimiter, ignore = node.arguments[:2]
    parts = node.arguments[2:]
    if not any(isinstance(part, Braces | Call | Group | Chain | Prefix | Name) for part in parts):
        return node
    stacked = call("VSTACK", *(call("TOCOL", part) for part in parts)) if len(parts) > 1 else parts[0]
    if constant(ignore) is None:
        raise Unsupported("TEXTJOIN of a computed array with a computed second argument")
    total, item = fresh(), fresh()
    if constant(ignore):
        joined = call("IF", binary(total, "=", text("")), binary(item, "&", text("")), _glued(total, delimiter, item))
        step = call("IF", binary(item, "=", text("")), total, joined)
        return call("REDUCE", text(""), stacked, call("LAMBDA", total, item, step))
    glued = call("REDUCE", text(""), stacked, call("LAMBDA", total, item, _glued(total, delimiter, item)))
    start = binary(call("LEN", delimiter), "+", number(1))
    return bound(glued, fresh, lambda whole: call("MID", whole, start, binary(call("LEN", whole), "+", number(1))))


def _glued(left: Node, delimiter: Node, right: Node) -> Node:
    too_long = binary(call("LEN", left), ">", number(MOST_LETTERS))
    return call("IF", too_long, ErrorLiteral("#VALUE!"), Chain(left, (("&", enclosed(delimiter)), ("&", right))))


def _join(node: Call, fresh: Fresh) -> Node:
    return _text_join(call("TEXTJOIN", node.arguments[0], Literal("FALSE"), *node.arguments[1:]), fresh)


def _concatenate(node: Call, fresh: Fresh) -> Node:
    return _text_join(call("TEXTJOIN", text(""), Literal("FALSE"), *node.arguments), fresh)


def _split(node: Call, fresh: Fresh) -> Node:
    delimiter = constant(argument(node, 1, Omitted()))
    each = constant(argument(node, 2, Literal("TRUE")))
    keep = argument(node, 3, Literal("TRUE"))
    if not isinstance(delimiter, str) or not delimiter or each is None:
        raise Unsupported("SPLIT with a computed delimiter")
    ends = list(dict.fromkeys(delimiter)) if each else [delimiter]
    marks: Node = text(ends[0])
    if len(ends) > 1:
        marks = Literal("{" + ",".join(text(end).text for end in ends) + "}")
    parts = call("TEXTSPLIT", binary(node.arguments[0], "&", text("")), marks, Omitted(), keep)
    item = fresh()
    return call("MAP", parts, call("LAMBDA", item, call(NUMERIC, item)))


def _regex_match(node: Call, fresh: Fresh) -> Node:
    return call("REGEXTEST", *node.arguments)


def _regex_extract(node: Call, fresh: Fresh) -> Node:
    pattern = constant(node.arguments[1])
    if not isinstance(pattern, str):
        raise Unsupported("REGEXEXTRACT with a computed expression")
    groups = _groups(pattern)
    if not groups:
        return node
    whole = text(f"^(?:{pattern})$")
    plain = call("REGEXEXTRACT", node.arguments[0], text(_without_groups(pattern)))

    def parts(found: Name) -> Node:
        each = [call("REGEXREPLACE", found, whole, text(f"${group}")) for group in range(1, groups + 1)]
        return each[0] if groups == 1 else call("HSTACK", *each)

    return bound(plain, fresh, parts)


_GROUP = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\((?:\?P?<[^>]*>|(?!\?))", re.DOTALL)


def _without_groups(pattern: str) -> str:
    """The regular expression with groups that capture nothing, so that all of the match is extracted."""
    return _GROUP.sub(lambda match: match[1] or "(?:", pattern)


def _groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except (re.error, OverflowError):
        raise Unsupported(f"the regular expression {pattern}") from None


def _regex_replace(node: Call, fresh: Fresh) -> Node:
    replacement = constant(node.arguments[2])
    if isinstance(replacement, str) and "\\" in replacement:
        raise Unsupported("REGEXREPLACE with a backslash in the replacement")
    return node


TEXT_REWRITES: dict[str, Rewrite] = {
    "CONCATENATE": _concatenate,
    "JOIN": _join,
    "REGEXEXTRACT": _regex_extract,
    "REGEXMATCH": _regex_match,
    "REGEXREPLACE": _regex_replace,
    "SPLIT": _split,
    "TEXTJOIN": _text_join,
}
