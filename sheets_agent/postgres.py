"""Checkpoints in PostgreSQL, for servers: the extra `postgres`.

Runs and the threads of the LangGraph server have a schema each, made when it is not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sheets_agent.errors import UsageError
from sheets_agent.redaction import redacted

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata
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


class _Text:
    """A text on its way to the database, which would keep it as JSON: without its class, and not with a NUL in it."""

    def __init__(self, value: str) -> None:
        self.value = value


def _as_values(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint whose texts are kept as other values are, so that an enumeration comes back as one."""
    values = checkpoint["channel_values"].items()
    return {
        **checkpoint,
        "channel_values": {name: _Text(value) if isinstance(value, str) else value for name, value in values},
    }


class _Serializer:
    """A serializer that knows `_Text`; nothing of it is in what is kept."""

    def __init__(self, kept: SerializerProtocol) -> None:
        self._kept = kept

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        return self._kept.dumps_typed(obj.value if isinstance(obj, _Text) else obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return self._kept.loads_typed(data)


@contextmanager
def saver_in(address: str, serde: SerializerProtocol) -> Iterator[BaseCheckpointSaver[Any]]:
    """The store of runs in a database, open while the block runs.

    Raises:
        UsageError: the extra is not installed, or the database cannot be used.
    """
    prepare(address, RUNS)
    from langgraph.checkpoint.postgres import PostgresSaver

    class Saver(PostgresSaver):
        def put(
            self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new: ChannelVersions
        ) -> RunnableConfig:
            return super().put(config, _as_values(checkpoint), metadata, new)

    with _connected(address, RUNS) as connection:
        yield Saver(connection, serde=_Serializer(serde))


@asynccontextmanager
async def server_saver_in(address: str, deleted: Callable[[str], Awaitable[None]]) -> AsyncIterator[AsyncPostgresSaver]:
    """The store of the server's threads, over a pool of connections; `prepare` comes before it.

    Args:
        address: of the database.
        deleted: told of every thread that was deleted.
    """
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from psycopg_pool import AsyncConnectionPool

    class Saver(AsyncPostgresSaver):
        async def aput(
            self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new: ChannelVersions
        ) -> RunnableConfig:
            return await super().aput(config, _as_values(checkpoint), metadata, new)

        async def adelete_thread(self, thread_id: str) -> None:
            await super().adelete_thread(thread_id)
            await deleted(thread_id)

    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        address, kwargs=_options(SERVER), open=False, check=AsyncConnectionPool.check_connection
    )
    async with pool:
        yield Saver(pool, serde=_Serializer(JsonPlusSerializer()))


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
