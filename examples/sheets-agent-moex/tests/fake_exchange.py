"""A fake of the exchange's candles on this machine."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

COLUMNS = ["open", "close", "high", "low", "value", "volume", "begin", "end"]


class Exchange:
    """What it answers, and what it was asked.

    Attributes:
        days: how many candles there are.
        asked: the paths and parameters of all requests.
        body: answered in place of candles, where it is set.
        status: the HTTP status.
    """

    def __init__(self) -> None:
        self.days = 3
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.body: bytes | None = None
        self.status = 200
        self.headers: dict[str, str] = {}
        self.text: Any = None
        self.origin = ""

    def answer(self, path: str) -> bytes:
        parts = urlsplit(path)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((parts.path, parameters))
        if self.body is not None:
            return self.body
        first = int(parameters["start"])
        rows = [self._candle(day) for day in range(first, min(self.days, first + 500))]
        return json.dumps({"candles": {"columns": COLUMNS, "data": rows}}).encode()

    def _candle(self, day: int) -> list[Any]:
        at = datetime.date(2010, 1, 1) + datetime.timedelta(days=day)
        close = 100.5 + day if self.text is None else self.text
        return [100 + day, close, 102 + day, 99.25 + day, 1e9, 1000, f"{at} 00:00:00", f"{at} 23:59:59"]


@contextmanager
def exchange() -> Iterator[Exchange]:
    """The fake, served."""
    fake = Exchange()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = fake.answer(self.path)
            self.send_response(fake.status)
            for name, value in fake.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.origin = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
