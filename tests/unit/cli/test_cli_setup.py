"""`actions`, `auth`, `doctor` and `emulator`."""

import json
import signal
import subprocess
import sys

import httplib2
import openpyxl
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import field_roles
from sheets_agent.cli import main
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.settings import config_file
from sheets_agent.sheets.client import SheetsClient

EMAIL = "robot@project.iam.gserviceaccount.com"
SECRET = "hunter2"


@pytest.fixture
def key(tmp_path):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "key.json"
    info = {"type": "service_account", "client_email": EMAIL, "private_key": private.decode(),
            "token_uri": "https://oauth2.googleapis.com/token"}  # fmt: skip
    path.write_text(json.dumps(info))
    return path


# -------------------------------------------------------------------------------------------------- actions


def test_every_action_is_listed(capsys):
    assert main(["actions"]) == 0
    listed = capsys.readouterr().out
    assert all(f"\n{kind} " in f"\n{listed}" for kind in ACTIONS)


@pytest.mark.parametrize("kind", list(ACTIONS))
def test_one_action_with_its_fields_and_a_valid_example(kind, capsys):
    assert main(["actions", kind]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in field_roles(ACTIONS[kind]))
    example = json.loads(told.split("\nExample: ")[1])
    assert ACTIONS[kind].model_validate(example).kind == kind


