"""``smartattend worker``: run what is due, send what waits."""

from __future__ import annotations

import ipaddress
import signal
from pathlib import Path
from types import FrameType

import click

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, rows
from orchestrator.errors import SmartAttendError
from orchestrator.notifications import Network, Settings
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import STRUCTURED, emit, note
from orchestrator.worker import Log, Worker

PG_CRON = """\
-- Maintenance by pg_cron instead of a worker's loop: run as a superuser in the database that pg_cron lives in.
-- The jobs run as {user}, a login that is a member of smartattend_operator and smartattend_sealer.
create extension if not exists pg_cron;
select cron.schedule_in_database(
  'smartattend maintenance', '* * * * *', 'call ops.maintain()', {database}, {user}, true
);
-- Deliveries still need a worker: smartattend worker --deliveries-only
-- To end it: select cron.unschedule('smartattend maintenance');
"""


def _named(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        name, equals, what = value.partition("=")
        if not equals or not name or not what:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE", context, parameter)
        found[name] = what
    return found


def _networks(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def _server(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _, port = value.rpartition(":") if ":" in value else (value, "", "25")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise click.BadParameter(f"{value!r} is not HOST:PORT", context, parameter)
    return host.strip("[]"), int(port)


@click.group(
    "worker",
    invoke_without_command=True,
    epilog=examples(
        "smartattend worker                                    until it is told to stop (SIGTERM, ^C)",
        "smartattend worker --once                             from cron: what is due now; exit code 1 if it failed",
        "smartattend worker --deliveries-only --file audit=/var/log/smartattend/audit.jsonl",
        "smartattend worker status",
    ),
)
@click.option("--once", is_flag=True, help="Run what is due, send what waits, and end.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for jobs and deliveries that are due.",
)
@click.option("--jobs-only", is_flag=True, help="Send nothing.")
@click.option("--deliveries-only", is_flag=True, help="Run no jobs (pg_cron does, or another worker).")
@click.option(
    "--log",
    "log_style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Lines on stderr.",
)
@click.option(
    "--lease",
    type=click.FloatRange(min=1, max=3600),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="After so long another worker sends what this one took and has said nothing of.",
)
@click.option(
    "--time-out",
    type=click.FloatRange(min=0.1, max=600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a channel waits; below the lease.",
)
@click.option(
    "--command", "commands", multiple=True, callback=_named, metavar="NAME=PROGRAM", help="A program that may be run."
)
@click.option("--file", "files", multiple=True, callback=_named, metavar="NAME=PATH", help="A file to append to.")
@click.option(
    "--allow-network",
    "networks",
    multiple=True,
    callback=_networks,
    metavar="CIDR",
    help="A network that is not public and that webhooks of tenants may reach.",
)
@click.option(
    "--secrets",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    envvar="SMARTATTEND_SECRETS",
    metavar="DIR",
    help="Folder of secrets: <tenant's id, or platform>/<name>.",
)
@click.option("--smtp", callback=_server, envvar="SMARTATTEND_SMTP", metavar="HOST:PORT", help="The mail server.")
@click.option("--smtp-from", default="smartattend@localhost", show_default=True, metavar="ADDRESS", help="The sender.")
@click.option("--smtp-user", metavar="NAME", help="Log in; the password is in SMARTATTEND_SMTP_PASSWORD.")
@click.option("--smtp-starttls", is_flag=True, help="Encrypt, and refuse a server that cannot.")
@click.option("--print-pg-cron", is_flag=True, help="Print the SQL that lets pg_cron run the jobs, and end.")
@dsn_option
@click.pass_context
def worker(
    context: click.Context,
    *,
    once: bool,
    interval: float,
    jobs_only: bool,
    deliveries_only: bool,
    log_style: str,
    lease: float,
    time_out: float,
    commands: dict[str, str],
    files: dict[str, str],
    networks: tuple[Network, ...],
    secrets: Path | None,
    smtp: tuple[str, int] | None,
    smtp_from: str,
    smtp_user: str | None,
    smtp_starttls: bool,
    print_pg_cron: bool,
    dsn: str | None,
) -> None:
    """Run maintenance and send notifications, until SIGTERM or SIGINT.

    Several workers share the work; each job runs once at a time, each message is sent once unless a worker dies in
    the middle. On a signal the delivery in hand is finished and the job that runs ends (after 20 s it is cancelled,
    which undoes it). The login is a member of smartattend_operator, and of smartattend_sealer to seal.
    """
    if context.invoked_subcommand is not None:
        context.obj = dsn
        return
    if print_pg_cron:
        parameters = database.resolve(dsn)
        click.echo(
            PG_CRON.format(
                database="'" + parameters.get("dbname", "smartattend").replace("'", "''") + "'",
                user="'" + parameters.get("user", "smartattend_worker").replace("'", "''") + "'",
            ),
            nl=False,
        )
        return
    if jobs_only and deliveries_only:
        raise click.UsageError("--jobs-only and --deliveries-only leave nothing to do")
    if time_out >= lease:
        raise click.UsageError("--time-out has to be below --lease: what takes longer would be sent twice")
    settings = Settings(
        commands=commands,
        files={name: Path(path) for name, path in files.items()},
        networks=networks,
        secrets=secrets,
        smtp_host=smtp[0] if smtp else None,
        smtp_port=smtp[1] if smtp else 25,
        smtp_from=smtp_from,
        smtp_user=smtp_user,
        smtp_starttls=smtp_starttls,
        time_out=time_out,
    )
    log = Log(log_style)
    made = Worker(
        dsn,
        settings,
        log,
        interval=interval,
        lease=lease,
        once=once,
        jobs=not deliveries_only,
        deliveries=not jobs_only,
    )

    def told(number: int, _frame: FrameType | None) -> None:
        log("stopping", signal=signal.Signals(number).name)
        made.stop()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        held = made.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if not held:
        raise SmartAttendError(
            "something failed", hint="the lines above say what; smartattend worker status shows all jobs"
        )


@worker.command(epilog=examples("smartattend worker status", "smartattend worker status --format json"))
@format_option
@dsn_option
@click.pass_context
def status(context: click.Context, fmt: str, dsn: str | None) -> None:
    """Show every job with its last run, and what waits to be sent."""
    with database.connect(dsn or context.obj) as connection, acting_as(connection, OPERATOR):
        jobs = rows(connection, "job_status")
        deliveries = rows(connection, "delivery_status")
    if fmt == "table":
        shown = ["job", "result", "begun_at", "took", "lag", "failures", "failing_tenants", "last_error"]
        emit(jobs, fmt, columns=shown)
        for row in deliveries:
            waits = f", the oldest due since {row['oldest']}" if row["oldest"] else ""
            note(f"{row['deliveries']} deliveries {row['state']} in {row['tenants']} tenants{waits}")
    elif fmt in STRUCTURED:
        emit({"jobs": jobs, "deliveries": deliveries}, fmt)
    else:
        emit(jobs, fmt)
