"""Google's quotas, by an injected clock."""

import json

import pytest

from sheets_agent.emulator.quota import Quota


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ask(emulator, clock):
    identifier = emulator.create("Budget").spreadsheet_id
    quota = Quota(emulator.handle, clock=clock)

    def ask(kind="read", user="a", count=1):
        headers = {"Authorization": f"Bearer {user}"}
        for _ in range(count):
            if kind == "read":
                answer = quota("GET", f"/v4/spreadsheets/{identifier}/values/A1", headers, b"")
            elif kind == "search":
                body = b'{"dataFilters": [{"a1Range": "A1"}]}'
                answer = quota("POST", f"/v4/spreadsheets/{identifier}/values:batchGetByDataFilter", headers, body)
            elif kind == "drive":
                answer = quota("GET", "/drive/v3/files", headers, b"")
            else:
                answer = quota("POST", f"/v4/spreadsheets/{identifier}/values/A1:clear", headers, b"")
        return answer

    return ask


def test_a_user_has_sixty_reads_and_sixty_writes_a_minute(ask, clock):
    assert ask("read", count=60)[0] == 200
    status, _, body = ask("read")
    error = json.loads(body)["error"]
    assert (status, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"] == (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:100000000000'."
    )
    [info] = error["details"]
    assert info["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerUser"
    assert ask("search")[0] == 429, "a read sent with POST is a read"
    assert ask("write", count=60)[0] == 200
    assert ask("write")[0] == 429
    assert ask("read", user="b")[0] == 200
    assert ask("drive", count=100)[0] == 200
    clock.now += 60
    assert ask("read")[0] == 200


def test_a_project_has_three_hundred(ask, clock):
    for user in "abcde":
        assert ask("read", user=user, count=60)[0] == 200
    status, _, body = ask("read", user="f")
    assert status == 429
    assert "limit 'Read requests per minute' of service" in json.loads(body)["error"]["message"]
    assert ask("write", user="f")[0] == 200


def test_what_is_refused_does_not_count(ask, clock):
    ask("read", count=60)
    clock.now += 30
    assert ask("read", count=50)[0] == 429
    clock.now += 30
    assert ask("read", count=60)[0] == 200


def test_users_are_told_apart_by_quota_user_first(emulator, clock):
    quota = Quota(emulator.handle, clock=clock, per_user=1)
    identifier = emulator.create("Budget").spreadsheet_id
    for user in "ab":
        assert quota("GET", f"/v4/spreadsheets/{identifier}?quotaUser={user}", {}, b"")[0] == 200
    assert quota("GET", f"/v4/spreadsheets/{identifier}?quotaUser=a", {"authorization": "x"}, b"")[0] == 429
