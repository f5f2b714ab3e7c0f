"""What the client makes of refusals, failures and silence. The transport is scripted; everything else is real."""

import http.client
import json
import ssl

import httplib2
import pytest
from google.auth.exceptions import RefreshError, TransportError

from sheets_agent.errors import (
    CredentialsError,
    InvalidRequest,
    PermissionDenied,
    QuotaExceeded,
    SheetsError,
    SheetsServerError,
    SheetsUnreachable,
    SpreadsheetNotFound,
)
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.sending import ATTEMPTS

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
OK = (200, {"spreadsheetId": ID}, {})


class ScriptedHttp:
    """Answers from a list, the last one again and again; exceptions are raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def request(self, uri, method="GET", body=None, headers=None, **_):
        self.sent.append((method, uri, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, content, more = answer
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return httplib2.Response({"status": str(status), "content-type": "application/json", **more}), data


def google_error(code, message, status="", **more):
    return (code, {"error": {"code": code, "message": message, "status": status, **more}}, {})


class Pauses:
    def __init__(self):
        self.seconds = []
        self.told = []

    def sleep(self, seconds):
        self.seconds.append(seconds)

    def on_wait(self, why, seconds):
        self.told.append((why, seconds))


def client_for(*answers, jitter=0.5, account=""):
    http_ = ScriptedHttp(*answers)
    pauses = Pauses()
    client = SheetsClient(http_, sleep=pauses.sleep, on_wait=pauses.on_wait, jitter=lambda: jitter, account=account)
    return client, http_, pauses


def error_of(call):
    with pytest.raises((SheetsError, CredentialsError)) as caught:
        call()
    assert str(caught.value)
    assert caught.value.hint
    return caught.value


# -------------------------------------------------------------------------------------------------- refusals


def test_not_found_names_the_spreadsheet_and_is_not_repeated():
    client, http_, _ = client_for(google_error(404, "Requested entity was not found.", "NOT_FOUND"))
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, SpreadsheetNotFound)
    assert ID in str(error)
    assert error.status == 404
    assert len(http_.sent) == 1


def test_permission_denied_says_whom_to_share_with():
    refusal = google_error(403, "The caller does not have permission", "PERMISSION_DENIED")
    client, http_, _ = client_for(refusal, account="robot@project.iam.gserviceaccount.com")
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, PermissionDenied)
    assert "robot@project.iam.gserviceaccount.com" in error.hint
    assert len(http_.sent) == 1


def test_permission_denied_without_a_known_account_names_the_command():
    client, _, _ = client_for(google_error(403, "The caller does not have permission", "PERMISSION_DENIED"))
    assert "sheets-agent auth" in error_of(lambda: client.get(ID)).hint


def test_invalid_credentials_are_a_permission_error():
    client, _, _ = client_for(google_error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"))
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, PermissionDenied)
    assert error.status == 401
    assert "sheets-agent auth" in error.hint


def test_an_api_that_is_switched_off_says_where_to_switch_it_on():
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
    client, _, _ = client_for(
        google_error(403, "Google Sheets API has not been used", "PERMISSION_DENIED", details=details)
    )
    assert "console.cloud.google.com" in error_of(lambda: client.get(ID)).hint


def test_a_missing_scope_says_how_to_sign_in_with_it():
    details = [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]
    refusal = google_error(403, "Request had insufficient authentication scopes.", "PERMISSION_DENIED", details=details)
    client, _, _ = client_for(refusal)
    assert "spreadsheets" in error_of(lambda: client.get(ID)).hint


def test_the_index_of_the_refused_request_is_told():
    message = "Invalid requests[3].updateSheetProperties: You can't hide all the sheets in a document."
    client, http_, _ = client_for(google_error(400, message, "INVALID_ARGUMENT"))
    error = error_of(lambda: client.batch_update(ID, [{}] * 4))
    assert isinstance(error, InvalidRequest)
    assert error.request_index == 3
    assert str(error) == message
    assert len(http_.sent) == 1


def test_a_bad_range_has_no_request_index():
    client, _, _ = client_for(google_error(400, "Unable to parse range: Nope!A1", "INVALID_ARGUMENT"))
    error = error_of(lambda: client.values(ID, "Nope!A1"))
    assert isinstance(error, InvalidRequest)
    assert error.request_index is None


def test_an_office_file_in_drive_says_what_to_do():
    refusal = google_error(400, "This operation is not supported for this document", "FAILED_PRECONDITION")
    client, _, _ = client_for(refusal)
    assert "Save as Google Sheets" in error_of(lambda: client.get(ID)).hint


# -------------------------------------------------------------------------------------------------- waiting

QUOTA = google_error(
    429,
    "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
    "'sheets.googleapis.com' for consumer 'project_number:1'.",
    "RESOURCE_EXHAUSTED",
)


def test_a_used_up_quota_is_waited_for_and_the_person_is_told():
    client, http_, pauses = client_for(QUOTA, QUOTA, OK)
    assert client.get(ID) == {"spreadsheetId": ID}
    assert len(http_.sent) == 3
    assert client.reads == 3
    assert pauses.seconds == [0.5, 1.0]
    assert [seconds for _, seconds in pauses.told] == pauses.seconds
    assert "read requests per minute per user" in pauses.told[0][0]


def test_retry_after_is_honoured():
    refusal = (QUOTA[0], QUOTA[1], {"retry-after": "30"})
    client, _, pauses = client_for(refusal, OK)
    client.get(ID)
    assert pauses.seconds == [30.5]


def test_nobody_waits_for_an_hour():
    client, http_, pauses = client_for((QUOTA[0], QUOTA[1], {"retry-after": "3600"}))
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, QuotaExceeded)
    assert error.retry_after == 3600
    assert len(http_.sent) == 1
    assert pauses.seconds == []


@pytest.mark.parametrize("text", ["soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_unusable_retry_after_is_ignored(text):
    client, _, pauses = client_for((QUOTA[0], QUOTA[1], {"retry-after": text}), OK)
    client.get(ID)
    assert pauses.seconds == [0.5]


def test_waiting_is_bounded():
    client, http_, pauses = client_for(QUOTA, jitter=1.0)
    assert isinstance(error_of(lambda: client.get(ID)), QuotaExceeded)
    assert len(http_.sent) == ATTEMPTS
    assert pauses.seconds == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]


def test_a_write_waits_for_the_quota_because_nothing_was_done():
    client, http_, _ = client_for(QUOTA, OK)
    client.batch_update(ID, [])
    assert len(http_.sent) == 2
    assert client.writes == 2


def test_the_older_quota_answer_is_a_quota_too():
    refusal = google_error(403, "Rate Limit Exceeded", errors=[{"reason": "rateLimitExceeded"}])
    client, http_, _ = client_for(refusal, OK)
    client.get(ID)
    assert len(http_.sent) == 2


# -------------------------------------------------------------------------------------------------- failures


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_reads_are_repeated_when_the_server_fails(status):
    client, http_, _ = client_for(google_error(status, "Internal error encountered."), OK)
    client.get(ID)
    assert len(http_.sent) == 2


def test_writes_are_not_repeated_when_the_server_fails():
    client, http_, _ = client_for(google_error(503, "The service is currently unavailable.", "UNAVAILABLE"))
    error = error_of(lambda: client.batch_update(ID, []))
    assert isinstance(error, SheetsServerError)
    assert "may or may not have landed" in str(error)
    assert len(http_.sent) == 1


def test_what_is_not_implemented_is_not_repeated():
    client, http_, _ = client_for(google_error(501, "The API does not do this.", "UNIMPLEMENTED"))
    with pytest.raises(SheetsServerError, match="does not do this"):
        client.get(ID)
    assert len(http_.sent) == 1


@pytest.mark.parametrize(
    "failure",
    [
        httplib2.ServerNotFoundError("Unable to find the server at sheets.googleapis.com"),
        TimeoutError("timed out"),
        ConnectionRefusedError(111, "Connection refused"),
        ConnectionResetError(104, "Connection reset by peer"),
        http.client.RemoteDisconnected("Remote end closed connection without response"),
        http.client.IncompleteRead(b"{"),
        ssl.SSLError(1, "certificate verify failed"),
        TransportError("no route"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_reads_are_repeated_when_nobody_answers(failure):
    client, http_, pauses = client_for(failure, OK)
    client.get(ID)
    assert len(http_.sent) == 2
    assert len(pauses.told) == 1
    client, http_, _ = client_for(failure)
    error = error_of(lambda: client.update_values(ID, "A1", [[1]]))
    assert isinstance(error, SheetsUnreachable)
    assert error.__cause__ is failure
    assert len(http_.sent) == 1


def test_a_write_that_never_left_says_so_by_silence():
    client, _, _ = client_for(httplib2.ServerNotFoundError("…"))
    assert "landed" not in str(error_of(lambda: client.batch_update(ID, [])))
    client, _, _ = client_for(TimeoutError())
    error = error_of(lambda: client.batch_update(ID, []))
    assert "may or may not have landed" in str(error)
    assert "look at the spreadsheet" in error.hint


def test_an_expired_sign_in_is_a_credentials_error():
    client, http_, _ = client_for(RefreshError("invalid_grant: Token has been expired or revoked."))
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, CredentialsError)
    assert "sheets-agent auth login" in error.hint
    assert len(http_.sent) == 1


def test_a_passing_trouble_with_the_token_is_repeated():
    client, http_, _ = client_for(RefreshError("internal_failure", retryable=True), OK)
    client.get(ID)
    assert len(http_.sent) == 2


def test_a_page_of_a_proxy_is_not_an_answer():
    client, _, _ = client_for((200, b"<html>Sign in to the hotel network</html>", {"content-type": "text/html"}))
    error = error_of(lambda: client.get(ID))
    assert isinstance(error, SheetsServerError)
    assert "proxy" in error.hint


def test_an_error_page_that_is_not_json_still_has_its_status():
    client, _, _ = client_for((403, b"<html>blocked</html>", {"content-type": "text/html"}))
    assert error_of(lambda: client.get(ID)).status == 403


def test_a_ctrl_c_is_nobodys_to_catch():
    class Interrupting:
        def request(self, *_, **__):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SheetsClient(Interrupting()).get(ID)


class LocalHttp(ScriptedHttp):
    def fork(self, spreadsheet_id):
        return self


def test_a_defect_of_the_local_api_is_told_as_such_and_not_waited_for():
    http_ = LocalHttp(google_error(500, "Internal error encountered: KeyError"))
    with pytest.raises(SheetsServerError, match="local Sheets API failed") as caught:
        SheetsClient(http_).get(ID)
    assert "report" in caught.value.hint
    assert len(http_.sent) == 1
