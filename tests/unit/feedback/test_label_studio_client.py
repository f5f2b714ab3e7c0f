import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from label_studio_server import FakeLabelStudio

from sheets_agent.errors import FeedbackError, FileError, UsageError
from sheets_agent.feedback.channel import Asked
from sheets_agent.feedback.channels import Place, opened
from sheets_agent.feedback.label_studio.channel import LabelStudioChannel
from sheets_agent.feedback.label_studio.client import LabelStudio
from sheets_agent.feedback.label_studio.configs import CONFIGS
from sheets_agent.redaction import redacted

PLACE = Place(client=None, spreadsheet_id="s")  # type: ignore[arg-type]
ASKED = Asked(id="r.1", kind="question", task="t", text="Which?")


@pytest.fixture
def server() -> Iterator[FakeLabelStudio]:
    with FakeLabelStudio() as fake:
        yield fake


@pytest.fixture
def client(server: FakeLabelStudio) -> LabelStudio:
    return LabelStudio(server.address, server.token)


@pytest.fixture
def environment(server: FakeLabelStudio, monkeypatch: pytest.MonkeyPatch) -> FakeLabelStudio:
    monkeypatch.setenv("LABEL_STUDIO_URL", server.address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.token)
    return server


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"<h1>Server Error</h1>", r"fails \(500\)\."),
        (502, b"", r"fails \(502\)\."),
        (429, b'{"detail": "Slow down."}', r"refuses this for project 1 \(429\): Slow down\."),
        (403, b'{"detail": "No."}', r"does not allow this for project 1: No\."),
        (400, b'{"validation_errors": {"a": ["x", {}], "b": ["y :: {cells}"]}}', r"\(400\): x; y\.$"),
        (400, b'["surprise"]', r"\(400\)\.$"),
        (404, b'{"detail": "No Project matches the given query."}', "has not got project 1"),
        (404, b"<!doctype html>", "does not speak as Label Studio does"),
        (200, b"<!doctype html>", "does not speak as Label Studio does"),
        (200, b'{"title": "no id"}', "GET /api/projects/1/ does not speak"),
        (200, b"\xff\xfe", "does not speak"),
        (302, b"", "sends on to"),
    ],
)
def test_whatever_else_is_answered_is_one_sentence(server, client, status: int, body: bytes, said: str):
    server.broken.append((status, "text/plain", body))
    with pytest.raises(FeedbackError, match=said) as caught:
        client.project(1)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_the_page_of_a_proxy_is_not_taken_for_a_task_that_is_gone(server, client):
    channel = LabelStudioChannel(client, "Reviews")
    reference = channel.post(ASKED)
    for call in (channel.replies, channel.withdraw):
        server.broken.append((404, "text/html", b"<!doctype html>"))
        with pytest.raises(FeedbackError, match="does not speak as Label Studio does"):
            call(ASKED, reference)
    assert channel.replies(ASKED, reference) == ()


def test_the_servers_own_words_are_cut(server, client):
    server.broken.append((400, "application/json", json.dumps({"detail": "x" * 5000}).encode()))
    with pytest.raises(FeedbackError) as caught:
        client.project(1)
    assert len(str(caught.value)) < 500


def test_a_token_that_the_server_repeats_is_not_shown(server, client):
    server.broken.append((400, "application/json", json.dumps({"detail": f"Bad {server.token}"}).encode()))
    with pytest.raises(FeedbackError) as caught:
        client.project(1)
    assert server.token not in str(caught.value)
    assert server.token not in repr(client)
    assert redacted(f"Token {server.token}") == "Token [secret]"


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(FeedbackError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        LabelStudio("http://127.0.0.1:9", "a" * 40, timeout=5).project(1)


def test_a_server_that_does_not_answer_is_not_waited_for():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(FeedbackError, match="does not answer in time"):
            LabelStudio(address, "a" * 40, timeout=0.05).project(1)


def test_an_access_token_that_has_expired_is_exchanged_again(server):
    server.personal.add("eyJh.personal.token")
    client = LabelStudio(server.address, "eyJh.personal.token")
    client.create_project("A title", CONFIGS["prompt"])
    assert client.project(1).title == "A title"
    exchanges = server.calls.count(("POST", "/api/token/refresh/"))
    server.expire()
    assert client.project(1).title == "A title"
    assert (exchanges, server.calls.count(("POST", "/api/token/refresh/"))) == (1, 2)


def test_a_personal_token_that_was_revoked_is_said(server):
    server.personal.add("eyJh.personal.token")
    client = LabelStudio(server.address, "eyJh.personal.token")
    assert client.find_project("none") is None
    server.personal.clear()
    server.expire()
    with pytest.raises(FeedbackError, match="does not accept the token"):
        client.find_project("none")


def test_an_exchange_that_fails_is_not_taken_for_a_wrong_token(server):
    client = LabelStudio(server.address, "eyJh.personal.token")
    server.broken.append((503, "text/html", b"busy"))
    with pytest.raises(FeedbackError, match=r"fails \(503\)"):
        client.find_project("none")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "labels.example.com",
        "ftp://labels.example.com",
        "http://",
        "http://u:p4ssw0rd@h",
        "http://h/?a=1",
        "http://h:port",
    ],
)
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(UsageError, match="is no address of Label Studio") as caught:
        LabelStudio(address, "a" * 40)
    assert "p4ssw0rd" not in str(caught.value)


@pytest.mark.parametrize("token", ["", " ", "two words", "a\nb", "ключ"])
def test_a_token_that_is_none_is_refused(token: str):
    with pytest.raises(UsageError, match="characters that no token has") as caught:
        LabelStudio("http://127.0.0.1", token)
    assert not token.strip() or token not in str(caught.value)


