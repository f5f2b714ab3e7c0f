"""The text of a query, parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sheets_agent.functions.query.syntax import (
    AGGREGATES,
    FUNCTIONS,
    Aggregate,
    And,
    Calculation,
    Column,
    Compare,
    Condition,
    Constant,
    Expression,
    IsNull,
    Not,
    Or,
    Query,
    QueryError,
)

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)
    |(?P<column>`[^`]*`)|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|<>|!=|[-+*/=<>(),%])|(?P<wrong>\S))""",
    re.VERBOSE,
)
_COMPARISONS = {"=", "<>", "!=", "<", ">", "<=", ">="}
_TEXT_COMPARISONS = {"contains": "contains", "matches": "matches", "like": "like"}
_CLAUSES = ("select", "where", "group", "pivot", "order", "skipping", "limit", "offset", "label", "format", "options")
_MAX_NESTING = 100


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def parse(text: str) -> Query:
    """Parse a query.

    Raises:
        QueryError: with the words of Sheets where they are known.
    """
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [
            _Token(match.lastgroup or "wrong", match[match.lastgroup or 0], match.start(match.lastgroup or 0))
            for match in _TOKEN.finditer(text)
        ]
        self._at = 0
        self._depth = 0

    def query(self) -> Query:
        query = Query()
        seen = -1
        while self._at < len(self._tokens):
            clause = self._tokens[self._at].text.lower()
            if clause not in _CLAUSES or _CLAUSES.index(clause) <= seen:
                raise self._unexpected()
            seen = _CLAUSES.index(clause)
            self._at += 1
            query = getattr(self, f"_{clause}")(query)
        return query

    def _select(self, query: Query) -> Query:
        if self._take("*"):
            return query
        return query.having(select=self._list())

    def _where(self, query: Query) -> Query:
        return query.having(where=self._either())

    def _group(self, query: Query) -> Query:
        self._expect("by")
        return query.having(group=self._list())

    def _pivot(self, query: Query) -> Query:
        return query.having(pivot=self._list())

    def _order(self, query: Query) -> Query:
        self._expect("by")
        order = []
        while True:
            expression = self._expression()
            descending = self._take("desc")
            if not descending:
                self._take("asc")
            order.append((expression, descending))
            if not self._take(","):
                return query.having(order=tuple(order))

    def _skipping(self, query: Query) -> Query:
        return query.having(skipping=self._count())

    def _limit(self, query: Query) -> Query:
        return query.having(limit=self._count())

    def _offset(self, query: Query) -> Query:
        return query.having(offset=self._count())

    def _label(self, query: Query) -> Query:
        return query.having(labels=self._texts())

    def _format(self, query: Query) -> Query:
        return query.having(formats=self._texts())

    def _options(self, query: Query) -> Query:
        options = set()
        while (token := self._token()) is not None and token.text.lower() in ("no_format", "no_values"):
            self._at += 1
            options.add(token.text.lower())
        return query.having(options=frozenset(options))

    def _token(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, word: str) -> bool:
        token = self._token()
        if token is None or token.kind == "text" or token.text.lower() != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected()

    def _unexpected(self) -> QueryError:
        token = self._token()
        if token is None:
            return QueryError('PARSE_ERROR: Encountered " <EOF> "" at the end of the query.')
        return QueryError(f'PARSE_ERROR: Encountered "{token.text}" at line 1, column {token.start + 1}.')

    def _count(self) -> int:
        token = self._token()
        if token is None or token.kind != "number" or not token.text.isdigit():
            raise self._unexpected()
        self._at += 1
        return int(token.text)

    def _texts(self) -> tuple[tuple[Expression, str], ...]:
        found = []
        while True:
            expression = self._expression()
            token = self._token()
            if token is None or token.kind != "text":
                raise self._unexpected()
            self._at += 1
            found.append((expression, token.text[1:-1]))
            if not self._take(","):
                return tuple(found)

    def _list(self) -> tuple[Expression, ...]:
        found = [self._expression()]
        while self._take(","):
            found.append(self._expression())
        return tuple(found)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._condition()]
        while self._take("and"):
            parts.append(self._condition())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise QueryError("PARSE_ERROR: The query nests too deep.")
        try:
            if self._take("not"):
                return Not(self._condition())
            if (inner := self._parenthesised()) is not None:
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _parenthesised(self) -> Condition | None:
        """A condition in parentheses; None when what stands in them is an operand."""
        start = self._at
        if not self._take("("):
            return None
        try:
            inner = self._either()
            self._expect(")")
        except QueryError:
            if self._depth > _MAX_NESTING:
                raise
            inner = None
        token = self._token()
        follows = "" if token is None else token.text.lower()
        if inner is None or follows in _COMPARISONS | {"+", "-", "*", "/", "is", "contains", "starts", "ends"}:
            self._at = start
            return None
        return inner

    def _comparison(self) -> Condition:
        left = self._expression()
        token = self._token()
        sign = "" if token is None else token.text.lower()
        if token is not None and token.kind == "sign" and sign in _COMPARISONS:
            self._at += 1
            return Compare("<>" if sign == "!=" else sign, left, self._expression())
        if self._take("is"):
            negated = self._take("not")
            self._expect("null")
            return Not(IsNull(left)) if negated else IsNull(left)
        if sign in ("starts", "ends"):
            self._at += 1
            self._expect("with")
            return Compare(f"{sign} with", left, self._expression())
        if sign in _TEXT_COMPARISONS:
            self._at += 1
            return Compare(sign, left, self._expression())
        return Compare("=", left, Constant(True))

    def _expression(self) -> Expression:
        left = self._product()
        while (token := self._token()) is not None and token.kind == "sign" and token.text in "+-":
            self._at += 1
            left = Calculation({"+": "sum", "-": "difference"}[token.text], (left, self._product()))
        return left

    def _product(self) -> Expression:
        left = self._operand()
        while (token := self._token()) is not None and token.kind == "sign" and token.text in "*/%":
            self._at += 1
            name = {"*": "product", "/": "quotient", "%": "modulo"}[token.text]
            left = Calculation(name, (left, self._operand()))
        return left

    def _operand(self) -> Expression:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise QueryError("PARSE_ERROR: The query nests too deep.")
        token = self._token()
        if token is None:
            raise self._unexpected()
        self._at += 1
        try:
            match token.kind:
                case "text":
                    return Constant(token.text[1:-1])
                case "number":
                    return Constant(float(token.text))
                case "column":
                    return Column(token.text[1:-1])
                case "word":
                    return self._word(token)
                case "sign" if token.text == "(":
                    inner = self._expression()
                    self._expect(")")
                    return inner
                case "sign" if token.text == "-" and (following := self._token()) is not None:
                    if following.kind == "number":
                        self._at += 1
                        return Constant(-float(following.text))
        finally:
            self._depth -= 1
        self._at -= 1
        raise self._unexpected()

    def _word(self, token: _Token) -> Expression:
        name = token.text.lower()
        following = self._token()
        if name in ("true", "false"):
            return Constant(name == "true")
        if name in ("date", "datetime", "timestamp", "timeofday") and following and following.kind == "text":
            self._at += 1
            return Constant(_moment(name, following.text[1:-1]), name)
        if following is None or following.text != "(" or not (name in AGGREGATES or name in FUNCTIONS):
            return Column(token.text)
        self._at += 1
        arguments: tuple[Expression, ...] = ()
        if not self._take(")"):
            arguments = self._list()
            self._expect(")")
        if name in AGGREGATES:
            if len(arguments) != 1 or not isinstance(arguments[0], Column):
                raise QueryError(f"PARSE_ERROR: {name} takes one column.")
            return Aggregate(name, arguments[0])
        if len(arguments) != FUNCTIONS[name][1]:
            raise QueryError(f"PARSE_ERROR: {FUNCTIONS[name][0]} takes {FUNCTIONS[name][1]} arguments.")
        return Calculation(FUNCTIONS[name][0], arguments)


def _moment(kind: str, text: str) -> float:
    try:
        moment = datetime.fromisoformat(f"1899-12-30 {text}" if kind == "timeofday" else text)
    except ValueError:
        raise QueryError(f"Invalid {kind} literal [{text}].") from None
    day = float((moment.date() - date(1899, 12, 30)).days)
    if kind == "date":
        return day
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1_000_000
    return day + seconds / 86_400
