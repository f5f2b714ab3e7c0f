import json
import os
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheets_agent.errors import CredentialsError, SheetsUnreachable
from sheets_agent.settings import config_dir, load
from sheets_agent.sheets import auth

EMAIL = "robot@project.iam.gserviceaccount.com"
SECRET = "very-secret"


@pytest.fixture(scope="module")
def key_info():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "type": "service_account", "client_email": EMAIL, "private_key": pem, "private_key_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token", "project_id": "project",
    }  # fmt: skip


@pytest.fixture
def key(tmp_path, key_info):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key_info))
    return path


def keep(info):
    config_dir().mkdir(parents=True, exist_ok=True)
    auth.kept_file().write_text(json.dumps(info))


def user_info(**more):
    return {"type": "authorized_user", "client_id": "id", "client_secret": SECRET, "refresh_token": SECRET, **more}


# -------------------------------------------------------------------------------------------------- where from


def test_nobody_is_signed_in():
    assert auth.find(load()) is None
    with pytest.raises(CredentialsError) as caught:
        auth.sign_in(load())
    assert "sheets-agent auth login --client-secrets" in caught.value.hint
    assert "sheets-agent auth service-account" in caught.value.hint


def test_a_service_account_named_in_the_settings(key):
    found = auth.find(load(service_account=key))
    assert found.account == EMAIL
    assert str(key) in found.source
    assert list(found.credentials.scopes) == ["https://www.googleapis.com/auth/spreadsheets"]


