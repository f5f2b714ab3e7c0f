"""Checkpoints in PostgreSQL, for servers: the extra `postgres`.

Runs and the threads of the LangGraph server have a schema each, made when it is not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sheets_agent.errors import UsageError
from sheets_agent.redaction import redacted

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from psycopg import Connection

RUNS, SERVER = "sheets_agent_runs", "sheets_agent_server"
PATIENCE = 10
"""Seconds to wait for the database to answer."""
_LOCK = 7_308_901_546_229_418
"""The advisory lock under which tables are made: any number that nobody else takes."""
_POLL = 0.1
_prepared: set[tuple[str, str]] = set()
_preparing = threading.Lock()


@contextmanager
def saver_in(address: str, serde: SerializerProtocol) -> Iterator[BaseCheckpointSaver[Any]]:
    """The store of runs in a database, open while the block runs.

    Raises:
        UsageError: the extra is not installed, or the database cannot be used.
    """
    prepare(address, RUNS)
    from langgraph.checkpoint.postgres import PostgresSaver

    with _connected(address, RUNS) as connection:
        yield PostgresSaver(connection, serde=serde)


@asynccontextmanager
async def server_saver_in(address: str, kind: type[AsyncPostgresSaver]) -> AsyncIterator[AsyncPostgresSaver]:
    """The store of the server's threads, over a pool of connections; `prepare` comes before it."""
    from psycopg_pool import AsyncConnectionPool

    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        address, kwargs=_options(SERVER), open=False, check=AsyncConnectionPool.check_connection
    )
    async with pool:
        yield kind(pool)


def prepare(address: str, schema: str) -> None:
    """Make the tables, or bring them up to date: once in a process, and by one process at a time.

    Raises:
        UsageError: the extra is not installed, or the database cannot be used.
    """
    with _preparing:
        if (address, schema) in _prepared:
            return
        with _connected(address, schema) as connection:
            from langgraph.checkpoint.postgres import PostgresSaver

            until = time.monotonic() + PATIENCE
            # waiting inside a statement would hold a snapshot, for which indexes built concurrently wait in turn
            while not _locked(connection):
                if time.monotonic() > until:
                    raise UsageError("Another process has been changing the database's tables for too long.")
                time.sleep(_POLL)
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            PostgresSaver(connection).setup()
        _prepared.add((address, schema))


def _locked(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS taken", (_LOCK,)).fetchone()
    return bool(row and row["taken"])


def _options(schema: str) -> dict[str, Any]:
    from psycopg.rows import dict_row

    return {
        "autocommit": True,
        "prepare_threshold": 0,
        "row_factory": dict_row,
        "connect_timeout": PATIENCE,
        "options": f"-c search_path={schema}",
    }


@contextmanager
def _connected(address: str, schema: str) -> Iterator[Connection[Any]]:
    try:
        import psycopg
    except ImportError as error:
        raise UsageError(
            "The library for PostgreSQL is not installed.", "Type: pip install 'sheets-agent[postgres]'"
        ) from error
    try:
        with psycopg.Connection.connect(address, **_options(schema)) as connection:
            yield connection
    except psycopg.Error as error:
        reason = redacted(" ".join(str(error).split()))
        raise UsageError(
            f"The PostgreSQL database cannot be used: {reason}.", "Look at the address in SHEETS_AGENT_DATABASE."
        ) from error
