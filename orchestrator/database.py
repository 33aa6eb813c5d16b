"""Connections and calls of ``api.*``: the whole of what the tool knows about the database.

Where the database is: ``--dsn``, else libpq's environment, else the embedded server.
"""

from __future__ import annotations

import os
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator.errors import MINIMUM_SERVER, InvalidInput, ServerUnreachable, hide_password, server_too_old

CONNECT_TIMEOUT = 10
"""Seconds that a connection attempt may take when neither the DSN nor the environment says."""

LIBPQ_CHOOSES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE")
"""Any of these in the environment means: the user has chosen a server; the embedded one is not looked at."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``core.outcome``: what a command of ``api`` came to.

    ``status`` is ``accepted``, ``replayed`` or ``refused``; ``code`` is the ``SA…`` code of a refusal.
    """

    status: str
    code: str | None
    message: str | None
    id: uuid.UUID | None
    revision: int | None
    detail: dict[str, Any] | None

    @property
    def ok(self) -> bool:
        """Whether the command stands (accepted now or before)."""
        return self.status in {"accepted", "replayed"}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Outcome:
        """From a row that has the six columns of ``core.outcome``."""
        return cls(row["status"], row["code"], row["message"], row["id"], row["revision"], row["detail"])


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """One row of a batch: ``ordinal`` counts from 1 in the order of the input."""

    ordinal: int
    key: uuid.UUID | None
    outcome: Outcome

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> BatchOutcome:
        """From a row with ordinal, key and the six columns of ``core.outcome``."""
        return cls(row["ordinal"], row["key"], Outcome.of(row))


def uuid7() -> uuid.UUID:
    """A random key in time order (RFC 9562, version 7, with sub-millisecond bits), for idempotency keys."""
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def parse_dsn(dsn: str) -> dict[str, str]:
    """The connection parameters in ``dsn``: a URI, ``key=value`` pairs, a database's name or sqitch's ``db:pg:…``.

    Raises :class:`InvalidInput` when it is empty or libpq cannot read it.
    """
    text = dsn.strip()
    if not text:
        raise InvalidInput(
            "the database address is empty",
            expected="postgresql://user@host/database, 'host=… dbname=…' or the name of a database",
            hint="leave --dsn out for libpq's environment or the embedded server",
        )
    if text.startswith("db:"):
        text = text.removeprefix("db:")
        engine, _, rest = text.partition(":")
        if engine not in {"pg", "postgres", "postgresql"}:
            raise InvalidInput(
                f"the target is for another database engine: {engine!r}",
                expected="db:pg:…",
                observed=hide_password(dsn),
            )
        text = f"postgresql:{rest}" if rest.startswith("//") else f"dbname={_quote(unquote(rest))}"
    elif "=" not in text and "://" not in text:
        text = f"dbname={_quote(text)}"
    try:
        values = conninfo_to_dict(text)
    except psycopg.ProgrammingError as error:
        raise InvalidInput(
            "the database address cannot be read",
            expected="postgresql://user@host/database, 'host=… dbname=…' or the name of a database",
            observed=hide_password(str(error).strip()),
        ) from error
    return {key: str(value) for key, value in values.items() if value is not None}


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def resolve(dsn: str | None = None) -> dict[str, str]:
    """The parameters to connect with: ``dsn``, else libpq's environment (an empty dict), else the embedded server's.

    Raises :class:`ServerUnreachable` when none is given and the embedded server is not running.
    """
    if dsn is not None:
        return parse_dsn(dsn)
    if any(os.environ.get(name) for name in LIBPQ_CHOOSES):
        return {}
    from orchestrator.cluster import Cluster  # late: most commands never need the embedded server

    cluster = Cluster.default()
    if not cluster.is_running():
        raise ServerUnreachable(
            "no database was given and the embedded server is not running",
            expected="--dsn, PGHOST/PGPORT/PGDATABASE/PGSERVICE, or a running embedded server",
            hint="start it with: smartattend db up",
        )
    return cluster.parameters()


