"""``smartattend deploy | revert | verify | plan``: sqitch on the right target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import psycopg

from orchestrator import database, migrations
from orchestrator.errors import CommandFailed, InvalidInput, NotAllowed
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit

F = TypeVar("F", bound=Callable[..., Any])


def _client_option(function: F) -> F:
    return click.option(
        "--client",
        metavar="PSQL",
        type=click.Path(exists=True, dir_okay=False),
        help="The psql that runs the scripts. Default: the one on PATH.",
    )(function)


def _reachable(dsn: str | None) -> None:
    """Fail with one sentence before sqitch starts: the server is unreachable or too old, the registry unreadable.

    Sqitch takes a registry that it may not read for one of version 0, and advises to upgrade it.
    """
    with database.connect(dsn, application_name="smartattend deploy") as connection:
        deployed_changes(connection)


@click.command("deploy", epilog=examples("smartattend deploy", "smartattend deploy --to core/outcome --dsn mydb"))
@dsn_option
@_client_option
@click.option("--to", metavar="CHANGE", help="Stop after this change or tag.")
@click.option("--verify/--no-verify", default=True, show_default=True, help="Run each change's verify script.")
@click.option("--log-only", is_flag=True, help="Only record the changes as deployed.")
def deploy(dsn: str | None, client: str | None, to: str | None, verify: bool, log_only: bool) -> None:
    """Bring the database to the newest version (sqitch deploy)."""
    _reachable(dsn)
    arguments = ["--verify" if verify else "--no-verify"]
    if to:
        arguments += ["--to-change", to]
    if log_only:
        arguments.append("--log-only")
    migrations.run("deploy", arguments, dsn=dsn, client=client)


@click.command(
    "revert", epilog=examples("smartattend revert --to @v1.0 --yes", "smartattend revert --all --yes --dsn scratch")
)
@dsn_option
@_client_option
@click.option("--to", metavar="CHANGE", help="Keep this change or tag and everything before it.")
@click.option("--all", "everything", is_flag=True, help="Revert every change.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def revert(dsn: str | None, client: str | None, to: str | None, everything: bool, yes: bool) -> None:
    """Take changes back (sqitch revert). Data in the tables that it drops is lost."""
    if bool(to) == everything:
        raise InvalidInput("say how far to revert", expected="either --to CHANGE or --all")
    _reachable(dsn)
    if not yes:
        click.confirm(f"Revert {'every change' if everything else f'to {to}'}?", abort=True, err=True)
    migrations.run("revert", ["-y", *(["--to-change", to] if to else [])], dsn=dsn, client=client)


@click.command("verify", epilog=examples("smartattend verify", "smartattend verify --dsn postgresql:///attendance"))
@dsn_option
@_client_option
def verify(dsn: str | None, client: str | None) -> None:
    """Run the verify script of every deployed change (sqitch verify)."""
    _reachable(dsn)
    migrations.run("verify", dsn=dsn, client=client)


@click.command("plan", epilog=examples("smartattend plan", "smartattend plan --format json"))
@dsn_option
@format_option
def plan(dsn: str | None, fmt: str) -> None:
    """Compare the deployed changes with the plan. Exit code 1 when they differ."""
    planned = [change.name for change in migrations.read_plan(migrations.plan_folder() / "sqitch.plan")]
    with database.connect(dsn) as connection:
        name = connection.info.dbname
        deployed = deployed_changes(connection)
    state = compare(planned, deployed)
    shown: dict[str, object] = {"database": name, **state}
    emit(shown, fmt)
    if state["state"] != "up to date":
        raise CommandFailed(
            f"the database is {state['state']}",
            hint="run: smartattend deploy" if state["state"] in {"empty", "behind"} else None,
        )


def deployed_changes(connection: psycopg.Connection[Any]) -> list[str]:
    """Names of the changes that sqitch's registry holds for our project, in order; empty without a registry.

    Raises :class:`NotAllowed` when the login may not read the registry.
    """
    try:
        row = connection.execute("select pg_catalog.to_regclass('sqitch.changes') is not null").fetchone()
        if row is None or not row[0]:
            return []
        rows = connection.execute(
            "select change from sqitch.changes where project = 'smartattend' order by committed_at"
        ).fetchall()
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed(
            f"the role {connection.info.user} may not read sqitch's registry of changes",
            code=error.sqlstate,
            hint="connect as the deployer, whose login owns the schema sqitch",
        ) from error
    return [name for (name,) in rows]


def compare(planned: list[str], deployed: list[str]) -> dict[str, Any]:
    """What the plan and the registry say: state is empty, up to date, behind, ahead or diverged."""
    pending = planned[len(deployed) :] if planned[: len(deployed)] == deployed else []
    if not deployed:
        state = "empty"
    elif deployed == planned:
        state = "up to date"
    elif pending:
        state = "behind"
    elif deployed[: len(planned)] == planned:
        state = "ahead of the plan"
    else:
        state = "diverged from the plan"
    return {
        "state": state,
        "planned": len(planned),
        "deployed": len(deployed),
        "last": deployed[-1] if deployed else None,
        "pending": pending if state in {"behind", "diverged from the plan"} else [],
    }
