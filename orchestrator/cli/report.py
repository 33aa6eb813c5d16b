"""``smartattend report``: what people ask about attendance, as table, CSV or JSON."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import click

from orchestrator import database
from orchestrator.errors import InvalidInput, SmartAttendError
from orchestrator.options import Day, dsn_option, examples, format_option, token_option
from orchestrator.output import emit, emit_stream, note
from orchestrator.reports import attendance, refreshed
from orchestrator.reports.attendance import Reader, Report, local

F = TypeVar("F", bound=Callable[..., Any])

STANDINGS = (
    *("present", "late", "left_early", "partial", "approved_elsewhere", "absent_excused", "absent_unexcused"),
    *("not_required", "held", "on_leave", "not_taken", "to_come", "cancelled"),
)


class Instant(click.ParamType[dt.datetime]):
    """An instant: ISO 8601 with an offset."""

    name = "instant"

    def convert(
        self, value: str | dt.datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """``value`` as an instant; a usage error when it is none, or has no offset."""
        if isinstance(value, dt.datetime):
            return value
        try:
            instant = dt.datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(f"{value!r} is no instant with an offset, such as 2026-03-02T17:00+01:00", param, ctx)
        return instant


def _reading(function: F) -> F:
    """``--tenant``, ``--token``, ``--as``, ``--dsn`` and ``--format``: who reads, and how it is shown."""
    for option in (
        format_option,
        dsn_option,
        click.option(
            "--as",
            "login",
            metavar="LOGIN",
            help="Without a token: the login or member number to issue one for, revoked at the end. "
            "Default: the tenant's first administrator.",
        ),
        token_option,
        click.option("--tenant", metavar="SLUG", help="The tenant. Not needed with a token, which has one."),
    ):
        function = option(function)
    return function


_unit_option = click.option("--unit", metavar="CODE", help="Only this unit and what is beneath it: CODE or SITE/CODE.")


def _reader(
    dsn: str | None, tenant: str | None, token: str | None, login: str | None
) -> AbstractContextManager[Reader]:
    if tenant is None and token is None:
        raise click.UsageError("Name who reads: --token (or SMARTATTEND_TOKEN), or --tenant with --as.")
    if token is not None and login is not None:
        raise click.UsageError("--as cannot be given with --token, which is somebody's.")
    return attendance.reader(dsn, tenant, token, login)


def _show(reader: Reader, report: Report, fmt: str, empty: str, **values: object) -> int:
    rows: Iterator[dict[str, Any]] = reader.rows(report, **values)
    if fmt == "table":
        rows = map(report.brief, rows)
    return emit_stream(rows, fmt, columns=report.keys, shown=report.shown, empty=empty)


@click.group(
    "report",
    epilog=examples(
        "smartattend report day 2026-03-02 --tenant north-high",
        "smartattend report flags --tenant north-high --format csv",
    ),
)
def report() -> None:
    """Reports on attendance, read with the rights of a login token: people see themselves, offices their scope.

    Instants are shown in the zone of the site with their offset, and in JSON and CSV in UTC as well. An empty report
    is no error.
    """


@report.command(
    epilog=examples(
        "smartattend report day --tenant north-high              today, as its first administrator",
        "smartattend report day 2026-03-02 --totals              counts by unit, with SMARTATTEND_TOKEN",
        "smartattend report day 2026-03-02 --unit main/10A --only absent_unexcused --only not_taken",
        "smartattend report day 2026-03-02 --format csv > day.csv",
    )
)
@click.argument("date", type=Day(), required=False)
@_unit_option
@click.option("--only", "standings", multiple=True, type=click.Choice(STANDINGS), help="Only these; may be repeated.")
@click.option("--totals", is_flag=True, help="Counts by unit instead of people.")
@_reading
def day(
    date: dt.date | None,
    unit: str | None,
    standings: tuple[str, ...],
    totals: bool,
    tenant: str | None,
    token: str | None,
    login: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Show who was expected on a date, who was present, late or absent, and who came besides.

    DATE is a business date (default: today in the tenant's zone): a night shift belongs to the date on which it
    begins. not_taken is neither absent nor present: nobody has said anything.
    """
    if totals and standings:
        raise click.UsageError("--only cannot be given with --totals, which counts them all.")
    with _reader(dsn, tenant, token, login) as reader:
        values = {"date": date or reader.today, "unit_id": reader.unit(unit), "standings": list(standings) or None}
        empty = f"nobody was expected on {values['date']}, and nobody came, as far as this token sees"
        chosen = attendance.TOTALS if totals else attendance.DAY
        _show(reader, chosen, fmt, empty, **values)


