"""Where the server keeps the checkpoints of its threads: SQLite beside the runs, or PostgreSQL where a setting says so.

Deleting a thread deletes what its runs have left, too.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from sheets_agent.checkpoints import DATABASE, data_dir, private_file
from sheets_agent.server.work import WORK


class _Sqlite(AsyncSqliteSaver):
    async def adelete_thread(self, thread_id: str) -> None:
        await super().adelete_thread(thread_id)
        await _forget(thread_id)


async def _forget(thread_id: str) -> None:
    await asyncio.to_thread(WORK.forget, thread_id)


@asynccontextmanager
async def checkpointer() -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """The store of the server's threads, open while the server runs.

    Raises:
        FileError: when the data folder cannot be written.
        UsageError: when the PostgreSQL database cannot be used.
    """
    if address := os.environ.get(DATABASE):
        from sheets_agent import postgres

        await asyncio.to_thread(postgres.prepare, address, postgres.SERVER)
        async with postgres.server_saver_in(address, _forget) as kept:
            yield kept
        return
    path = await asyncio.to_thread(private_file, data_dir() / "server.sqlite")
    async with _Sqlite.from_conn_string(str(path)) as saver:
        await saver.setup()
        yield saver
