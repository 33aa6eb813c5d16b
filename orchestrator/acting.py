"""Acting in the database as one of its roles: the operator's reads, tokens, and platform sessions.

A login is a member of ``smartattend_operator`` (or is a superuser, or the deployer) and takes the role on for one
transaction. What the role may do is the database's affair.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from orchestrator.database import Outcome, statement
from orchestrator.errors import CodedError, NotAllowed, membership_hint, schema_missing
from orchestrator.output import note

OPERATOR = "smartattend_operator"
DEPLOYER = "smartattend_deployer"
READERS = (OPERATOR, "smartattend_app", "smartattend_auditor", "smartattend_owner")
"""Roles that may read the registries of schema core."""

REQUESTS = uuid.UUID("8e0d5f0c-6b0a-5c7e-9a55-2f1d6c3b7a10")
"""Namespace of the keys that are derived from a request."""


def query(name: str) -> str:
    """The text of ``orchestrator/sql/<name>.sql``."""
    return (files("orchestrator") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def rows(connection: psycopg.Connection[Any], name: str, **values: object) -> list[dict[str, Any]]:
    """The rows of a named query as dicts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(name), values).fetchall()


def become(connection: psycopg.Connection[Any], *roles: str) -> None:
    """Take on the first of ``roles`` that the login may set, until the end of the transaction.

    Raises :class:`NotAllowed` when there is none, :class:`~orchestrator.errors.SchemaMissing` when the server has
    none of our roles.
    """
    found = connection.execute(query("usable_role"), {"roles": list(roles)}).fetchone()
    if found is not None:
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(found[0])))
        return
    known = connection.execute("select 1 from pg_catalog.pg_roles where rolname = any (%s)", [list(roles)])
    if known.fetchone() is None:
        raise schema_missing(connection.info.dbname, f"no role {roles[0]}")
    raise NotAllowed(
        f"the database role {connection.info.user} is not a member of {roles[0]}",
        hint=membership_hint(roles[0], connection.info.user),
    )


@contextmanager
def acting_as(connection: psycopg.Connection[Any], *roles: str) -> Iterator[None]:
    """One transaction as the first of ``roles`` that the login may set; see :func:`become`."""
    with connection.transaction():
        become(connection, *roles)
        yield


def call_value(connection: psycopg.Connection[Any], schema: str, function: str, /, **named: object) -> Any:
    """The one value of ``schema.function(name => value, …)``; a value of None leaves the argument to its default."""
    given = {name: value for name, value in named.items() if value is not None}
    row = connection.execute(statement(function, tuple(given), schema), list(given.values())).fetchone()
    if row is None:
        raise psycopg.DataError(f"{schema}.{function} did not return a row")
    return row[0]


def request_key(command: str, request: Mapping[str, object]) -> uuid.UUID:
    """The idempotency key of a request: the same request has the same key, so that its repeat is a replay."""
    canonical = json.dumps([command, dict(request)], sort_keys=True, ensure_ascii=False)
    return uuid.uuid5(REQUESTS, canonical)


@contextmanager
def platform_session(
    connection: psycopg.Connection[Any], login: str, reason: str, ticket: str, *, bootstrap: bool = False
) -> Iterator[str]:
    """The token of a platform session that ends with the block; all of it is one transaction of the operator's.

    With ``bootstrap``, ``login`` becomes the first superadmin where the database has none yet. An exception in the
    block undoes everything.
    """
    with connection.transaction():
        become(connection, OPERATOR)
        token = _login_platform(connection, login, reason, ticket)
        if token is None and bootstrap:
            _bootstrap(connection, login)
            token = _login_platform(connection, login, reason, ticket)
        if token is None:
            raise NotAllowed(
                f"{login} holds no platform role",
                code="SA011",
                hint="name a superadmin of this database with --superadmin (or SMARTATTEND_SUPERADMIN)",
            )
        yield token
        call_value(connection, "identity", "revoke_token", token=token)


def _login_platform(connection: psycopg.Connection[Any], login: str, reason: str, ticket: str) -> str | None:
    """The token of a new platform session; None when ``login`` holds no platform role."""
    try:
        with connection.transaction():
            token = call_value(
                connection,
                "identity",
                "login_platform",
                login=login,
                reason=reason,
                ticket=ticket,
                lifetime="5 minutes",
            )
    except psycopg.Error as error:
        if error.sqlstate != "SA011":
            raise
        return None
    return str(token)


def _bootstrap(connection: psycopg.Connection[Any], login: str) -> None:
    """Make the first superadmin, if there is none."""
    try:
        become(connection, DEPLOYER)
    except NotAllowed as error:
        raise NotAllowed(
            f"{login} holds no platform role, and only a member of {DEPLOYER} may make the first superadmin",
            hint="name a superadmin with --superadmin, or let the deployer create the first tenant",
        ) from error
    try:
        with connection.transaction():
            call_value(connection, "identity", "bootstrap_superadmin", login=login)
    except psycopg.Error as error:
        if error.sqlstate != "SA112":  # somebody else is the first one
            raise
    else:
        note(f"{login} is now the first superadmin of this database")
    become(connection, OPERATOR)


def refusal(connection: psycopg.Connection[Any], outcome: Outcome, hint: str | None = None) -> CodedError:
    """The error for a refused outcome, with the registry's advice unless there is a better ``hint``."""
    if hint is None:
        with acting_as(connection, *READERS):
            found = rows(connection, "refusal_action", code=outcome.code)
        hint = found[0]["action"] if found else None
    return CodedError(
        f"refused: {outcome.message}",
        code=outcome.code,
        detail=", ".join(f"{name} {value}" for name, value in (outcome.detail or {}).items()) or None,
        hint=hint,
    )
