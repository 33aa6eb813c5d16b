"""The reports on attendance: what the database says with the rights of a login token, row by row.

Every report is a named query over ``api.*`` (``orchestrator/sql/report_*.sql``), read through a cursor of the server,
so that a large one needs no memory here. Instants are given twice: in the zone of the site with their offset, and as
``…_utc``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from psycopg.rows import dict_row

from orchestrator import database
from orchestrator.acting import query
from orchestrator.errors import InvalidInput
from orchestrator.importers.session import tenant_session

FETCHED: Final = 1000
"""So many rows are fetched at once."""

APPLICATION: Final = "smartattend_app"


@dataclass(frozen=True, slots=True)
class Report:
    """A named query with the columns that it gives: ``columns`` in order, ``shown`` in a table, ``instants`` twice."""

    name: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    instants: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of every row in order: stable, instants followed by the same in UTC."""
        return tuple(
            key for name in self.columns for key in ([name, f"{name}_utc"] if name in self.instants else [name])
        )

    def row(self, found: dict[str, Any]) -> dict[str, Any]:
        """A row of the query with its instants as text; ``zone`` is the zone that they are shown in."""
        zone = found.pop("zone", None)
        for name in self.instants:
            value = found[name]
            found[name] = local(value, zone)
            found[f"{name}_utc"] = local(value, "UTC")
        return found

    def brief(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row for a table: the date is left out of instants on the row's own date."""
        date = str(row.get("date"))
        times = {name: row[name] for name in self.instants if row[name] is not None}
        return row | {
            name: text[11:] if text.startswith(f"{date}T") else text.replace("T", " ") for name, text in times.items()
        }


TIMES: Final = ("starts_at", "ends_at", "in_at", "out_at")

DAY: Final = Report(
    "report_day",
    (
        *("date", "site", "unit", "session", "starts_at", "ends_at", "member", "name", "expected", "standing", "code"),
        *("state", "in_at", "out_at", "subject_id", "session_id", "record_id", "revision"),
    ),
    ("site", "unit", "session", "starts_at", "member", "name", "expected", "standing", "code", "in_at", "out_at"),
    TIMES,
)
TOTALS: Final = Report(
    "report_day_totals",
    (
        *("date", "site", "unit", "name", "sessions", "expected", "present", "late", "partial", "elsewhere", "absent"),
        *("excused", "not_required", "held", "not_taken", "to_come", "cancelled", "unscheduled"),
    ),
    (
        *("site", "unit", "sessions", "expected", "present", "late", "partial", "elsewhere", "absent", "excused"),
        *("not_required", "held", "not_taken", "to_come", "cancelled", "unscheduled"),
    ),
)
SUBJECT_COLUMNS: Final = (
    *("date", "site", "unit", "session", "state", "code", "in_at", "out_at", "revision", "kind", "reason_code"),
    *("reason", "by", "recorded_at", "session_id", "record_id", "replaces_id"),
)
SUBJECT_SHOWN: Final = (
    "date",
    "unit",
    "session",
    "state",
    "code",
    "in_at",
    "out_at",
    "revision",
    "kind",
    "reason",
    "by",
)
SUBJECT: Final = Report("report_subject", SUBJECT_COLUMNS, SUBJECT_SHOWN, ("in_at", "out_at", "recorded_at"))
REVISIONS: Final = Report(
    "report_revisions", SUBJECT_COLUMNS, (*SUBJECT_SHOWN, "recorded_at"), ("in_at", "out_at", "recorded_at")
)
REGISTERS: Final = Report(
    "report_registers",
    (
        *("date", "site", "unit", "session", "starts_at", "ends_at", "register", "expected", "recorded", "not_taken"),
        *("unscheduled", "session_id"),
    ),
    (
        "site",
        "unit",
        "session",
        "starts_at",
        "register",
        "expected",
        "recorded",
        "not_taken",
        "unscheduled",
        "session_id",
    ),
    ("starts_at", "ends_at"),
)
REGISTER: Final = Report(
    "report_register",
    (
        *("date", "member", "name", "expected", "required", "standing", "teacher_code", "office_code", "code"),
        *("prefilled_code", "prefilled_by", "state", "in_at", "out_at", "subject_id", "record_id", "revision"),
    ),
    (
        *("member", "name", "expected", "standing", "teacher_code", "office_code", "code", "prefilled_code", "state"),
        *("in_at", "out_at"),
    ),
    ("in_at", "out_at"),
)
FLAGS: Final = Report(
    "report_flags",
    (
        *("rule", "name", "severity", "blocking", "state", "raised_at", "age_s", "age", "member", "site", "unit"),
        *("session", "observed", "expected", "reason", "about_kind", "about", "subject_id", "record_id", "flag_id"),
    ),
    ("rule", "name", "severity", "blocking", "age", "member", "unit", "observed", "expected", "flag_id"),
    ("raised_at",),
)


def local(instant: dt.datetime | None, zone: str | None) -> str | None:
    """An instant as ISO 8601 in a zone, with its offset; ``Z`` for UTC, which an unknown zone is, too."""
    if instant is None:
        return None
    try:
        shown = instant.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        shown = instant
    return shown.isoformat().replace("+00:00", "Z") if zone == "UTC" else shown.isoformat()


def age(seconds: int) -> str:
    """A span as people say it: ``3 d 4 h``, ``4 h 5 min``, ``5 min``."""
    minutes = max(seconds, 0) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@dataclass(frozen=True, slots=True)
class Reader:
    """What a login token may read; every report is one transaction of the application's role."""

    connection: psycopg.Connection[Any]
    token: str
    slug: str
    today: dt.date

    def find(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a small query."""
        return _find(self.connection, self.token, name, **values)

    def now(self) -> dt.datetime:
        """The time, by the database's clock."""
        found: dt.datetime = self.find("report_tenant")[0]["now"]
        return found

    def unit(self, code: str | None) -> uuid.UUID | None:
        """The unit of a code, or of site/code."""
        if code is None:
            return None
        found = self.find("report_units", code=code)
        if len(found) == 1:
            return uuid.UUID(str(found[0]["id"]))
        raise InvalidInput(
            f"{'no unit' if not found else 'more than one unit'} is called {code!r}",
            expected=", ".join(row["path"] for row in found) or "the code of a unit, or site/code",
        )

    def member(self, number: str) -> dict[str, Any]:
        """The member of a number, whom the token may see."""
        found = self.find("report_member", number=number)
        if not found:
            raise InvalidInput(
                f"there is no member {number!r} that this token may see",
                hint="leave the member out for one's own records; other people's need member.read",
            )
        return found[0]

    def rows(self, report: Report, **values: object) -> Iterator[dict[str, Any]]:
        """The rows of a report as they come."""
        with self.connection.transaction():
            act(self.connection, self.token)
            with self.connection.cursor("report", row_factory=dict_row) as cursor:
                cursor.itersize = FETCHED
                cursor.execute(query(report.name), values)
                for found in cursor:
                    if "age_s" in found:
                        found["age"] = age(found["age_s"])
                    yield report.row(found)


def act(connection: psycopg.Connection[Any], token: str) -> None:
    """Make the transaction the application's, with this token."""
    connection.execute(f"set local role {APPLICATION}")
    connection.execute("select pg_catalog.set_config('smartattend.token', %s, true)", [token])


def _find(connection: psycopg.Connection[Any], token: str, name: str, **values: object) -> list[dict[str, Any]]:
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        act(connection, token)
        return cursor.execute(query(name), values).fetchall()


@contextmanager
def reader(
    dsn: str | None, tenant: str | None, token: str | None, login: str | None, purpose: str = "smartattend report"
) -> Iterator[Reader]:
    """Who reads: the owner of ``token``, or ``login`` of ``tenant`` by one that ends with the command ``purpose``."""
    with (
        database.connect(dsn, application_name=purpose) as connection,
        tenant_session(connection, tenant, token, login, purpose) as session,
    ):
        found = _find(connection, session.token, "report_tenant")[0]
        yield Reader(connection, session.token, found["slug"], found["today"])
