"""What Excel insists on in an .xlsx file, beyond being readable: it offers to repair a file that breaks any of this.

Sources: ECMA-376 part 1 (the order of elements in CT_Worksheet and CT_Workbook), Excel's specifications and limits.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"

_WORKSHEET = re.findall(
    r"\w+",
    """sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
    hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
    ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems
    tableParts extLst""",
)
_WORKBOOK = re.findall(
    r"\w+",
    """fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
    definedNames calcPr oleSize customWorkbookViews pivotCaches extLst""",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TITLE = re.compile(r"[^\[\]:*?/\\]{1,31}")
_NAME = re.compile(r"[^\W\d][\w.\\?]{0,254}|\\[\w.\\?]{0,254}|_xlnm\.\w+")


def faults(path: Path) -> list[str]:
    """Sentences about what is wrong with a file, none when it is sound."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    found = [f"{path.name}: part {name} twice" for name in parts if package.namelist().count(name) > 1]
    trees = {name: ElementTree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".rels"))}
    found += [*_content_types(parts, trees), *_relationships(parts, trees)]
    found += _workbook(trees["xl/workbook.xml"])
    formats = len(trees["xl/styles.xml"].findall(f"{_MAIN}cellXfs/{_MAIN}xf"))
    differences = len(trees["xl/styles.xml"].findall(f"{_MAIN}dxfs/{_MAIN}dxf"))
    strings = _strings(trees)
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            found += [f"{name}: {fault}" for fault in _worksheet(tree, formats, differences, strings)]
    found += _tables(trees, strings)
    return found


def _content_types(parts: dict[str, bytes], trees: dict[str, ElementTree.Element]) -> Iterator[str]:
    types = trees["[Content_Types].xml"]
    defaults = {one.get("Extension") for one in types.iter(f"{_TYPES}Default")}
    named = {str(one.get("PartName")).lstrip("/") for one in types.iter(f"{_TYPES}Override")}
    for name in parts:
        if name not in named and name.rpartition(".")[2] not in defaults:
            yield f"{name} has no content type"
    yield from (f"content type of missing part {name}" for name in named - parts.keys())


def _relationships(parts: dict[str, bytes], trees: dict[str, ElementTree.Element]) -> Iterator[str]:
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        source = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        identifiers = [str(one.get("Id")) for one in tree.iter(f"{_PACKAGE}Relationship")]
        if len(set(identifiers)) < len(identifiers):
            yield f"{name}: an Id twice"
        for one in tree.iter(f"{_PACKAGE}Relationship"):
            target = posixpath.normpath(posixpath.join("/", folder, str(one.get("Target")))).lstrip("/")
            if one.get("TargetMode") != "External" and target not in parts:
                yield f"{name}: no part {target}"
        if source in trees:
            used = {str(one.get(_LINK)) for one in trees[source].iter() if one.get(_LINK)}
            yield from (f"{source}: no relationship {one}" for one in used - set(identifiers))


def _ordered(tree: ElementTree.Element, order: list[str]) -> Iterator[str]:
    places = []
    for child in tree:
        name = child.tag.removeprefix(_MAIN)
        if name not in order:
            yield f"unknown element {name}"
        else:
            places.append(order.index(name))
    if places != sorted(places):
        yield f"elements out of order: {[order[place] for place in places]}"
    several = [order[one] for one in set(places) if places.count(one) > 1 and order[one] != "conditionalFormatting"]
    yield from (f"{name} more than once" for name in several)


def _workbook(tree: ElementTree.Element) -> Iterator[str]:
    yield from _ordered(tree, _WORKBOOK)
    titles = [str(one.get("name")) for one in tree.iter(f"{_MAIN}sheet")]
    if len({title.casefold() for title in titles}) < len(titles):
        yield f"a tab's title twice: {titles}"
    for title in titles:
        if not _TITLE.fullmatch(title) or title.startswith("'") or title.endswith("'"):
            yield f"illegal title {title!r}"
    if all(one.get("state") for one in tree.iter(f"{_MAIN}sheet")):
        yield "no visible tab"
    names = [(str(one.get("name")).casefold(), one.get("localSheetId")) for one in tree.iter(f"{_MAIN}definedName")]
    if len(set(names)) < len(names):
        yield f"a name twice: {names}"
    for one in tree.iter(f"{_MAIN}definedName"):
        if not _NAME.fullmatch(str(one.get("name"))) or not one.text or "#REF!" in one.text:
            yield f"illegal name {one.get('name')}: {one.text}"


def _strings(trees: dict[str, ElementTree.Element]) -> list[str]:
    shared = trees.get("xl/sharedStrings.xml")
    items = [] if shared is None else shared.findall(f"{_MAIN}si")
    return ["".join(text.text or "" for text in item.iter(f"{_MAIN}t")) for item in items]


