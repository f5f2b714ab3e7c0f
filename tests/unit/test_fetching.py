"""What actions fetch comes from one origin, or is refused in a sentence."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from sheets_agent.errors import ActionError
from sheets_agent.fetching import getter


@pytest.mark.parametrize(
    "answer",
    [
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http_is_refused_in_a_sentence(answer: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ActionError, match="cannot be reached"):
            getter(f"http://127.0.0.1:{server.getsockname()[1]}")("candles.json", {})
        thread.join(timeout=10)
