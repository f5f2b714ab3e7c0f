"""`sheets-agent feedback`: what people said of the agent's work, as data."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(short_help="Make training data of what people said.")
def feedback() -> None:
    """What people said of the agent's work, recorded with `run --record FILE`, as data."""


@feedback.command(short_help="Turn feedback records into training data.")
@click.argument("records", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "shape",
    type=click.Choice(["supervised", "preference"]),
    required=True,
    help="supervised: a conversation with the accepted or edited answer a line; preference: a prompt with a chosen and "
    "a rejected answer a line.",
)
@click.option(
    "--by",
    type=click.Choice(["person", "model"]),
    default="person",
    show_default=True,
    help="Whose decisions count: people's, or those of the models that reflect on plans.",
)
def export(records: Path, output: Path, shape: str, by: str) -> None:
    """Turn the feedback RECORDS of a file written with --record into lines of training data in the file OUTPUT."""
    from sheets_agent.errors import UsageError
    from sheets_agent.feedback.export import preference, supervised, write_rows
    from sheets_agent.feedback.record_file import read_records

    found = list(read_records(records))
    if output.exists() and output.samefile(records):
        raise UsageError("The records would be written over.", "Name another file for the output.")
    rows = (supervised if shape == "supervised" else preference)(found, "person" if by == "person" else "model")
    written = write_rows(rows, output)
    click.echo(f"{written} {shape} pair{'s' * (written != 1)} of {len(found)} records are in {output}.")


@feedback.command(short_help="Fetch what people said in Argilla or Label Studio.")
@click.argument("address")
@click.argument("records", type=click.Path(dir_okay=False, path_type=Path))
def collect(address: str, records: Path) -> None:
    """Add what people said of models' calls at ADDRESS to the file RECORDS.

    ADDRESS is argilla://DATASET or label-studio://project/12. The calls are those that an ArgillaHandler or a
    LabelStudioHandler has put there. What is in the file already is not added again.
    """
    from sheets_agent.feedback.collecting import collected
    from sheets_agent.feedback.record_file import RecordFile, read_records

    found = list(collected(address))
    file = RecordFile(records)
    known = {record.id for record in read_records(records)}
    new = [record for record in found if record.id not in known]
    for record in new:
        file.append(record)
    click.echo(f"{len(new)} of {len(found)} judgements are new in {records}.")
