"""How texts are read as numbers inside formulas, in a locale: before the calculation, and by the engine during it.

What stands in a formula is read like what a person types. What is only known when the engine calculates is read by
functions that are defined in the engine for the locale; they know numbers, amounts, percentages, full dates and times.
A text that may be read in yet another way (a date without a year, a month by its name) is refused, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sheets_agent.emulator.entry import currencies, groups, parse
from sheets_agent.emulator.entry_dates import month_names
from sheets_agent.emulator.locales import NARROW_SPACE, NO_BREAK_SPACE, Locale, locale
from sheets_agent.formulas import defined
from sheets_agent.formulas.nodes import NOT_IMPLEMENTED, REFUSED
from sheets_agent.formulas.syntax import render

_BLANK = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]?"
_TIME = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_HALF_DAY = "(?:0?[1-9]|1[0-2]):[0-5][0-9](?::[0-5][0-9])? ?[AaPp][Mm]"


@dataclass(frozen=True, slots=True)
class LocaleReading:
    """How one locale reads texts."""

    locale_name: str

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers have a decimal comma."""
        return locale(self.locale_name).decimal == ","

    @property
    def american(self) -> bool:
        """Whether numbers and amounts of money are written as in en_US."""
        here = locale(self.locale_name)
        return (here.decimal, here.group, here.currency_symbol, here.currency_after) == (".", ",", "$", False)

    def number(self, text: str) -> float | None:
        """The number that a text reads as; None when it is none, or when the day of reading decides."""
        if text.startswith(("'", "=")):
            return None
        typed = parse(text, self.locale_name)
        pattern = str((typed.number_format or {}).get("pattern", ""))
        if (typed.number_format or {}).get("type") in ("DATE", "DATE_TIME") and "y" not in pattern:
            return None
        return typed.value if isinstance(typed.value, float) else None

    def is_text(self, text: str) -> bool:
        """Whether a text is sure to be nothing but a text."""
        return isinstance(parse(text, self.locale_name).value, str)

    def pattern(self, text: str) -> str | None:
        """A pattern as TEXT takes it, in the notation of number formats; None when its meaning is not known.

        A locale with a decimal comma writes the comma between the digits and their decimals, and its own separator of
        groups: `#.##0,00` in de_DE is what is `#,##0.00` in en_US.
        """
        here = locale(self.locale_name)
        return text if here.decimal == "." else _american(text, here)


def _american(text: str, here: Locale) -> str | None:
    quoted = r'"[^"]*"|\\.|\[[^\]]*\]'
    bare = re.sub(quoted, "", text)
    if not re.search("[0#?]", bare) or re.search("[ymdhs]", re.sub("(?i)e[+-]", "", bare), re.IGNORECASE):
        seconds = re.search(r"[sS],0|\]", bare)
        return text.replace(",0", ".0") if seconds else text  # a date: its points are full stops
    spaced = here.group in (NO_BREAK_SPACE, NARROW_SPACE)
    group = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]" if spaced else re.escape(here.group)
    changed = []
    for part in re.split(f"({quoted}|;)", text):
        if part == ";" or re.fullmatch(quoted, part):
            changed.append(part)
            continue
        if part.count(",") > 1 or (spaced and "." in part) or re.search(f"(?<=,)[0#?]*{group}[0#?]", part):
            return None
        parted = re.sub(f"(?<=[0#?]){group}(?=[0#?])", "\x01", part)
        if "." in parted:
            return None
        changed.append(parted.replace(",", ".").replace("\x01", ","))
    return "".join(changed)


# ----------------------------------------------------------------------------------------------------- in the engine


def engine_locale(here: Locale) -> str:
    """The locale of the engine that has the order of dates; it always writes formulas with points and commas."""
    return "en-GB" if here.date_order == "DMY" else "en"


