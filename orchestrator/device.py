"""A simulated device: one real connection, prepared calls, and the retry policy an application should have.

Firing and waiting are two steps, so that many devices can be released together: :meth:`Device.fire` hands one
prepared request to the kernel and returns, :meth:`Device.answer` waits. Both use libpq's documented
asynchronous calls (``psycopg.pq``), so nothing of a driver lies between the barrier and the socket.

A device gives up by closing its socket, never by a cancel request, which would change the outcome.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import random
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

UNREACHED = "08001"
"""The code we note when there was no connection, so that the request never left."""

RETRYABLE = frozenset({"40001", "40P01", "55P03", UNREACHED})
"""SQLSTATEs after which the same call with the same key may simply be tried again."""

_PUNCH = (
    "key",
    "subject_id",
    "claimed_at",
    "claimed_zone",
    "boot_id",
    "sequence_number",
    "monotonic_us",
    "token",
)
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "check_in": _PUNCH,
    "check_out": _PUNCH,
    "clock_probe": ("key", "device_id", "token"),
    "clock_report": (
        "key",
        "probe_key",
        "sent_at",
        "received_at",
        "boot_id",
        "sent_monotonic_us",
        "received_monotonic_us",
        "last_sequence_number",
        "queued",
        "oldest_claimed_at",
        "oldest_boot_id",
        "oldest_sequence_number",
        "oldest_monotonic_us",
        "token",
    ),
}
"""What a device sends with each command, in the order of the prepared statements' parameters."""

LOST = "08006"
"""The code we note when the connection died (or the device gave up) before an answer came."""


