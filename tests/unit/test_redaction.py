import json

import pytest

from sheets_agent.redaction import MARK, cause_of, learn, redacted

KEY = "hush-hush-0123456789"


@pytest.fixture(autouse=True)
def _no_secrets_of_the_machine(monkeypatch):
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {})
    monkeypatch.setattr("sheets_agent.redaction._learnt", set())


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "GIGACHAT_CREDENTIALS", "MY_TOKEN", "DB_PASSWORD", "X_SECRET_OLD"])
def test_a_value_of_the_environment_whose_name_says_it(monkeypatch, name):
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {name: KEY})
    assert redacted(f"sent {KEY}!") == f"sent {MARK}!"


@pytest.mark.parametrize("name", ["MONKEYS", "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "PATH", "KEYBOARD"])
def test_other_values_stay(monkeypatch, name):
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {name: KEY})
    assert redacted(KEY) == KEY


def test_the_path_of_a_key_is_no_secret_and_short_values_are_words(monkeypatch, tmp_path):
    path = tmp_path / "key.json"
    path.touch()
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": str(path), "SOME_TOKEN": "sheet"}
    monkeypatch.setattr("sheets_agent.redaction.os.environ", environment)
    assert redacted(f"sheet {path}") == f"sheet {path}"


def test_a_secret_with_quotes_and_lines_in_json_and_in_an_address(monkeypatch):
    key = 'a"b\nc/d+0123456789'
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {"A_KEY": key})
    assert redacted(json.dumps({"sent": key})) == json.dumps({"sent": MARK})
    assert redacted("?key=a%22b%0Ac%2Fd%2B0123456789&x") == f"?key={MARK}&x"


def test_a_password_in_a_proxys_address(monkeypatch):
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {"https_proxy": "http://me:p%40ssw0rd!@proxy:3128"})
    assert redacted("p@ssw0rd!") == MARK
    assert redacted("Proxy-Authorization: Basic bWU6cEBzc3cwcmQh") == f"Proxy-Authorization: Basic {MARK}"
    assert redacted("cannot reach http://you:other@proxy:3128/x") == f"cannot reach http://{MARK}@proxy:3128/x"


def test_credential_files_that_were_read():
    learn({"installed": {"client_secret": KEY, "client_id": "id-0123456789"}})
    learn({"type": "service_account", "private_key": f"-----\n{'A' * 64}\n-----\n"})
    assert redacted(f"{KEY} id-0123456789 {'A' * 64}") == f"{MARK} id-0123456789 {MARK}"


@pytest.mark.parametrize(
    "token",
    [
        "ya29.a0AfH6SMB-x_y.z", "1//0gabcdefghijklmnopqrstuv", "GOCSPX-abc_def", "AIzaSyA0123456789012345678901234567",
        "sk-proj-abcdefghijklmnop", "eyJhbGciOi.eyJpc3MiOi.c2ln",
        "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_tokens_of_known_forms(token):
    assert redacted(f"got {token}, then") == f"got {MARK}, then"


@pytest.mark.parametrize(
    "text",
    ["Missing bearer authentication in the header", "=A1//B2", "risk-assessment-of-the-project", "https://x.ru/a:b@c"],
)
def test_plain_text_stays(text):
    assert redacted(text) == text


def test_a_cause_that_tells_a_secret_is_replaced_however_deep_it_stands(monkeypatch):
    monkeypatch.setattr("sheets_agent.redaction.os.environ", {"A_KEY": KEY})
    plain = ValueError("no")
    assert cause_of(plain) is plain
    deep = LookupError("outer")
    deep.__cause__ = ValueError(f"inner {KEY}")
    found = cause_of(deep)
    assert (type(found), str(found), found.__cause__) == (RuntimeError, "LookupError: outer", None)
