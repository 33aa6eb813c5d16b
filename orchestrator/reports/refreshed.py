"""The reports that are refreshed: materialized views behind ``api.report_*``, each as of an instant.

What a report is, who reads which row and when it is stale is the database's affair; here the identifiers in a report
get the names that the token may read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from orchestrator.acting import acting_as, rows
from orchestrator.errors import InvalidInput
from orchestrator.reports.attendance import FETCHED, Reader, act

REFRESHER: Final = "smartattend_refresher"

NAMED: Final = {
    "site_id": ("site", sql.SQL("left join api.site as site on site.id = v.site_id"), sql.SQL("site.code")),
    "unit_id": ("unit", sql.SQL("left join api.unit as unit on unit.id = v.unit_id"), sql.SQL("unit.code")),
    "subject_id": (
        "member",
        sql.SQL("left join api.member as member on member.user_id = v.subject_id"),
        sql.SQL("member.member_number"),
    ),
    "device_id": (
        "device",
        sql.SQL("left join api.device as device on device.id = v.device_id"),
        sql.SQL("device.code"),
    ),
}
"""Columns with identifiers, and where their names are."""


def listing(reader: Reader) -> list[dict[str, Any]]:
    """Every report with its freshness."""
    return reader.find("report_freshness")


def freshness(reader: Reader, name: str) -> dict[str, Any]:
    """The freshness of one report; :class:`InvalidInput` when there is none of that name."""
    found = {row["name"]: row for row in listing(reader)}
    if name not in found:
        raise InvalidInput(f"there is no report {name!r}", expected=", ".join(found))
    return found[name]


def columns(reader: Reader, name: str) -> tuple[list[str], list[str]]:
    """The keys of every row of a report, each identifier after its name, and those that a table shows."""
    with reader.connection.transaction():
        act(reader.connection, reader.token)
        cursor = reader.connection.execute(sql.SQL("select * from {} limit 0").format(_view(name)))
        keys = [column.name for column in cursor.description or ()]
    shown = [NAMED[key][0] if key in NAMED else key for key in keys if key not in ("term_id", "as_of")]
    return [extended for key in keys for extended in ([NAMED[key][0], key] if key in NAMED else [key])], shown


def view(reader: Reader, name: str, keys: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of a report as they come; ``keys`` are its :func:`columns`."""
    joined = [key for key in keys if key in NAMED]
    statement = sql.SQL("select v.*{names} from {view} as v {joins} order by {order}").format(
        names=sql.SQL("").join(
            sql.SQL(", {} as {}").format(NAMED[key][2], sql.Identifier(NAMED[key][0])) for key in joined
        ),
        view=_view(name),
        joins=sql.SQL(" ").join(NAMED[key][1] for key in joined),
        order=sql.SQL(", ").join(sql.Identifier(key) for key in keys[:5]),
    )
    with reader.connection.transaction():
        act(reader.connection, reader.token)
        with reader.connection.cursor("report", row_factory=dict_row) as cursor:
            cursor.itersize = FETCHED
            cursor.execute(statement)
            yield from cursor


def refresh(connection: psycopg.Connection[Any], name: str | None) -> Iterator[dict[str, Any]]:
    """Refresh what is due, or one report whether it is due or not, each in a transaction of its own."""
    names = [name] if name is not None else []
    if name is None:
        with acting_as(connection, REFRESHER):
            names = [row["view"] for row in rows(connection, "report_due")]
    for each in names:
        with acting_as(connection, REFRESHER):
            made = rows(connection, "report_refresh", report=each)
        yield from made


def said(report: dict[str, Any], now: dt.datetime) -> str:
    """One line on how fresh a report is."""
    if report["as_of"] is None:
        return f"{report['meaning']}: never refreshed"
    minutes = int((now - report["as_of"]).total_seconds() // 60)
    ago = "just now" if minutes < 1 else f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
    line = f"{report['meaning']}, as of {report['as_of'].isoformat(timespec='seconds')} ({ago})"
    if report["stale"]:
        every = int(report["refresh_every"].total_seconds() // 60)
        line += f"; STALE: it should be refreshed every {every} min"
    if report["failed_at"] is not None:
        line += f"; its refresh failed at {report['failed_at'].isoformat(timespec='seconds')}"
    return line


def _view(name: str) -> sql.Identifier:
    return sql.Identifier("api", f"report_{name}")
