"""``smartattend tenant``: create tenants, look at them, move them through their lifecycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import psycopg

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, platform_session, refusal, request_key, rows
from orchestrator.errors import InvalidInput
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit, note

F = TypeVar("F", bound=Callable[..., Any])

SUPERADMIN = "superadmin"
NO_TICKET = "no-ticket"
"""What the platform session records when the command names no ticket."""


def _platform_options(function: F) -> F:
    """``--superadmin`` and ``--ticket``: who asks, and on whose behalf."""
    for option in (
        click.option(
            "--ticket",
            metavar="TICKET",
            default=NO_TICKET,
            show_default=True,
            help="What the platform session is recorded under.",
        ),
        click.option(
            "--superadmin",
            metavar="LOGIN",
            envvar="SMARTATTEND_SUPERADMIN",
            default=SUPERADMIN,
            show_default=True,
            help="Whose platform session the command opens and ends; an earlier one of this person ends, too.",
        ),
    ):
        function = option(function)
    return function


@click.group("tenant", epilog=examples("smartattend tenant list", "smartattend tenant show north-high"))
def tenant() -> None:
    """Tenants: schools and companies whose records are kept apart.

    The commands need a login that is a member of smartattend_operator; the first tenant of a database needs the
    deployer's, since it makes the first superadmin.
    """


@tenant.command(
    epilog=examples(
        "smartattend tenant create north-high --name 'North High' --platform school \\",
        "    --time-zone Europe/Brussels --admin-login ann@north.example --admin-name 'Ann Admin'",
        "smartattend tenant create ironworks --name Ironworks --platform corporate \\",
        "    --time-zone America/Chicago --admin-login bob --admin-name 'Bob Boss' --sandbox \\",
        "    --superadmin root@platform.example --reason 'new customer signed up' --ticket OPS-17",
    )
)
@click.argument("slug")
@click.option("--name", required=True, help="What people call the tenant.")
@click.option("--platform", required=True, type=click.Choice(["school", "corporate"]), help="What it is.")
@click.option("--time-zone", required=True, metavar="ZONE", help="IANA name, such as Europe/Brussels.")
@click.option("--admin-login", required=True, metavar="LOGIN", help="Account of the first administrator.")
@click.option("--admin-name", required=True, metavar="NAME", help="The administrator's name.")
@click.option("--sandbox", is_flag=True, help="Simulations may hurt this tenant.")
@click.option("--site-code", default="main", show_default=True, metavar="CODE", help="Code of the first site.")
@click.option("--site-name", metavar="NAME", help="Name of the first site. Default: the tenant's.")
@click.option("--reason", metavar="TEXT", help="Why, in at least 10 characters. Default: names this command.")
@_platform_options
@format_option
@dsn_option
def create(
    slug: str,
    name: str,
    platform: str,
    time_zone: str,
    admin_login: str,
    admin_name: str,
    sandbox: bool,
    site_code: str,
    site_name: str | None,
    reason: str | None,
    superadmin: str,
    ticket: str,
    fmt: str,
    dsn: str | None,
) -> None:
    """Create a tenant with a site, the default codes and its administrator, ready for use.

    Repeated with the same options it changes nothing and answers the same. Where the database has no superadmin yet,
    the one named becomes the first.
    """
    request: dict[str, object] = {
        "slug": slug,
        "name": name,
        "platform": platform,
        "time_zone": time_zone,
        "admin_login": admin_login,
        "admin_name": admin_name,
        "is_sandbox": sandbox,
        "site_code": site_code,
        "site_name": site_name,
    }
    why = reason or f"smartattend tenant create {slug}"
    with database.connect(dsn) as connection:
        with platform_session(connection, superadmin, why, ticket, bootstrap=True) as token:
            outcome = database.call(
                connection, "tenant_create", key=request_key("tenant_create", request), **request, token=token
            )
        if not outcome.ok:
            known = f"see it with: smartattend tenant show {slug}" if outcome.code == "SA112" else None
            raise refusal(connection, outcome, known)
    detail = outcome.detail or {}
    emit(
        {
            "outcome": "created" if outcome.status == "accepted" else "replayed: it was created before",
            "tenant_id": outcome.id,
            "slug": slug,
            "platform": platform,
            "is_sandbox": sandbox,
            "admin_login": admin_login,
            "admin_id": detail.get("admin_id"),
        },
        fmt,
    )
    note("next:")
    note(f"  TOKEN=$(smartattend token issue {slug} {admin_login})   a login token of the administrator")
    note(f"  smartattend import --help                 people, timetables and shifts of {slug}")
    if sandbox:
        note(f"  smartattend simulate duplicate-storm --tenant {slug}   break it on purpose")


@tenant.command("list", epilog=examples("smartattend tenant list", "smartattend tenant list --format json"))
@format_option
@dsn_option
def list_(fmt: str, dsn: str | None) -> None:
    """List the tenants."""
    with database.connect(dsn) as connection, acting_as(connection, OPERATOR):
        found = rows(connection, "tenants", slug=None)
    columns = ["slug", "name", "platform", "state", "is_sandbox", "time_zone", "created_at"]
    emit(found, fmt, columns=columns, empty="no tenant yet: smartattend tenant create --help")


@tenant.command(
    epilog=examples("smartattend tenant show north-high", "smartattend tenant show north-high --format json")
)
@click.argument("slug")
@click.option(
    "--format", "fmt", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to show it."
)
@dsn_option
def show(slug: str, fmt: str, dsn: str | None) -> None:
    """Show a tenant: its state, what that lets through, its history and the legal next moves."""
    with database.connect(dsn) as connection, acting_as(connection, OPERATOR):
        found = _find(connection, slug)
        gate = rows(connection, "tenant_gate", state=found["state"])
        history = rows(connection, "tenant_history", tenant_id=found["tenant_id"])
        moves = rows(connection, "machine_moves", machine="tenant", state=found["state"])
    shown = found | (gate[0] if gate else {})
    if fmt == "json":
        emit(shown | {"history": history, "next": moves}, fmt)
        return
    emit(shown)
    emit(history, title="History", columns=["recorded_at", "from_state", "to_state", "via", "reason", "database_user"])
    emit(moves, title="Legal next moves (smartattend tenant transition)", empty="no move leads out of this state")


@tenant.command(
    epilog=examples(
        "smartattend tenant transition north-high restrict --reason 'invoice 1207 is unpaid'",
        "smartattend tenant transition north-high unrestrict --reason 'invoice 1207 is paid' --ticket OPS-18",
    )
)
@click.argument("slug")
@click.argument("via")
@click.option("--reason", metavar="TEXT", help="Why, in at least 10 characters; most moves require it.")
@_platform_options
@format_option
@dsn_option
def transition(
    slug: str, via: str, reason: str | None, superadmin: str, ticket: str, fmt: str, dsn: str | None
) -> None:
    """Move a tenant through its lifecycle by the transition VIA (smartattend machine show tenant).

    A move to a state without log-in ends the tenant's login sessions.
    """
    with database.connect(dsn) as connection:
        with acting_as(connection, OPERATOR):
            found = _find(connection, slug)
        why = reason or f"smartattend tenant transition {slug} {via}"
        with platform_session(connection, superadmin, why, ticket) as token:
            outcome = database.call(
                connection,
                "tenant_transition",
                key=database.uuid7(),
                tenant_id=found["tenant_id"],
                via=via,
                reason=reason,
                token=token,
            )
        if not outcome.ok:
            raise refusal(connection, outcome, _legal_moves(connection, slug) if outcome.code == "SA101" else None)
    detail = outcome.detail or {}
    emit({"slug": slug, "from": detail.get("from"), "state": detail.get("state"), "via": via, "reason": reason}, fmt)


def _find(connection: psycopg.Connection[Any], slug: str) -> dict[str, Any]:
    found = rows(connection, "tenants", slug=slug)
    if not found:
        raise InvalidInput(f"there is no tenant {slug!r}", hint="see them with: smartattend tenant list")
    return found[0]


def _legal_moves(connection: psycopg.Connection[Any], slug: str) -> str:
    with acting_as(connection, OPERATOR):
        state = _find(connection, slug)["state"]
        moves = rows(connection, "machine_moves", machine="tenant", state=state)
    names = list(dict.fromkeys(move["via"] for move in moves))
    return f"from {state} these are legal: {', '.join(names) or 'none'}"
