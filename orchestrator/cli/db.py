"""``smartattend db``: the embedded PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any, TypeVar

import click
import psycopg

from orchestrator.cluster import Cluster, program_version
from orchestrator.errors import InvalidInput, SmartAttendError
from orchestrator.migrations import LIBPQ_NAMES, target_environment
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit, note

F = TypeVar("F", bound=Callable[..., Any])


def _programs_option(function: F) -> F:
    return click.option(
        "--pg-bin",
        metavar="DIR",
        envvar="SMARTATTEND_PG_BIN",
        type=click.Path(file_okay=False),
        help="Server programs to use instead of the wheel's, such as /usr/lib/postgresql/15/bin.",
    )(function)


@click.group("db", epilog=examples("smartattend db up", "smartattend db psql -- -c 'select * from api.tenant'"))
def db() -> None:
    """The embedded PostgreSQL: a private server on a Unix socket, for trying out and for tests."""


@db.command(epilog=examples("smartattend db up", "smartattend db up --pg-bin /usr/lib/postgresql/15/bin"))
@_programs_option
def up(pg_bin: str | None) -> None:
    """Start the embedded server (and make it, the first time). Safe to repeat."""
    cluster = Cluster.default(pg_bin)
    started = cluster.up()
    note("started" if started else "already running")
    click.echo(cluster.dsn())


@db.command(epilog=examples("smartattend db down", "smartattend db down --mode immediate"))
@click.option(
    "--mode",
    type=click.Choice(["smart", "fast", "immediate"]),
    default="fast",
    show_default=True,
    help="As of pg_ctl stop.",
)
def down(mode: str) -> None:
    """Stop the embedded server, and no other. Safe to repeat."""
    note("stopped" if Cluster.default().down(mode=mode) else "was not running")


@db.command(epilog=examples("smartattend db status", "smartattend db status --format json"))
@format_option
@_programs_option
def status(fmt: str, pg_bin: str | None) -> None:
    """Show where the embedded server is and whether it runs."""
    cluster = Cluster.default(pg_bin)
    running = cluster.postmaster()
    state: dict[str, object] = {
        "state": "running" if running else "stopped" if cluster.exists() else "not initialised",
        "pid": running.pid if running else None,
        "version": None,
        "programs": cluster.programs,
        "programs_version": program_version(cluster.programs)[1],
        "data": cluster.data,
        "socket": running.socket_folder if running else cluster.socket_folder,
        "log": cluster.log,
        "user": cluster.account.name,
        "dsn": cluster.dsn(),
        "started_at": None,
        "databases": None,
    }
    if running:
        with psycopg.connect(cluster.dsn("postgres"), autocommit=True, connect_timeout=10) as connection:
            row = connection.execute(
                "select current_setting('server_version'), pg_catalog.pg_postmaster_start_time(),"
                " (select jsonb_object_agg(datname, pg_catalog.pg_database_size(oid))"
                " from pg_catalog.pg_database where datallowconn and not datistemplate)"
            ).fetchone()
        if row is not None:
            state["version"], state["started_at"], state["databases"] = row
    emit(state, fmt)


@db.command(
    context_settings={"ignore_unknown_options": True},
    epilog=examples(
        "smartattend db psql", "smartattend db psql -- -c 'select * from core.machine'", "smartattend db psql < x.sql"
    ),
)
@dsn_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(dsn: str | None, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; arguments after -- go to psql."""
    environment = target_environment(dsn)
    environment["PGAPPNAME"] = "psql"
    program = shutil.which("psql") or str(Cluster.default().programs / "psql")
    if not os.access(program, os.X_OK):
        raise SmartAttendError("psql is not installed", hint="apt-get install postgresql-client")
    result = subprocess.run([program, *arguments], env=environment, check=False)
    raise SystemExit(result.returncode)


@db.command(epilog=examples("smartattend db reset", "smartattend db reset --yes && smartattend db up"))
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Stop the embedded server and delete all its data."""
    cluster = Cluster.default()
    if not cluster.data.exists() and not cluster.is_running():
        note("there is nothing to delete")
        return
    if not yes:
        try:
            click.confirm(f"Delete {cluster.data} and every database in it?", abort=True, err=True)
        except click.Abort as error:
            raise InvalidInput("nothing was deleted", hint="confirm with y, or give --yes") from error
    cluster.reset()
    note(f"deleted {cluster.data}")


@db.command("env", epilog=examples('eval "$(smartattend db env)"   then psql, sqitch, pg_dump … find the database'))
def env() -> None:
    """Print shell lines that point libpq's environment at the embedded server."""
    cluster = Cluster.default()
    for name, value in cluster.parameters().items():
        click.echo(f"export {LIBPQ_NAMES[name]}='{value}'")
