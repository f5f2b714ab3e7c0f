r"""Formulas in the notation of a spreadsheet's locale, and back.

Where numbers have a decimal comma, as in ru_RU, Sheets writes `=SUM(1,5; {1\2})` for what is `=SUM(1.5, {1,2})` in
en_US: arguments are separated by `;`, columns of an array by a backslash. Formulas are kept in en_US notation; only
what a person types or reads goes through here.

Source: https://support.google.com/docs/answer/58515 and the decimal separators of the Unicode CLDR.
"""

from __future__ import annotations

from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.tokens import Kind, Token, tokens

_COMMA_LANGUAGES = words(
    """az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk ky lt lv mk nb nl nn no pl pt ro ru sk sl
    sq sr sv tr uk uz vi"""
)
_POINT_LOCALES = words("""de_CH de_LI it_CH es_DO es_GT es_HN es_MX es_NI es_PA es_PE es_PR es_SV es_US fr_CH""")


def decimal_comma(locale: str) -> bool:
    """Whether numbers of a locale such as ru_RU (ru-RU and ru do too) have a decimal comma."""
    language, _, region = locale.replace("-", "_").partition("_")
    name = f"{language.lower()}_{region.upper()}"
    return language.lower() in _COMMA_LANGUAGES and name not in _POINT_LOCALES


def to_canonical(text: str, locale: str) -> str:
    """A formula typed in a locale, in en_US notation. `;` between arguments becomes `,` in every locale."""
    comma = decimal_comma(locale)
    return "".join(_to_point(token, braces, comma) for token, braces in _with_braces(tokens(text, decimal_comma=comma)))


def from_canonical(text: str, locale: str) -> str:
    """A formula in en_US notation as the locale writes it. `to_canonical` brings it back, character for character."""
    if not decimal_comma(locale):
        return text
    return "".join(_to_comma(token, braces) for token, braces in _with_braces(tokens(text)))


def _with_braces(all_tokens: tuple[Token, ...]) -> list[tuple[Token, bool]]:
    """Each token, and whether the innermost bracket around it is a brace."""
    found = []
    opened: list[str] = []
    for token in all_tokens:
        if token.kind is Kind.OPEN:
            opened.append(token.text)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
        found.append((token, bool(opened) and opened[-1] == "{"))
    return found


def _to_point(token: Token, braces: bool, comma: bool) -> str:
    if token.kind is Kind.SEPARATOR:
        if token.text == ";" and not braces:
            return ","
        # A comma that is no decimal comma means nothing there; the backslash is as meaningless in en_US.
        return {"\\": ",", ",": "\\"}.get(token.text, token.text) if comma else token.text
    if token.kind is Kind.NUMBER and comma:
        return token.text.replace(",", ".")
    return token.text


def _to_comma(token: Token, braces: bool) -> str:
    if token.kind is Kind.SEPARATOR:
        if token.text == "," and not braces:
            return ";"
        return {",": "\\", "\\": ","}.get(token.text, token.text)
    if token.kind is Kind.NUMBER:
        return token.text.replace(".", ",")
    return token.text
