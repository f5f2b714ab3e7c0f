"""`sheets-agent demo`: the whole agent on an embedded workbook."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Show the whole agent at work, with no account and no model.")
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="The folder for the files it makes.",
)
def demo(output: Path) -> int:
    """Show the whole agent at work on a small company's workbook.

    The language model's replies are prepared; everything else is live: sampling, checks, trying the plan, writing,
    reading back, repairing a mistake, and saving.
    """
    from sheets_agent.demo.show import show

    return show(output)