@lru_cache(maxsize=64)
def definitions(locale_name: str) -> dict[str, str]:
    """The functions of the engine that read and write in a locale, by their names."""
    here = locale(locale_name)
    comma = here.decimal == ","
    fifteen = f'VALUE(TEXT(t,"0.{"0" * 14}E+00"))'
    digits = f'IF(t=INT(t),t,{fifteen})&""'
    written = f'SUBSTITUTE({digits},".",",")' if comma else digits
    refused = f"ERROR.TYPE(r)={NOT_IMPLEMENTED}"
    long = 'IF(ISNUMBER(FIND("|"&LEFT(t,2)&"|","|<=|>=|<>|")),LEFT(t,2),LEFT(t,1))'
    sign = f'IF(ISNUMBER(FIND(LEFT(t,1),"=<>")),{long},"")'
    return {
        defined.REFUSED: f"LAMBDA(t,{render(REFUSED)})",
        **_read(here),
        defined.NUMBER: f"LAMBDA(t,IF(ISTEXT(t),{defined.READ}(t),t))",
        defined.CELL: f'LAMBDA(t,IF(ISTEXT(t),IF(t="",#VALUE!,IFERROR(t+0,{defined.READ}(t))),t))',
        defined.VALUE: f"LAMBDA(t,IF(ISTEXT(t),{defined.READ}(t),IF(ISLOGICAL(t),#VALUE!,t)))",
        defined.DATE_VALUE: _part_of(_is_day(here), "INT"),
        defined.TIME_VALUE: _part_of(_is_time(here), "MOD"),
        defined.TEXT: f'LAMBDA(t,IF(ISNUMBER(t),{written},IF(ISBLANK(t),"",t)))',
        defined.NUMERIC: (f"LAMBDA(t,IF(ISTEXT(t),LET(r,{defined.READ}(t),IF(ISERROR(r),IF({refused},r,t),r)),t))"),
        defined.CRITERION: f"LAMBDA(t,IF(ISTEXT(t),{_criterion_step(0)}(t),t))",
        _criterion_step(0): f"LAMBDA(t,LET(s,{sign},o,MID(t,LEN(s)+1,LEN(t)),{_criterion_step(1)}(s,o,t)))",
        _criterion_step(1): f'LAMBDA(s,o,t,IF(o="",t,LET(r,{defined.READ}(o),{_criterion_step(2)}(s,r,t))))',
        _criterion_step(2): f'LAMBDA(s,r,t,IF(ISERROR(r),IF({refused},r,t),IF(s="",r,s&r)))',
        defined.SWAPPED: (
            f'LAMBDA(t,SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(t,",",UNICHAR(1)),".","{here.decimal}"),'
            f'UNICHAR(1),"{here.group}"))'
        ),
    }


def _quoted(pattern: str) -> str:
    return '"' + pattern.replace('"', '""') + '"'


def _fits(text: str, pattern: str) -> str:
    return f"REGEXTEST({text},{_quoted(pattern)})"


def _day(here: Locale) -> str:
    separators = "/-." if "." in here.date else "/-"
    numeric = [f"[0-9]{{1,2}}[{one}][0-9]{{1,2}}[{one}][0-9]{{4}}" for one in separators]
    return "(?:" + "|".join(["[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", *numeric]) + ")"


def _is_day(here: Locale) -> str:
    return f"^{_day(here)}(?: .*)?$"


def _is_time(here: Locale) -> str:
    return f"^(?:{_day(here)} )?(?:{_TIME}|{_HALF_DAY})$"


def _part_of(pattern: str, part: str) -> str:
    """DATEVALUE or TIMEVALUE: of a text of that form; what only reads as a number has no such part."""
    taken = "INT(r)" if part == "INT" else "MOD(r,1)"
    fits = _fits("TRIM(t)", pattern)
    otherwise = f"IF(ISERROR(r),r,{defined.REFUSED}(t))"
    number = f"IF(ISERROR(r),r,IF(REGEXTEST(t,{_quoted('[-:/.]')}),{otherwise},#VALUE!))"
    return f'LAMBDA(t,IF(ISTEXT(t),IF(t="",#VALUE!,LET(r,{defined.READ}(t),IF({fits},{taken},{number}))),#VALUE!))'