@report.command(
    epilog=examples(
        "smartattend report subject                              one's own, with SMARTATTEND_TOKEN",
        "smartattend report subject S1 --tenant north-high --from 2026-03-01 --to 2026-03-31",
        "smartattend report subject S1 --tenant north-high --revisions --format json",
        "smartattend report subject S1 --tenant north-high --as-of 2026-03-02T17:00+01:00",
    )
)
@click.argument("member", required=False)
@click.option("--from", "from_date", type=Day(), metavar="DATE", help="First business date. Default: the first.")
@click.option("--to", "until_date", type=Day(), metavar="DATE", help="Last business date, included. Default: the last.")
@click.option("--revisions", is_flag=True, help="Every revision, with who made it and why.")
@click.option("--as-of", "known_at", type=Instant(), metavar="INSTANT", help="What was known then. Default: now.")
@_reading
def subject(
    member: str | None,
    from_date: dt.date | None,
    until_date: dt.date | None,
    revisions: bool,
    known_at: dt.datetime | None,
    tenant: str | None,
    token: str | None,
    login: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Show a person's records, voided ones included.

    MEMBER is a member number; without it, whose token it is. What lies outside the token's scope is left out.
    """
    if from_date and until_date and from_date > until_date:
        raise InvalidInput(
            "the range is empty", expected="--from not after --to", observed=f"{from_date} > {until_date}"
        )
    with _reader(dsn, tenant, token, login) as reader:
        found = reader.member(member) if member is not None else None
        who = f"{found['name']} ({found['number']})" if found else "oneself"
        _show(
            reader,
            attendance.REVISIONS if revisions else attendance.SUBJECT,
            fmt,
            f"no record of {who} in this range, as far as this token sees",
            subject_id=found["id"] if found else None,
            from_date=from_date,
            until_date=until_date,
            known_at=known_at,
        )


@report.command(
    epilog=examples(
        "smartattend report register --tenant north-high         today's registers",
        "smartattend report register --date 2026-03-02 --unit 10A",
        "smartattend report register 0198c1d2-…                  the roll of one session",
    )
)
@click.argument("session", required=False, type=click.UUID)
@click.option("--date", type=Day(), metavar="DATE", help="The registers of this business date. Default: today.")
@_unit_option
@_reading
def register(
    session: uuid.UUID | None,
    date: dt.date | None,
    unit: str | None,
    tenant: str | None,
    token: str | None,
    login: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Show the roll of a session: who was expected, what is known of each, and whether it was taken.

    SESSION is a session's id; without it, the registers of a date with their states. A register that nobody
    submitted was not taken: nobody is absent by it.
    """
    if session is not None and (date or unit):
        raise click.UsageError("--date and --unit choose registers; they cannot be given with a SESSION.")
    with _reader(dsn, tenant, token, login) as reader:
        if session is None:
            on = date or reader.today
            empty = f"no register on {on}, as far as this token sees"
            _show(reader, attendance.REGISTERS, fmt, empty, date=on, unit_id=reader.unit(unit))
            return
        found = reader.find("report_session", session_id=session)
        if not found:
            raise InvalidInput(
                f"there is no session {session} that this token may see",
                hint="find it with: smartattend report register --date DATE",
            )
        one = found[0]
        state = "cancelled" if one["cancelled_at"] else one["state"]
        taken = "" if state in {"submitted", "closed", "cancelled", None} else ", not taken"
        starts = local(one["starts_at"], one["zone"])
        note(f"{one['name']} of {one['unit']}, {starts}: register {state or 'unknown'}{taken}")
        _show(reader, attendance.REGISTER, fmt, "nobody is on this roll", session_id=session)


@report.command(
    epilog=examples(
        "smartattend report flags --tenant north-high            what waits for a decision, what blocks first",
        "smartattend report flags --rule F17 --rule F03 --blocking",
        "smartattend report flags --state dismissed --state upheld --format json",
    )
)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only this rule, such as F17; may be repeated.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["open", "dismissed", "upheld", "auto_cleared", "any"]),
    default=["open"],
    show_default=True,
    help="Only flags in this state; may be repeated.",
)
@click.option("--blocking", is_flag=True, help="Only those that hold a record.")
@_unit_option
@_reading
def flags(
    rules: tuple[str, ...],
    states: tuple[str, ...],
    blocking: bool,
    unit: str | None,
    tenant: str | None,
    token: str | None,
    login: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Show open integrity flags with their evidence and age; nobody sees those about oneself."""
    with _reader(dsn, tenant, token, login) as reader:
        _show(
            reader,
            attendance.FLAGS,
            fmt,
            "no such flag, as far as this token sees",
            rules=[rule.upper() for rule in rules] or None,
            states=None if "any" in states else list(states),
            blocking=blocking,
            unit_id=reader.unit(unit),
        )


@report.command(
    epilog=examples(
        "smartattend report view --tenant north-high             which there are, and of when",
        "smartattend report view daily_attendance --tenant north-high",
        "smartattend report view subject_term --format csv > term.csv",
    )
)
@click.argument("name", required=False)
@_reading
def view(
    name: str | None,
    tenant: str | None,
    token: str | None,
    login: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Show a report that is refreshed from time to time, and of when it is; without NAME, which there are.

    These count over a whole tenant and its whole time, where the other commands look at what is there now. Of when a
    report is, and whether that is too long ago, is said on stderr and stands in each row (as_of).
    """
    with _reader(dsn, tenant, token, login) as reader:
        if name is None:
            emit(refreshed.listing(reader), fmt)
            return
        found = refreshed.freshness(reader, name)
        note(refreshed.said(found, reader.now()))
        keys, shown = refreshed.columns(reader, name)
        emit_stream(
            refreshed.view(reader, name, keys),
            fmt,
            columns=keys,
            shown=shown,
            empty="nothing in it, as far as this token sees",
        )


@report.command(
    epilog=examples(
        "smartattend report refresh                              what is due",
        "smartattend report refresh flags                        this one, due or not",
    )
)
@click.argument("name", required=False)
@format_option
@dsn_option
def refresh(name: str | None, dsn: str | None, fmt: str) -> None:
    """Refresh the reports that are due, or the one that is named, of all tenants, each in a transaction of its own.

    For a login that is a member of smartattend_refresher; maintenance does the same. Readers go on reading meanwhile,
    and what somebody else is refreshing is left out. One that fails keeps what it had; the exit code is 1 then.
    """
    with database.connect(dsn, application_name="smartattend report refresh") as connection:
        made = list(refreshed.refresh(connection, name))
    emit(made, fmt, columns=["name", "as_of", "took", "rows", "failure"], empty="nothing is due")
    failed = [row["name"] for row in made if row["failure"] is not None]
    if failed:
        raise SmartAttendError(
            f"not refreshed: {', '.join(failed)}", hint="they are as they were; mend what failure says"
        )
