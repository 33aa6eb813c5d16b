"""``smartattend tenant``: create tenants, look at them, move them through their lifecycle."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import psycopg

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, platform_session, refusal, request_key, rows
from orchestrator.errors import InvalidInput
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import STRUCTURED, emit, note

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
    if fmt in STRUCTURED:
        emit(shown | {"history": history, "next": moves}, fmt)
        return
    emit(shown)
    emit(history, title="History", columns=["recorded_at", "from_state", "to_state", "via", "reason", "database_user"])
    emit(moves, title="Legal next moves (smartattend tenant transition)", empty="no move leads out of this state")


@tenant.command(
    epilog=examples(
        "smartattend tenant transition north-high restrict --reason 'invoice 1207 is unpaid'",
        "smartattend tenant transition north-high unrestrict --reason 'invoice 1207 is paid' --ticket OPS-18",
        "smartattend tenant transition north-high reinstate --to restricted --reason 'the breach is mended'",
    )
)
@click.argument("slug")
@click.argument("via")
@click.option("--to", metavar="STATE", help="To which state, where VIA leads to two of them.")
@click.option("--reason", metavar="TEXT", help="Why, in at least 10 characters; most moves require it.")
@_platform_options
@format_option
@dsn_option
def transition(
    slug: str, via: str, to: str | None, reason: str | None, superadmin: str, ticket: str, fmt: str, dsn: str | None
) -> None:
    """Move a tenant through its lifecycle by the transition VIA (smartattend machine show tenant).

    A move to a state without log-in ends the tenant's login sessions. To reinstate, restore or purge a tenant two
    people approve first (smartattend tenant approve). A purge erases its rows for good: docs/lifecycle.md.
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
                to_state=to,
                token=token,
            )
        if not outcome.ok:
            raise refusal(connection, outcome, _legal_moves(connection, slug) if outcome.code == "SA101" else None)
    detail = outcome.detail or {}
    shown = {"slug": slug, "from": detail.get("from"), "state": detail.get("state"), "via": via, "reason": reason}
    emit(shown | {name: detail[name] for name in ("rows", "block", "block_hash") if name in detail}, fmt)


@tenant.command(
    epilog=examples(
        "smartattend tenant approve north-high restore --reason 'they have signed again' --superadmin ann",
        "smartattend tenant approve north-high reinstate --to active --reason 'the breach is mended'",
    )
)
@click.argument("slug")
@click.argument("via")
@click.option("--to", metavar="STATE", help="To which state, where VIA leads to two of them.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@_platform_options
@format_option
@dsn_option
def approve(
    slug: str, via: str, to: str | None, reason: str, superadmin: str, ticket: str, fmt: str, dsn: str | None
) -> None:
    """Approve the transition VIA of a tenant, which needs two people: reinstate, restore, purge.

    An approval counts for 72 hours, while the tenant stays in its state and the approver in the role.
    """
    detail = _ask(("tenant_approve", slug, superadmin, reason, ticket, dsn), via=via, to_state=to, reason=reason)
    shown = {"slug": slug, "via": via, "from": detail["from"], "to": detail["to"]}
    emit(shown | {"approvals": detail["approvals"], "needed": detail["needed"]}, fmt)


@tenant.command(
    epilog=examples(
        "smartattend tenant hold north-high --case CASE-7 --reason 'the court of Ghent asked for it'",
    )
)
@click.argument("slug")
@click.option("--case", required=True, metavar="CODE", help="The case that asks for it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@_platform_options
@format_option
@dsn_option
def hold(slug: str, case: str, reason: str, superadmin: str, ticket: str, fmt: str, dsn: str | None) -> None:
    """Place a legal hold: the tenant is not purged until another person releases it."""
    detail = _ask(("legal_hold_place", slug, superadmin, reason, ticket, dsn), ticket=case, reason=reason)
    emit({"slug": slug, "hold_id": detail["id"], "case": case, "state": detail["state"]}, fmt)
    note(f"another person releases it with: smartattend tenant release {slug} {detail['id']} --reason …")


@tenant.command(
    epilog=examples(
        "smartattend tenant release north-high 0199f3a2-… --reason 'the case is closed' --superadmin bob",
    )
)
@click.argument("slug")
@click.argument("hold_id", type=click.UUID)
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
@_platform_options
@format_option
@dsn_option
def release(
    slug: str, hold_id: uuid.UUID, reason: str, superadmin: str, ticket: str, fmt: str, dsn: str | None
) -> None:
    """Release a legal hold, as another person than the one who placed it (smartattend tenant overview)."""
    detail = _ask(("legal_hold_release", slug, superadmin, reason, ticket, dsn), hold_id=hold_id, reason=reason)
    emit({"slug": slug, "hold_id": hold_id, "released": True, "state": detail["state"]}, fmt)


@tenant.command(
    epilog=examples(
        "smartattend ledger export --tenant north-high --out north-high.jsonl.gz",
        "smartattend tenant receipt north-high north-high.jsonl.gz --received-by 'Ann Admin'",
    )
)
@click.argument("slug")
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--received-by", required=True, metavar="NAME", help="Who received the file.")
@_platform_options
@format_option
@dsn_option
def receipt(slug: str, export: Path, received_by: str, superadmin: str, ticket: str, fmt: str, dsn: str | None) -> None:
    """Keep that somebody received EXPORT, by its SHA-256 and its rows; then the tenant can be archived."""
    with export.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    with gzip.open(export) if export.suffix == ".gz" else export.open("rb") as lines:
        count = sum(line.startswith(b'{"row"') for line in lines)
    why = f"smartattend tenant receipt {slug}"
    detail = _ask(
        ("tenant_export_receipt", slug, superadmin, why, ticket, dsn),
        received_by=received_by,
        archive_sha256=digest,
        rows=count,
    )
    emit({"slug": slug, "receipt_id": detail["id"], "archive_sha256": digest, "rows": count}, fmt)


@tenant.command(epilog=examples("smartattend tenant overview", "smartattend tenant overview --format json"))
@_platform_options
@format_option
@dsn_option
def overview(superadmin: str, ticket: str, fmt: str, dsn: str | None) -> None:
    """Show where every tenant stands: state, holds, approvals under way, receipt, when its retention ends."""
    with (
        database.connect(dsn) as connection,
        platform_session(connection, superadmin, "smartattend tenant overview", ticket) as token,
    ):
        found = rows(connection, "tenant_overview", token=token)
    columns = ["slug", "state", "since", "holds", "approvals", "has_receipt", "window_ends", "retention_ends"]
    emit(found, fmt, columns=columns, empty="no tenant yet: smartattend tenant create --help")


def _ask(who: tuple[str, str, str, str, str, str | None], **arguments: object) -> dict[str, Any]:
    """Call a platform procedure about a tenant: its detail, with the id of what it made."""
    command, slug, superadmin, why, ticket, dsn = who
    with database.connect(dsn) as connection:
        with acting_as(connection, OPERATOR):
            found = _find(connection, slug)
        with platform_session(connection, superadmin, why, ticket) as token:
            outcome = database.call(
                connection, command, key=database.uuid7(), tenant_id=found["tenant_id"], **arguments, token=token
            )
        if not outcome.ok:
            raise refusal(connection, outcome, _legal_moves(connection, slug) if outcome.code == "SA101" else None)
    return (outcome.detail or {}) | {"id": outcome.id}


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
