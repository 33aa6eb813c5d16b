"""``smartattend superadmin``: the platform's people, their sessions, and their ways into tenants."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import click
import psycopg

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, refusal, rows
from orchestrator.errors import InvalidInput
from orchestrator.options import dsn_option, examples, format_option, token_option
from orchestrator.output import emit, note

VERDICTS = ("justified", "abused")


@click.group(
    "superadmin",
    epilog=examples(
        "export SMARTATTEND_TOKEN=$(smartattend token issue --platform root --mfa-level 2 \\",
        "    --reason 'look into the outage' --ticket OPS-17)",
        "smartattend superadmin dashboard",
    ),
)
def superadmin() -> None:
    """The platform at a glance, its sessions and roles, and support inside tenants.

    Every command needs the token of a platform session (--token or SMARTATTEND_TOKEN), which says who acts and why.
    Each leaves a row, what is refused included.
    """


def _given(token: str | None) -> str:
    if token is None:
        raise click.UsageError(
            "Name the platform session: --token or SMARTATTEND_TOKEN; smartattend token issue --platform opens one."
        )
    return token


def _read(procedure: str, token: str | None, dsn: str | None) -> list[dict[str, Any]]:
    given = _given(token)
    with database.connect(dsn) as connection, acting_as(connection, OPERATOR):
        return list(database.call_rows(connection, procedure, token=given))


def _command(
    connection: psycopg.Connection[Any], procedure: str, token: str | None, **named: object
) -> database.Outcome:
    """The accepted outcome of a command with a new key; a refusal is committed, then raised."""
    given = _given(token)
    with acting_as(connection, OPERATOR):
        outcome = database.call(connection, procedure, key=database.uuid7(), **named, token=given)
    if not outcome.ok:
        raise refusal(connection, outcome)
    return outcome


def _tenant_id(connection: psycopg.Connection[Any], slug: str) -> uuid.UUID:
    with acting_as(connection, OPERATOR):
        found = rows(connection, "tenants", slug=slug)
    if not found:
        raise InvalidInput(f"there is no tenant {slug}", hint="see the tenants with: smartattend tenant list")
    return uuid.UUID(str(found[0]["tenant_id"]))


@superadmin.command(
    epilog=examples("smartattend superadmin dashboard", "smartattend superadmin dashboard --format json")
)
@token_option
@format_option
@dsn_option
def dashboard(token: str | None, fmt: str, dsn: str | None) -> None:
    """Tenants, sessions, support, what awaits review, the ledger and the guard: one row a tile, measured now."""
    emit(_read("superadmin_dashboard", token, dsn), fmt)


@superadmin.command(epilog=examples("smartattend superadmin sessions"))
@token_option
@format_option
@dsn_option
def sessions(token: str | None, fmt: str, dsn: str | None) -> None:
    """The platform sessions that live now, and the tenants that they are inside of."""
    columns = ["session_id", "login", "roles", "mfa_level", "ticket", "reason", "last_seen_at", "expires_at", "access"]
    emit(_read("platform_sessions", token, dsn), fmt, columns=columns, empty="nobody is logged in")


@superadmin.command(
    epilog=examples(
        "TOKEN=$(smartattend superadmin impersonate north-high 40217 --reason 'sees no timetable')",
        "TOKEN=$(smartattend superadmin impersonate north-high admin --unit main/10A --minutes 30 \\",
        "    --reason 'units look doubled')",
    )
)
@click.argument("tenant")
@click.argument("member")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters; the tenant reads it.")
@click.option("--minutes", type=click.IntRange(1, 60), default=15, show_default=True, help="How long at most.")
@click.option("--unit", metavar="UNIT", help="Only within this unit: its id, SITE or SITE/UNIT.")
@token_option
@dsn_option
def impersonate(
    tenant: str, member: str, reason: str, minutes: int, unit: str | None, token: str | None, dsn: str | None
) -> None:
    """Act as MEMBER (a member number) of TENANT; prints the token of the sub-session, and nothing else, to stdout.

    It reads what the member may read and does clerical work; it governs nothing and writes no attendance. The tenant
    sees who came in, as whom, why and until when.
    """
    with database.connect(dsn) as connection:
        outcome = _command(
            connection, "impersonate", token,
            tenant_id=_tenant_id(connection, tenant), member_number=member, reason=reason, minutes=minutes, unit=unit,
        )  # fmt: skip
    _show_token(outcome, f"{member} of {tenant}")


@superadmin.command(
    "break-glass",
    epilog=examples(
        "TOKEN=$(smartattend superadmin break-glass north-high --ticket SEV-3 \\",
        "    --reason 'the only administrator left')",
    ),
)
@click.argument("tenant")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters; the tenant reads it.")
@click.option("--ticket", required=True, metavar="TICKET", help="What asks for it.")
@click.option("--minutes", type=click.IntRange(1, 60), default=15, show_default=True, help="How long at most.")
@token_option
@dsn_option
def break_glass(tenant: str, reason: str, ticket: str, minutes: int, token: str | None, dsn: str | None) -> None:
    """Administer TENANT at once, with nobody's approval; prints the token of the sub-session to stdout.

    It is unreviewed until somebody else gives a verdict.
    """
    with database.connect(dsn) as connection:
        outcome = _command(
            connection, "break_glass", token,
            tenant_id=_tenant_id(connection, tenant), reason=reason, ticket=ticket, minutes=minutes,
        )  # fmt: skip
    _show_token(outcome, f"the administration of {tenant}")
    note("somebody else has to judge it: smartattend superadmin review, or the tenant by api.support_access_review")


def _show_token(outcome: database.Outcome, what: str) -> None:
    detail = outcome.detail or {}
    click.echo(detail["token"])
    note(f"a token for {what} until {detail['expires_at']}; it is shown this once; access {outcome.id}")


@superadmin.command(
    epilog=examples("smartattend superadmin revoke 019a… --reason 'it is used at night from elsewhere'")
)
@click.argument("session", type=click.UUID)
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@token_option
@dsn_option
def revoke(session: uuid.UUID, reason: str, token: str | None, dsn: str | None) -> None:
    """End another person's platform SESSION at once, with everything that it opened in tenants."""
    with database.connect(dsn) as connection:
        _command(connection, "platform_session_revoke", token, session_id=session, reason=reason)
    note("revoked")