class Stopwatch:
    """Microseconds since the run began, by the monotonic clock."""

    def __init__(self) -> None:
        self._origin = time.monotonic_ns()

    def now(self) -> int:
        """Microseconds since the start."""
        return (time.monotonic_ns() - self._origin) // 1000

    async def until(self, due_us: int) -> None:
        """Sleep until ``due_us``; return at once when it has passed."""
        while (left := due_us - self.now()) > 0:
            await asyncio.sleep(left / 1_000_000)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a device retries: bounded exponential back-off with full jitter, always with the same key.

    ``deadline_ms`` is the device's own: it bounds waiting for an answer, and ``connect_ms`` (None: the same) bounds
    connecting. The circuit breaker, where one is used (:mod:`orchestrator.outbox`), opens after ``breaker_failures``
    failures in a row, first for ``breaker_pause_ms``.
    """

    tries: int = 6
    first_pause_ms: float = 20
    longest_pause_ms: float = 1000
    deadline_ms: int = 20_000
    connect_ms: int | None = None
    statement_timeout_ms: int = 15_000
    lock_timeout_ms: int = 10_000
    breaker_failures: int = 5
    breaker_pause_ms: float = 1000
    breaker_longest_pause_ms: float = 8000

    def pause(self, attempt: int, stream: random.Random) -> float:
        """Seconds to wait before try ``attempt`` + 1 (attempts count from 1)."""
        ceiling = min(self.longest_pause_ms, self.first_pause_ms * 2 ** min(attempt - 1, 30))
        return stream.uniform(0, ceiling) / 1000


@dataclass(frozen=True, slots=True)
class Request:
    """One prepared call: ``api.<command>`` with its parameters as text."""

    command: str
    key: uuid.UUID
    values: tuple[bytes | None, ...]
    payload_hash: str

    @classmethod
    def of(cls, command: str, key: uuid.UUID, payload: Mapping[str, Any], token: str) -> Request:
        """``payload`` holds the parameters besides key and token; the hash covers it alone."""
        values = {"key": str(key), "token": token, **{name: _text(value) for name, value in payload.items()}}
        canonical = json.dumps({"command": command, **payload}, sort_keys=True, default=str)
        return cls(
            command,
            key,
            tuple(values[name].encode() if values.get(name) is not None else None for name in PARAMETERS[command]),
            hashlib.sha256(canonical.encode()).hexdigest(),
        )


def _text(value: object) -> Any:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``accepted``, ``replayed``, ``refused``, ``error`` (an SQLSTATE) or ``unknown`` (no answer)."""

    status: str
    code: str | None = None
    message: str | None = None
    record_id: str | None = None
    revision: int | None = None
    hash: str | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the database said that the check-in stands."""
        return self.status in {"accepted", "replayed"}

    @property
    def lost(self) -> bool:
        """Whether the network failed: no answer, or no connection."""
        return self.status == "unknown" or self.code == UNREACHED

    @property
    def retryable(self) -> bool:
        """Whether the same call may be tried again at once."""
        return self.status == "unknown" or (self.status == "error" and self.code in RETRYABLE)


@dataclass(slots=True)
class Settled:
    """A call after its last try."""

    answer: Answer
    invoked_us: int
    ended_us: int
    tries: int
    doubts: int
    retried_for: list[str] = field(default_factory=list)


class Device:
    """One connection to the server, used by one caller at a time."""

    def __init__(
        self,
        name: str,
        conninfo: str,
        watch: Stopwatch,
        *,
        application_name: str,
        policy: Policy | None = None,
        role: str | None = "smartattend_app",
        commands: Sequence[str] = tuple(PARAMETERS),
    ) -> None:
        self.name = name
        self.watch = watch
        self.policy = policy or Policy()
        self.boot_id = uuid.uuid4()
        self.sequence = 0
        self._role = role
        self._commands = tuple(commands)
        self._conninfo = make_conninfo(
            conninfo,
            application_name=application_name,
            keepalives_idle="5",
            keepalives_interval="2",
            keepalives_count="3",
            tcp_user_timeout=str(self.policy.deadline_ms),
        )
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._invoked_us = 0
        self._sent = False

    @property
    def backend(self) -> int | None:
        """The server process behind the connection."""
        return self._connection.info.backend_pid if self._connection else None

    async def open(self) -> None:
        """Connect, take the application's role and prepare the calls."""
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        try:
            role = f"set role {self._role};" if self._role is not None else ""
            await connection.execute(
                f"{role} set statement_timeout = {self.policy.statement_timeout_ms};"
                f" set lock_timeout = {self.policy.lock_timeout_ms}".encode()
            )
            # Waiting as everybody does: whoever stands in between may be in our own loop.
            for command in self._commands:
                connection.pgconn.send_prepare(command.encode(), statement(command).encode())
                result = await _result(connection.pgconn)
                if result is None or result.status != pq.ExecStatus.COMMAND_OK:
                    raise _failure(result) if result is not None else psycopg.OperationalError("no answer")
        except BaseException:  # also a cancellation: nobody is left with half a connection, and the error goes on
            _hang_up(connection)
            raise
        self._connection = connection

    async def close(self) -> None:
        """Close the connection; safe to repeat."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    def drop(self) -> None:
        """Close the socket at once, without a word to the server."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            _hang_up(connection)

    def next_sequence(self) -> int:
        """The next number of this device's boot."""
        self.sequence += 1
        return self.sequence

    # --- one try --------------------------------------------------------------------------------------------

    def fire(self, request: Request) -> None:
        """Send ``request`` now: one system call, nothing is read. A dead connection shows in :meth:`answer`."""
        self._invoked_us = self.watch.now()
        connection = self._connection
        self._sent = connection is not None
        if connection is None:
            return
        try:
            connection.pgconn.send_query_prepared(request.command.encode(), request.values)
            connection.pgconn.flush()
        except psycopg.OperationalError:
            self.drop()

    async def answer(self) -> Answer:
        """Wait for the answer to what was fired. ``unknown`` when the connection died or the deadline passed.

        Without a connection the request never left, and that is an error (:data:`UNREACHED`), not a doubt.
        """
        if not self._sent:
            return Answer("error", UNREACHED, "no connection")
        try:
            async with asyncio.timeout(self.policy.deadline_ms / 1000):
                result = await self._result()
        except (TimeoutError, psycopg.OperationalError):
            self.drop()
            return Answer("unknown", LOST)
        answer = _read(result) if result is not None else Answer("unknown", LOST)
        if answer.status == "unknown":
            self.drop()
        return answer

    async def run(self, text: str) -> bool:
        """Run a statement without result (begin, commit, rollback); False when the connection died."""
        if self._connection is None:
            return False
        try:
            self._connection.pgconn.send_query(text.encode())
            async with asyncio.timeout(self.policy.deadline_ms / 1000):
                result = await self._result()
        except (TimeoutError, psycopg.OperationalError):
            result = None
        if result is None or result.status != pq.ExecStatus.COMMAND_OK:
            self.drop()
            return False
        return True

    async def _result(self) -> pq.abc.PGresult | None:
        return await _result(self._connection.pgconn) if self._connection is not None else None

    async def attempt(self, request: Request) -> tuple[Answer, int]:
        """One whole try: connect if there is no connection, fire, wait. The answer, and when it was fired."""
        await self._reopen()
        self.fire(request)
        return await self.answer(), self._invoked_us

    # --- a call with its retries ----------------------------------------------------------------------------

    async def settle(
        self,
        request: Request,
        stream: random.Random,
        *,
        fired: bool = True,
        tries: int = 0,
        invoked_us: int | None = None,
    ) -> Settled:
        """Wait for the answer to a request that was fired, and try again with the same key while that is sensible.

        ``tries`` and ``invoked_us`` carry over what earlier tries of the same call were.
        """
        first_us = self._invoked_us if invoked_us is None and fired else invoked_us
        doubts = 0
        reasons: list[str] = []
        while True:
            if fired:
                answer = await self.answer()
            else:
                answer, fired_us = await self.attempt(request)
                first_us = fired_us if first_us is None else first_us
            fired = False
            tries += 1
            ended_us = self.watch.now()
            doubts += answer.status == "unknown"
            if not answer.retryable or tries >= self.policy.tries:
                return Settled(answer, first_us or 0, ended_us, tries, doubts, reasons)
            reasons.append(answer.code or LOST)
            await asyncio.sleep(self.policy.pause(tries, stream))

    async def _reopen(self) -> None:
        if self._connection is None:
            try:
                async with asyncio.timeout((self.policy.connect_ms or self.policy.deadline_ms) / 1000):
                    await self.open()
            except (TimeoutError, psycopg.Error):
                self.drop()


