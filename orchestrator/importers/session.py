"""The login session that a command works in: one that was given, or one of its own that ends with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from orchestrator import database
from orchestrator.database import BatchOutcome
from orchestrator.errors import InvalidInput, NotAllowed, SmartAttendError, translate
from orchestrator.importers.load import Entry

LIFETIME: Final = "24 hours"
ADMINISTRATOR: Final = "admin"
"""The member number under which api.tenant_create makes a tenant's first administrator."""


@dataclass(frozen=True, slots=True)
class Session:
    """A tenant's login session on a connection."""

    connection: psycopg.Connection[Any]
    token: str
    tenant_id: uuid.UUID
    platform: str
    time_zone: str

    def send(self, procedure: str, entries: list[Entry]) -> Sequence[BatchOutcome]:
        """Call a batch procedure of ``api``."""
        return database.call_batch(self.connection, procedure, entries=entries, token=self.token)

    def sites(self) -> dict[str, Entry]:
        """The tenant's sites by code, as entries of ``api.put_sites``."""
        rows = _read(self.connection, self.token, "sites")
        return {row["code"]: row["entry"] for row in rows}

    def lookup(self, what: str, codes: Sequence[str]) -> Mapping[str, uuid.UUID]:
        """The ids of members (by number) or devices (by code) that the tenant has."""
        rows = _read(self.connection, self.token, f"{what}s", {"codes": list(codes)})
        return {row["code"]: row["id"] for row in rows}


def _read(
    connection: psycopg.Connection[Any], token: str, name: str, values: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    """The rows of the query in ``<name>.sql``, read as the application with this token: policies decide."""
    query = (files("orchestrator.importers") / f"{name}.sql").read_text()
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set local role smartattend_app")
        cursor.execute("select pg_catalog.set_config('smartattend.token', %s, true)", [token])
        return cursor.execute(query, values).fetchall()


@contextmanager
def tenant_session(
    connection: psycopg.Connection[Any],
    slug: str | None,
    token: str | None,
    login: str | None,
    purpose: str = "smartattend import",
) -> Iterator[Session]:
    """A session in the tenant ``slug``: with ``token``, or with one issued for ``login`` and revoked at the end.

    Without ``slug`` it is the token's tenant. ``purpose`` is kept with a session that is issued.
    Raises :class:`InvalidInput` for a token of another tenant, :class:`NotAllowed` when no token may be issued.
    """
    own = token is None
    if token is None:
        if slug is None:
            raise InvalidInput("no tenant is named", expected="a tenant, or a login token")
        token = _issue(connection, slug, login or ADMINISTRATOR, purpose)
    try:
        rows = _read(connection, token, "tenant")
        if not rows:  # an unknown, expired or revoked token sees nothing: let the database say which
            database.call_batch(connection, "put_sites", entries=[], token=token)
            raise SmartAttendError("the login token does not see its tenant", hint="issue a new one")
        tenant = rows[0]
        if slug is not None and tenant["slug"] != slug:
            raise InvalidInput(
                "the login token belongs to another tenant",
                expected=f"a token of {slug}",
                observed=f"a token of {tenant['slug']}",
            )
        yield Session(connection, token, tenant["tenant_id"], tenant["platform"], tenant["time_zone"])
    finally:
        if own:
            _revoke(connection, token, purpose)


def _issue(connection: psycopg.Connection[Any], slug: str, login: str, purpose: str) -> str:
    try:
        row = connection.execute(
            "select identity.login(tenant_slug => %s, login => %s, lifetime => %s, reason => %s)",
            [slug, login, LIFETIME, purpose],
        ).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed(
            "this database role may not issue a login token",
            hint="give one with --token or SMARTATTEND_TOKEN, or connect as a member of smartattend_operator",
        ) from error
    except psycopg.Error as error:
        if error.sqlstate != "SA011":
            raise
        known = translate(error)
        raise InvalidInput(
            "no such tenant, or no such login in it",
            code=known.code,
            observed=f"tenant {slug}, login {login}",
            detail=known.detail,
            hint="check --tenant; --as names the login or member number to issue a token for",
        ) from error
    assert row is not None
    return str(row[0])


def _revoke(connection: psycopg.Connection[Any], token: str, purpose: str) -> None:
    """End the session; where the connection is gone, its lifetime ends it."""
    with suppress(psycopg.Error):
        connection.execute("select identity.revoke_token(%s, %s)", [token, f"{purpose} has ended"])
