"""Every error a caller can meet, split by who can mend it.

    SheetsAgentError
    ├── UsageError              the person: a wrong reference, an empty task          exit 2
    ├── FileError               the person: a file that cannot be read or written     exit 3
    ├── CredentialsError        the person: nobody is signed in                       exit 4
    ├── SheetsError             the Sheets API said no                                exit 5
    │   ├── SpreadsheetNotFound
    │   ├── PermissionDenied
    │   ├── QuotaExceeded       (retry_after)
    │   ├── InvalidRequest      (request_index)
    │   ├── ChangedMeanwhile
    │   ├── SheetsServerError
    │   └── SheetsUnreachable
    ├── ModelError              the model, or the way to it                           exit 6
    │   ├── NoModel
    │   ├── ModelUnreachable
    │   └── UnusableAnswer
    ├── FeedbackError           the service where people are asked refused, or cannot be reached   exit 11
    ├── Blocked                 a guard does not let the task or an answer pass       exit 10
    │   └── OutsideScope        something was about to be written that the run may not write
    ├── ActionError             the model: an action that cannot be compiled; its text goes back to the model
    ├── PersonNeeded            a question stands and nobody is there to answer       exit 7
    └── Rejected                the person said no                                    exit 8

Each carries one sentence saying what is wrong (`str(error)`) and, in `hint`, the next thing to do or type.
"""

from __future__ import annotations

from typing import ClassVar


class SheetsAgentError(Exception):
    """Root of the tree.

    Args:
        message: one sentence: what is wrong.
        hint: the next thing to do, preferably a command to type.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(SheetsAgentError):
    """The request itself is wrong: a malformed id or range, an empty task, contradicting options."""

    exit_code = 2


class FileError(SheetsAgentError):
    """A local file cannot be opened, understood or written."""

    exit_code = 3


class CredentialsError(SheetsAgentError):
    """No usable Google credentials."""

    exit_code = 4


class SheetsError(SheetsAgentError):
    """The Sheets API refused or failed. `status` is the HTTP status, 0 when nothing answered.

    `in_doubt` says of a write that it may have landed: an answer to it was lost.
    """

    exit_code = 5
    in_doubt = False

    def __init__(self, message: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class SpreadsheetNotFound(SheetsError):
    """404."""


class PermissionDenied(SheetsError):
    """401 and 403."""


class QuotaExceeded(SheetsError):
    """429. `retry_after` is in seconds, None when the answer named none."""

    def __init__(self, message: str, hint: str = "", *, status: int = 429, retry_after: float | None = None) -> None:
        super().__init__(message, hint, status=status)
        self.retry_after = retry_after


class InvalidRequest(SheetsError):
    """400. `request_index` is the place of the refused request in its batch, None outside a batch."""

    def __init__(self, message: str, hint: str = "", *, status: int = 400, request_index: int | None = None) -> None:
        super().__init__(message, hint, status=status)
        self.request_index = request_index


class ChangedMeanwhile(SheetsError):
    """Somebody else changed what was to be written over or rested on; nothing was written."""


class SheetsServerError(SheetsError):
    """5xx: a write may or may not have landed. `retry_after` is in seconds, None when the answer named none."""

    def __init__(self, message: str, hint: str = "", *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message, hint, status=status)
        self.retry_after = retry_after


class SheetsUnreachable(SheetsError):
    """The network is down, or the connection broke."""


class ModelError(SheetsAgentError):
    """The language model, or the way to it."""

    exit_code = 6


class NoModel(ModelError):
    """No model is configured, or its library is not installed."""


class ModelUnreachable(ModelError):
    """The provider refused or did not answer, after the retries."""


class UnusableAnswer(ModelError):
    """The model answered, but not in a usable form, after the re-asks."""


class ActionError(SheetsAgentError):
    """An action that cannot be compiled against this spreadsheet: the text is written for the model."""


class FeedbackError(SheetsAgentError):
    """The service where people are asked refused, answered nonsense, or cannot be reached."""

    exit_code = 11


class Blocked(SheetsAgentError):
    """A guard does not let the task, or an answer of a model, pass."""

    exit_code = 10


class OutsideScope(Blocked):
    """Something was about to be written that the scope of the run does not let it write."""


class PersonNeeded(SheetsAgentError):
    """The run has a question and nobody is there to answer it."""

    exit_code = 7


class Rejected(SheetsAgentError):
    """The person rejected the plan."""

    exit_code = 8
