"""``smartattend import csv``: documented headers, a line for every bad row, punches that replay."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result

from orchestrator import database as api
from orchestrator.cli.import_ import _brief
from orchestrator.importers.csv import FORMATS
from orchestrator.importers.load import joined, shown

Run = Callable[..., Result]
once = pytest.mark.once

DOCUMENT = Path(__file__).parents[2] / "docs" / "import.md"


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def plant(connection: psycopg.Connection[Any]) -> str:
    """A corporate tenant."""
    connection.execute("select identity.bootstrap_superadmin('root')")
    outcome = api.call(
        connection,
        "tenant_create",
        key=api.uuid7(),
        slug="plant",
        name="Ironworks",
        platform="corporate",
        time_zone="Europe/Brussels",
        admin_login="admin@plant",
        admin_name="Administrator",
        token=value(connection, "select identity.login_platform('root', 'a tenant for a test', 'T-1')"),
    )
    assert outcome.ok
    return "plant"


@pytest.fixture
def load(smartattend: Run, database: str, plant: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Import lines as a file of this kind into the tenant; returns the JSON report."""

    def run(kind: str, *lines: str, exit_code: int = 0, options: tuple[str, ...] = ()) -> dict[str, Any]:
        file = tmp_path / f"{kind}.csv"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        result = smartattend(
            "import", "csv", kind, str(file), "--dsn", database, "--tenant", plant, "--format", "json", *options
        )
        assert result.exit_code == exit_code, result.output
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    return run


@pytest.fixture
def check(smartattend: Run, tmp_path: Path) -> Callable[..., Result]:
    """A dry run over a file with these bytes; no database."""

    def run(kind: str, data: bytes, *options: str) -> Result:
        file = tmp_path / "input.csv"
        file.write_bytes(data)
        return smartattend("import", "csv", kind, str(file), "--dry-run", "--format", "json", *options)

    return run


def counts(report: dict[str, Any]) -> dict[str, int]:
    assert len(report["counts"]) == 1, report["counts"]
    return {name: number for name, number in report["counts"][0].items() if name != "kind" and number}


def people(load: Callable[..., dict[str, Any]]) -> None:
    """A department, a shift and two people."""
    load("units", "site_code,code,name,kind", "main,line,Line,department")
    load(
        "members",
        "member_number,kind,display_name,active_from",
        "1,employee,Ada Byron,2020-01-01",
        "2,employee,Alan Turing,2020-01-01",
    )


# headers ---------------------------------------------------------------------------------------------


def test_the_columns_are_the_fields_that_the_database_takes(connection: psycopg.Connection[Any]) -> None:
    formats = {form.kind.name: form for form in FORMATS.values()}
    for entry, fields in connection.execute(
        "select entry, array_agg(array[field, is_key::text, is_required::text] order by field)"
        " from core.entry_field group by entry"
    ):
        form = formats.pop(entry)
        assert (
            sorted([column.name, str(column.key).lower(), str(column.required).lower()] for column in form.columns)
            == fields
        ), entry
        kinds = connection.execute(
            "select field, case kind when 'integer' then 'number' else kind end from core.entry_field"
            " where entry = %s and kind in ('integer', 'number', 'networks', 'moment')",
            [entry],
        ).fetchall()
        assert {column.name: column.kind for column in form.columns if column.kind != "text"} == dict(kinds), entry
    assert set(formats) == {"attendance", "punch"}


@once
@pytest.mark.parametrize("kind", FORMATS)
def test_every_header_is_documented_and_its_example_is_well_formed(
    kind: str, smartattend: Run, check: Callable[..., Result]
) -> None:
    form = FORMATS[kind]
    assert form.header() in smartattend("import", "csv", "--help").output
    text = DOCUMENT.read_text()
    assert f"`{','.join(column.name for column in form.columns)}`" in text
    assert f"`{form.example}`" in text
    header = ",".join(column.name for column in form.columns)
    result = check(kind, f"{header}\n{form.example}\n".encode())
    assert result.exit_code == 0, result.output
    assert counts(json.loads(result.stdout)) == {"read": 1}


