"""The command line as a person meets it: help, exit codes, errors, pipes, interruptions."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import pytest

from sheets_agent import errors
from sheets_agent.cli import EXIT_CODES, cli, main

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
HEAVY = ("pydantic", "rich", "googleapiclient", "httplib2", "langchain_core", "langgraph", "openpyxl", "ironcalc")


@pytest.fixture
def command(monkeypatch):
    """Adds a command with a given body to the command line."""

    def add(body):
        monkeypatch.setitem(cli.commands, "probe", click.Command("probe", callback=body))
        return ["probe"]

    return add


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)


# -------------------------------------------------------------------------------------------------- help


def test_help_lists_the_commands_and_the_exit_codes(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in ("run", "describe", "plan", "actions", "auth", "doctor", "demo", "emulator"):
        assert re.search(rf"^  {name} ", text, re.MULTILINE)
    assert "130" in text


@pytest.mark.parametrize("name", list(cli.commands))
def test_every_command_has_help(name, capsys):
    assert main([name, "--help"]) == 0
    assert "Usage: sheets-agent" in capsys.readouterr().out


def test_the_documented_exit_codes_are_the_ones_of_the_errors():
    documented = {int(code) for code in re.findall(r"^  (\d+) ", EXIT_CODES, re.MULTILINE)}
    classes = [item for item in vars(errors).values() if isinstance(item, type)]
    assert {item.exit_code for item in classes} <= documented


def test_help_imports_nothing_heavy():
    code = "import sys, sheets_agent.cli as c; c.main(['--help']); sys.stderr.write(' '.join(sys.modules))"
    done = python("-c", code)
    assert done.returncode == 0
    assert set(HEAVY) & set(done.stderr.split()) == set()


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("sheets-agent ")


# -------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["run", "sales.xlsx", ""], 2, "The task is empty."),
        (["run", "sales.xlsx", " \n "], 2, "The task is empty."),
        (["plan", "sales.xlsx", ""], 2, "The task is empty."),
        (["run"], 2, "Missing argument"),
        (["frobnicate"], 2, "No such command"),
        (["run", "sales.xlsx", "x", "--approve", "maybe"], 2, "maybe"),
        (["run", "sales.xlsx", "x", "--samples", "0"], 2, "0"),
        (["plan", "sales.xlsx", "x", "--reflectors", "action,taste"], 2, "taste"),
        (["run", "sales.xlsx", "x", "--prompts", "nowhere"], 2, "nowhere"),
        (["run", "sales", "x"], 2, "neither a spreadsheet id nor"),
        (["run", "sales.xlsx", "x"], 3, "There is no file"),
        (["describe", "sales.xlsx"], 3, "There is no file"),
        (["run", ID, "x"], 4, "Nobody is signed in"),
        (["auth"], 4, "Nobody is signed in"),
        (["auth", "service-account", "no.json"], 4, "does not exist"),
        (["actions", "fly"], 2, "There is no action"),
        (["emulator", "no.xlsx"], 3, "There is no file"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_an_exit_code(arguments, code, sentence, capsys):
    assert main(arguments) == code
    told = capsys.readouterr()
    assert sentence in told.out + told.err
    assert "Traceback" not in told.err


def test_an_error_comes_with_what_to_do_and_stdout_stays_empty(capsys):
    assert main(["run", ID, "x", "--json"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "sheets-agent auth login" in told.err


def test_a_wrong_setting_is_told(capsys, monkeypatch):
    monkeypatch.setenv("SHEETS_AGENT_APPROVE", "sometimes")
    assert main(["run", "sales.xlsx", "x"]) == 2
    assert "SHEETS_AGENT_APPROVE" in capsys.readouterr().err


@pytest.mark.parametrize("place", [0, 1])
def test_debug_shows_where_an_error_comes_from(command, place, capsys):
    def fail():
        raise errors.FileError("no") from LookupError("deeper")

    arguments = command(fail)
    arguments.insert(place, "--debug")
    assert main(arguments) == 3
    told = capsys.readouterr().err
    assert "LookupError: deeper" in told
    assert ", in fail" in told
    assert told.endswith("Error: no\n")


def test_a_defect_is_told_as_such(command, capsys):
    def fail():
        raise LookupError("first line\nsecond line")

    assert main(command(fail)) == 1
    told = capsys.readouterr().err
    assert "LookupError: first line" in told
    assert "--debug" in told
    assert "second line" not in told


@pytest.mark.parametrize("kind", [KeyboardInterrupt, click.Abort])
def test_an_interruption(command, kind, capsys):
    def interrupted():
        raise kind

    assert main(command(interrupted)) == 130
    assert "Interrupted." in capsys.readouterr().err


def test_an_interruption_while_the_program_is_loaded():
    code = """
        import sys
        class Interrupted:
            def find_spec(self, name, path, target=None):
                if name == "sheets_agent.cli":
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Interrupted())
        from sheets_agent.__main__ import main
        sys.exit(main())
    """
    done = python("-c", textwrap.dedent(code))
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_what_is_printed_is_no_defect():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "sheets_agent", "actions"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert done.stderr.decode().startswith("Error: No space is left for what this prints to.")
    assert len(done.stderr.splitlines()) == 2


def test_the_exit_code_of_a_command_is_given_on(command):
    assert main(command(lambda: 9)) == 9
    assert main(command(lambda: None)) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m sheets_agent actions --json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX redirections")
@pytest.mark.parametrize("stream", ["0<&-", "1>&-", "2>&-"])
def test_a_closed_stream_is_no_defect(stream):
    code = "from sheets_agent.cli.asking import somebody_there; raise SystemExit(40 + somebody_there())"
    assert subprocess.run(["bash", "-c", f"{sys.executable} -c '{code}' {stream}"], timeout=60).returncode == 40
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m sheets_agent run no.xlsx - {stream}"], timeout=60)
    assert done.returncode == 2


def test_an_encoding_without_the_letters_is_no_defect():
    body = "lambda: click.echo('✓ Да')"
    code = f"import click, sheets_agent.cli as c; c.cli.add_command(click.Command('probe', callback={body}))"
    done = python("-c", f"{code}; c.main(['probe'])", env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert done.stdout == r"\u2713 \u0414\u0430" + "\n", done.stderr


def test_json_is_utf8_whatever_the_encoding():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "sheets_agent", "actions", "--json"], capture_output=True, env=environment
    )
    assert len(json.loads(done.stdout.decode("utf-8"))) > 30


def test_the_module_runs():
    assert python("-m", "sheets_agent", "run", "no.xlsx", "x").returncode == 3


def test_a_task_can_come_from_standard_input():
    done = python("-m", "sheets_agent", "run", "no.xlsx", "-", input="Sort it\n")
    assert done.returncode == 3
    done = python("-m", "sheets_agent", "run", "no.xlsx", "-", input="\n")
    assert done.returncode == 2


def test_a_task_on_standard_input_that_is_no_text():
    command = [sys.executable, "-m", "sheets_agent", "run", "no.xlsx", "-"]
    done = subprocess.run(command, input=b"\xff\xfe", capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"not readable text" in done.stderr
