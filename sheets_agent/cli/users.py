"""`sheets-agent users`: who may use the LangGraph server, and with what role."""

from __future__ import annotations

import sys

import click

from sheets_agent.cli.options import Function

ROLES = ("viewer", "editor", "admin")


@click.group(short_help="Who may use the LangGraph server.")
def users() -> None:
    """Users of the LangGraph server: viewers ask, editors write what they have approved, administrators do everything.

    They are kept in the data folder, which the server shares.
    """


def _password_option(command: Function) -> Function:
    return click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")(command)


_name = click.argument("name")
_role = click.argument("role", type=click.Choice(ROLES))


@users.command(short_help="Add a user.")
@_name
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What they may do.")
@_password_option
def add(name: str, role: str, password_stdin: bool) -> None:
    """Add the user NAME. The password is asked for, twice."""
    from sheets_agent.server.users import Users

    user = Users().add(name, role, _password(password_stdin))
    click.echo(f"Added {user.name}, {user.role}.")


@users.command("list", short_help="Who there is.")
def list_users() -> None:
    """List the users and their roles."""
    from sheets_agent.server.users import Users

    found = Users().all()
    for user in found:
        click.echo(f"{user.name}  {user.role}")
    if not found:
        click.echo("There are no users. Add one: sheets-agent users add NAME --role admin")


@users.command(short_help="Take a user away.")
@_name
def remove(name: str) -> None:
    """Take the user NAME away, and end their sessions."""
    from sheets_agent.server.users import Users

    Users().remove(name)
    click.echo(f"Removed {name}.")


@users.command(short_help="Give a user another role.")
@_name
@_role
def role(name: str, role: str) -> None:
    """Give the user NAME the ROLE, from their next request on."""
    from sheets_agent.server.users import Users

    Users().set_role(name, role)
    click.echo(f"{name} is {role} now.")


@users.command(short_help="Give a user another password.")
@_name
@_password_option
def password(name: str, password_stdin: bool) -> None:
    """Give the user NAME another password, and end their sessions."""
    from sheets_agent.server.users import Users

    Users().set_password(name, _password(password_stdin))
    click.echo(f"{name} has another password, and is logged out everywhere.")


@users.command(short_help="Issue a token for scripts and chat clients.")
@_name
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long it is good.")
def token(name: str, days: int) -> None:
    """Print a token that speaks for the user NAME. It cannot be shown again; `revoke` ends it."""
    from sheets_agent.errors import UsageError
    from sheets_agent.server.tokens import Sessions
    from sheets_agent.server.users import Users

    user = Users().find(name)
    if user is None:
        raise UsageError(f"There is no user {name}.", "See who there is: sheets-agent users list")
    click.echo(Sessions().issue(user, days))


@users.command(short_help="End all sessions of a user.")
@_name
def revoke(name: str) -> None:
    """Revoke every token of the user NAME."""
    from sheets_agent.server.tokens import Sessions

    click.echo(f"Sessions ended: {Sessions().end_all(name)}.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
