"""CONVERT: a number in one unit of measure, in another.

Sources: https://support.google.com/docs/answer/6055540 for the units; the factors are those of the SI and of the
international and US customary systems.
"""

from __future__ import annotations

from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import Failure, World
from sheets_agent.functions.elementwise import Given

_INCH, _FOOT, _YARD, _MILE, _NAUTICAL = 0.0254, 0.3048, 0.9144, 1609.344, 1852.0
_LIGHT_YEAR, _PICA, _PICA_POINT = 9.46073047258080e15, _INCH / 6, _INCH / 72
_GALLON, _UK_GALLON = 3.785411784e-3, 4.54609e-3
_POUND = 453.59237
_ACRE, _SURVEY_FOOT = 4046.8564224, 1200 / 3937

_UNITS: dict[str, dict[str, float]] = {
    "weight": {
        "u": 1.66053906660e-24, "grain": 0.06479891, "g": 1.0, "ozm": _POUND / 16, "lbm": _POUND,
        "stone": 14 * _POUND, "sg": 14593.902937206, "cwt": 100 * _POUND, "shweight": 100 * _POUND,
        "uk_cwt": 112 * _POUND, "lcwt": 112 * _POUND, "hweight": 112 * _POUND, "ton": 2000 * _POUND,
        "uk_ton": 2240 * _POUND, "LTON": 2240 * _POUND, "brton": 2240 * _POUND,
    },
    "distance": {
        "ang": 1e-10, "Picapt": _PICA_POINT, "Pica": _PICA_POINT, "pica": _PICA, "in": _INCH, "ft": _FOOT,
        "yd": _YARD, "m": 1.0, "ell": 1.143, "mi": _MILE, "survey_mi": 5280 * _SURVEY_FOOT, "Nmi": _NAUTICAL,
        "ly": _LIGHT_YEAR, "parsec": 3.0856775814913673e16, "pc": 3.0856775814913673e16,
    },
    "time": {
        "sec": 1.0, "s": 1.0, "min": 60.0, "mn": 60.0, "hr": 3600.0, "day": 86400.0, "d": 86400.0,
        "yr": 365.25 * 86400,
    },
    "pressure": {
        "Pa": 1.0, "p": 1.0, "mmHg": 133.322387415, "Torr": 101325 / 760, "psi": 6894.757293168361,
        "atm": 101325.0, "at": 101325.0,
    },
    "force": {"dyn": 1e-5, "dy": 1e-5, "pond": 9.80665e-3, "N": 1.0, "lbf": 4.4482216152605},
    "energy": {
        "eV": 1.602176634e-19, "ev": 1.602176634e-19, "e": 1e-7, "J": 1.0, "flb": 1.3558179483314004, "c": 4.184,
        "cal": 4.1868, "BTU": 1055.05585262, "btu": 1055.05585262, "Wh": 3600.0, "wh": 3600.0,
        "HPh": 2684519.537696173, "hh": 2684519.537696173,
    },
    "power": {"W": 1.0, "w": 1.0, "PS": 735.49875, "HP": 745.6998715822702, "h": 745.6998715822702},
    "magnetism": {"ga": 1e-4, "T": 1.0},
    "volume": {
        "ang^3": 1e-30, "Picapt^3": _PICA_POINT**3, "tsp": _GALLON / 768, "tspm": 5e-6, "tbs": _GALLON / 256,
        "in^3": _INCH**3, "oz": _GALLON / 128, "cup": _GALLON / 16, "pt": _GALLON / 8, "us_pt": _GALLON / 8,
        "uk_pt": _UK_GALLON / 8, "qt": _GALLON / 4, "l": 1e-3, "L": 1e-3, "lt": 1e-3, "uk_qt": _UK_GALLON / 4,
        "gal": _GALLON, "uk_gal": _UK_GALLON, "ft^3": _FOOT**3, "bushel": 0.03523907016688, "barrel": 42 * _GALLON,
        "yd^3": _YARD**3, "m^3": 1.0, "MTON": 40 * _FOOT**3, "GRT": 100 * _FOOT**3, "regton": 100 * _FOOT**3,
        "mi^3": _MILE**3, "Nmi^3": _NAUTICAL**3, "ly^3": _LIGHT_YEAR**3,
    },
    "area": {
        "ang^2": 1e-20, "Picapt^2": _PICA_POINT**2, "in^2": _INCH**2, "ft^2": _FOOT**2, "yd^2": _YARD**2, "m^2": 1.0,
        "ar": 100.0, "Morgen": 2500.0, "uk_acre": _ACRE, "us_acre": 43560 * _SURVEY_FOOT**2, "ha": 1e4,
        "mi^2": _MILE**2, "Nmi^2": _NAUTICAL**2, "ly^2": _LIGHT_YEAR**2,
    },
    "information": {"bit": 1.0, "byte": 8.0},
    "speed": {
        "m/hr": 1 / 3600, "m/h": 1 / 3600, "mph": _MILE / 3600, "kn": _NAUTICAL / 3600, "admkn": 6080 * _FOOT / 3600,
        "m/s": 1.0, "m/sec": 1.0,
    },
}  # fmt: skip
"""How much of the first unit of SI (of the gram, for weight) one of each unit is."""

