"""``smartattend incident``: what went wrong, who has it, and how it was put right."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click
import psycopg
from psycopg.rows import dict_row

from orchestrator import database
from orchestrator.acting import query, refusal
from orchestrator.cli.report import Instant
from orchestrator.errors import InvalidInput
from orchestrator.importers.session import tenant_session
from orchestrator.options import dsn_option, examples, format_option, token_option
from orchestrator.output import STRUCTURED, emit

F = TypeVar("F", bound=Callable[..., Any])
Row = dict[str, Any]

PURPOSE: Final = "smartattend incident"
PLATFORM: Final = "sa_platform_"
LIST: Final = ("number", "severity", "state", "sla", "level", "owner", "age", "occurrences", "source", "title")
CONFIDENCES: Final = ("low", "medium", "high")
KINDS: Final = ("note", "mitigation", "root_cause", "fix", "verification", "remediation", "prevention", "verdict")


@dataclass(frozen=True)
class Desk:
    """Where incidents are worked on: a session of a tenant or of the platform."""

    connection: psycopg.Connection[Any]
    token: str

    def find(self, name: str, **values: object) -> list[Row]:
        """The rows of a named query, with the session's rights."""
        with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute("set local role smartattend_app")
            cursor.execute("select pg_catalog.set_config('smartattend.token', %s, true)", [self.token])
            return cursor.execute(query(name), values).fetchall()

    def incident(self, which: str) -> uuid.UUID:
        """The id of an incident by its number or id. Raises :class:`InvalidInput` when there is none to be seen."""
        found = self.find("incident_find", which=which)
        if not found:
            raise InvalidInput(
                f"there is no incident {which!r} that this session may read",
                expected="a number of smartattend incident list, or an id",
                hint="it takes incident.read, in the tenant or with a platform session",
            )
        return uuid.UUID(str(found[0]["id"]))

    def call(self, procedure: str, **named: object) -> Row:
        """The accepted outcome of a command with a new key; a refusal is committed, then raised."""
        given = {name: value for name, value in named.items() if value is not None}
        with self.connection.transaction():
            self.connection.execute("set local role smartattend_app")
            outcome = database.call(self.connection, procedure, key=database.uuid7(), **given, token=self.token)
        if not outcome.ok:
            raise refusal(self.connection, outcome)
        return {"id": outcome.id, "status": outcome.status, **(outcome.detail or {})}


@contextmanager
def _desk(tenant: str | None, login: str | None, token: str | None, dsn: str | None) -> Iterator[Desk]:
    """The session to work in: that of ``token``, or one of ``login`` in ``tenant`` that ends with the command."""
    if token is not None and login is not None:
        raise click.UsageError("--as cannot be given with --token, which is somebody's.")
    if token is None and tenant is None:
        raise click.UsageError("Name the session: --token, or --tenant with --as.")
    with database.connect(dsn, application_name=PURPOSE) as connection:
        if token is not None and token.startswith(PLATFORM):
            if tenant is not None:
                raise click.UsageError("A token of the platform is for the platform's incidents, without --tenant.")
            yield Desk(connection, token)
        else:
            with tenant_session(connection, tenant, token, login, PURPOSE) as session:
                yield Desk(connection, session.token)


def _session_options(function: F) -> F:
    """``--tenant``, ``--as``, ``--token``, ``--format`` and ``--dsn``."""
    for option in (
        format_option,
        dsn_option,
        token_option,
        click.option(
            "--as",
            "login",
            metavar="LOGIN_OR_MEMBER",
            help="With --tenant: whose session to act in, ended with the command. Default: its first administrator.",
        ),
        click.option("--tenant", metavar="SLUG", help="The tenant; without, that of the token, or the platform."),
    ):
        function = option(function)
    return function


_reason = click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 10 characters.")
_which = click.argument("which", metavar="INCIDENT")


@click.group(
    "incident",
    epilog=examples(
        "smartattend incident list --tenant north-high",
        "smartattend incident acknowledge 17 --tenant north-high --as ann@north.example",
        "smartattend incident show 17 --tenant north-high",
        "export SMARTATTEND_TOKEN=$(smartattend token issue --platform root --reason 'on call' --ticket OPS-17)",
        "smartattend incident list",
    ),
)
def incident() -> None:
    """Incidents of a tenant, or with the token of a platform session those of the platform.

    Every command acts in one session (--token, or --tenant with --as) with its rights: incident.read to read,
    incident.manage for the rest. INCIDENT is a number of the list, or an id.
    """


# --- reading -----------------------------------------------------------------------------------------------