def _worksheet(tree: ElementTree.Element, formats: int, differences: int, strings: list[str]) -> Iterator[str]:
    yield from _ordered(tree, _WORKSHEET)
    seen: list[tuple[int, int]] = []
    for cell in tree.iter(f"{_MAIN}c"):
        seen.append(_place(str(cell.get("r"))))
        yield from _cell(cell, formats, strings)
    if seen != sorted(set(seen)):
        yield "cells out of order, or twice"
    covered: set[tuple[int, int]] = set()
    for one in tree.iter(f"{_MAIN}mergeCell"):
        places = _places(str(one.get("ref")))
        if covered & places or len(places) < 2:
            yield f"merge {one.get('ref')} overlaps or is single"
        covered |= places
    yield from _rules(tree, differences)


def _rules(tree: ElementTree.Element, differences: int) -> Iterator[str]:
    rules = list(tree.iter(f"{_MAIN}cfRule"))
    for rule in rules:
        if rule.get("dxfId") is not None and int(str(rule.get("dxfId"))) >= differences:
            yield f"conditional format with the missing style {rule.get('dxfId')}"
        if not rule.get("priority") or not rule.get("type"):
            yield "conditional format without priority or type"
    if len({rule.get("priority") for rule in rules}) < len(rules):
        yield "two conditional formats of one priority"
    for group in tree.iter(f"{_MAIN}dataValidations"):
        if int(str(group.get("count"))) != len(group):
            yield "wrong count of validations"
    for formula in [*tree.iter(f"{_MAIN}formula1"), *tree.iter(f"{_MAIN}formula2")]:
        text = formula.text or ""
        if not text or text.startswith("=") or len(text) > (257 if text.startswith('"') else 8192):
            yield f"illegal formula of a rule: {text[:60]!r}"


def _cell(cell: ElementTree.Element, formats: int, strings: list[str]) -> Iterator[str]:
    place = cell.get("r")
    if int(cell.get("s", "0")) >= formats:
        yield f"{place}: missing format {cell.get('s')}"
    value = cell.find(f"{_MAIN}v")
    text = value.text if value is not None and value.text is not None else ""
    match cell.get("t"):
        case "s":
            if int(text) >= len(strings):
                yield f"{place}: missing text {text}"
            elif len(strings[int(text)]) > 32_767:
                yield f"{place}: text too long"
        case "b":
            if text not in ("0", "1"):
                yield f"{place}: boolean {text}"
        case None | "n":
            if text and not re.fullmatch(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", text):
                yield f"{place}: number {text}"
        case "str" | "inlineStr" | "e":
            if _CONTROL.search(text) or len(text) > 32_767:
                yield f"{place}: illegal text"
        case other:
            yield f"{place}: unknown type {other}"
    yield from _formula(cell)


def _formula(cell: ElementTree.Element) -> Iterator[str]:
    place = cell.get("r")
    formula = cell.find(f"{_MAIN}f")
    if formula is not None:
        written = formula.text or ""
        if not written or written.startswith("=") or len(written) > 8_192 or _CONTROL.search(written):
            yield f"{place}: illegal formula {written[:60]!r}"
        if formula.get("t") == "array" and not formula.get("ref"):
            yield f"{place}: array without its range"


def _tables(trees: dict[str, ElementTree.Element], strings: list[str]) -> Iterator[str]:
    names: list[str] = []
    identifiers: list[str] = []
    for name, tree in trees.items():
        if not name.startswith("xl/tables/"):
            continue
        names.append(str(tree.get("displayName")).casefold())
        identifiers.append(str(tree.get("id")))
        sheet = next(
            other.replace("_rels/", "").removesuffix(".rels")
            for other, links in trees.items()
            if other.startswith("xl/worksheets/_rels/")
            and any(str(one.get("Target")).endswith(posixpath.basename(name)) for one in links)
        )
        shown = {cell.get("r"): cell for cell in trees[sheet].iter(f"{_MAIN}c")}
        headings = [str(one.get("name")) for one in tree.iter(f"{_MAIN}tableColumn")]
        first, _, last = str(tree.get("ref")).partition(":")
        (row, left), (_, right) = _place(first), _place(last)
        if right - left + 1 != len(headings):
            yield f"{name}: {len(headings)} columns in {tree.get('ref')}"
        places = {_place(str(place)): cell for place, cell in shown.items()}
        for column, heading in enumerate(headings, left):
            value = places[row, column].find(f"{_MAIN}v")
            if value is None or not value.text or strings[int(value.text)] != heading.replace("_x0009_", "\t"):
                yield f"{name}: heading {heading!r} is not in its cell"
        if not re.fullmatch(r"[^\W\d][\w.]{0,254}|\\[\w.]*", str(tree.get("displayName"))):
            yield f"{name}: illegal name {tree.get('displayName')}"
    if len(set(names)) < len(names) or len(set(identifiers)) < len(identifiers):
        yield f"a table's name or id twice: {names}, {identifiers}"


def _place(name: str) -> tuple[int, int]:
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", name)
    assert match is not None, name
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _places(reference: str) -> set[tuple[int, int]]:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
