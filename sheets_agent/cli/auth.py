"""`sheets-agent auth`: who is signed in to Google, and how to sign in."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(invoke_without_command=True, short_help="Show or change who is signed in to Google.")
@click.pass_context
def auth(ctx: click.Context) -> int:
    """Show who is signed in to Google, or sign in. Only access to spreadsheets is asked for."""
    if ctx.invoked_subcommand is not None:
        return 0
    from sheets_agent import settings as all_settings
    from sheets_agent.sheets.auth import HOW_TO_SIGN_IN, find

    found = find(all_settings.load())
    if found is None:
        click.echo(f"Nobody is signed in to Google. Files (.xlsx, .csv) need no sign-in.\n{HOW_TO_SIGN_IN}")
        return 4
    click.echo(f"Signed in with {found.source}.")
    if found.account:
        _say_share(found.account)
    return 0


@auth.command(short_help="Sign in with your own Google account, through the browser.")
@click.option(
    "--client-secrets",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The JSON of an OAuth client of type “Desktop app”, from https://console.cloud.google.com/auth/clients.",
)
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The loopback port Google redirects to.")
def login(client_secrets: Path, no_browser: bool, port: int) -> None:
    """Sign in with your own Google account. The token is kept in your configuration folder, for you alone to read."""
    from sheets_agent.sheets import auth as signing_in

    found = signing_in.login(client_secrets, open_browser=not no_browser, port=port)
    click.echo(f"Signed in with {found.source}.")


@auth.command("service-account", short_help="Sign in with a service account's key.")
@click.argument("key", type=click.Path(path_type=Path))
def use_service_account(key: Path) -> None:
    """Sign in with the service account whose key is the file KEY. The file stays where it is."""
    from sheets_agent.sheets.auth import keep_key

    found = keep_key(key)
    click.echo(f"Signed in with {found.source}.")
    _say_share(found.account)


@auth.command(short_help="Forget the kept sign-in.")
def logout() -> None:
    """Forget the kept sign-in. Keys and environment variables of yours are not touched."""
    from sheets_agent.sheets import auth as signing_in

    click.echo("The sign-in is forgotten." if signing_in.logout() else "There was no kept sign-in.")


def _say_share(account: str) -> None:
    click.echo(f"Share each spreadsheet with {account} as an Editor.")
