"""Excel's functions in Sheets' form, and where Sheets has to be told to calculate with arrays."""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.emulator.formula_tokens import Braces, Call, Operand, Part, Parts, Unreadable, names, text

_SPREADING = names(
    "FILTER SORT SORTN UNIQUE SEQUENCE TRANSPOSE QUERY FLATTEN TOCOL TOROW HSTACK VSTACK CHOOSECOLS CHOOSEROWS "
    "WRAPROWS WRAPCOLS RANDARRAY MUNIT MMULT MINVERSE FREQUENCY MAP BYROW BYCOL SCAN MAKEARRAY SPLIT LINEST LOGEST "
    "TREND GROWTH"
)
_ARRAYS_INSIDE = names("FILTER SORT SORTN SUMPRODUCT ARRAYFORMULA MAP BYROW BYCOL SCAN REDUCE MMULT")
_TAKES_RANGES = _SPREADING | names(
    "SUM AVERAGE AVERAGEA MIN MINA MAX MAXA COUNT COUNTA COUNTBLANK PRODUCT MEDIAN MODE STDEV STDEVP STDEV.S STDEV.P "
    "VAR VARP VAR.S VAR.P LARGE SMALL RANK RANK.EQ RANK.AVG PERCENTILE PERCENTILE.INC PERCENTILE.EXC QUARTILE "
    "QUARTILE.INC QUARTILE.EXC SUMIF SUMIFS COUNTIF COUNTIFS AVERAGEIF AVERAGEIFS MINIFS MAXIFS VLOOKUP HLOOKUP "
    "XLOOKUP LOOKUP MATCH XMATCH INDEX OFFSET ROWS COLUMNS TEXTJOIN JOIN CONCATENATE AND OR XOR SUMSQ GCD LCM NPV IRR "
    "XNPV XIRR CORREL SLOPE INTERCEPT FORECAST SUBTOTAL SUMX2MY2 SUMX2PY2 SUMXMY2 COUNTUNIQUE ISREF LET REDUCE LAMBDA "
    "NETWORKDAYS WORKDAY MAKEARRAY CELL"
)


def _single(arguments: list[Parts]) -> Parts:
    return ["(", *arguments[0], ")"] if len(arguments) == 1 else [Call("SINGLE", arguments)]


def _filter(arguments: list[Parts]) -> Parts:
    """Excel's third argument is what to show when nothing is left; in Sheets it would be one more condition."""
    if len(arguments) < 3:
        return [Call("FILTER", arguments)]
    return [Call("IFNA", [[Call("FILTER", arguments[:2])], arguments[2]])]


def _sort(arguments: list[Parts]) -> Parts:
    """Excel's orders are 1 and -1, Sheets wants TRUE and FALSE."""
    if len(arguments) > 3 or any(isinstance(part, Braces) for argument in arguments[1:] for part in argument):
        raise Unreadable("SORT by several columns at once, or by rows")
    if len(arguments) == 1:
        return [Call("SORT", arguments)]
    return [Call("SORT", [arguments[0], arguments[1] or ["1"], _ascending(arguments[2] if arguments[2:] else [])])]


def _sort_by(arguments: list[Parts]) -> Parts:
    source, *keys = arguments
    if len(keys) % 2:
        keys.append([])
    rewritten = [_ascending(key) if index % 2 else key for index, key in enumerate(keys)]
    return [Call("SORT", [source, *rewritten])]


def _ascending(order: Parts) -> Parts:
    written = text(order).strip()
    if written in ("", "1", "+1"):
        return ["TRUE"]
    return ["FALSE"] if written == "-1" else ["(", *order, ")>0"]


IN_SHEETS: dict[str, Callable[[list[Parts]], Parts]] = {
    "SINGLE": _single,
    "FILTER": _filter,
    "SORT": _sort,
    "SORTBY": _sort_by,
    "CONCAT": lambda arguments: [Call("CONCATENATE", arguments)],  # Sheets' CONCAT takes two single values
}
"""Functions that Sheets has under another name, or with other arguments."""


def needs_array(parts: Parts) -> bool:
    """Whether ranges stand where a single value belongs, so that Sheets has to be told to calculate with arrays."""
    spread = [part for part in parts if _spreads(part)]
    if spread and any(isinstance(part, str) and part.strip() not in ("", "(", ")", ",", ":") for part in parts):
        return True
    for part in parts:
        if isinstance(part, Call):
            name = part.name.upper()
            if name in _ARRAYS_INSIDE:
                continue
            bare_ranges = any(_spreads(inner) for argument in part.arguments for inner in argument)
            if (bare_ranges and name not in _TAKES_RANGES) or any(map(needs_array, part.arguments)):
                return True
    return False


def _spreads(part: Part) -> bool:
    if isinstance(part, Operand):
        return ":" in part.text
    return isinstance(part, Braces) or (isinstance(part, Call) and part.name.upper() in _SPREADING)
