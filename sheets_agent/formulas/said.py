"""Every function of Sheets that is said in others of the calculation engine."""

from __future__ import annotations

from sheets_agent.formulas.aggregates import AGGREGATES
from sheets_agent.formulas.arguments import ARGUMENTS
from sheets_agent.formulas.bounds import BOUNDS
from sheets_agent.formulas.differences import DIFFERENCES
from sheets_agent.formulas.domains import DOMAINS
from sheets_agent.formulas.lookups import LOOKUPS
from sheets_agent.formulas.numeric import NUMERIC
from sheets_agent.formulas.rewrites import REWRITES

SAID = ARGUMENTS | REWRITES | DIFFERENCES | LOOKUPS | NUMERIC | AGGREGATES | DOMAINS | BOUNDS
"""By the name of the function, what says it."""
