"""Planted secrets are looked for in everything that runs write: whole graphs, failing providers, logs at DEBUG."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sqlite3
import threading
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from protocol_gigachat import GIGACHAT_KEY
from protocol_server import ProtocolServer
from scenario import TASK, good_run, workbook

from sheets_agent import SheetsAgent
from sheets_agent.cli import main
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.errors import SheetsAgentError
from sheets_agent.settings import config_dir, load
from sheets_agent.sheets import auth

ID = "1" + "a" * 43
PASSWORD = "proxy-p4ssword"
PLANTED = {
    "OPENAI_API_KEY": "sk-proj-Plant3dOpenAIKey0123456789",
    "ANTHROPIC_API_KEY": "sk-ant-Plant3dAnthropicKey01234",
    "GIGACHAT_PASSWORD": "Plant3dGigaChatPassword",
    "LANGSMITH_API_KEY": "lsv2_Plant3dLangSmith_0123456789",
    "GOOGLE_API_KEY": "AIzaPlant3dGoogleKey0123456789012345678",
}
REFRESH, CLIENT, ACCESS = "1//Plant3dRefreshToken0123456789", "GOCSPX-Plant3dClient", "ya29.Plant3dAccessToken"


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch, no_model_environment: None) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPENAI_LOG", "debug")


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return workbook(tmp_path / "sales.xlsx")


class Echo:
    """A server that refuses everything, and repeats in its error what it was sent, as careless ones do."""

    def __init__(self) -> None:
        self.status = 401
        self.asked: list[str] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                kept = {name: value for name, value in self.headers.items() if "auth" in name.lower()}
                said = f"{' '.join(f'{name}: {value}' for name, value in kept.items())} {unquote(body)[:3000]}"
                echo.asked.append(said)
                error = {"message": said, "code": "invalid_api_key", "error_description": said}
                data = json.dumps({"error": error, "message": said, "error_description": said}).encode()
                self.send_response(echo.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def leaks(tmp_path: Path, capfd: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run the command line, and fail where a secret turns up in what it wrote; gives what it told."""
    monkeypatch.setenv("SHEETS_AGENT_DATA_DIR", str(tmp_path / "data"))
    caplog.set_level(logging.DEBUG)

    def run(*arguments: str, code: int, secrets: tuple[str, ...] = ()) -> str:
        given = {path: path.read_bytes() for path in _files(tmp_path)} if code else {}
        assert main(list(arguments)) == code
        told = capfd.readouterr()
        written = {"stdout": told.out, "stderr": told.err, "logs": caplog.text}
        places = [*_files(tmp_path), *_files(config_dir())]
        written |= {
            str(path): _readable(path)
            for path in places
            if given.get(path) != path.read_bytes() and path != auth.kept_file()
        }
        for secret in (*PLANTED.values(), *secrets):
            for form in (secret, json.dumps(secret)[1:-1], secret[: len(secret) // 2 + 4]):
                found = [place for place, text in written.items() if form in text]
                assert not found, f"{secret} is in {found}"
        return told.out + told.err

    return run


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def _readable(path: Path) -> str:
    """What a file holds, and what is packed inside it."""
    values: list[Any] = [path.read_bytes()]
    if values[0].startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            values += [
                value for name in names for row in connection.execute(f'SELECT * FROM "{name}"') for value in row
            ]
    return "\n".join(_unpacked(value) if isinstance(value, bytes) else str(value) for value in values)


def _unpacked(value: bytes) -> str:
    if value.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(value)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    try:
        return zlib.decompress(value).decode(errors="replace")
    except zlib.error:
        return value.decode(errors="replace")


def _leak_into_a_text(folder: Path, secret: str) -> None:
    (folder / "leaked.txt").write_text(secret)


def _leak_into_a_database(folder: Path, secret: str) -> None:
    with closing(sqlite3.connect(folder / "leaked.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE kept (body BLOB)")
        connection.execute("INSERT INTO kept VALUES (?)", (zlib.compress(f"key {secret} ".encode() * 9),))


def _leak_into_a_workbook(folder: Path, secret: str) -> None:
    with zipfile.ZipFile(folder / "leaked.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", f"key {secret} " * 9)


@pytest.mark.parametrize("leak", [_leak_into_a_text, _leak_into_a_database, _leak_into_a_workbook])
def test_the_search_finds_a_secret_that_is_there(leaks: Callable[..., str], sales: Path, leak: Any) -> None:
    leak(sales.parent, PLANTED["OPENAI_API_KEY"])
    with pytest.raises(AssertionError, match="is in"):
        leaks("actions", code=0)


def test_a_whole_run_with_everything_on_record(
    leaks: Callable[..., str], gigachat_server: ProtocolServer, sales: Path
) -> None:
    gigachat_server.script(*good_run())
    record = ["--trace", "trace", "--record", "records.jsonl", "--log-json", "log.jsonl", "--json", "--debug"]
    told = leaks(
        "run", "sales.xlsx", TASK, "--model", "gigachat:GigaChat-2-Max", *record, code=0, secrets=(GIGACHAT_KEY,)
    )
    assert '"status": "done"' in told
    assert _files(sales.parent / "data"), "a run leaves a journal"
    assert len(_files(sales.parent / "trace")) == 3
    assert TASK in (sales.parent / "records.jsonl").read_text()


def test_the_journal_of_a_live_run_and_the_checkpoints_of_one_that_waits(
    leaks: Callable[..., str], openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai_server.script(*good_run(), *good_run()[:2])
    keys = (os.environ["OPENAI_API_KEY"],)
    emulator = Emulator()
    place = emulator.add(open_file(sales).workbook).spreadsheet_id
    run = ["run", place, TASK, "--model", "openai:gpt-test"]
    with serve(emulator) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        leaks(*run, "--approve", "never", code=0, secrets=keys)
        leaks(*run[:1], str(sales), *run[2:], "--approve", "always", code=7, secrets=keys)
    assert place in _readable(sales.parent / "data" / "journal.sqlite")
    assert TASK in _readable(sales.parent / "data" / "runs.sqlite")


@pytest.mark.parametrize("debug", [(), ("--debug",)])
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413])
@pytest.mark.parametrize("model", ["openai:gpt-test", "gigachat:GigaChat-2-Max"])
def test_a_provider_that_repeats_the_key(
    leaks: Callable[..., str],
    echo: Echo,
    sales: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    status: int,
    debug: tuple[str, ...],
) -> None:
    echo.status = status
    key = base64.b64encode(b"planted-client:planted-s3cret").decode()
    for name, value in {
        "OPENAI_BASE_URL": f"{echo.url}/v1",
        "GIGACHAT_BASE_URL": f"{echo.url}/api/v1",
        "GIGACHAT_AUTH_URL": f"{echo.url}/api/v2/oauth",
        "GIGACHAT_CREDENTIALS": key,
    }.items():
        monkeypatch.setenv(name, value)
    record = ["--trace", "trace", "--log-json", "log.jsonl", *debug]
    told = leaks("run", "sales.xlsx", TASK, "--model", model, *record, code=6, secrets=(key,))
    sent = PLANTED["OPENAI_API_KEY"] if model.startswith("openai") else key
    assert any(sent in said for said in echo.asked), "the server was not asked with the key"
    assert "[secret]" in told or "used up" in told
    assert [path.name for path in sales.parent.glob("*.xlsx")] == ["sales.xlsx"]


def test_what_python_callers_catch_tells_no_key(echo: Echo, sales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{echo.url}/v1")
    with pytest.raises(SheetsAgentError) as caught:
        SheetsAgent(load(model="openai:gpt-test")).run(str(sales), TASK)
    told = "".join(traceback.format_exception(caught.value))
    assert "Incorrect" not in told
    assert PLANTED["OPENAI_API_KEY"] not in told
    assert "AuthenticationError" in told, "where the failure came from is still told"


def test_a_proxy_that_repeats_its_password(
    leaks: Callable[..., str], echo: Echo, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo.status = 407
    monkeypatch.setenv("HTTP_PROXY", f"http://somebody:{PASSWORD}@127.0.0.1:{echo.port}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://api.example.invalid/v1")
    sent = base64.b64encode(f"somebody:{PASSWORD}".encode()).decode()
    leaks("run", "sales.xlsx", TASK, "--model", "openai:gpt-test", "--debug", code=6, secrets=(PASSWORD, sent))
    assert any(sent in said for said in echo.asked)


@pytest.mark.parametrize("debug", [(), ("--debug",)])
@pytest.mark.parametrize("kind", ["kept", "service account"])
def test_a_token_endpoint_that_repeats_what_it_was_sent(
    leaks: Callable[..., str],
    echo: Echo,
    sales: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    debug: tuple[str, ...],
) -> None:
    echo.status = 400
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    formats = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(*formats).decode()
    account = {"type": "service_account", "client_email": "robot@x.iam.gserviceaccount.com", "private_key": pem}
    account |= {"private_key_id": "0123456789abcdef", "token_uri": f"{echo.url}/token"}
    person = {"type": "authorized_user", "client_id": "id", "client_secret": CLIENT, "refresh_token": REFRESH}
    person |= {"token": ACCESS, "expiry": "2020-01-01T00:00:00Z", "token_uri": f"{echo.url}/token"}
    config_dir().mkdir(parents=True, exist_ok=True)
    if kind == "kept":
        auth.kept_file().write_text(json.dumps(person))
        monkeypatch.setattr("sheets_agent.sheets.auth.UserCredentials.from_authorized_user_info", _with_its_uri)
    else:
        path = sales.parent / "key.json"
        path.write_text(json.dumps(account))
        monkeypatch.setenv("SHEETS_AGENT_SERVICE_ACCOUNT", str(path))
    monkeypatch.setenv("OPENAI_BASE_URL", f"{echo.url}/v1")
    secrets = (REFRESH, CLIENT, ACCESS, pem.splitlines()[3], "0123456789abcdef")
    told = leaks("run", ID, TASK, "--model", "openai:gpt-test", *debug, code=4, secrets=secrets)
    assert "Error:" in told
    assert echo.asked, "no token was asked for"


def _with_its_uri(info: dict[str, Any], scopes: list[str]) -> Any:
    """google-auth takes Google's own address whatever the file says; the test needs the file's."""
    from google.oauth2.credentials import Credentials

    fields = {name: info[name] for name in ("token", "refresh_token", "token_uri", "client_id", "client_secret")}
    return Credentials(**fields, scopes=scopes, expiry=datetime(2020, 1, 1))  # google-auth compares naive UTC times