def statement(command: str) -> str:
    """The statement that a device prepares for ``api.<command>``."""
    named = ", ".join(f"{name} => ${number}" for number, name in enumerate(PARAMETERS[command], 1))
    return f"select status, code, message, id, revision, detail from api.{command}({named})"  # noqa: S608 - names of ours


def release(armed: Sequence[tuple[Device, Request]]) -> None:
    """The barrier: fire every armed request in one go, before any answer is read."""
    for device, request in armed:
        device.fire(request)


async def _result(pgconn: pq.abc.PGconn) -> pq.abc.PGresult | None:
    loop = asyncio.get_running_loop()
    while pgconn.flush():
        await _ready(loop.add_writer, loop.remove_writer, pgconn.socket)
    last: pq.abc.PGresult | None = None
    while True:
        while pgconn.is_busy():
            await _ready(loop.add_reader, loop.remove_reader, pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return last
        last = result


def _hang_up(connection: psycopg.AsyncConnection[Any]) -> None:
    """Close the socket first, so that libpq has no way left to say good-bye."""
    with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
    connection.pgconn.finish()


async def _ready(add: Any, remove: Any, descriptor: int) -> None:
    ready = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    add(descriptor, wake)
    try:
        await ready
    finally:
        remove(descriptor)


def _failure(result: pq.abc.PGresult) -> psycopg.Error:
    state = _diagnostic(result, pq.DiagnosticField.SQLSTATE)
    message = _diagnostic(result, pq.DiagnosticField.MESSAGE_PRIMARY) or "the server refused the statement"
    error = psycopg.errors.lookup(state)(message) if state else psycopg.OperationalError(message)
    error.sqlstate = state
    return error


def _diagnostic(result: pq.abc.PGresult, part: pq.DiagnosticField) -> str | None:
    value = result.error_field(part)
    return value.decode(errors="replace") if value is not None else None


def _read(result: pq.abc.PGresult) -> Answer:
    if result.status != pq.ExecStatus.TUPLES_OK:
        code = _diagnostic(result, pq.DiagnosticField.SQLSTATE)
        message = _diagnostic(result, pq.DiagnosticField.MESSAGE_PRIMARY)
        if code is None or code.startswith(("08", "57P")):  # the server went away: the outcome is not known
            return Answer("unknown", code or LOST, message)
        return Answer("error", code, message)
    cells = [_cell(result.get_value(0, column)) for column in range(result.nfields)]
    status, code, message, record_id, revision, detail = cells
    meaning = json.dumps([record_id, revision, json.loads(detail) if detail else None], sort_keys=True)
    return Answer(
        status or "error",
        code,
        message,
        record_id,
        int(revision) if revision is not None else None,
        hashlib.sha256(meaning.encode()).hexdigest(),
    )


def _cell(value: bytes | None) -> str | None:
    return value.decode() if value is not None else None
