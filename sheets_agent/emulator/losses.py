"""What a file format cannot hold, collected while reading or writing and told to the person in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable

_PLACES_SHOWN = 5


class Losses:
    """Collects losses by kind; equal kinds become one sentence with a count and the first places.

    A kind is a pair of phrases, singular and plural: `("image is left out", "images are left out")`.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], list[str]] = {}
        self._whole: dict[str, None] = {}

    def add(self, one: str, many: str, place: str = "") -> None:
        """Count one loss of a kind at a place, such as `Sheet1!A1`."""
        self._places.setdefault((one, many), []).append(place)

    def say(self, sentence: str) -> None:
        """Add a whole sentence, once however often it is said."""
        self._whole[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        """Every loss as a sentence, in the order the kinds were first met."""
        counted = (self._sentence(kind, places) for kind, places in self._places.items())
        return (*counted, *self._whole)

    @staticmethod
    def _sentence(kind: tuple[str, str], places: list[str]) -> str:
        text = f"1 {kind[0]}" if len(places) == 1 else f"{len(places)} {kind[1]}"
        named = list(dict.fromkeys(place for place in places if place))
        return f"{text}{_in_places(named)}."


def _in_places(places: Iterable[str]) -> str:
    named = list(places)
    if not named:
        return ""
    more = f" and {len(named) - _PLACES_SHOWN} more places" if len(named) > _PLACES_SHOWN else ""
    return f" ({', '.join(named[:_PLACES_SHOWN])}{more})"