def test_a_server_below_a_path_is_spoken_to_there(server):
    client = LabelStudio(f"{server.address}/labels/", server.token)
    with pytest.raises(FeedbackError):
        client.project(1)
    assert server.calls == [("GET", "/labels/api/projects/1/")]
    assert client.page_of(1, 2) == f"{server.address}/labels/projects/1/data/?task=2"


@pytest.mark.parametrize("missing", ["LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"])
def test_what_is_not_set_is_said(environment, monkeypatch, missing: str):
    monkeypatch.setenv(missing, " ")
    with pytest.raises(UsageError, match="not known where Label Studio is") as caught:
        LabelStudio.from_environment()
    assert caught.value.hint.startswith(f"Set {missing}:")


@pytest.mark.parametrize(
    "url",
    [
        "label-studio://",
        "label-studio",
        "label-studio://project",
        "label-studio://project/",
        "label-studio://projects/12",
        "label-studio://project/%20",
        "label-studio://project/12?overlap=2",
        "label-studio://project/Reviews?",
        "label-studio://project/Reviews?2",
        "label-studio://project/Reviews?config=",
        "label-studio://project/Reviews?config=a.xml&config=b.xml",
        "label-studio://project/Reviews #2",
        "label-studio://[project/12",
    ],
)
def test_an_address_of_no_project_is_refused_with_one_that_is(environment, url: str):
    with pytest.raises(UsageError, match="no address of a project") as caught:
        opened(url, PLACE)
    assert "label-studio://project/12" in caught.value.hint
    assert environment.calls == []


@pytest.mark.parametrize("title", ["Отзывы #2?", "a/b", "9" * 40])
def test_a_title_may_have_any_characters(environment, title: str):
    opened(f"label-studio://project/{quote(title)}", PLACE).post(ASKED)
    assert environment.projects[1]["title"] == title


def test_people_whom_the_server_does_not_name_are_people_each(server, client):
    channel = LabelStudioChannel(client, "Reviews", overlap=2)
    reference = channel.post(ASKED)
    server.users[0] = None
    for number, words in enumerate(("Net", "Gross"), 1):
        marked = {"from_name": "answer", "type": "textarea", "value": {"text": [words]}}
        server.annotations[number] = {
            "id": number,
            "task": 1,
            "result": [marked],
            "completed_by": 0,
            "was_cancelled": False,
            "updated_at": "2026-01-01T00:00:00Z",
        }
    assert [(reply.who, reply.answer) for reply in channel.replies(ASKED, reference)] == [("", "Net"), ("", "Gross")]


def test_a_configuration_comes_from_a_file(environment, tmp_path: Path):
    config = tmp_path / "mine.xml"
    config.write_text(CONFIGS["feedback"].replace("<View>", "<View><Header value='Мой'/>"), encoding="utf-8")
    opened(f"label-studio://project/Mine?config={config}", PLACE).post(ASKED)
    assert "Мой" in environment.projects[1]["label_config"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_configuration_that_cannot_be_read_is_said(environment, tmp_path: Path, content: bytes | None):
    config = tmp_path / "mine.xml"
    if content is not None:
        config.write_bytes(content)
    with pytest.raises(FileError, match="cannot be read"):
        opened(f"label-studio://project/Mine?config={config}", PLACE)


def test_a_bad_configuration_is_refused_before_anything_is_asked(environment, tmp_path: Path):
    config = tmp_path / "mine.xml"
    config.write_text("<View", encoding="utf-8")
    with pytest.raises(FeedbackError, match="unclosed token"):
        opened(f"label-studio://project/Mine?config={config}", PLACE)


def test_opening_puts_nothing_on_the_server(environment):
    opened("label-studio://project/Reviews", PLACE)
    assert environment.projects == {}


def test_two_processes_that_ask_the_same_at_once_keep_one_task(server, client):
    class Slow(LabelStudio):
        def import_tasks(self, project, tasks):
            client.import_tasks(project, tasks)  # the other process was a moment faster
            super().import_tasks(project, tasks)

    channel = LabelStudioChannel(Slow(server.address, server.token), "Reviews")
    assert channel.post(ASKED) == "1/1"
    assert list(server.tasks) == [1]


def test_a_task_that_is_not_shown_at_once_is_said_to_be_on_its_way(server, client):
    class Background(LabelStudio):
        def import_tasks(self, project, tasks):
            """As the Enterprise edition does it."""

    channel = LabelStudioChannel(Background(server.address, server.token), "Reviews")
    with pytest.raises(FeedbackError, match="does not show it yet"):
        channel.post(ASKED)


@pytest.mark.parametrize("reference", ["", "12", "1/2/3", "a/b", "1/-2", "/1"])
def test_a_reference_that_is_none_is_refused(client, reference: str):
    channel = LabelStudioChannel(client, "Reviews")
    with pytest.raises(FeedbackError, match="is no task in Label Studio"):
        channel.where(reference)


@pytest.mark.parametrize("rating", [6, -1, 2.5, "many"])
def test_a_rating_that_is_none_is_refused(server, client, rating: object):
    channel = LabelStudioChannel(client, "Reviews")
    asked = Asked(id="r.2", kind="result", task="t", text="Done")
    reference = channel.post(asked)
    marked = {"from_name": "rating", "type": "rating", "value": {"rating": rating}}
    server.annotations[1] = {
        "id": 1,
        "task": 1,
        "result": [marked],
        "completed_by": 1,
        "was_cancelled": False,
        "updated_at": "2026-01-01T00:00:00Z",
    }
    with pytest.raises(FeedbackError, match="Annotation 1 in Label Studio has the rating"):
        channel.replies(asked, reference)