def test_a_service_account_named_in_our_environment(key, monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_SERVICE_ACCOUNT", str(key))
    assert auth.find(load()).account == EMAIL


def test_a_service_account_named_in_googles_environment(key, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    found = auth.find(load())
    assert found.account == EMAIL
    assert "GOOGLE_APPLICATION_CREDENTIALS" in found.source


def test_a_person_named_in_googles_environment(tmp_path, monkeypatch):
    path = tmp_path / "adc.json"
    path.write_text(json.dumps(user_info()))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    assert auth.find(load()).credentials.refresh_token == SECRET


def test_gclouds_default_credentials_come_last(tmp_path, monkeypatch):
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    auth.gcloud_file().write_text(json.dumps(user_info()))
    assert "gcloud" in auth.find(load()).source
    keep(user_info(client_id="kept"))
    assert auth.find(load()).kept


def test_the_setting_comes_before_the_environment_and_the_kept_sign_in(key, tmp_path, monkeypatch):
    other = tmp_path / "other.json"
    other.write_text(json.dumps(user_info()))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(other))
    keep(user_info())
    assert auth.find(load(service_account=key)).account == EMAIL
    assert str(other) in auth.find(load()).source


# -------------------------------------------------------------------------------------------------- what is wrong


def error_of(call):
    with pytest.raises(CredentialsError) as caught:
        call()
    assert SECRET not in str(caught.value) + caught.value.hint
    assert caught.value.hint
    return caught.value


def test_a_key_that_is_not_there(tmp_path):
    assert "does not exist" in str(error_of(lambda: auth.from_key(tmp_path / "no.json")))


def test_a_key_that_is_not_json(tmp_path):
    path = tmp_path / "key.json"
    path.write_text("-----BEGIN PRIVATE KEY-----")
    assert "not JSON" in str(error_of(lambda: auth.from_key(path)))


def test_a_list_is_no_key(tmp_path):
    path = tmp_path / "key.json"
    path.write_text("[]")
    error_of(lambda: auth.from_key(path))


def test_an_oauth_client_in_the_place_of_a_key_says_where_it_goes(tmp_path):
    path = tmp_path / "client.json"
    path.write_text(json.dumps({"installed": {"client_secret": SECRET}}))
    assert "auth login --client-secrets" in error_of(lambda: auth.from_key(path)).hint


def test_a_damaged_key(tmp_path, key_info):
    path = tmp_path / "key.json"
    path.write_text(json.dumps({**key_info, "private_key": SECRET}))
    assert "damaged" in str(error_of(lambda: auth.from_key(path)))


def test_a_damaged_kept_sign_in():
    keep({"type": "authorized_user"})
    assert "damaged" in str(error_of(lambda: auth.find(load())))


def test_a_folder_in_the_place_of_a_key(tmp_path):
    assert "cannot be read" in str(error_of(lambda: auth.from_key(tmp_path)))


# -------------------------------------------------------------------------------------------------- keeping


def test_a_kept_key_is_remembered_by_its_place_only(key):
    assert auth.keep_key(key).account == EMAIL
    assert "private_key" not in auth.kept_file().read_text()
    found = auth.find(load())
    assert (found.account, found.kept) == (EMAIL, True)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_can_read_what_is_kept(key):
    old = os.umask(0)
    try:
        auth.keep_key(key)
    finally:
        os.umask(old)
    assert stat.S_IMODE(auth.kept_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(config_dir().stat().st_mode) == 0o700
    assert [path.name for path in config_dir().iterdir()] == ["google.json"]


def test_logout_forgets(key):
    assert auth.logout() is False
    auth.keep_key(key)
    assert auth.logout() is True
    assert auth.find(load()) is None
    assert key.exists()


def test_a_place_that_cannot_be_written(key, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SHEETS_AGENT_CONFIG_DIR", str(tmp_path / "file" / "folder"))
    assert "SHEETS_AGENT_CONFIG_DIR" in error_of(lambda: auth.keep_key(key)).hint


# -------------------------------------------------------------------------------------------------- over the network


class TokenServer:
    """Google's token endpoint on loopback."""

    def __init__(self, answer, status=200):
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/token"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def token_server():
    started = []

    def start(answer, status=200):
        started.append(TokenServer(answer, status))
        return started[-1]

    yield start
    for server in started:
        server.close()


def expired(url):
    past = datetime.now(UTC) - timedelta(hours=1)
    return user_info(token="old", token_uri=url, expiry=past.strftime("%Y-%m-%dT%H:%M:%SZ"))


@pytest.fixture
def token_uri(monkeypatch):
    """google-auth takes the address of the token endpoint from its own constant."""

    def use(url):
        monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", url)

    return use


def test_a_token_that_ran_out_is_renewed_and_kept(token_server, token_uri):
    server = token_server({"access_token": "new", "expires_in": 3600, "token_type": "Bearer"})
    token_uri(server.url)
    keep(expired(server.url))
    assert auth.sign_in(load()).credentials.token == "new"
    assert server.asked[0]["refresh_token"] == SECRET
    assert auth.sign_in(load()).credentials.token == "new"
    assert len(server.asked) == 1


def test_a_sign_in_that_was_revoked(token_server, token_uri):
    server = token_server({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
    token_uri(server.url)
    keep(expired(server.url))
    error = error_of(lambda: auth.sign_in(load()))
    assert "expired or was revoked" in str(error)
    assert "7 days" in error.hint


def test_no_network_while_renewing(token_uri):
    token_uri("http://127.0.0.1:9/token")
    keep(expired("http://127.0.0.1:9/token"))
    with pytest.raises(SheetsUnreachable):
        auth.sign_in(load())


# -------------------------------------------------------------------------------------------------- signing in


@pytest.fixture
def client_secrets(tmp_path):
    def write(token_url, kind="installed"):
        path = tmp_path / "client.json"
        path.write_text(
            json.dumps(
                {
                    kind: {
                        "client_id": "id",
                        "client_secret": SECRET,
                        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                        "token_uri": token_url,
                        "redirect_uris": ["http://localhost"],
                    }
                }
            )
        )
        return path

    return write


class Browser:
    """Somebody at a browser, who agrees or not."""

    def __init__(self, error=""):
        self.error = error
        self.visited = []

    def open(self, url, **_):
        self.visited.append(url)
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        answer = f"error={self.error}" if self.error else f"code=code&scope={query['scope']}"
        target = f"{query['redirect_uri']}?state={query['state']}&{answer}"
        threading.Thread(target=lambda: urlopen(target).close(), daemon=True).start()
        return True


@pytest.fixture
def browser(monkeypatch):
    def use(person):
        monkeypatch.setattr("webbrowser.get", lambda *_: person)
        return person

    return use


def test_signing_in_through_the_browser(token_server, client_secrets, browser, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the token endpoint of this test has no certificate
    server = token_server(
        {"access_token": "new", "refresh_token": "lasting", "expires_in": 3600, "token_type": "Bearer",
         "scope": "https://www.googleapis.com/auth/spreadsheets"}
    )  # fmt: skip
    person = browser(Browser())
    auth.login(client_secrets(server.url))
    asked = parse_qs(urlsplit(person.visited[0]).query)
    assert asked["scope"] == ["https://www.googleapis.com/auth/spreadsheets"]
    assert asked["access_type"] == ["offline"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert "code_verifier" in server.asked[0]
    assert json.loads(auth.kept_file().read_text())["refresh_token"] == "lasting"
    assert stat.S_IMODE(auth.kept_file().stat().st_mode) == 0o600
    assert auth.find(load()).credentials.token == "new"


def test_a_person_who_does_not_agree(token_server, client_secrets, browser):
    browser(Browser(error="access_denied"))
    error = error_of(lambda: auth.login(client_secrets("https://oauth2.googleapis.com/token")))
    assert "did not sign you in" in str(error)
    assert not auth.kept_file().exists()


def test_nobody_agrees_in_time(client_secrets, browser):
    class Absent:
        def open(self, *_, **__):
            return True

    browser(Absent())
    error = error_of(lambda: auth.login(client_secrets("https://oauth2.googleapis.com/token"), seconds=1))
    assert "within 1 seconds" in str(error)


def test_a_client_of_the_wrong_type(client_secrets):
    error = error_of(lambda: auth.login(client_secrets("https://oauth2.googleapis.com/token", kind="web")))
    assert "Desktop app" in str(error)


def test_a_client_file_that_is_not_there():
    error_of(lambda: auth.login(Path("no-such-file.json")))
