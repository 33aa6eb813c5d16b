"""``smartattend guard``: what watches over everything that enforces."""

from __future__ import annotations

from typing import Any

import click
import psycopg
from psycopg.rows import dict_row

from orchestrator import database
from orchestrator.errors import InvariantBroken
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit, note

STATUS = """
select
  guard.is_armed() as armed,
  (select count(*) from guard.baseline) as accepted_facts,
  (select max(accepted_at) from guard.baseline) as accepted_at,
  (select count(*) from guard.verify()) as problems,
  pg_catalog.encode(guard.fingerprint(), 'hex') as fingerprint
"""

SELF_TEST = """
select l.recorded_at as last_self_test, l.subject as it
from guard.system_log as l
where l.kind = 'self_test' and l.subject in ('held', 'failed')
order by l.recorded_at desc
limit 1
"""

UNARMED = "the guard is not armed: it detects, and refuses nothing (a superuser arms it: smartattend guard arm)"
NO_BASELINE = "there is no baseline: only what must always hold is judged (smartattend guard arm takes one)"

reason_option = click.option(
    "--reason", metavar="TEXT", required=True, help="Why; it is recorded. 10 characters at least."
)


def _rows(connection: psycopg.Connection[Any], query: str, *values: object) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


@click.group(
    "guard",
    epilog=examples("smartattend guard status", "smartattend guard arm", "smartattend guard verify --format json"),
)
def guard() -> None:
    """Watch over triggers, policies, privileges and everything else that enforces.

    Armed, a change of our definitions is refused unless it is announced; unarmed, it is only found.
    """


@guard.command(epilog=examples("smartattend guard status", "smartattend guard status --dsn postgresql:///attendance"))
@format_option
@dsn_option
def status(fmt: str, dsn: str | None) -> None:
    """Say whether the guard is armed, what was accepted, and whether anything differs from it."""
    with database.connect(dsn) as connection:
        (row,) = _rows(connection, STATUS)
        # the log is for the installer and the ledger
        if _rows(connection, "select where has_table_privilege('guard.system_log', 'select')"):
            row |= next(iter(_rows(connection, SELF_TEST)), {})
    emit(row, fmt)
    if not row["armed"]:
        note(UNARMED)
    if not row["accepted_facts"]:
        note(NO_BASELINE)


@guard.command(
    epilog=examples("smartattend guard arm", "smartattend guard arm --dsn 'dbname=attendance user=postgres'")
)
@format_option
@dsn_option
def arm(fmt: str, dsn: str | None) -> None:
    """Make the event triggers, take the baseline and run the self-test: all of it or nothing.

    Needs a superuser. Refuses when an invariant is broken, or when something differs from an earlier baseline.
    """
    with database.connect(dsn) as connection:
        emit(_rows(connection, "select * from guard.arm()"), fmt)
    note("the guard is armed")


@guard.command(epilog=examples("smartattend guard disarm --reason 'data-only restore of 28 November'"))
@reason_option
@dsn_option
def disarm(reason: str, dsn: str | None) -> None:
    """Drop the event triggers. Needs a superuser; the baseline stays, and what changes now is found as drift."""
    with database.connect(dsn) as connection:
        connection.execute("select guard.disarm(%s)", [reason])
    note(UNARMED)


@guard.command(epilog=examples("smartattend guard verify", "smartattend guard verify --format json"))
@format_option
@dsn_option
def verify(fmt: str, dsn: str | None) -> None:
    """List what is weaker or other than it should be, with what to do; exit code 3 when there is something.

    Run it after every restore.
    """
    with database.connect(dsn) as connection:
        (state,) = _rows(connection, "select exists (select from guard.baseline) as judged, guard.is_armed() as armed")
        found = _rows(connection, "select * from guard.verify() order by problem, kind, object")
    emit(
        found,
        fmt,
        empty="everything that enforces is as it was accepted" if state["judged"] else "every invariant holds",
    )
    if not state["judged"]:
        note(NO_BASELINE)
    if not state["armed"]:
        note(UNARMED)
    if found:
        raise InvariantBroken(
            f"{len(found)} facts are not as they should be",
            hint="the column to_do says how to mend each; what is right as it is: smartattend guard accept --reason …",
        )


@guard.command("self-test", epilog=examples("smartattend guard self-test", "smartattend guard self-test --format json"))
@format_option
@dsn_option
def self_test(fmt: str, dsn: str | None) -> None:
    """Try what must be refused, undo it, and say what happened; exit code 3 when something got through.

    Needs the installer or a superuser. The result goes to the system log.
    """
    with database.connect(dsn) as connection:
        tried = _rows(connection, "select * from guard.self_test()")
        (state,) = _rows(connection, "select guard.is_armed() as armed")
    emit(tried, fmt)
    if not state["armed"]:
        note(UNARMED)
    failed = [row["attempt"] for row in tried if not row["held"]]
    if failed:
        raise InvariantBroken(
            f"{len(failed)} of {len(tried)} attempts got through",
            observed=", ".join(failed),
            hint="smartattend guard verify, then smartattend guard arm",
        )


@guard.command(epilog=examples("smartattend guard accept --reason 'the new login for the reporting tool'"))
@reason_option
@format_option
@dsn_option
def accept(reason: str, fmt: str, dsn: str | None) -> None:
    """Take the present state as the baseline. Needs the installer or a superuser.

    Refused while an invariant is broken.
    """
    with database.connect(dsn) as connection:
        (row,) = _rows(connection, "select guard.accept(%s) as accepted", reason)
    emit(row["accepted"], fmt)
