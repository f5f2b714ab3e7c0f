"""The local Sheets API over HTTP, on this machine only."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sheets_agent.emulator.http_batch import batched
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.wire import Handle

LOOPBACK = "127.0.0.1"
MOST_BYTES = 100 << 20


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


def _handler(handle: Handle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 300  # seconds that a client may keep a connection, or half a request, without a word

        def _respond(self) -> None:
            length = self.headers.get("content-length") or "0"
            host = urlsplit("//" + self.headers.get("host", "")).hostname
            if host not in (LOOPBACK, "localhost"):  # a web page that had its own name resolve to this machine
                self.send_error(403, "This server answers to 127.0.0.1 and localhost only")
                return
            if not length.isdigit() or "transfer-encoding" in self.headers:
                self._refuse(411, "Send the body whole, with its content-length")
                return
            if int(length) > MOST_BYTES:
                self._refuse(413, "The body is larger than Google takes")
                return
            body = self.rfile.read(int(length))
            try:
                status, headers, content = handle(self.command, self.path, dict(self.headers), body)
            except ConnectionResetError:
                self._reset()
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _refuse(self, status: int, message: str) -> None:
            """Answer without having read the body, after which the connection is of no use."""
            self.close_connection = True
            self.send_error(status, message)

        def _reset(self) -> None:
            """Drop the connection as a broken network does: with a reset, without a word."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _respond

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the caller decides what is shown."""

    return Handler