@incident.command(
    "list", epilog=examples("smartattend incident list --tenant north-high", "smartattend incident list --all")
)
@click.option("--all", "everything", is_flag=True, help="Also what is resolved, closed or dismissed.")
@click.option("--source", metavar="SOURCE", help="Only of this source.")
@click.option(
    "--severity", type=click.IntRange(1, 4), default=4, show_default=True, help="Only this severity and worse."
)
@_session_options
def list_(
    everything: bool, source: str | None, severity: int,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """Show the open incidents, the worst first: who has each, how far it escalated, how its service level stands."""
    with _desk(tenant, login, token, dsn) as desk:
        found = desk.find("incident_list", everything=everything, source=source, severity=severity)
    emit(found, fmt, columns=LIST if fmt == "table" else None, empty="no incident is open")


@incident.command(epilog=examples("smartattend incident show 17 --tenant north-high --format json"))
@_which
@_session_options
def show(which: str, tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str) -> None:
    """Show one incident and its timeline."""
    with _desk(tenant, login, token, dsn) as desk:
        found = desk.incident(which)
        about = desk.find("incident_show", id=found)[0]
        timeline = desk.find("incident_timeline", id=found)
    if fmt in STRUCTURED:
        emit(about | {"timeline": timeline}, fmt)
        return
    if fmt == "table":
        emit([{"what": name, "is": value} for name, value in about.items() if value is not None])
    emit(timeline, fmt)


@incident.command(epilog=examples("smartattend incident sla --tenant north-high --since 2026-11-01T00:00:00Z"))
@click.option("--since", type=Instant(), metavar="INSTANT", help="Only episodes that began then or later.")
@click.option("--episodes", is_flag=True, help="Each episode, not the means.")
@_session_options
def sla(
    since: dt.datetime | None, episodes: bool,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """Show MTTA, MTTM and MTTR by severity, less pauses, and how often the service level was missed."""
    with _desk(tenant, login, token, dsn) as desk:
        found = desk.find("incident_sla" if episodes else "incident_means", since=since)
    emit(found, fmt, empty="there was no incident")


@incident.command(epilog=examples("smartattend incident missed --tenant north-high"))
@_session_options
def missed(tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str) -> None:
    """List escalation steps of severity 1 and 2 whose time passed without a line in the log: there should be none."""
    with _desk(tenant, login, token, dsn) as desk:
        found = desk.find("incident_missed")
    emit(found, fmt, empty="no escalation step was missed")


# --- acting ------------------------------------------------------------------------------------------------


@incident.command(
    "raise", epilog=examples("smartattend incident raise 'the roof leaks' --severity 2 --key roof --tenant north-high")
)
@click.argument("title")
@click.option("--severity", type=click.IntRange(1, 4), help="1 is the worst. Default: 3.")
@click.option("--key", "dedup_key", metavar="TEXT", help="What makes it the same trouble. Default: it is its own.")
@_session_options
def raise_(
    title: str, severity: int | None, dedup_key: str | None,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """Raise an incident by hand, or count an occurrence of the open one with this key."""
    with _desk(tenant, login, token, dsn) as desk:
        emit([desk.call("incident_raise", title=title, severity=severity, dedup_key=dedup_key)], fmt)


def _move(via: str, text: str, *options: Callable[[Any], Any], example: str = "") -> None:
    """Add the command of a transition: its options are what it states, or its reason."""

    def command(
        which: str, tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
        reason: str | None = None, **statements: str | None,
    ) -> None:  # fmt: skip
        with _desk(tenant, login, token, dsn) as desk:
            said = {name: value for name, value in statements.items() if value is not None}
            moved = desk.call(
                "incident_transition", incident_id=desk.incident(which), via=via, reason=reason, statements=said
            )
        emit([moved], fmt)

    command.__doc__ = text
    made: Any = command
    wrappers: list[Callable[[Any], Any]] = [_session_options, *options, _which]
    for wrap in wrappers:
        made = wrap(made)
    epilog = examples(f"smartattend incident {via} 17{example} --tenant north-high --as ann@north.example")
    incident.command(via, epilog=epilog)(made)


def _says(name: str, text: str, **options: Any) -> Callable[[Any], Any]:
    """An option with what a move requires, unless it was stated before by ``smartattend incident note``."""
    return click.option(f"--{name.replace('_', '-')}", metavar="TEXT", help=text, **options)


_confidence = click.option(
    "--confidence", type=click.Choice(CONFIDENCES), help="How sure you are of the root cause; with --root-cause."
)

_move("acknowledge", "Take INCIDENT: it is yours, and escalates no further.")
_move(
    "unacknowledge", "Give INCIDENT back: it is nobody's again, and escalates.", _reason,
    example=" --reason 'I have to leave'",
)  # fmt: skip
_move("investigate", "Begin to look into INCIDENT, which is yours.")
_move(
    "mitigate", "INCIDENT hurts no more.", _says("mitigation", "What was done against it."),
    example=" --mitigation 'a bucket stands under it'",
)  # fmt: skip
_move("fail", "The mitigation of INCIDENT did not hold.", _reason, example=" --reason 'the bucket is full'")
_move(
    "resolve", "INCIDENT is put right: why it happened, and what mended it.",
    _says("fix", "What mended it."), _confidence, _says("root_cause", "Why it happened."),
    example=" --root-cause 'a tile was broken' --confidence high --fix 'a new tile'",
)  # fmt: skip
_move(
    "verify", "INCIDENT, which was mitigated, is resolved.", _says("verification", "What shows that it is."),
    example=" --verification 'no drop in two storms'",
)  # fmt: skip
_move(
    "reopen", "New facts: INCIDENT is not resolved. It is another episode.", _reason,
    example=" --reason 'it drips again'",
)  # fmt: skip
_move(
    "close",
    "INCIDENT is over. Severity 1 and 2: with a summary, and not by who resolved it.",
    _says("prevention", "What will keep it from coming back."),
    _says("remediation", "What was done besides mending it."),
    _confidence,
    _says("root_cause", "Why it happened, if it was not stated."),
    example=" --remediation 'every tile was looked at' --prevention 'a look each year'",
)


@incident.command(
    epilog=examples(
        "smartattend incident dismiss 17 --code false_positive --reason 'the sensor was wrong' --tenant north-high",
    )
)
@_which
@click.option("--code", required=True, type=click.Choice(["false_positive", "test"]), help="Why it is none.")
@_reason
@_session_options
def dismiss(
    which: str, code: str, reason: str,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """INCIDENT is none. Of severity 1 and 2 you propose it, and a second person who does the same dismisses it."""
    with _desk(tenant, login, token, dsn) as desk:
        emit([desk.call("incident_dismiss", incident_id=desk.incident(which), code=code, reason=reason)], fmt)


@incident.command(
    epilog=examples("smartattend incident merge 17 --into 12 --reason 'the same leak' --tenant north-high")
)
@_which
@click.option("--into", required=True, metavar="INCIDENT", help="Where it belongs; it counts there as an occurrence.")
@click.option("--duplicate", is_flag=True, help="It is the same, raised twice; else it belongs to the other one.")
@_reason
@_session_options
def merge(
    which: str, into: str, duplicate: bool, reason: str,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """INCIDENT belongs to another one that is open. Of severity 1 and 2 it takes a second person."""
    with _desk(tenant, login, token, dsn) as desk:
        done = desk.call(
            "incident_dismiss", incident_id=desk.incident(which), code="duplicate" if duplicate else "merged",
            reason=reason, into_id=desk.incident(into),
        )  # fmt: skip
    emit([done], fmt)


@incident.command(
    epilog=examples("smartattend incident note 17 root_cause 'a tile was broken' --confidence high --tenant north-high")
)
@_which
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("text")
@_confidence
@_session_options
def note(
    which: str, kind: str, text: str, confidence: str | None,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """State TEXT about INCIDENT; what a move requires may be stated here before."""
    with _desk(tenant, login, token, dsn) as desk:
        done = desk.call("incident_note", incident_id=desk.incident(which), kind=kind, text=text, confidence=confidence)
    emit([done], fmt)


@incident.command(
    epilog=examples("smartattend incident assign 17 --to 40003 --reason 'she knows the roof' --tenant north-high")
)
@_which
@click.option("--to", "owner", metavar="MEMBER_OR_ID", help="A member number, or a person's id. Default: yourself.")
@_reason
@_session_options
def assign(
    which: str, owner: str | None, reason: str,
    tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str,
) -> None:  # fmt: skip
    """Hand INCIDENT, which somebody has, to somebody who may manage incidents."""
    with _desk(tenant, login, token, dsn) as desk:
        found = desk.find("report_member", number=owner) if owner is not None else []
        owner_id = found[0]["id"] if found else owner
        if owner is not None and not found:
            try:
                owner_id = uuid.UUID(owner)
            except ValueError as error:
                raise InvalidInput(f"there is no member {owner!r} that this session may see") from error
        done = desk.call("incident_assign", incident_id=desk.incident(which), reason=reason, owner_id=owner_id)
    emit([done], fmt)


def _hold(name: str, text: str) -> None:
    def command(
        which: str, reason: str, tenant: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str
    ) -> None:
        with _desk(tenant, login, token, dsn) as desk:
            emit([desk.call(f"incident_{name}", incident_id=desk.incident(which), reason=reason)], fmt)

    command.__doc__ = text
    made: Any = command
    wrappers: list[Callable[[Any], Any]] = [_session_options, _reason, _which]
    for wrap in wrappers:
        made = wrap(made)
    epilog = examples(f"smartattend incident {name} 17 --reason 'the roofer has to come' --tenant north-high")
    incident.command(name, epilog=epilog)(made)


_hold("pause", "Let the clocks of INCIDENT stand still: somebody else has to move first.")
_hold("resume", "Let the clocks of INCIDENT run again.")
