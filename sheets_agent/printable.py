"""Texts by others on their way to a terminal: what is not seen, or would command it, is taken out or spelt out."""

from __future__ import annotations


def clean(text: str) -> str:
    """A text from a spreadsheet or a model without control characters, which could command the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def spelt_out(document: str) -> str:
    r"""A JSON document that means the same, with each sign that is not seen written as `\u202e`."""
    return "".join(sign if sign.isprintable() or sign == "\n" else _escaped(sign) for sign in document)


def _escaped(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
