"""Functions that are defined in the calculation engine for the spreadsheet's locale, by name.

Each gives one value for one value.
"""

from __future__ import annotations

PREFIX = "ZZ_"
"""What all their names begin with."""
READ = "ZZ_READ"
"""A text as the number it reads as; #VALUE! when it is none."""
NUMBER = "ZZ_NUMBER"
"""A value where a number is wanted: a text is read, everything else is handed through."""
CELL = "ZZ_CELL"
"""The same for the value of a cell, where the engine has the locale's decimal point: it reads what it can itself."""
VALUE = "ZZ_VALUE"
"""The function VALUE."""
DATE_VALUE = "ZZ_DATEVALUE"
"""The function DATEVALUE."""
TIME_VALUE = "ZZ_TIMEVALUE"
"""The function TIMEVALUE."""
TEXT = "ZZ_TEXT"
"""A value where a text is wanted: a number is written, a blank is an empty text."""
NUMERIC = "ZZ_NUMERIC"
"""A value with texts that read as numbers read, and all other texts as they are."""
CRITERION = "ZZ_CRITERION"
"""A criterion as the engine writes it: its number or date with a decimal point."""
SWAPPED = "ZZ_SWAPPED"
"""A number's digits with the locale's separators instead of those of en_US."""
REFUSED = "ZZ_REFUSED"
"""What cannot be calculated here, whatever it is given."""

DEFINED = frozenset((READ, NUMBER, CELL, VALUE, DATE_VALUE, TIME_VALUE, TEXT, NUMERIC, CRITERION, SWAPPED, REFUSED))
"""All of them."""
