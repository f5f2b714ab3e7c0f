"""The zip package behind a workbook: its worksheets by title, what they relate to, and the ends of their parts."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from zipfile import ZipFile

_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_READ_AT_ONCE = 1 << 20


def worksheets(package: ZipFile) -> Iterator[tuple[str, str]]:
    """Title and part name of every worksheet and chart sheet."""
    names = set(package.namelist())
    if "xl/workbook.xml" not in names:
        return
    targets = {identifier: target for identifier, _, target in _relations(package, "xl/workbook.xml")}
    for sheet in ElementTree.fromstring(package.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        part = targets.get(sheet.get(f"{_OFFICE}id", ""))
        if part in names:
            yield sheet.get("name", ""), str(part)


def related(package: ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Kind (a URI) and target of everything a part relates to."""
    if _relations_part(part) in package.namelist():
        for _, kind, target in _relations(package, part):
            yield kind, target


def identified(package: ZipFile, part: str) -> dict[str, str]:
    """Targets by the ids that the part itself uses."""
    if _relations_part(part) not in package.namelist():
        return {}
    return {identifier: target for identifier, _, target in _relations(package, part)}


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _relations(package: ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    folder = posixpath.dirname(part)
    for relation in ElementTree.fromstring(package.read(_relations_part(part))).iter(f"{_PACKAGE}Relationship"):
        target = relation.get("Target", "")
        absolute = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield relation.get("Id", ""), relation.get("Type", ""), absolute


def tail(package: ZipFile, part: str) -> bytes:
    """The end of a part, one or two megabytes: everything after the cells, without holding the cells in memory."""
    end = b""
    with package.open(part) as stream:
        while chunk := stream.read(_READ_AT_ONCE):
            end = (end + chunk)[-2 * _READ_AT_ONCE :]
    return end
