"""The local Sheets API over HTTP, on this machine only."""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.http_batch import batched
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.wire import Handle, error_answer

LOOPBACK = "127.0.0.1"
MOST_BYTES = 100 << 20
_LENGTH = re.compile(r"[0-9]+")
_DIGITS = 18


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many clients may connect at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """A running server: `url` is its root, `close()` stops it."""

    def __init__(self, handle: Handle, port: int) -> None:
        self._server = _Listener((LOOPBACK, port), _handler(handle))
        self.port: int = self._server.server_address[1]
        self.url = f"http://{LOOPBACK}:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="sheets-emulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(emulator: Emulator, port: int = 0, handle: Handle | None = None) -> Server:
    """Serve an emulator on 127.0.0.1, in threads of its own.

    Args:
        emulator: what answers.
        port: the port; 0 takes a free one.
        handle: what answers in its place: its own `handle` with faults, quotas or a recorder around it.

    Raises:
        OSError: the port is taken.
    """
    return Server(batched(handle or emulator.handle), port)


class _Handler(BaseHTTPRequestHandler):
    """Reads requests, and answers in Google's shape what is none."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300  # seconds that a client may keep a connection, or half a request, without a word

    def body(self) -> bytes | None:
        """The body of the request; None when it was refused, or is not to be answered."""
        length = self.headers.get("content-length") or "0"
        if self._host() not in (LOOPBACK, "localhost"):  # a web page that had its name resolve to this machine
            self.send_error(403, "This server answers to 127.0.0.1 and localhost only.")
        elif "transfer-encoding" in self.headers:
            self.send_error(411, "Send the body whole, with its Content-Length.")
        elif not _LENGTH.fullmatch(length):
            self.send_error(400, f"Invalid Content-Length: {length[:100]}")
        elif len(length) > _DIGITS or int(length) > MOST_BYTES:
            self.send_error(413, f"Request payload size exceeds the limit: {MOST_BYTES} bytes.")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True  # the client went away half-way: what came is not what it meant
        return None

    def _host(self) -> str | None:
        try:
            return urlsplit("//" + self.headers.get("host", "")).hostname
        except ValueError:
            return None

    def answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        """Send an answer, with its headers also where the request named no version."""
        self.request_version = self.protocol_version
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request; the rest of it is not read, so the connection ends."""
        self.close_connection = True
        status, headers, content = error_answer(ApiError(code, message or self.responses[code][0]))
        self.answer(status, {**headers, "connection": "close"}, content)

    def reset(self) -> None:
        """Drop the connection as a broken network does: with a reset, without a word."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the caller decides what is shown."""


def _handler(handle: Handle) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        def _respond(self) -> None:
            body = self.body()
            if body is None:
                return
            try:
                answer = handle(self.command, self.path, dict(self.headers), body)
            except ConnectionResetError:
                self.reset()
                return
            self.answer(*answer)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _respond

    return Handler
