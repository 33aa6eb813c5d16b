"""``smartattend simulate``: break a sandbox tenant on purpose and let the database judge."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shlex
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.rows import dict_row
from rich.console import Console
from rich.live import Live

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, call_value, query
from orchestrator.engine import Progress, Scenario, Settings, execute
from orchestrator.errors import InvalidInput, NotAllowed, SmartAttendError
from orchestrator.options import dsn_option, examples, format_option, token_option
from orchestrator.output import STRUCTURED, emit, note, stderr
from orchestrator.reports import console, html, json_, junit
from orchestrator.scenarios.duplicate_storm import LEAST, MOST, DuplicateStorm
from orchestrator.scenarios.network_instability import NetworkInstability

REPORTS = ("table", "json", "junit", "html")
TOKEN_LIFETIME = "2 hours"  # noqa: S105 - a duration


@click.group(
    "simulate",
    epilog=examples(
        "smartattend simulate duplicate-storm --tenant demo-school --seed 7",
        "smartattend simulate status --tenant demo-school",
    ),
)
def simulate() -> None:
    """Break a sandbox tenant on purpose, and let the database judge what is left.

    Exit codes: 0 held, 1 operational error, 2 usage, 3 an invariant broke, 4 inconclusive.
    """


def _reports(ctx: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    unknown = [name for name in names if name not in REPORTS]
    if unknown or not names:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'} is not of {', '.join(REPORTS)}")
    return names


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """What every simulation takes."""
    for option in reversed(
        (
            click.option("--tenant", required=True, metavar="SLUG", help="The tenant to hurt. It has to be a sandbox."),
            click.option(
                "--seed", type=click.IntRange(0, 2**63 - 1), help="Makes the plan. Default: drawn, and reported."
            ),
            click.option(
                "--report",
                default="table",
                show_default=True,
                callback=_reports,
                metavar="NAMES",
                help="Any of table, json, junit, html, with commas between them.",
            ),
            click.option(
                "--out",
                type=click.Path(file_okay=False, path_type=Path),
                help="Folder for the history and the report files. Default: .smartattend/reports/<command>-<time>.",
            ),
            click.option(
                "--as", "member", default="admin", show_default=True, metavar="LOGIN", help="Whose token to issue."
            ),
            token_option,
            dsn_option,
        )
    ):
        command = option(command)
    return command


@simulate.command(
    "duplicate-storm",
    short_help="The same check-ins many times at once.",
    epilog=examples(
        "smartattend simulate duplicate-storm --tenant demo-school",
        "smartattend simulate duplicate-storm --tenant demo-school --duplicates 200 --seed 7",
        "smartattend simulate duplicate-storm --tenant demo-school --report json,html --out /tmp/storm",
    ),
)
@click.option(
    "--duplicates",
    type=click.IntRange(min=3),
    default=50,
    show_default=True,
    help=f"Simultaneous submissions of each check-in: {LEAST} to {MOST}, others with --force.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Check-ins of each of the four kinds.",
)
@click.option(
    "--interval-ms",
    type=click.IntRange(0, 60_000),
    default=100,
    show_default=True,
    help="From the release of one check-in to the next, whether or not the first is done.",
)
@click.option("--force", is_flag=True, help=f"Allow fewer than {LEAST} or more than {MOST} duplicates.")
@_common
def duplicate_storm(
    tenant: str,
    duplicates: int,
    batch_size: int,
    interval_ms: int,
    force: bool,
    seed: int | None,
    report: tuple[str, ...],
    out: Path | None,
    member: str,
    token: str | None,
    dsn: str | None,
) -> None:
    """Submit the same check-ins many times at once, and count what is left of them.

    Four kinds: the same submission many times, one claim under many keys, one key with several payloads, and
    three taps within a second. Real connections, released together by a barrier; some first callers keep their
    transaction open until all others wait for them, and then commit or roll back.
    """
    chosen = secrets.randbelow(2**31) if seed is None else seed
    scenario = DuplicateStorm(
        duplicates=duplicates, batch_size=batch_size, interval_ms=interval_ms, seed=chosen, force=force
    )
    repeat = [
        *("smartattend", "simulate", scenario.name, "--tenant", tenant, "--duplicates", str(duplicates)),
        *("--batch-size", str(batch_size), "--interval-ms", str(interval_ms), "--seed", str(chosen)),
        *(["--force"] if force else []),
    ]
    _run(scenario, tenant, report, out, member, token, dsn, shlex.join(repeat))


@simulate.command(
    "network-instability",
    short_help="Check-ins through a network that breaks, stalls and crawls.",
    epilog=examples(
        "smartattend simulate network-instability --tenant demo-school",
        "smartattend simulate network-instability --tenant demo-school --failure-rate 50 --timeout-probability 25",
        "smartattend simulate network-instability --tenant demo-school --time-scale 0.1 --seed 7 --report json,html",
    ),
)
@click.option(
    "--failure-rate",
    type=click.FloatRange(0, 50),
    default=10,
    show_default=True,
    help="Per cent of the requests whose connection breaks: before them, after their commit, and refused again.",
)
@click.option(
    "--latency-spike-ms",
    type=click.IntRange(0, 5000),
    default=3000,
    show_default=True,
    help="How long a slow request takes; one in ten is slow. 0: none.",
)
@click.option(
    "--timeout-probability",
    type=click.FloatRange(0, 25),
    default=5,
    show_default=True,
    help="Per cent of the requests that nobody answers until the device gives up.",
)
@click.option(
    "--iterations", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Check-ins of each device."
)
@click.option(
    "--devices", type=click.IntRange(1, 200), default=20, show_default=True, help="Devices, at the same time."
)
@click.option(
    "--interval-ms",
    type=click.IntRange(1, 60_000),
    default=500,
    show_default=True,
    help="Mean time between the check-ins of a device, whether or not those before are delivered.",
)
@click.option(
    "--time-scale",
    type=click.FloatRange(0.001, 1),
    default=1.0,
    show_default=True,
    help="Shrinks delays, intervals and time-outs together.",
)
@click.option(
    "--recover-within-ms",
    type=click.IntRange(100, 600_000),
    default=10_000,
    show_default=True,
    help="After the last fault, every device has to be served within this time. Not scaled.",
)
@click.option(
    "--without-keys",
    is_flag=True,
    help="A control that must break: a new key for every try, and no rule of repeats. For scratch databases.",
)
@_common
def network_instability(
    failure_rate: float,
    latency_spike_ms: int,
    timeout_probability: float,
    iterations: int,
    devices: int,
    interval_ms: int,
    time_scale: float,
    recover_within_ms: int,
    without_keys: bool,
    tenant: str,
    seed: int | None,
    report: tuple[str, ...],
    out: Path | None,
    member: str,
    token: str | None,
    dsn: str | None,
) -> None:
    """Deliver check-ins through a network that breaks, stalls and crawls, and see what is left of them.

    A proxy that reads PostgreSQL's protocol stands between the devices and the server. It lets a fault meet a
    request, not a connection, so that it can break the line between a commit and its answer. Devices retry with the
    same key, back off, open a circuit breaker, and give up by closing their socket.
    """
    chosen = secrets.randbelow(2**31) if seed is None else seed
    scenario = NetworkInstability(
        failure_rate=failure_rate,
        latency_spike_ms=latency_spike_ms,
        timeout_probability=timeout_probability,
        iterations=iterations,
        devices=devices,
        interval_ms=interval_ms,
        time_scale=time_scale,
        recover_within_ms=recover_within_ms,
        seed=chosen,
        keys=not without_keys,
    )
    given = [(f"--{name.replace('_', '-')}", str(value)) for name, value in scenario.parameters.items()]
    repeat = [
        *("smartattend", "simulate", scenario.name, "--tenant", tenant),
        *(word for pair in given for word in pair),
        *("--seed", str(chosen)),
        *(["--without-keys"] if without_keys else []),
    ]
    _run(scenario, tenant, report, out, member, token, dsn, shlex.join(repeat))


def _run(
    scenario: Scenario,
    tenant: str,
    reports: tuple[str, ...],
    out: Path | None,
    member: str,
    token: str | None,
    dsn: str | None,
    repeat: str,
) -> None:
    """Run a scenario, write its reports, and leave with the verdict's exit code."""
    folder = out or Path(".smartattend") / "reports" / f"{scenario.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    with _token(dsn, tenant, member, token) as live_token, _Watch(scenario) as watch:
        settings = Settings(tenant=tenant, token=live_token, dsn=dsn, out=folder, listener=watch.hear, repeat=repeat)
        try:
            result = asyncio.run(execute(scenario, settings))
        except KeyboardInterrupt as error:
            raise SmartAttendError("interrupted: the run is marked as aborted, its connections are closed") from error
        except asyncio.CancelledError as error:
            raise SmartAttendError("terminated: the run is marked as aborted") from error
    document = result.report
    written = []
    if "json" in reports:
        written.append(json_.write(document, folder / "report.json"))
    if "junit" in reports:
        written.append(junit.write(document, folder / "junit.xml"))
    if "html" in reports:
        written.append(html.write(document, folder / "report.html"))
    if "table" in reports:
        console.show(document)
    for path in (*written, result.history):
        if path is not None:
            note(f"written: {path}")
    sys.exit(document["verdict"]["exit_code"])