def _complete(parameters: Mapping[str, str], application_name: str | None) -> str:
    values = dict(parameters)
    if "connect_timeout" not in values and not os.environ.get("PGCONNECT_TIMEOUT"):
        values["connect_timeout"] = str(CONNECT_TIMEOUT)
    if application_name is not None:
        values["application_name"] = application_name
    return make_conninfo("", **values)


def conninfo(dsn: str | None = None, *, application_name: str | None = "smartattend") -> str:
    """The complete connection string that :func:`connect` uses, for clients that connect themselves."""
    return _complete(resolve(dsn), application_name)


def connect(
    dsn: str | None = None, *, autocommit: bool = True, application_name: str = "smartattend"
) -> psycopg.Connection[Any]:
    """Open a connection; see :func:`resolve` for where to.

    Raises ``psycopg.OperationalError`` when the server does not answer, and
    :class:`~orchestrator.errors.ServerTooOld` below PostgreSQL 15.
    """
    connection = psycopg.connect(conninfo(dsn, application_name=application_name), autocommit=autocommit)
    if connection.info.server_version < MINIMUM_SERVER * 10000:
        version = connection.info.server_version
        connection.close()
        raise server_too_old(version)
    return connection


async def connect_async(
    dsn: str | None = None, *, autocommit: bool = True, application_name: str = "smartattend"
) -> psycopg.AsyncConnection[Any]:
    """As :func:`connect`, for asyncio."""
    connection = await psycopg.AsyncConnection.connect(
        conninfo(dsn, application_name=application_name), autocommit=autocommit
    )
    if connection.info.server_version < MINIMUM_SERVER * 10000:
        version = connection.info.server_version
        await connection.close()
        raise server_too_old(version)
    return connection


@cache
def statement(procedure: str, names: tuple[str, ...], schema: str = "api") -> str:
    """``select * from schema.procedure(name => %s, …)`` with quoted identifiers."""
    arguments = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(name)) for name in names)
    query = sql.SQL("select * from {}({})").format(sql.Identifier(schema, procedure), arguments)
    return query.as_string(None)


def adapt(value: object) -> object:
    """A Python value as a parameter: dicts, and lists that hold a dict, are passed as ``jsonb``."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return Jsonb(value)
    return value


def _values(named: Mapping[str, object]) -> list[object]:
    return [adapt(value) for value in named.values()]


def call(connection: psycopg.Connection[Any], procedure: str, /, **named: object) -> Outcome:
    """Run ``api.<procedure>`` in named notation and return its outcome.

    Raises ``psycopg.Error``; caller errors carry an ``SA…`` SQLSTATE in ``error.sqlstate``.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement(procedure, tuple(named)), _values(named)).fetchone()
    return Outcome.of(_present(row, procedure))


async def call_async(connection: psycopg.AsyncConnection[Any], procedure: str, /, **named: object) -> Outcome:
    """As :func:`call`, for asyncio."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement(procedure, tuple(named)), _values(named))
        row = await cursor.fetchone()
    return Outcome.of(_present(row, procedure))


def _present(row: dict[str, Any] | None, procedure: str) -> dict[str, Any]:
    if row is None or "status" not in row:
        raise psycopg.DataError(f"api.{procedure} did not return an outcome")
    return row


def call_rows(connection: psycopg.Connection[Any], procedure: str, /, **named: object) -> Iterator[dict[str, Any]]:
    """Run a set-returning ``api.<procedure>`` and yield its rows as dicts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement(procedure, tuple(named)), _values(named))
        yield from cursor


def call_batch(connection: psycopg.Connection[Any], procedure: str, /, **named: object) -> list[BatchOutcome]:
    """Run a batch command of ``api``; one :class:`BatchOutcome` for each row, in the order of the input."""
    rows = [BatchOutcome.of(row) for row in call_rows(connection, procedure, **named)]
    return sorted(rows, key=lambda row: row.ordinal)