def test_actions_for_a_machine(capsys):
    assert main(["actions", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(ACTIONS)
    assert main(["actions", "sort_range", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["kind"]["const"] == "sort_range"


# -------------------------------------------------------------------------------------------------- auth


def test_a_service_account_is_set_up_shown_and_forgotten(key, capsys):
    assert main(["auth", "service-account", str(key)]) == 0
    told = capsys.readouterr().out
    assert f"Share each spreadsheet with {EMAIL}" in told
    assert main(["auth"]) == 0
    assert EMAIL in capsys.readouterr().out
    assert main(["auth", "logout"]) == 0
    assert main(["auth"]) == 4
    assert "PRIVATE KEY" not in told + capsys.readouterr().out


def test_login_needs_the_file_of_a_client(capsys, tmp_path):
    assert main(["auth", "login"]) == 2
    path = tmp_path / "client.json"
    path.write_text('{"web": {}}')
    assert main(["auth", "login", "--client-secrets", str(path)]) == 4
    assert "Desktop app" in capsys.readouterr().err


# -------------------------------------------------------------------------------------------------- doctor


def report(capsys, *options):
    code = main(["doctor", "--json", *options])
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert code == (1 if any(finding["state"] == "missing" for finding in findings.values()) else 0)
    return findings


def test_a_bare_machine_is_told_what_to_type(capsys):
    findings = report(capsys)
    assert findings["python"]["state"] == "ok"
    assert findings["google"]["state"] == "optional"
    assert "sheets-agent auth" in findings["google"]["todo"]
    assert findings["model"]["state"] == "missing"
    assert "GIGACHAT_CREDENTIALS" in findings["model"]["todo"]
    assert "GIGACHAT_CA_BUNDLE_FILE" in findings["gigachat certificate"]["todo"]


def test_a_machine_that_is_set_up_and_no_secret_is_told(capsys, monkeypatch, key, tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", SECRET)
    monkeypatch.setenv("GIGACHAT_CA_BUNDLE_FILE", str(bundle))
    monkeypatch.setenv("SHEETS_AGENT_SERVICE_ACCOUNT", str(key))
    findings = report(capsys)
    assert {findings[name]["state"] for name in ("google", "model", "gigachat certificate", "prompts")} == {"ok"}
    assert "GIGACHAT_CREDENTIALS set" in findings["model"]["detail"]
    assert main(["doctor"]) == 0
    told = json.dumps(findings) + capsys.readouterr().out
    assert SECRET not in told
    assert "PRIVATE KEY" not in told
    assert EMAIL in told


def test_a_certificate_that_is_not_there_or_not_verified(capsys, monkeypatch):
    monkeypatch.setenv("GIGACHAT_CA_BUNDLE_FILE", "/no/such.pem")
    assert report(capsys)["gigachat certificate"]["state"] == "missing"
    monkeypatch.setenv("GIGACHAT_VERIFY_SSL_CERTS", "False")
    assert report(capsys)["gigachat certificate"]["state"] == "warning"


def test_models_of_roles_are_checked_each(capsys, monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_MODEL", "openai:gpt-5")
    monkeypatch.setenv("SHEETS_AGENT_MODELS", '{"planner": "frobozz", "executor": "openai:gpt-5-mini"}')
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    findings = report(capsys)
    assert findings["model"]["state"] == "ok"
    assert findings["model of executor"]["state"] == "ok"
    assert findings["model of planner"]["state"] == "missing"
    assert "gigachat certificate" not in findings


def test_a_broken_configuration_is_a_finding(capsys):
    config_file().parent.mkdir(parents=True)
    config_file().write_text("model = ")
    findings = report(capsys)
    assert findings["settings"]["state"] == "missing"
    assert str(config_file()) in findings["settings"]["detail"]


def test_prompts_that_are_not_there(capsys, monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_PROMPTS", "/no/such/folder")
    assert report(capsys)["prompts"]["state"] == "missing"


def test_prompts_that_would_be_refused_are_told(capsys, monkeypatch, tmp_path):
    (tmp_path / "planner.md").write_text("Plan well.")
    monkeypatch.setenv("SHEETS_AGENT_PROMPTS", str(tmp_path))
    finding = report(capsys)["prompts"]
    assert finding["state"] == "missing"
    assert "does not have a “## system”" in finding["detail"]


def test_online_asks_the_api(capsys, monkeypatch):
    with serve(Emulator()) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        assert report(capsys, "--online")["sheets api"]["state"] == "ok"


def test_online_with_nobody_signed_in(capsys):
    assert report(capsys, "--online")["sheets api"]["state"] == "missing"


# -------------------------------------------------------------------------------------------------- emulator


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_emulator_serves_files_until_it_is_interrupted(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["=6*7"])
    book.save(tmp_path / "answer.xlsx")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sheets_agent", "emulator", str(tmp_path / "answer.xlsx"), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        spreadsheet_id = process.stdout.readline().split(": ")[1].strip()
        address = process.stdout.readline().split(" is at ")[1].split(" ")[0]
        http = httplib2.Http()
        client = SheetsClient(http, endpoint=address.rstrip("/"))
        assert client.values(spreadsheet_id, "A1") == [["42"]]
        http.close()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert told == ""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_emulator_ends_at_once_when_asked_twice(number):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sheets_agent", "emulator", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        process.stdout.readline()
        process.send_signal(number)
        process.send_signal(number)
        _, told = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in (0, -number)
    assert told == ""


def served(path, *options):
    """What A1 of a file shows, served with some options."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sheets_agent", "emulator", str(path), "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        spreadsheet_id = process.stdout.readline().split(": ")[1].strip()
        address = process.stdout.readline().split(" is at ")[1].split(" ")[0]
        http = httplib2.Http()
        shown = SheetsClient(http, endpoint=address.rstrip("/")).values(spreadsheet_id, "A1")
        http.close()
        return shown[0][0]
    finally:
        process.kill()
        process.communicate()


def test_the_emulator_has_the_clock_and_the_chance_that_it_is_given(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(['=TEXT(TODAY(),"yyyy-mm-dd ")&RANDBETWEEN(1,1000000)'])
    book.save(tmp_path / "drawn.xlsx")
    options = ("--clock", "2031-05-05T23:00+00:00", "--seed", "7")
    first = served(tmp_path / "drawn.xlsx", *options)
    assert first.startswith("2031-05-05 ")
    assert first == served(tmp_path / "drawn.xlsx", *options)
    assert first != served(tmp_path / "drawn.xlsx", *options[:3], "8")


def test_a_clock_that_tells_no_time(capsys):
    assert main(["emulator", "--clock", "noon"]) == 2
    assert "--clock" in capsys.readouterr().err


def test_a_port_that_is_taken(capsys):
    with serve(Emulator()) as server:
        assert main(["emulator", "--port", str(server.port)]) == 2
    assert "--port" in capsys.readouterr().err