@once
@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"", ["an empty file", "member_number,kind,display_name"]),
        (b"number,kind,display_name\n", ["unknown column 'number'", "missing column 'member_number'"]),
        (b"member_number,kind,kind,display_name\n", ["column twice: 'kind'"]),
        (b"member_number;kind;display_name\n", ["--delimiter ';'"]),
        (b"\xff\xfem\0e\0m\0", ["cell 1"]),
        (b"PK\x03\x04\0\0\0", ["cell 1 holds a NUL byte"]),
        (b'"member_number,kind', ["not closed"]),
        (b"member_number,kind,display_name," * 50_000, ["column twice"]),
    ],
)
def test_a_wrong_header_says_what_is_expected(data: bytes, texts: list[str], check: Callable[..., Result]) -> None:
    result = check("members", data)
    assert result.exit_code == 2
    for text in [*texts, "expected", "input.csv:1"]:
        assert text in result.output


@once
def test_columns_may_come_in_any_order_and_a_byte_order_mark_is_accepted(check: Callable[..., Result]) -> None:
    result = check("members", b"\xef\xbb\xbfdisplay_name,kind,member_number\r\nAda,student,1\r\n")
    assert (result.exit_code, counts(json.loads(result.stdout))) == (0, {"read": 1})


@once
@pytest.mark.parametrize("sign", [";", "\t", "|", "\\t"])
def test_the_delimiter_is_the_one_given(sign: str, check: Callable[..., Result]) -> None:
    line = "member_number;kind;display_name\n1;student;Byron, Ada\n".replace(";", sign.replace("\\t", "\t"))
    assert check("members", line.encode(), "--delimiter", sign).exit_code == 0


@once
@pytest.mark.parametrize("sign", ["", ";;", "\n", '"', "é"])
def test_a_delimiter_that_is_none_is_a_usage_error(sign: str, check: Callable[..., Result]) -> None:
    assert check("members", b"member_number,kind,display_name\n", "--delimiter", sign).exit_code == 2


# rows ------------------------------------------------------------------------------------------------


@once
def test_every_bad_row_has_its_line_and_the_others_are_read(check: Callable[..., Result]) -> None:
    data = (
        b"member_number,kind,display_name\n"  # 1
        b"1,student,Ada\n"
        b"\n"
        b"2,student\n"  # 4: too few cells
        b'3,student,"Alan\nMathison"\n'  # 5 and 6: a line break in a cell is a value
        b"4,student,Ad\xe9\n"  # 7: Latin-1
        b"5,student,A\0da\n"  # 8: NUL
        b",student,Nobody\n"  # 9: no number
        b'6,student,"Ada" Byron\n'  # 10: text after a quote
        b"7,student,Grace\n" + b"8,student," + b"x" * 2_000_000 + b"\n"  # 12: a cell of 2 MB
        b"9,student,Edsger\n"
        b'10,student,"never closed\n'  # 14
        b"11,student,lost\n"
    )
    result = check("members", data)
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert [row["line"] for row in report["rejected"]] == [4, 7, 8, 9, 10, 12, 14]
    reasons = [row["reason"] for row in report["rejected"]]
    for reason, text in zip(
        reasons,
        ["2 cells, expected 3", "not UTF-8", "NUL", "member_number is empty", "not CSV", "longer than", "14 to 15"],
        strict=True,
    ):
        assert text in reason
    assert report["counts"][0]["read"] == 5
    assert report["counts"][0]["rejected"] == 1


@once
@pytest.mark.parametrize("cell", ["NaN", "inf", "1e5", "0x10", "1,5", "٣", "--1", "1" * 30])
def test_a_number_is_a_number(cell: str, check: Callable[..., Result]) -> None:
    result = check("sites", f'code,name,time_zone,latitude\nm,Main,UTC,"{cell}"\n'.encode())
    assert result.exit_code == 1
    assert "latitude" in json.loads(result.stdout)["rejected"][0]["reason"]