@superadmin.command(
    epilog=examples("smartattend superadmin review north-high 019a… justified --reason 'the ticket says so'")
)
@click.argument("tenant")
@click.argument("access", type=click.UUID)
@click.argument("verdict", type=click.Choice(VERDICTS))
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@token_option
@dsn_option
def review(tenant: str, access: uuid.UUID, verdict: str, reason: str, token: str | None, dsn: str | None) -> None:
    """Judge an ACCESS to TENANT that is over and was another person's."""
    with database.connect(dsn) as connection:
        _command(
            connection, "platform_access_review", token,
            tenant_id=_tenant_id(connection, tenant), access_id=access, verdict=verdict, reason=reason,
        )  # fmt: skip
    note(verdict)


@superadmin.command(
    epilog=examples(
        "smartattend superadmin grant eve@platform.example platform_auditor --reason 'joins the audit' --ticket HR-7",
        "smartattend superadmin grant eve@platform.example superadmin --until 2027-01-01 \\",
        "    --reason 'stands in for root' --ticket HR-8",
    )
)
@click.argument("login")
@click.argument("role", type=click.Choice(["superadmin", "platform_operator", "platform_auditor"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="In UTC. Default: without an end.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@click.option("--ticket", required=True, metavar="TICKET", help="What asks for it.")
@token_option
@dsn_option
def grant(
    login: str, role: str, until: dt.datetime | None, reason: str, ticket: str, token: str | None, dsn: str | None
) -> None:
    """Grant a platform ROLE to LOGIN. Where there are several superadmins, a second one repeats it for another."""
    ends_at = until.replace(tzinfo=dt.UTC) if until is not None else None
    with database.connect(dsn) as connection:
        _command(
            connection, "platform_grant", token, login=login, role=role, ends_at=ends_at, reason=reason, ticket=ticket
        )
    note(f"{login} is {role}")


@superadmin.command(
    "revoke-role",
    epilog=examples("smartattend superadmin revoke-role eve@platform.example superadmin --reason 'left the company'"),
)
@click.argument("login")
@click.argument("role")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@token_option
@dsn_option
def revoke_role(login: str, role: str, reason: str, token: str | None, dsn: str | None) -> None:
    """Take a platform ROLE from LOGIN; the person's sessions end at once. One superadmin always stays."""
    with database.connect(dsn) as connection:
        _command(connection, "platform_revoke", token, login=login, role=role, reason=reason)
    note(f"{login} is no {role} any more")
