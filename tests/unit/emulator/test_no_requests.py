"""What is sent to the served API and is no request is answered in Google's shape too."""

import json
import socket

import pytest

from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator

HOST = b"Host: localhost\r\n"
CREATE = b"POST /v4/spreadsheets HTTP/1.1\r\n" + HOST


@pytest.fixture(scope="module")
def server():
    with serve(Emulator()) as serving:
        yield serving


def sent(server, content):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


@pytest.mark.parametrize(
    ("content", "code", "status", "said"),
    [
        (CREATE + b"Content-Length: -1\r\n\r\n", 400, "INVALID_ARGUMENT", "Invalid Content-Length: -1"),
        (CREATE + b"Content-Length: ten\r\n\r\n", 400, "INVALID_ARGUMENT", "Invalid Content-Length: ten"),
        (CREATE + b"Content-Length: \xb2\r\n\r\n", 400, "INVALID_ARGUMENT", "Invalid Content-Length: ²"),
        (CREATE + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", 413, "INVALID_ARGUMENT", "exceeds the limit"),
        (CREATE + b"Content-Length: 999999999\r\n\r\n", 413, "INVALID_ARGUMENT", "exceeds the limit"),
        (CREATE + b"Transfer-Encoding: chunked\r\n\r\n", 411, "INVALID_ARGUMENT", "with its Content-Length"),
        (b"hello\r\n\r\n", 400, "INVALID_ARGUMENT", "Bad request syntax"),
        (b"GET / HTTP/x\r\n\r\n", 400, "INVALID_ARGUMENT", "Bad request version"),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 505, "UNIMPLEMENTED", "Invalid HTTP version"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, "INVALID_ARGUMENT", "Too Long"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431, "INVALID_ARGUMENT", "Line too long"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431, "INVALID_ARGUMENT", "Too many headers"),
        (b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n", 501, "UNIMPLEMENTED", "Unsupported method"),
        (b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 403, "PERMISSION_DENIED", "localhost only"),
        (b"GET / HTTP/1.1\r\nHost: [\r\n\r\n", 403, "PERMISSION_DENIED", "localhost only"),
        (b"GET /nothing HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n", 404, "NOT_FOUND", "has no GET /nothing"),
    ],
)
def test_the_answer_is_an_error_in_json(server, content, code, status, said):
    head, _, body = sent(server, content).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % code)
    assert b"content-type: application/json; charset=UTF-8" in head
    error = json.loads(body)["error"]
    assert (error["code"], error["status"]) == (code, status)
    assert said in error["message"]


def test_half_a_body_is_not_taken_for_a_whole_one(server):
    assert sent(server, CREATE + b"Content-Length: 10\r\n\r\n{}") == b""
    listing = sent(server, b"GET /drive/v3/files HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
    assert json.loads(listing.partition(b"\r\n\r\n")[2])["files"] == []


def test_a_head_has_no_body(server):
    assert sent(server, b"HEAD / HTTP/1.1\r\n" + HOST + b"\r\n").endswith(b"connection: close\r\n\r\n")
