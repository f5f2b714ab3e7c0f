"""The local Sheets API over HTTP, on this machine only."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sheets_agent.emulator.service import Emulator

LOOPBACK = "127.0.0.1"


class Server:
    """A running server: `url` is its root, `close()` stops it."""

    def __init__(self, emulator: Emulator, port: int) -> None:
        self._server = ThreadingHTTPServer((LOOPBACK, port), _handler(emulator))
        self._server.daemon_threads = True
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


def serve(emulator: Emulator, port: int = 0) -> Server:
    """Serve an emulator on 127.0.0.1, in threads of its own.

    Args:
        emulator: what answers.
        port: the port; 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    return Server(emulator, port)


def _handler(emulator: Emulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            length = self.headers.get("content-length") or "0"
            host = urlsplit("//" + self.headers.get("host", "")).hostname
            if host not in (LOOPBACK, "localhost"):  # a web page that had its own name resolve to this machine
                self.send_error(403, "This server answers to 127.0.0.1 and localhost only")
                return
            if not length.isdigit():
                self.send_error(400, "The content-length is not a number")
                return
            body = self.rfile.read(int(length))
            status, headers, content = emulator.handle(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _respond

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the caller decides what is shown."""

    return Handler
