"""Marks that tell whether a batch has landed: developer metadata whose id follows from the run and the batch.

A batch makes its mark and does its work together or not at all, and no second mark can have the same id. So a batch
whose answer was lost may be sent again: either it lands now, or Google refuses it because the mark is there.

Source: https://developers.google.com/workspace/sheets/api/guides/metadata.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sheets_agent.errors import InvalidRequest
from sheets_agent.sheets.book import JSON

KEY = "sheets-agent"
FIELDS = "developerMetadata(metadataId,metadataKey,metadataValue)"

_INDEX = re.compile(r"\brequests\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark of one batch of one run.

    Attributes:
        run: the run's id.
        batch: the batch's number in the run, from 1.
    """

    run: str
    batch: int

    @property
    def value(self) -> str:
        """What the mark says."""
        return f"{self.run}/{self.batch}"

    @property
    def id(self) -> int:
        """A positive 31-bit number, always the same for the same batch."""
        digest = hashlib.sha256(self.value.encode()).digest()
        return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF or 1

    def request(self) -> JSON:
        """What makes the mark; the first request of its batch, so that nothing else can be refused before it."""
        location = {"spreadsheet": True}
        return {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataId": self.id,
                    "metadataKey": KEY,
                    "metadataValue": self.value,
                    "location": location,
                    "visibility": "DOCUMENT",
                }
            }
        }

    def is_in(self, spreadsheet: JSON) -> bool:
        """Whether a Spreadsheet, read with `FIELDS`, has the mark."""
        return (self.id, self.value) in {(found, value) for found, value in marks(spreadsheet)}

    def uncounted(self, error: InvalidRequest) -> InvalidRequest:
        """A refusal of a marked batch, with the requests counted as if the mark was not among them."""
        index = error.request_index
        if not index:
            return error
        text = _INDEX.sub(lambda found: f"requests[{max(0, int(found[1]) - 1)}]", str(error))
        return InvalidRequest(text, error.hint, status=error.status, request_index=index - 1)


def marks(spreadsheet: JSON) -> list[tuple[int, str]]:
    """The ids and values of all of this program's marks in a Spreadsheet."""
    return [
        (int(item.get("metadataId", 0)), str(item.get("metadataValue", "")))
        for item in spreadsheet.get("developerMetadata", ())
        if item.get("metadataKey") == KEY
    ]


def removal(ids: Iterable[int]) -> list[JSON]:
    """The requests that remove marks. Removing one that is gone does nothing."""
    return [
        {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": number}}}}
        for number in ids
    ]