def test_master_data_and_a_roster_are_loaded_and_a_second_time_unchanged(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    files: dict[str, tuple[str, ...]] = {
        "sites": (
            "code,name,time_zone,latitude,longitude,radius_m,networks",
            "east,East plant,Europe/Istanbul,41.01,28.97,250,192.0.2.0/24 2001:db8::/32",
            "main,Ironworks,Europe/Brussels,,,,",
        ),
        "units": (
            "site_code,code,name,kind,parent_code",
            "east,cell,Cell,department,line",
            "east,line,Line,department,",
        ),
        "devices": ("code,site_code,name,kind", "gate-1,east,Gate,gate"),
        "members": (
            "member_number,kind,display_name,role,role_unit",
            "1,employee,Ada Byron,,",
            "2,manager,Alan Turing,manager,east/line",
            "2,manager,Alan Turing,employee,",
        ),
        "shifts": (
            "site_code,unit_code,code,name,local_start,local_end,end_day_offset",
            "east,line,night,Night,22:00,06:00,1",
        ),
        "roster": (
            "site_code,unit_code,shift_code,on_date,member_number",
            "east,line,night,2026-03-28,1",
            "east,line,night,2026-03-29,1",
            "east,line,night,2026-03-28,2",
        ),
    }
    for kind, lines in files.items():
        assert "rejected" not in counts(load(kind, *lines)), kind
    for kind, lines in files.items():
        number = len(lines) - 1
        assert counts(load(kind, *lines)) == {"read": number, "unchanged": number}, kind
    assert value(connection, "select networks::text from tenancy.site where code = 'east'") == (
        "{192.0.2.0/24,2001:db8::/32}"
    )
    assert value(connection, "select count(*) from corporate.roster") == 3
    assert value(connection, "select count(*) from identity.role_grant where role in ('manager', 'employee')") == 2


PLANS: dict[str, tuple[str, ...]] = {
    "units": ("site_code,code,name,kind", "main,line,Line,department"),
    "members": ("member_number,kind,display_name", "1,employee,Ada Byron", "2,manager,Alan Turing"),
    "closed_days": (
        "code,name,starts_on,ends_on,site_code,status",
        "easter,Easter Monday,2026-04-06,,,",
        "works,Works holiday,2026-07-13,2026-08-01,main,closed",
        "strike,A strike called off,2026-05-04,,,withdrawn",
    ),
    "periods": (
        "code,name,kind,starts_on,ends_on,day_starts_at",
        "2026-03,March 2026,pay_period,2026-03-01,2026-04-01,06:00",
        "2026-04,April 2026,pay_period,2026-04-01,2026-05-01,06:00",
    ),
    "timetable": (
        "site_code,unit_code,kind,weekday,local_start,valid_from,local_end",
        "main,line,meeting,1,08:30,2026-03-01,09:20",
    ),
    "timetable_exceptions": (
        "site_code,unit_code,kind,on_date,local_start,change,reason,to_date,to_start,to_end,to_site_code,room,substitute",
        "main,line,meeting,2026-03-02,08:30,cancelled,the line stands still,,,,,,",
        "main,line,meeting,2026-03-09,08:30,moved,the room is flooded,2026-03-10,10:30,,main,B 12,",
        "main,line,meeting,2026-03-16,08:30,substituted,the foreman is ill,,,,,,2",
    ),
    "leave": (
        "member_number,starts_at,reason,ends_at,kind,code,status,site_code",
        "1,2026-03-02,annual leave,2026-03-07,,,,",
        "1,2026-03-09T08:00,dentist in the morning,2026-03-09T12:30,future_absence,AE,approved,main",
        "2,2026-03-29T01:30:00+01:00,a funeral abroad,2026-03-30T00:00:00+02:00,,,,",
    ),
}
"""Files of what a plan consists of, with what they refer to, in any order."""


def test_closed_days_periods_exceptions_and_leave_are_loaded_in_the_documented_order_and_a_second_time_unchanged(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    order = [line.removeprefix("### ") for line in DOCUMENT.read_text().splitlines() if line.startswith("### ")]
    assert order == list(FORMATS)
    assert set(PLANS) <= set(order)
    for turn in ("created", "unchanged"):
        for kind in order:
            if kind in PLANS:
                number = len(PLANS[kind]) - 1
                assert counts(load(kind, *PLANS[kind])) == {"read": number, turn: number}, kind
    for query, rows in {
        "select c.code, c.starts_on::text, c.ends_on::text, s.code, c.withdrawn_at is null"
        " from attendance.closed_day as c left join tenancy.site as s on s.id = c.site_id order by 1": [
            ("easter", "2026-04-06", "2026-04-07", None, True),
            ("strike", "2026-05-04", "2026-05-05", None, False),
            ("works", "2026-07-13", "2026-08-01", "main", True),
        ],
        "select code, kind, (starts_at at time zone 'UTC')::text, (ends_at at time zone 'UTC')::text, state"
        " from attendance.period order by 1": [
            ("2026-03", "pay_period", "2026-03-01 05:00:00", "2026-04-01 04:00:00", "open"),
            ("2026-04", "pay_period", "2026-04-01 04:00:00", "2026-05-01 04:00:00", "open"),
        ],
        "select e.on_date::text, e.change, e.reason, e.to_date::text, e.to_start::text, e.to_end::text, e.room,"
        " m.member_number from school.timetable_exception as e"
        " left join identity.membership as m on m.user_id = e.substitute_id order by 1": [
            ("2026-03-02", "cancelled", "the line stands still", None, None, None, None, None),
            ("2026-03-09", "moved", "the room is flooded", "2026-03-10", "10:30:00", "11:20:00", "B 12", None),
            ("2026-03-16", "substituted", "the foreman is ill", None, None, None, None, "2"),
        ],
        "select m.member_number, (l.starts_at at time zone 'UTC')::text, (l.ends_at at time zone 'UTC')::text, l.kind,"
        " l.code from attendance.leave as l join identity.membership as m on m.user_id = l.subject_id order by 1, 2": [
            ("1", "2026-03-01 23:00:00", "2026-03-06 23:00:00", "leave", "AE"),
            ("1", "2026-03-09 07:00:00", "2026-03-09 11:30:00", "future_absence", "AE"),
            ("2", "2026-03-29 00:30:00", "2026-03-29 22:00:00", "leave", "AE"),
        ],
    }.items():
        assert connection.execute(query).fetchall() == rows


BAD_PLANS: dict[str, list[tuple[str, str | None, str]]] = {
    "closed_days": [
        ("may,May Day,2026-02-30,,,", "SA010", "starts_on"),
        ("may,May Day,2026-05-01,2026-05-01,,", "SA010", "ends_on"),
        ("may,May Day,2026-05-01,,moon,", "SA011", "site_code"),
        ("may,May Day,2026-05-01,,,perhaps", "SA010", "status"),
        ("may,,2026-05-01,,,", None, "name is empty"),
        ("may,May Day,2026-05-01,,,", "", ""),
    ],
    "periods": [
        ("may,May,holiday,2026-05-01,2026-06-01,", "SA010", "kind"),
        ("may,May,pay_period,2026-05-01,2026-05-01,", "SA010", "ends_on"),
        ("may,May,pay_period,2026-04-15,2026-06-01,", "SA113", "starts_on"),
        ("may,May,pay_period,2026-05-01,2026-06-01,25:00", "SA010", "day_starts_at"),
        (",May,pay_period,2026-05-01,2026-06-01,", None, "code is empty"),
        ("may,May,pay_period,2026-05-01,2026-06-01,06:00", "", ""),
    ],
    "timetable_exceptions": [
        ("moon,line,meeting,2026-03-23,08:30,cancelled,the line stands still,,,,,,", "SA011", "site_code"),
        ("main,line,meeting,2026-03-24,08:30,cancelled,the line stands still,,,,,,", "SA011", "local_start"),
        ("main,line,meeting,2026-03-23,08:30,postponed,the line stands still,,,,,,", "SA010", "change"),
        ("main,line,meeting,2026-03-23,08:30,cancelled,because,,,,,,", "SA010", "reason"),
        ("main,line,meeting,2026-03-23,08:30,cancelled,,,,,,,", None, "reason is empty"),
        ("main,line,meeting,2026-03-23,08:30,moved,the room is flooded,,,,,,", "SA012", "to_start"),
        ("main,line,meeting,2026-03-23,08:30,substituted,the foreman is ill,,,,,,99", "SA011", "substitute"),
        ("main,line,meeting,2026-03-23,08:30,cancelled,the line stands still,,,,,,", "", ""),
    ],
    "leave": [
        ("1,2026-02-30,annual leave,2026-03-21,,,,", "SA010", "starts_at"),
        ("1,20260316,annual leave,2026-03-21,,,,", "SA010", "starts_at"),
        ("1,2026-03-16,annual leave,tomorrow,,,,", "SA010", "ends_at"),
        ("1,2026-03-16,annual leave,,,,,", "SA012", "ends_at"),
        ("1,2026-03-16,annual leave,2026-03-16,,,,", "SA010", "ends_at"),
        ("1,2026-03-16,aaaaaaaaaaaa,2026-03-21,,,,", "SA010", "reason"),
        ("1,2026-03-16,,2026-03-21,,,,", None, "reason is empty"),
        ("1,2026-03-16,annual leave,2026-03-21,holiday,,,", "SA010", "kind"),
        ("1,2026-03-16,annual leave,2026-03-21,,P,,", "SA111", "code"),
        ("1,2026-03-16,annual leave,2026-03-21,,,withdrawn,", "SA011", "starts_at"),
        ("1,2026-03-16,annual leave,2026-03-21,,,,moon", "SA011", "site_code"),
        ("1,2026-03-05,annual leave,2026-03-21,,,,", "SA113", "starts_at"),
        ("99,2026-03-16,annual leave,2026-03-21,,,,", "SA011", "member_number"),
        ("admin,2026-03-16,annual leave,2026-03-21,,,,", "SA105", "member_number"),
        ("1,2026-03-16,annual leave,2026-03-21,,,,", "", ""),
    ],
}
"""By kind: rows, the code with which each is refused (none: the importer; empty: it is taken), what the reason has."""


def test_bad_rows_of_a_plan_have_their_lines_and_the_others_go_in(load: Callable[..., dict[str, Any]]) -> None:
    for kind, lines in PLANS.items():
        load(kind, *lines)
    for kind, rows in BAD_PLANS.items():
        # most share their natural key: one that is refused does not stand in the way of the good one at the end
        report = load(kind, PLANS[kind][0], *(line for line, _, _ in rows), exit_code=1)
        bad = [(number, code, text) for number, (_, code, text) in enumerate(rows, 2) if code != ""]
        assert counts(report) == {"read": len(rows), "created": 1, "rejected": len(bad)}, report
        assert len(report["rejected"]) == len(bad), kind
        for row, (number, code, text) in zip(
            sorted(report["rejected"], key=lambda r: int(r["line"])), bad, strict=True
        ):
            assert (row["line"], row["code"]) == (number, code), (kind, row)
            assert text in row["reason"], (kind, row)


def test_a_leave_is_known_again_however_its_beginning_is_written(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    people(load)
    load("sites", "code,name,time_zone", "east,East plant,Asia/Tokyo")
    report = load(
        "leave",
        "member_number,starts_at,reason,ends_at,site_code",
        "1,2026-03-02,annual leave,2026-03-03,",
        "1,2026-03-02T00:00,annual leave,2026-03-04,",
        "1,2026-03-10T08:00:00+01:00,annual leave,2026-03-11,",
        "1,2026-03-10 07:00Z,annual leave,2026-03-11,",
        "2,2026-03-02T00:00,annual leave,2026-03-02T04:00,",
        "2,2026-03-02T00:00,annual leave,2026-03-02T04:00,east",  # the same clock, another zone: another leave
    )
    assert counts(report) == {"read": 6, "created": 4, "duplicate": 2}
    assert [(row["line"], row["repeats_line"]) for row in report["duplicates"]] == [(3, 2), (5, 4)]
    assert value(connection, "select count(*) from attendance.leave where withdrawn_at is null") == 4
    again = load(
        "leave",
        "member_number,starts_at,reason,status",
        "1,2026-03-01T23:00:00Z,the order has come in,withdrawn",
    )
    assert counts(again) == {"read": 1, "changed": 1}
    assert value(connection, "select count(*) from attendance.leave where withdrawn_at is null") == 3


def test_what_the_database_refuses_has_its_line_and_code(load: Callable[..., dict[str, Any]]) -> None:
    people(load)
    report = load(
        "roster",
        "site_code,unit_code,shift_code,on_date,member_number",
        "main,line,day,2026-02-30,1",
        "main,line,day,2026-03-01,1",
        "moon,line,day,2026-03-01,1",
        exit_code=1,
    )
    assert [(row["line"], row["code"]) for row in report["rejected"]] == [(2, "SA010"), (3, "SA011"), (4, "SA011")]
    assert "2026-02-30" in report["rejected"][0]["reason"]


def test_rows_that_repeat_a_row_are_reported_with_both_lines(load: Callable[..., dict[str, Any]]) -> None:
    report = load("units", "site_code,code,name,kind", *["main,line,Line,department"] * 2, "main,line,Other,department")
    assert counts(report) == {"read": 3, "created": 1, "duplicate": 2}
    assert [(row["line"], row["repeats_line"], row["same_content"]) for row in report["duplicates"]] == [
        (3, 2, True),
        (4, 2, False),
    ]


def test_days_of_another_system_are_loaded(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    people(load)
    report = load(
        "attendance",
        "member_number,site_code,date,unit_code,code,arrived_at,reason",
        "1,main,2026-03-02,,AE,,doctor",
        "1,main,2026-03-03,line,L,09:30,",
        "2,main,2026-03-03,,??,,",
        "2,main,2026-03-04,,,,",
        exit_code=1,
    )
    assert counts(report) == {"read": 4, "created": 2, "rejected": 2}
    assert [(row["line"], row["code"]) for row in report["rejected"]] == [(4, "SA111"), (5, "SA014")]
    assert value(connection, "select (in_at at time zone 'UTC')::text from attendance.record where code = 'L'") == (
        "2026-03-03 08:30:00"
    )


# punches ---------------------------------------------------------------------------------------------

PUNCHES = (
    "direction,member_number,claimed_at,device_code",
    "in,1,2026-03-02T07:58:04+01:00,gate-1",
    "in,2,2026-03-02T08:01:00+01:00,",
    "out,1,2026-03-02T16:02:11+01:00,gate-1",
    "out,2,2026-03-02T16:10:00+01:00,",
)


def test_punches_are_records_and_replay_when_they_come_again(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    people(load)
    load("devices", "code,site_code,name,kind", "gate-1,main,Gate,gate")
    assert counts(load("punches", *PUNCHES)) == {"read": 4, "created": 4}
    assert connection.execute(
        "select m.member_number, (r.in_at at time zone 'UTC')::text, (r.out_at at time zone 'UTC')::text, r.is_open"
        " from attendance.record as r join identity.membership as m on m.user_id = r.subject_id order by 1"
    ).fetchall() == [
        ("1", "2026-03-02 06:58:04", "2026-03-02 15:02:11", False),
        ("2", "2026-03-02 07:01:00", "2026-03-02 15:10:00", False),
    ]
    assert value(connection, "select count(*) from attendance.event where device_id is not null") == 2
    assert counts(load("punches", *PUNCHES)) == {"read": 4, "unchanged": 4}
    # the same instants written otherwise, in another order of columns, and twice
    again = (
        "claimed_at,direction,device_code,member_number",
        "2026-03-02T06:58:04Z,in,gate-1,1",
        "2026-03-02T06:58:04+00:00,in,gate-1,1",
    )
    assert counts(load("punches", *again)) == {"read": 2, "unchanged": 1, "duplicate": 1}
    assert value(connection, "select count(*) from attendance.event") == 4
    assert value(connection, "select count(*) from core.idempotency where command like 'repeat%'") == 0


def test_bad_punches_have_their_lines_and_the_others_go_in(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    people(load)
    lines = (
        "in,1,2026-03-02T07:58:04,",
        "in,1,yesterday,",
        "in,1,infinity,",
        "in,1,0001-01-01T00:00:00+14:00,",
        "in,1,9999-12-31T23:59:59-01:00,",
        "in,1,0001-01-01T00:00:00Z,",
        "sideways,1,2026-03-02T07:58:04Z,",
        "in,99,2026-03-02T07:58:04Z,",
        "in,1,2026-03-02T07:58:04Z,nowhere",
        "in,,2026-03-02T07:58:04Z,",
        "in,2,2026-03-02T07:58:04Z,",
    )
    report = load("punches", PUNCHES[0], *lines, exit_code=1)
    assert counts(report) == {"read": 11, "created": 1, "rejected": 10}
    assert sorted(row["line"] for row in report["rejected"]) == list(range(2, 12))
    by_line = {row["line"]: row["reason"] for row in report["rejected"]}
    assert "ISO 8601 with an offset" in by_line[2]
    assert "no member has the number '99'" in by_line[9]
    assert "no device has the code 'nowhere'" in by_line[10]
    assert value(connection, "select count(*) from attendance.event") == 1


# anything --------------------------------------------------------------------------------------------


@once
def test_random_bytes_never_end_in_a_traceback(check: Callable[..., Result]) -> None:
    seed = int(os.environ.get("SMARTATTEND_TEST_SEED", "20260302"))
    chance = random.Random(seed)
    whole = "\n".join(PUNCHES).encode() + b"\n"
    for turn in range(300):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            start = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[start] = chance.randrange(256)
                case 1:
                    del data[start : start + chance.randrange(1, 20)]
                case 2:
                    data[start:start] = bytes(chance.choice(b',"\n\r\0\xff;\\') for _ in range(chance.randrange(1, 5)))
            if not data:
                data = bytearray(b",")
        result = check("punches", bytes(data))
        assert result.exit_code in {0, 1, 2}, (seed, turn, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit), (seed, turn, result.exception)
        if result.exit_code == 1:
            assert all(row["line"] > 1 and row["reason"] for row in json.loads(result.stdout)["rejected"]), (seed, turn)


# the file of rejects ---------------------------------------------------------------------------------


@once
@pytest.mark.parametrize("way", ["the same name", "a symbolic link", "a hard link"])
def test_rejects_are_never_written_over_the_input(way: str, smartattend: Run, tmp_path: Path) -> None:
    file, other = tmp_path / "members.csv", tmp_path / "other.csv"
    file.write_text("member_number,kind,display_name,active_from\n,employee,Ada,2020-01-01\n")
    before = file.read_bytes()
    if way == "the same name":
        other = file
    elif way == "a symbolic link":
        other.symlink_to(file)
    else:
        os.link(file, other)
    result = smartattend("import", "csv", "members", str(file), "--dry-run", "--rejects", str(other))
    assert result.exit_code == 2, result.output
    assert "is the same file as the input" in result.output
    assert file.read_bytes() == before


def unusual(folder: Path) -> Path:
    """A file with a bad row, whose name is not UTF-8."""
    file = Path(os.fsdecode(os.fsencode(folder) + b"/rej\xff.csv"))
    file.write_text("member_number,kind,display_name,active_from\n,employee,Ada,2020-01-01\n")
    return file


@once
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_file_whose_name_is_not_utf_8_is_read_and_reported(form: str, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    command = ["-m", "orchestrator.cli", "import", "csv", "members", unusual(tmp_path), "--dry-run", "--format", form]
    result = subprocess.run([sys.executable, *command, "--rejects", rejects], capture_output=True, check=False)
    assert result.returncode == 1, result.stderr
    assert b"Traceback" not in result.stderr
    assert b"rej\\udcff.csv" in result.stdout
    if form == "json":
        assert json.loads(result.stdout)["rejected"][0]["file"] == str(unusual(tmp_path))
    assert json.loads(rejects.read_text())["file"] == str(unusual(tmp_path))


def test_the_table_cuts_what_is_very_long_and_the_file_of_rejects_does_not(
    smartattend: Run, database: str, plant: str, tmp_path: Path
) -> None:
    file, rejects = tmp_path / "members.csv", tmp_path / "rejects.jsonl"
    digits, words = "9" * 60_000, "very long " * 6_000
    file.write_text(
        "member_number,kind,display_name,active_from\n"
        f"{digits},employee,Ada,2020-01-01\n"
        f"2,{words.strip()},Ada,2020-01-01\n"
    )
    options = ("--dsn", database, "--tenant", plant, "--rejects", str(rejects))
    result = smartattend("import", "csv", "members", str(file), *options)
    assert result.exit_code == 1, result.output
    assert len(result.stdout) < 5_000
    assert "…" in result.stdout
    assert "employee" in result.stdout, "what is expected stands in the table"
    first, second = (json.loads(line) for line in rejects.read_text().splitlines())
    assert first["key"] == digits
    assert first["row"]["member_number"] == digits
    assert second["row"]["kind"] == words.strip()


@once
def test_only_what_was_observed_is_cut() -> None:
    expected = "one of " + ", ".join("abcdefghijklmnopqrstuvwxyz" * 4)
    assert _brief(f"bad: kind, observed {'x y ' * 99}, expected {expected}") == (
        f"bad: kind, observed {('x y ' * 20)[:79]}…, expected {expected}"
    )
    assert _brief(f"bad: kind, observed x, expected {expected}") == f"bad: kind, observed x, expected {expected}"
    assert _brief(f"unknown member: '{'9' * 99}'") == f"unknown member: '{'9' * 78}…"


@once
def test_a_missing_part_of_a_key_is_not_called_none() -> None:
    assert shown(joined("z1", None, None)) == "z1"
    assert shown(joined("z1", None, "2026-03-02")) == "z1//2026-03-02"


@once
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:30:00-01:00"])
def test_a_punch_beyond_the_calendar_is_told_its_range(moment: str, check: Callable[..., Result]) -> None:
    result = check("punches", f"direction,member_number,claimed_at\nin,1,{moment}\n".encode())
    assert result.exit_code == 1
    (rejected,) = json.loads(result.stdout)["rejected"]
    assert rejected["reason"] == f"claimed_at is {moment!r}, expected a year from 0001 to 9999 in UTC"