_TEMPERATURES: dict[str, tuple[float, float]] = {
    "C": (1.0, 273.15),
    "cel": (1.0, 273.15),
    "F": (5 / 9, 459.67),
    "fah": (5 / 9, 459.67),
    "K": (1.0, 0.0),
    "kel": (1.0, 0.0),
    "Rank": (5 / 9, 0.0),
    "Reau": (1.25, 218.52),
}
"""What a degree is in kelvins, and how many degrees above absolute zero the scale starts."""

_PREFIXED = words(
    """J N PS Pa T W Wh ang ang^2 ang^3 ar at atm bit byte c cal dy dyn e eV ev g ga l L lt ly m m/h m/hr m/s m/sec m^2
    m^3 mmHg p parsec pc pond s sec u w wh"""
)
"""Units that take a prefix."""

_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "e": 1, "da": 1, "d": -1, "c": -2,
    "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60, "Zi": 70, "Yi": 80}
_POWERS = {"m^2": 2, "ang^2": 2, "m^3": 3, "ang^3": 3}


def _unit(text: str) -> tuple[str, float] | None:
    """What a unit measures, and how large it is; None when there is no such unit."""
    for kind, units in _UNITS.items():
        if text in units:
            return kind, units[text]
    for size in (2, 1):
        prefix, name = text[:size], text[size:]
        found = _unit(name) if name in _PREFIXED else None
        if found is None:
            continue
        if prefix in _PREFIXES:
            return found[0], found[1] * 10.0 ** (_PREFIXES[prefix] * _POWERS.get(name, 1))
        if prefix in _BINARY and found[0] == "information":
            return found[0], found[1] * 2.0 ** _BINARY[prefix]
    return None


def convert(world: World, given: list[Given | None]) -> list[Value]:
    """CONVERT(value, start_unit, end_unit).

    Raises:
        Failure: #VALUE! for what is no number; #N/A for units that are not known or do not measure the same.
    """
    value, start, end = (None if one is None else one.value for one in given)
    try:
        number = 0.0 if value is None else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Failure(
            "VALUE", f"Function CONVERT parameter 1 expects number values. But '{value}' is a text."
        ) from None
    start, end = str(start or ""), str(end or "")
    if start in _TEMPERATURES and end in _TEMPERATURES:
        return [_degrees(number, start, end)]
    one, other = _unit(start), _unit(end)
    if one is None or other is None or one[0] != other[0]:
        raise Failure("N_A", f"Invalid units for conversion: {start} to {end}.")
    return [number * one[1] / other[1] if one[1] != other[1] else number]


def _degrees(number: float, start: str, end: str) -> float:
    if start == end:
        return number
    size, zero = _TEMPERATURES[start]
    other_size, other_zero = _TEMPERATURES[end]
    return round((number + zero) * size / other_size - other_zero, 10)
