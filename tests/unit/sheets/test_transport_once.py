"""A write goes out once, whatever the connection does. Against a real socket that breaks."""

import contextlib
import socket
import threading

import pytest

from sheets_agent.sheets.transport import CarefulHttp


class BreakingServer:
    """Reads one request per connection and hangs up; from request `answers_from` on it answers."""

    def __init__(self, answers_from):
        self.requests = []
        self._answers_from = answers_from
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536)
                if not request:  # connected, and never asked
                    continue
                self.requests.append(request.split(b" ", 1)[0].decode())
                if len(self.requests) >= self._answers_from:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    def close(self):
        with contextlib.suppress(OSError):  # macOS refuses; Linux needs it to wake the accepting thread
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(1)


@pytest.fixture
def breaking():
    servers = []

    def start(answers_from):
        servers.append(BreakingServer(answers_from))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_is_sent_once(breaking, method):
    server = breaking(answers_from=2)
    http = CarefulHttp(timeout=5)
    with pytest.raises(ConnectionError):
        http.request(server.url, method, body=b"{}")
    http.close()
    assert server.requests == [method]


def test_a_read_may_be_sent_again(breaking):
    server = breaking(answers_from=2)
    http = CarefulHttp(timeout=5)
    response, content = http.request(server.url)
    http.close()
    assert (response.status, content) == (200, b"{}")
    assert server.requests == ["GET", "GET"]


def test_a_long_read_that_travels_as_a_post_is_a_read(breaking):
    server = breaking(answers_from=2)
    http = CarefulHttp(timeout=5)
    response, _ = http.request(server.url, "POST", body=b"", headers={"x-http-method-override": "GET"})
    http.close()
    assert response.status == 200
    assert server.requests == ["POST", "POST"]


def test_a_write_that_works_gives_its_answer(breaking):
    server = breaking(answers_from=1)
    http = CarefulHttp(timeout=5)
    response, content = http.request(server.url, "POST", body=b"{}")
    http.close()
    assert (response.status, content) == (200, b"{}")