def _read(here: Locale) -> dict[str, str]:
    """The functions of the engine that make up the number that a text reads as, by their names."""
    group = "[" + re.escape("".join(sorted(groups(here)))).replace("\\ ", " ") + "]"
    point = re.escape(here.decimal)
    whole = f"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)"
    number = f"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?"
    symbol = "(?:" + "|".join(_escaped(one) for one in currencies(here)) + ")"
    digits = f'REGEXREPLACE(v,{_quoted(symbol + "|%|[ " + NO_BREAK_SPACE + NARROW_SPACE + "]|" + group)},"")'
    if here.decimal != ".":
        digits = f'SUBSTITUTE({digits},"{here.decimal}",".")'
    amount = f"^(?:[+-]?{symbol}{_BLANK}{number}|{number}{_BLANK}{symbol})$"
    day, time = f"^{_day(here)}$", f"^(?:{_TIME}|{_HALF_DAY})$"
    both = f"^{_day(here)} (?:{_TIME}|{_HALF_DAY})$"
    parts = '(REGEXREPLACE(v," .*$","")+0)+(REGEXREPLACE(v,"^[^ ]+ ","")+0)'
    cases = [
        (_fits("v", f"^{number}$"), f"{digits}+0"),
        (_fits("v", f"^{number}{_BLANK}%$"), f"({digits}+0)/100"),
        (_fits("v", amount), f"{digits}+0"),
        (f"OR({_fits('v', day)},{_fits('v', time)})", "v+0"),
        (_fits("v", both), parts),
        (_fits("v", _perhaps(here)), f"{defined.REFUSED}(t)"),
    ]
    blanks = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]+"
    trimmed = f'REGEXREPLACE(t,"^{blanks}|{blanks}$","")'
    steps = {defined.READ: f"LAMBDA(t,{_plain(here)})"}
    steps[_step(0)] = f"LAMBDA(t,IF({_worth_reading(here)},{_step(1)}(t,{trimmed}),#VALUE!))"
    for place, (test, value) in enumerate(cases, 1):
        otherwise = f"{_step(place + 1)}(t,v)" if place < len(cases) else "#VALUE!"
        steps[_step(place)] = f"LAMBDA(t,v,IF({test},{value},{otherwise}))"
    return steps


def _step(number: int) -> str:
    """The name of a step of reading: they are apart, for the engine copies a function whole with every call of it."""
    return f"{defined.READ}{number}"


def _criterion_step(number: int) -> str:
    return f"{defined.CRITERION}{number}"


def _plain(here: Locale) -> str:
    """Plain digits, with a minus and a decimal point at most, without regular expressions, which are slow to make."""
    left = "t"
    for digit in range(10):
        left = f'SUBSTITUTE({left},"{digit}","")'
    point = here.decimal
    number = "t" if point == "." else f'SUBSTITUTE(t,"{point}",".")'
    plain = f'OR(p="",p="{point}",AND(LEFT(t,1)="-",OR(p="-",p="-{point}")))'
    return f'LET(p,{left},IF(LEN(p)=LEN(t),IF(t="",0,#VALUE!),IF({plain},{number}+0,{_step(0)}(t))))'


def _worth_reading(here: Locale) -> str:
    """A quick test that a text with digits may be more than a text: the engine makes up expressions anew every time."""
    signs = [one for one in currencies(here) if not one[0].isalpha()]
    starts = f"0123456789+-.,(\u2212 {NO_BREAK_SPACE}{NARROW_SPACE}" + "".join(signs)
    words = [*month_names(here), *(one for one in currencies(here) if one[0].isalpha())]
    held = ",".join(f"ISNUMBER(SEARCH({_quoted(one)},t))" for one in words)
    return f'OR(ISNUMBER(FIND(LEFT(t,1),"{starts}")),{held})'


def _perhaps(here: Locale) -> str:
    """What a text with digits may look like that is read in a way the engine has not been told."""
    separator = "[-/.]" if "." in here.date else "[-/]"
    months = "|".join(_escaped(name) for name in sorted(month_names(here), key=len, reverse=True))
    forms = (
        f"^[0-9]{{1,2}}{separator} ?[0-9]{{1,2}}\\.?$",
        f"^[0-9]{{1,2}}{separator}[0-9]{{4}}$",
        f"^[0-9]{{1,4}}{separator} ?[0-9]{{1,2}}{separator} ?[0-9]{{1,4}}\\.?(?: .*)?$",
        "^[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}(?: .*)?$",
        "^-?[0-9]{1,5}:[0-9]{1,2}",
        " -?[0-9]{1,5}:[0-9]{1,2}",
        r"^\(.*\)$",
        "^\u2212",
        r"^[0-9]{1,2}\s?[AaPp]\.?[Mm]",
        "[$%€£¥₽₴₸₹₩₺₪₫฿]",
        f"(?i)(?:^|[^\\p{{L}}])(?:{months})(?:$|[^\\p{{L}}])",
    )
    return "|".join(f"(?:{form})" for form in forms)


def _escaped(text: str) -> str:
    return re.sub(r"([.$|()\[\]*+?\\^{}])", r"\\\1", text)
