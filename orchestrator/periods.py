"""Closing a period from outside: two transactions, and the wait between them."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import psycopg

from orchestrator.database import Outcome, call, uuid7

WRITERS_IN_FLIGHT = "SA122"
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
"""Seconds between two looks: doubled from the first to the longest. PostgreSQL wakes nobody when a transaction ends."""


def close_period(
    connection: psycopg.Connection[Any],
    period_id: uuid.UUID,
    *,
    token: str | None = None,
    patience: float = 60.0,
    stop: threading.Event | None = None,
) -> Outcome:
    """Close a period and freeze it as soon as every writer that was in flight has ended.

    A period that is closing already is frozen only. Returns the outcome of the freeze, or the refusal to close. A
    freeze that is refused with SA122 when ``patience`` (seconds) is over, or ``stop`` is set, names the processes it
    waits for in its detail, and can be asked for again at any time. The connection has to be in autocommit mode, since
    a period is frozen only when its closing is committed.
    """
    if not connection.autocommit:
        raise ValueError("close_period needs a connection in autocommit mode")
    stop = stop or threading.Event()
    closing = call(connection, "period_transition", key=uuid7(), period_id=period_id, via="close", token=token)
    if not closing.ok and closing.code != "SA101":
        return closing
    key = uuid7()
    deadline = time.monotonic() + patience
    pause = FIRST_PAUSE
    while True:
        frozen = call(connection, "period_transition", key=key, period_id=period_id, via="freeze", token=token)
        if frozen.code == "SA101" and not closing.ok:
            return closing
        if frozen.code != WRITERS_IN_FLIGHT or time.monotonic() + pause > deadline or stop.wait(pause):
            return frozen
        pause = min(2 * pause, LONGEST_PAUSE)
