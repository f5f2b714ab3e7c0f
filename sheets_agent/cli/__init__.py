"""The command line. Importing it loads click and nothing heavier: `--help` has to be quick."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import click

from sheets_agent import __version__
from sheets_agent.cli.actions import actions
from sheets_agent.cli.auth import auth
from sheets_agent.cli.clean import clean
from sheets_agent.cli.demo import demo
from sheets_agent.cli.describe import describe
from sheets_agent.cli.doctor import doctor
from sheets_agent.cli.emulator import emulator
from sheets_agent.cli.feedback import feedback
from sheets_agent.cli.mcp import mcp
from sheets_agent.cli.plan import plan
from sheets_agent.cli.resume import resume
from sheets_agent.cli.run import follow, run
from sheets_agent.cli.undo import history, undo
from sheets_agent.cli.users import users
from sheets_agent.errors import FileError, SheetsAgentError
from sheets_agent.printable import clean as clean_text
from sheets_agent.redaction import redacted

HELP = """
A language-model agent that does work in Google Sheets, and in .xlsx files when there is no account.

\b
  sheets-agent demo
  sheets-agent run sales.xlsx "Add a revenue column, and chart revenue by month"
  sheets-agent run https://docs.google.com/spreadsheets/d/<id>/edit "Build a pivot of revenue by region"
"""

EXIT_CODES = """\b
Exit codes:
  0    done (or a dry run, or the answer to a question about the set-up)
  1    a defect of sheets-agent itself
  2    the command, the spreadsheet's name or a setting is wrong
  3    a file cannot be read or written
  4    nobody is signed in to Google
  5    the Google Sheets API refused or failed
  6    the language model refused, failed, or gave no usable answer
  7    a question stands, and nobody is there to answer it
  8    you rejected the plan
  9    written, but errors or undone steps remain
  10   a guard blocked the task or an answer of the model
  11   the service where people are asked refused, or cannot be reached
  130  interrupted (Ctrl-C)
"""


_NOWHERE = logging.NullHandler()


class _Commands(click.Group):
    """Commands in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Commands,
    help=HELP,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, "-V", "--version", message="sheets-agent %(version)s")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
def cli(debug: bool) -> None:
    """The group that holds all commands."""


for _command in (
    run,
    follow,
    resume,
    history,
    undo,
    clean,
    describe,
    plan,
    feedback,
    actions,
    auth,
    doctor,
    demo,
    mcp,
    emulator,
    users,
):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    _print_everywhere(utf8="--json" in given)
    if not debug:  # what libraries log is for whoever looks for a defect
        logging.getLogger().addHandler(_NOWHERE)
    given = [word for word in given if word != "--debug"]  # understood in any place
    try:
        code = cli.main(args=given, prog_name="sheets-agent", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (BrokenPipeError, SystemExit):  # click raises SystemExit for a closed pipe, and for nothing else here
        _close_stdout()
        return 0
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SheetsAgentError as error:
        if debug:
            _tell_where(error)
        _tell(error)
        return error.exit_code
    except Exception as error:
        if debug:
            _tell_where(error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # such as that of what we print to
            _close_stdout()
            _tell(_disk_full(error))
            return FileError.exit_code
        _tell_defect(error)
        return 1


def _print_everywhere(utf8: bool) -> None:
    """Let a console or a pipe whose encoding has no Cyrillic or no ✓ show something in its place; JSON is UTF-8."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8" if utf8 else None, errors="backslashreplace")


def _tell_where(error: Exception) -> None:
    """The way to an error and to what it came from; a library's error may hold a key that was sent."""
    click.echo(_lines(redacted("".join(traceback.format_exception(error)))), err=True)


def _tell(error: SheetsAgentError) -> None:
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {_lines(str(error))}", err=True)
    for line in error.hint.splitlines():
        click.echo(f"  {clean_text(line)}", err=True)


def _lines(text: str) -> str:
    return "\n".join(clean_text(line) for line in text.splitlines())


def _disk_full(error: OSError) -> FileError:
    where = error.filename or "what this prints to"
    return FileError(f"No space is left for {where}.", "Free some, and run the same command again.")


def _tell_defect(error: Exception) -> None:
    text = clean_text(redacted(str(error)).splitlines()[0]) if str(error) else ""
    click.echo(
        f"{click.style('Defect in sheets-agent:', fg='red', bold=True)} {type(error).__name__}: {text}",
        err=True,
    )
    click.echo("  Run the same command with --debug to see where, and please report it.", err=True)


def _close_stdout() -> None:
    """Whoever read our output has gone, as `| head` does: end quietly, also in the interpreter's last flush."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