@contextlib.contextmanager
def _token(dsn: str | None, tenant: str, member: str, given: str | None) -> Iterator[str]:
    """The given token, or one of our own that is revoked afterwards."""
    if given:
        yield given
        return
    with database.connect(dsn) as connection:
        try:
            with acting_as(connection, OPERATOR):
                issued = str(
                    call_value(
                        connection,
                        "identity",
                        "login",
                        tenant_slug=tenant,
                        login=member,
                        lifetime=TOKEN_LIFETIME,
                        reason="a simulation of the command line",
                    )
                )
        except NotAllowed as error:
            error.hint = f"{error.hint}; or give a token with --token"
            raise
        except psycopg.Error as error:
            if error.sqlstate == "SA011":
                raise InvalidInput(
                    f"there is no tenant {tenant} with a member {member}",
                    code=error.sqlstate,
                    hint="see smartattend tenant list; name the tenant with --tenant and its administrator with --as",
                ) from error
            raise
    try:
        yield issued
    finally:
        with (
            contextlib.suppress(psycopg.Error, SmartAttendError),
            database.connect(dsn) as connection,
            acting_as(connection, OPERATOR),
        ):
            call_value(connection, "identity", "revoke_token", token=issued, reason="the simulation is over")


class _Watch:
    """Live progress on stderr: a display on a terminal, a few lines otherwise."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._console: Console = stderr()
        self._live: Live | None = None
        self._phase = ""

    def __enter__(self) -> _Watch:
        if self._console.is_terminal:
            self._live = Live(console=self._console, transient=True, refresh_per_second=12)
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.stop()

    def hear(self, progress: Progress) -> None:
        """Show where the run is."""
        if self._live is not None:
            self._live.update(console.progress(self.scenario, progress))
        elif progress.phase != self._phase:
            note(f"{self.scenario.name}: {progress.message}")
        self._phase = progress.phase


@simulate.command(
    short_help="The last runs and what they found.",
    epilog=examples(
        "smartattend simulate status --tenant demo-school",
        "smartattend simulate status --tenant demo-school --format json",
    ),
)
@click.option("--tenant", required=True, metavar="SLUG", help="The tenant whose runs to show.")
@click.option("--last", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many runs.")
@click.option("--as", "member", default="admin", show_default=True, metavar="LOGIN", help="Whose token to issue.")
@token_option
@format_option
@dsn_option
def status(tenant: str, last: int, member: str, token: str | None, fmt: str, dsn: str | None) -> None:
    """Show the last runs of a tenant, and the open issues of the newest run of each kind."""
    with _token(dsn, tenant, member, token) as live_token, database.connect(dsn) as connection:
        connection.execute("set role smartattend_app")
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute("select set_config('smartattend.token', %s, true)", [live_token])
            runs = cursor.execute(query("runs"), {"last": last}).fetchall()
            issues = cursor.execute(query("open_issues")).fetchall()
    if fmt in STRUCTURED:
        emit({"tenant": tenant, "runs": runs, "issues": issues}, fmt)
        return
    shown: list[dict[str, Any]] = [
        {
            "started": f"{run['created_at']:%Y-%m-%d %H:%M:%S}",
            "command": run["command"],
            "verdict": run["state"],
            "issues": run["issues"],
            "seed": run["seed"],
            "seconds": round((run["ended_at"] - run["created_at"]).total_seconds(), 1) if run["ended_at"] else None,
            "run": run["id"],
            "reason": run["state_reason"],
        }
        for run in runs
    ]
    emit(shown, fmt, title=f"Runs in {tenant}", empty=f"no run in {tenant} yet")
    if issues and fmt == "table":
        emit(
            [{name: issue[name] for name in ("severity", "command", "title", "action")} for issue in issues],
            fmt,
            title="Open issues of the newest runs",
        )
