"""Which functions Excel knows, and under which name the file format wants them.

Sources: [MS-XLSX] 2.2.2 (future functions), Microsoft's list of Excel functions.
"""

from __future__ import annotations

from openpyxl.utils import FORMULAE

DYNAMIC = frozenset(
    ["ANCHORARRAY", "BYCOL", "BYROW", "CHOOSECOLS", "CHOOSEROWS", "DROP", "EXPAND", "FILTER", "HSTACK", "MAKEARRAY", "MAP", "RANDARRAY", "SCAN", "SEQUENCE", "SORT", "SORTBY", "TAKE", "TEXTSPLIT", "TOCOL", "TOROW", "UNIQUE", "VSTACK", "WRAPCOLS", "WRAPROWS", "REDUCE"]
)
"""Functions that give arrays; a formula that uses one is written as a dynamic array formula."""

FUTURE = DYNAMIC | frozenset(
    ["ACOT", "ACOTH", "AGGREGATE", "ARABIC", "ARRAYTOTEXT", "BASE", "BETA.DIST", "BETA.INV", "BINOM.DIST", "BINOM.DIST.RANGE", "BINOM.INV", "BITAND", "BITLSHIFT", "BITOR", "BITRSHIFT", "BITXOR", "CEILING.MATH", "CEILING.PRECISE", "CHISQ.DIST", "CHISQ.DIST.RT", "CHISQ.INV", "CHISQ.INV.RT", "CHISQ.TEST", "COMBINA", "CONCAT", "CONFIDENCE.NORM", "CONFIDENCE.T", "COT", "COTH", "COVARIANCE.P", "COVARIANCE.S", "CSC", "CSCH", "DAYS", "DECIMAL", "ERF.PRECISE", "ERFC.PRECISE", "EXPON.DIST", "F.DIST", "F.DIST.RT", "F.INV", "F.INV.RT", "F.TEST", "FLOOR.MATH", "FLOOR.PRECISE", "FORECAST.LINEAR", "FORMULATEXT", "GAMMA", "GAMMA.DIST", "GAMMA.INV", "GAMMALN.PRECISE", "GAUSS", "HYPGEOM.DIST", "IFNA", "IFS", "IMCOSH", "IMCOT", "IMCSC", "IMCSCH", "IMSEC", "IMSECH", "IMSINH", "IMTAN", "ISFORMULA", "ISOMITTED", "ISOWEEKNUM", "LAMBDA", "LET", "LOGNORM.DIST", "LOGNORM.INV", "MAXIFS", "MINIFS", "MODE.MULT", "MODE.SNGL", "MUNIT", "NEGBINOM.DIST", "NORM.DIST", "NORM.INV", "NORM.S.DIST", "NORM.S.INV", "NUMBERVALUE", "PDURATION", "PERCENTILE.EXC", "PERCENTILE.INC", "PERCENTRANK.EXC", "PERCENTRANK.INC", "PERMUTATIONA", "PHI", "POISSON.DIST", "QUARTILE.EXC", "QUARTILE.INC", "RANK.AVG", "RANK.EQ", "RRI", "SEC", "SECH", "SHEET", "SHEETS", "SKEW.P", "STDEV.P", "STDEV.S", "SWITCH", "T.DIST", "T.DIST.2T", "T.DIST.RT", "T.INV", "T.INV.2T", "T.TEST", "TEXTAFTER", "TEXTBEFORE", "TEXTJOIN", "UNICHAR", "UNICODE", "VALUETOTEXT", "VAR.P", "VAR.S", "WEIBULL.DIST", "XLOOKUP", "XMATCH", "XOR", "Z.TEST", "ENCODEURL", "ISO.CEILING"]
)

_FROM_ADD_INS = frozenset(["ISO.CEILING"])
_KNOWN = FORMULAE | FUTURE | frozenset(["IFERROR", "SUMIFS", "COUNTIFS", "AVERAGEIF", "AVERAGEIFS"])


def known(name: str) -> bool:
    """Whether Excel has a function of this name."""
    return name.upper() in _KNOWN


def stored_name(name: str) -> str:
    """The function's name as the file stores it: `_xlfn.CONCAT`, `_xlfn._xlws.FILTER`, `SUM`."""
    upper = name.upper()
    if upper in ("FILTER", "SORT"):
        return f"_xlfn._xlws.{upper}"
    return f"_xlfn.{upper}" if upper in FUTURE - _FROM_ADD_INS else upper
