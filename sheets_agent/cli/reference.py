"""The page about the command line: every command's own `--help`.

python -m sheets_agent.cli.reference docs/cli.md            write it
python -m sheets_agent.cli.reference docs/cli.md --check    fail when it is stale
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from sheets_agent.cli import cli
from sheets_agent.generated import write_or_check

WIDTH = 110

_HEAD = """# The command line

What `sheets-agent --help` and `sheets-agent COMMAND --help` print, written from them (`make docs`).
"""


def commands(group: click.Group = cli, name: str = "sheets-agent") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, a group before its commands."""
    yield name, group
    context = click.Context(group, info_name=name)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        elif command is not None:
            yield f"{name} {word}", command


def help_of(name: str, command: click.Command) -> str:
    """What the command prints for `--help`."""
    context = click.Context(command, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def page() -> str:
    """The page as Markdown."""
    parts = [f"## {name}\n\n```text\n{help_of(name, command)}\n```\n" for name, command in commands()]
    return "\n".join([_HEAD, *parts])


def main(arguments: list[str]) -> int:
    """Write or check the page. Returns the exit code."""
    return write_or_check("sheets_agent.cli.reference", page, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
