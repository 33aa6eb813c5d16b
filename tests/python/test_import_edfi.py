"""``smartattend import edfi``: every row lands once or is reported with its file, line and reason."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result

from orchestrator import database as api
from orchestrator.importers import edfi
from orchestrator.importers.load import Loader, Scratch
from orchestrator.importers.report import Report
from tests import edfi_samples as make

Run = Callable[..., Result]
once = pytest.mark.once

SAMPLE = Path(os.environ.get("SMARTATTEND_EDFI_SAMPLE", Path(__file__).parents[3] / "shared" / "data" / "edfi"))


def tenant(connection: psycopg.Connection[Any], slug: str, platform: str = "school") -> str:
    """Make a tenant with its administrator; returns the slug."""
    if not connection.execute("select 1 from identity.platform_grant").fetchone():
        connection.execute("select identity.bootstrap_superadmin('root')")
    row = connection.execute("select identity.login_platform('root', 'a tenant for a test', 'T-1')").fetchone()
    assert row is not None
    outcome = api.call(
        connection,
        "tenant_create",
        key=api.uuid7(),
        slug=slug,
        name=slug.title(),
        platform=platform,
        time_zone="America/Chicago",
        admin_login=f"admin@{slug}",
        admin_name="Administrator",
        token=row[0],
    )
    assert outcome.ok
    return slug


@pytest.fixture
def north(connection: psycopg.Connection[Any]) -> str:
    """A school tenant."""
    return tenant(connection, "north")


@pytest.fixture
def load(smartattend: Run, database: str, north: str) -> Callable[..., dict[str, Any]]:
    """Import into the tenant north; returns the JSON report with the exit code."""

    def run(*arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
        result = smartattend(
            "import", "edfi", "--dsn", database, "--tenant", north, "--format", "json", *map(str, arguments)
        )
        assert result.exit_code == exit_code, result.output
        report: dict[str, Any] = json.loads(result.stdout)
        for count in report["counts"]:
            if count["kind"] not in {"class_period", "course_offering", "bell_schedule"}:
                parts = ("created", "changed", "unchanged", "duplicate", "rejected")
                assert count["read"] == sum(count[part] for part in parts), count
        return report

    return run


@pytest.fixture
def check(smartattend: Run, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """A dry run over one file with this text, which must have this exit code; no database."""

    def run(text: str | bytes, exit_code: int = 1, *options: str) -> dict[str, Any]:
        file = tmp_path / "input.xml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        result = smartattend("import", "edfi", "--dry-run", "--format", "json", *options, str(file))
        assert result.exit_code == exit_code, result.output
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    return run


def counts(report: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {
        count["kind"]: {name: value for name, value in count.items() if name != "kind" and value}
        for count in report["counts"]
    }


def only(items: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(items) == 1, items
    return items[0]


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


# what is loaded ---------------------------------------------------------------------------------------


def test_a_district_is_loaded_in_the_right_order_whatever_the_files_are_called(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    report = load(make.district(tmp_path / "in"))
    assert counts(report) == {
        "class_period": {"read": 2},
        "site": {"read": 1, "created": 1},
        "course": {"read": 1, "created": 1},
        "member": {"read": 2, "created": 2},
        "course_offering": {"read": 1},
        "bell_schedule": {"read": 1},
        "term": {"read": 1, "created": 1},
        "section": {"read": 1, "created": 1},
        "timetable": {"read": 15, "created": 15},
        "attendance": {"read": 1, "created": 1},
    }
    assert report["rejected"] == []
    assert connection.execute(
        "select member_number, kind, display_name from identity.membership where kind = 'student' order by 1"
    ).fetchall() == [("100", "student", "Ada Byron"), ("101", "student", "Alan Turing Jr")]
    assert connection.execute("select code, name, time_zone from tenancy.site where code = '1'").fetchall() == [
        ("1", "North High", "America/Chicago")
    ]
    assert connection.execute("select code, starts_on::text, ends_on::text from school.term").fetchall() == [
        (make.FALL, "2021-08-01", "2022-01-01")
    ]
    assert connection.execute(
        "select weekday, local_start::text, local_end::text from school.timetable where weekday = 1 order by 2"
    ).fetchall() == [(1, "08:35:00", "09:25:00"), (1, "11:20:00", "11:45:00"), (1, "12:35:00", "13:00:00")]
    assert connection.execute(
        "select r.code, r.business_date::text, r.state, e.kind, e.reason"
        " from attendance.record as r join attendance.event as e on e.record_id = r.id"
    ).fetchall() == [("AE", "2021-08-31", "recorded", "import", "Absent excused")]


def test_a_second_import_changes_nothing_and_says_so(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.district(tmp_path / "in")
    first = load(folder)
    before = value(connection, "select (select count(*) from attendance.event) + (select count(*) from ledger.refusal)")
    second = load(folder)
    assert second["summary"].startswith("0 created, 0 changed, ")
    for kind, count in counts(first).items():
        assert counts(second)[kind].get("unchanged") == count.get("created"), kind
    assert before == value(
        connection, "select (select count(*) from attendance.event) + (select count(*) from ledger.refusal)"
    )


def test_what_changed_at_the_source_is_changed_here(load: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    load(make.write(tmp_path / "one", s=make.interchange("Student", make.student(last="Byron"), make.student("101"))))
    report = load(
        make.write(tmp_path / "two", s=make.interchange("Student", make.student(last="King"), make.student("101")))
    )
    assert counts(report)["member"] == {"read": 2, "changed": 1, "unchanged": 1}


def test_a_site_keeps_what_the_files_do_not_say(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.write(tmp_path / "in", o=make.interchange("EducationOrganization", make.school()))
    load(folder, "--time-zone", "America/Denver")
    connection.execute(
        "update tenancy.site set latitude = 1, longitude = 2, radius_m = 30, networks = '{192.0.2.0/24}'"
        " where code = '1'"
    )
    assert counts(load(folder))["site"] == {"read": 1, "unchanged": 1}
    assert counts(load(folder, "--time-zone", "America/Chicago"))["site"] == {"read": 1, "changed": 1}
    assert connection.execute("select time_zone, radius_m from tenancy.site where code = '1'").fetchall() == [
        ("America/Chicago", 30.0)
    ]


def test_a_calendar_gives_the_dates_of_terms_and_comes_late_without_harm(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.district(tmp_path / "in")
    assert "taken from its name" in only([{"note": note} for note in load(folder)["notes"]])["note"]
    make.write(folder, z=make.interchange("EducationOrgCalendar", make.calendar_session("2021-08-23", "2021-12-17")))
    report = load(folder)
    assert report["notes"] == []
    assert counts(report)["term"] == {"read": 1, "changed": 1}
    assert counts(report)["timetable"] == {"read": 15, "unchanged": 15}
    assert connection.execute("select starts_on::text, ends_on::text from school.term").fetchall() == [
        ("2021-08-23", "2021-12-18")
    ]


def test_the_command_line_gives_the_dates_of_terms(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    report = load(
        make.district(tmp_path / "in"),
        "--term",
        f"{make.FALL}=2021-09-01..2021-12-23",
        "--term",
        "X=2021-01-01..2021-01-02",
    )
    assert report["notes"] == ["--term X: no term of this name in the files"]
    assert connection.execute("select starts_on::text, ends_on::text from school.term").fetchall() == [
        ("2021-09-01", "2021-12-24")
    ]


def test_an_arrival_is_in_the_zone_of_the_school(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    load(make.district(tmp_path / "in", make.attendance(category="Tardy", more="<ArrivalTime>15:00:00</ArrivalTime>")))
    assert connection.execute("select code, (in_at at time zone 'UTC')::text from attendance.record").fetchall() == [
        ("L", "2021-08-31 20:00:00")
    ]


def test_a_district_course_becomes_the_course_of_the_schools_that_offer_it(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.write(
        tmp_path / "in",
        o=make.interchange(
            "EducationOrganization",
            make.course(organisation="9"),
            "<LocalEducationAgency><NameOfInstitution>District</NameOfInstitution>"
            "<LocalEducationAgencyId>9</LocalEducationAgencyId></LocalEducationAgency>",
            make.school("1"),
            make.school("2"),
        ),
        m=make.interchange(
            "MasterSchedule",
            make.course_offering("ALG-A", "1", organisation="9"),
            make.course_offering("ALG-B", "2", organisation="9"),
            make.section("S", "ALG-A"),
        ),
    )
    report = load(folder)
    assert report["rejected"] == []
    assert connection.execute(
        "select s.code, c.code, c.name from school.course as c join tenancy.site as s on s.id = c.site_id order by 1"
    ).fetchall() == [("1", "ALG-A", "Algebra"), ("2", "ALG-B", "Algebra")]


def test_bell_schedules_with_dates_choose_the_weekdays(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.district(tmp_path / "in")
    make.write(
        folder,
        b_schedule=make.interchange(
            "MasterSchedule",
            make.course_offering(),
            make.section("S1", "ALG", "01", "02"),
            make.bell_schedule("01", dates=("2021-08-23", "2021-08-25")),
        ),
    )
    rejected = only(load(folder, exit_code=1)["rejected"])
    assert rejected["reason"] == "the class period '02' is in no bell schedule of school 1"
    assert rejected["line"] == 4
    assert connection.execute("select weekday from school.timetable order by 1").fetchall() == [(1,), (3,)]


def test_references_by_id_are_resolved(load: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    period = make.class_period("01", ("08:00:00", "09:00:00")).replace(
        make.school_reference("1"), '<SchoolReference ref="SCHL_1"/>'
    )
    folder = make.write(
        tmp_path / "in",
        o=make.interchange(
            "EducationOrganization", make.school().replace("<School>", '<School id="SCHL_1">'), period,
            period.replace("SCHL_1", "SCHL_2"),
        ),
    )  # fmt: skip
    rejected = only(load(folder, exit_code=1)["rejected"])
    assert (rejected["line"], rejected["reason"]) == (
        5,
        '<SchoolReference ref="SCHL_2"> names no row that was read before it',
    )


def test_sections_with_the_same_identifier_in_two_courses_are_two(
    load: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    folder = make.district(tmp_path / "in")
    make.write(
        folder,
        b_schedule=make.interchange(
            "MasterSchedule",
            make.course_offering("PE-07"),
            make.course_offering("PE-08"),
            make.section("GYM", "PE-07"),
            make.section("GYM", "PE-08"),
        ),
    )
    assert counts(load(folder))["section"] == {"read": 2, "created": 2}


@once
def test_section_codes_are_short_and_unique() -> None:
    short = edfi.section_code("ALG-1", "25590100102Trad220ALG112011", make.FALL)
    assert short == f"ALG-1:25590100102Trad220ALG112011:{make.FALL}"
    long = {edfi.section_code("A" * 60, f"{'S' * 200}{number}", make.FALL) for number in range(100)}
    assert len(long) == 100
    assert all(len(code) <= 64 for code in long)


# duplicates ------------------------------------------------------------------------------------------


def test_a_second_event_of_a_student_and_date_is_one_record_and_reported_with_both_lines(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    events = (make.attendance(), make.attendance("101"), make.attendance(category="Partial"), make.attendance())
    folder = make.district(tmp_path / "in", *events)
    for created, unchanged in ((2, 0), (0, 2)):
        report = load(folder)
        expected = {"read": 4, "created": created, "unchanged": unchanged, "duplicate": 2}
        assert counts(report)["attendance"] == {name: number for name, number in expected.items() if number}
        file = str(folder / "a_attendance.xml")
        assert report["duplicates"] == [
            {
                "file": file, "line": line, "kind": "attendance", "key": "100/1/2021-08-31",
                "repeats_file": file, "repeats_line": 3, "same_content": same,
            }
            for line, same in ((5, False), (6, True))
        ]  # fmt: skip
    assert connection.execute("select code from attendance.record order by 1").fetchall() == [("AE",), ("AE",)]


def test_a_row_after_a_rejected_one_with_its_key_is_no_duplicate(
    load: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    events = (make.attendance(category="Sleeping"), make.attendance(), make.attendance())
    report = load(make.district(tmp_path / "in", *events), exit_code=1)
    assert counts(report)["attendance"] == {"read": 3, "created": 1, "duplicate": 1, "rejected": 1}
    assert only(report["duplicates"])["repeats_line"] == 4


def test_another_verdict_than_the_recorded_one_is_rejected_not_overwritten(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    load(make.district(tmp_path / "in"))
    report = load(make.district(tmp_path / "in", make.attendance(category="Unexcused Absence")), exit_code=1)
    assert only(report["rejected"])["code"] == "SA112"
    assert connection.execute("select code, revision from attendance.record").fetchall() == [("AE", 1)]


def test_students_twice_in_the_files_do_not_flip(load: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    students = (make.student(), make.student(last="Other"), make.student())
    folder = make.write(tmp_path / "in", s=make.interchange("Student", *students))
    for name in ("created", "unchanged"):
        report = load(folder)
        assert counts(report)["member"] == {"read": 3, name: 1, "duplicate": 2}
        assert [item["same_content"] for item in report["duplicates"]] == [False, True]


# what is wrong ---------------------------------------------------------------------------------------


def test_unknown_things_are_rejected_by_the_database_and_the_rest_goes_in(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    events = (
        make.attendance("999"),
        make.attendance(category="Sleeping"),
        make.attendance(school_number="77"),
        make.attendance(),
    )
    rejects = tmp_path / "rejects.jsonl"
    folder = make.district(tmp_path / "in", *events)
    report = load(folder, "--rejects", rejects, exit_code=1)
    assert counts(report)["attendance"] == {"read": 4, "created": 1, "rejected": 3}
    assert [(row["line"], row["code"]) for row in report["rejected"]] == [(3, "SA011"), (4, "SA111"), (5, "SA011")]
    for row, text in zip(report["rejected"], ("999", "Sleeping", "77"), strict=True):
        assert f"observed {text}" in row["reason"]
        assert row["file"] == str(folder / "a_attendance.xml")
    assert [json.loads(line) for line in rejects.read_text().splitlines()] == report["rejected"]
    assert value(connection, "select count(*) from attendance.record") == 1
    assert value(connection, "select count(*) from attendance.event") == 1


def test_a_truncated_file_leaves_no_half_row_and_the_other_files_go_in(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = make.district(tmp_path / "in", make.attendance(), make.attendance("101"))
    file = folder / "a_attendance.xml"
    text = file.read_text()
    file.write_text(text[: text.rindex("<SchoolReference>")])
    (folder / "b_schedule.xml").write_text("PK\x03\x04 this is a zip file")
    report = load(folder, exit_code=1)
    assert [(Path(row["file"]).name, row["line"]) for row in report["rejected"]] == [
        ("b_schedule.xml", 1),
        ("a_attendance.xml", 4),
    ]
    assert "began in line 4" in report["rejected"][1]["reason"]
    assert counts(report)["member"] == {"read": 2, "created": 2}
    assert value(connection, "select count(*) from attendance.record") == 1
    file.write_text(text)
    (folder / "b_schedule.xml").unlink()
    assert counts(load(folder))["attendance"] == {"read": 2, "created": 1, "unchanged": 1}


ROW = make.attendance()

DAMAGES = {
    "nothing": (b"", 1, "holds no XML"),
    "text": ("hello\nworld", 1, "not XML"),
    "other root": ("\n<Invoice/>", 2, "the root element is <Invoice>"),
    "other namespace": (make.interchange("Student", namespace="urn:x"), 2, "the root element is <InterchangeStudent>"),
    "unknown encoding": ('<?xml version="1.0" encoding="klingon"?><a/>', 1, "encoding"),
    "wrong bytes": (make.interchange("Student", make.student()).encode().replace(b"Ada", b"\xff"), 3, "well-formed"),
    "NUL": (make.interchange("Student", make.student(first="A\0da")), 3, "well-formed"),
    "control sign": (make.interchange("Student", make.student(first="&#1;")), 3, "well-formed"),
    "wrong end tag": (make.interchange("Student", make.student().replace("</Name>", "</Nam>")), 3, "mismatched tag"),
    "unknown entity": (make.interchange("Student", make.student(first="&eacute;")), 3, "undefined entity"),
    "entity bomb": (
        '<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">\n]>\n'
        "<InterchangeStudent>&b;</InterchangeStudent>",
        2,
        "DOCTYPE",
    ),
    "file entity": (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<InterchangeStudent>&a;</InterchangeStudent>',
        1,
        "DOCTYPE",
    ),
    "two roots": (make.interchange("Student") + "<x/>", 4, "junk after"),
    "text between rows": (make.interchange("Student", make.student(), "oops", make.student("101")), 4, "outside"),
    "wrong element": (make.interchange("Student", "<Pupil/>"), 3, "<Pupil> is not an element of <InterchangeStudent>"),
    "wrong element inside": (
        make.interchange("StudentAttendance", ROW.replace("SessionReference>", "SesionReference>")),
        3,
        "<SesionReference> is not an element of <StudentSchoolAttendanceEvent>",
    ),
    "row of another interchange": (make.interchange("Student", make.school()), 3, "<School> is not an element"),
    "missing element": (
        make.interchange("StudentAttendance", re.sub("<AttendanceEvent>.*</AttendanceEvent>", "", ROW)),
        3,
        "<AttendanceEvent> is missing",
    ),
    "missing reference": (
        make.interchange("StudentAttendance", re.sub("<StudentReference>.*</StudentReference>", "", ROW)),
        3,
        "<StudentReference> is missing",
    ),
    "empty element": (make.interchange("Student", make.student("\n\n")), 3, "<StudentUniqueId> is empty"),
    "element twice": (
        make.interchange("Student", "<Student>" + 2 * "\n<StudentUniqueId>1</StudentUniqueId>" + "</Student>"),
        5,
        "<StudentUniqueId> stands twice",
    ),
    "no date": (make.interchange("StudentAttendance", make.attendance(date="2021-02-30")), 3, "a date YYYY-MM-DD"),
    "other date": (make.interchange("StudentAttendance", make.attendance(date="31.08.2021")), 3, "a date YYYY-MM-DD"),
    "infinite date": (make.interchange("StudentAttendance", make.attendance(date="infinity")), 3, "a date YYYY-MM-DD"),
    "no time": (
        make.interchange("StudentAttendance", make.attendance(more="<ArrivalTime>25:00:00</ArrivalTime>")),
        3,
        "a time of day",
    ),
    "no descriptor": (
        make.interchange("StudentAttendance", ROW.replace("AttendanceEventCategoryDescriptor#", "SexDescriptor#")),
        3,
        "AttendanceEventCategoryDescriptor#",
    ),
    "period ends first": (
        make.interchange("EducationOrganization", make.class_period("01", ("09:00:00", "08:00:00"))),
        3,
        "does not end after it starts",
    ),
    "term ends first": (
        make.interchange("EducationOrgCalendar", make.calendar_session("2021-12-01", "2021-08-01")),
        3,
        "before it begins",
    ),
    "no school year": (
        make.interchange("EducationOrgCalendar", make.calendar_session("2021-08-01", "2021-12-01", year="2021")),
        3,
        "<SchoolYear>",
    ),
    "unknown period": (make.interchange("MasterSchedule", make.bell_schedule("08")), 3, "stands in none of the files"),
    "long text": (make.interchange("Student", make.student(first="x" * 1_000_000)), 3, "longer than"),
    "endless tag": (f"<InterchangeStudent>\n<Student a='{'x' * 3_000_000}'/></InterchangeStudent>", 2, "single tag"),
    "deep": (make.interchange("Student", "<Student>" + "<a>" * 5_000 + "</a>" * 5_000 + "</Student>"), 3, "levels"),
    "wide": (make.interchange("Student", "<Student>" + "<OtherName/>" * 50_000 + "</Student>"), 3, "more than"),
}  # fmt: skip


@once
@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_has_a_line_and_a_reason(name: str, check: Callable[..., dict[str, Any]]) -> None:
    text, line, reason = DAMAGES[name]
    rejected = only(check(text)["rejected"])
    assert rejected["line"] == line
    assert reason in rejected["reason"]


@once
def test_the_rows_around_a_bad_one_are_read(check: Callable[..., dict[str, Any]]) -> None:
    report = check(
        make.interchange("Student", make.student("1"), "<Student/>", make.student("2"), "<Pupil/>", make.student("3"))
    )
    assert counts(report)["member"] == {"read": 4, "rejected": 1}
    assert [row["line"] for row in report["rejected"]] == [4, 6]


@once
def test_lines_are_right_far_beyond_65535(check: Callable[..., dict[str, Any]]) -> None:
    text = make.interchange("Student", "\n" * 100_000 + "<Pupil/>")
    assert only(check(text)["rejected"])["line"] == 100_003


@once
def test_unknown_elements_can_be_ignored_and_those_of_other_namespaces_are(
    check: Callable[..., dict[str, Any]],
) -> None:
    extended = make.student().replace("</Student>", "<Nickname>Enchantress</Nickname></Student>")
    assert counts(check(make.interchange("Student", extended), 0, "--ignore-unknown"))["member"] == {"read": 1}
    foreign = make.student().replace("</Student>", '<x:Y xmlns:x="urn:z"/></Student>')
    assert counts(check(make.interchange("Student", foreign), 0))["member"] == {"read": 1}


@once
@pytest.mark.parametrize("namespace", ["", "http://ed-fi.org/3.1.0", "http://ed-fi.org/0200"])
def test_other_versions_of_the_standard_are_read(namespace: str, check: Callable[..., dict[str, Any]]) -> None:
    assert counts(check(make.interchange("Student", make.student(), namespace=namespace), 0))["member"] == {"read": 1}


@once
def test_encodings_are_those_of_xml(check: Callable[..., dict[str, Any]]) -> None:
    text = make.interchange("Student", make.student(first="Zoë"))
    for encoding in ("UTF-16", "ISO-8859-1"):
        assert counts(check(text.replace("UTF-8", encoding).encode(encoding), 0))["member"] == {"read": 1}


@once
def test_interchanges_without_attendance_are_named_and_left_alone(check: Callable[..., dict[str, Any]]) -> None:
    report = check(make.interchange("Finance", "<LocalAccount/>"), 0)
    assert "InterchangeFinance is not imported" in only([{"note": note} for note in report["notes"]])["note"]


@once
def test_random_damage_never_ends_in_a_traceback(tmp_path: Path, smartattend: Run) -> None:
    seed = int(os.environ.get("SMARTATTEND_TEST_SEED", "20211215"))
    chance = random.Random(seed)
    whole = {file.name: file.read_bytes() for file in make.district(tmp_path / "in").iterdir()}
    signs = b"<>&\"'/=\0\xff]!?- \nx#;"
    for turn in range(300):
        name = chance.choice(sorted(whole))
        data = bytearray(whole[name])
        for _ in range(chance.choice((1, 1, 2, 8))):
            start = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[start] = chance.choice(signs)
                case 1:
                    del data[start : start + chance.randrange(1, 40)]
                case 2:
                    data[start:start] = bytes(chance.choice(signs) for _ in range(chance.randrange(1, 5)))
                case 3:
                    data[start:start] = data[start : start + chance.randrange(1, 300)]
            if not data:
                data = bytearray(b"x")
        (tmp_path / "in" / name).write_bytes(data)
        result = smartattend("import", "edfi", "--dry-run", "--format", "json", str(tmp_path / "in"))
        assert result.exit_code in {0, 1}, (seed, turn, name, result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), (seed, turn, name)
        report = json.loads(result.stdout)
        assert all(row["line"] >= 1 and row["reason"] and row["file"] for row in report["rejected"]), (seed, turn)
        assert (result.exit_code == 1) == (report["rejected_total"] > 0), (seed, turn)
        (tmp_path / "in" / name).write_bytes(whole[name])


def test_damage_in_the_values_never_ends_in_a_traceback_nor_in_half_a_row(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    texts = ["", " ", "x" * 65, "x" * 60_000, "é" * 64, "a/b", "\u200b", "'; drop table x; --", "NaN", "0001-01-01",
             "9999-12-31", "-1", "\N{MUSICAL SYMBOL G CLEF}", "null", "1e999", "&lt;b&gt;", "tab\there"]  # fmt: skip
    rows = [make.student(text, first=text, last="Y") for text in texts]
    events = [make.attendance(text) for text in texts] + [make.attendance(date=text) for text in texts]
    events += [make.attendance(category=text) for text in texts] + [make.attendance(reason=text) for text in texts]
    events += [make.attendance(school_number=text) for text in texts]
    folder = make.district(tmp_path / "in", *events)
    make.write(
        folder,
        c_students=make.interchange("Student", make.student(), *rows),
        d_schools=make.interchange(
            "EducationOrganization",
            make.school(),
            *(make.school(text, text) for text in texts),
            *(make.course(text, text) for text in texts),
            *(make.class_period(text, ("08:00:00", "09:00:00")) for text in texts),
        ),
        b_schedule=make.interchange(
            "MasterSchedule",
            *(make.course_offering(text) for text in texts),
            *(make.section(text, "x", name=text) for text in texts),
            *(make.section("S", text, text) for text in texts),
        ),
    )
    report = load(folder, exit_code=1)
    assert report["rejected_total"] > 100
    assert all(row["line"] >= 3 and row["reason"] for row in report["rejected"])
    again = load(folder, exit_code=1)
    assert again["summary"].startswith("0 created, 0 changed")
    assert again["rejected_total"] == report["rejected_total"]
    assert value(connection, "select count(*) from attendance.event") == value(
        connection, "select count(*) from attendance.record"
    )


# the command line ------------------------------------------------------------------------------------


def test_the_token_is_issued_for_the_import_and_revoked(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    load(make.district(tmp_path / "in"))
    assert connection.execute(
        "select count(*), count(revoked_at) from identity.login_session where issued_because = 'smartattend import'"
    ).fetchall() == [(1, 1)]


def test_a_given_token_is_used_and_left_alone(
    smartattend: Run, database: str, north: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    tenant(connection, "south")
    folder = make.district(tmp_path / "in")
    for slug, exit_code in (("north", 0), ("south", 2)):
        token = value(connection, f"select identity.login('{slug}', 'admin@{slug}')")
        result = smartattend(
            "import", "edfi", str(folder), "--dsn", database, "--tenant", "north", env={"SMARTATTEND_TOKEN": token}
        )
        assert result.exit_code == exit_code, result.output
    assert "a token of south" in result.output
    assert value(connection, "select count(*) from identity.login_session where revoked_at is not null") == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "text"),
    [
        (("--tenant", "nowhere"), 2, "no such tenant"),
        (("--tenant", "north", "--as", "nobody"), 2, "--as"),
        (("--tenant", "north", "--token", "nonsense"), 1, "SA002"),
        (("--tenant", "ironworks"), 2, "schools only"),
        ((), 2, "--tenant"),
        (("--tenant", "north", "--time-zone", "Mars/Olympus"), 1, "time_zone"),
        (("--tenant", "north", "--term", "Fall=2021"), 2, "--term"),
    ],
)
def test_what_is_wrong_with_the_call_is_one_clear_sentence(
    arguments: tuple[str, ...],
    exit_code: int,
    text: str,
    smartattend: Run,
    database: str,
    north: str,
    connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    tenant(connection, "ironworks", "corporate")
    result = smartattend("import", "edfi", str(make.district(tmp_path / "in")), "--dsn", database, *arguments)
    assert result.exit_code == exit_code, result.output
    assert text in result.output
    assert "Traceback" not in result.output
    assert value(connection, "select count(*) from attendance.event") == 0


def test_a_session_without_the_permission_loads_nothing(
    smartattend: Run,
    database: str,
    load: Callable[..., dict[str, Any]],
    connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    folder = make.district(tmp_path / "in")
    load(folder)
    result = smartattend(
        "import", "edfi", "--dsn", database, "--tenant", "north", "--as", "100", "--format", "json", str(folder)
    )
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert {row["code"] for row in report["rejected"]} == {"SA104"}
    assert report["summary"].startswith("0 created, 0 changed, 0 unchanged")


def test_a_tenant_that_is_not_writable_ends_the_import_at_once(
    smartattend: Run, database: str, north: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    connection.execute(
        "update tenancy.tenant set state = 'offboarding', state_via = 'offboard', state_reason = 'the contract ended'"
    )
    result = smartattend("import", "edfi", str(make.district(tmp_path / "in")), "--dsn", database, "--tenant", north)
    assert result.exit_code == 1
    assert "SA107" in result.output


@once
def test_a_folder_without_xml_is_a_usage_error(smartattend: Run, tmp_path: Path) -> None:
    result = smartattend("import", "edfi", "--dry-run", str(tmp_path))
    assert result.exit_code == 2
    assert "holds no XML file" in result.output


@once
def test_a_pipe_is_a_usage_error(smartattend: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    result = smartattend("import", "edfi", "--dry-run", str(tmp_path / "pipe.xml"))
    assert result.exit_code == 2
    assert "not a regular file" in result.output


@once
def test_the_table_names_duplicates_and_rejected_rows(smartattend: Run, tmp_path: Path) -> None:
    folder = make.district(tmp_path / "in", make.attendance(), make.attendance(category="Partial"), "<Oops/>")
    result = smartattend("import", "edfi", "--dry-run", str(folder))
    assert result.exit_code == 1
    assert "a_attendance.xml:4   a_attendance.xml:3" in result.stdout
    assert "a_attendance.xml:5" in result.stdout
    assert "<Oops> is not an element of <InterchangeStudentAttendance>" in result.stdout


@once
def test_a_file_given_twice_is_read_once(smartattend: Run, tmp_path: Path) -> None:
    folder = make.district(tmp_path / "in")
    result = smartattend("import", "edfi", "--dry-run", "--format", "json", str(folder), str(folder / "c_students.xml"))
    assert counts(json.loads(result.stdout))["member"] == {"read": 2}


# interruption and scale ------------------------------------------------------------------------------


def test_an_interrupted_import_goes_on_when_it_is_repeated(
    load: Callable[..., dict[str, Any]],
    connection: psycopg.Connection[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    smartattend: Run,
    database: str,
) -> None:
    monkeypatch.setattr("orchestrator.importers.load.BATCH", 10)
    monkeypatch.setattr(Loader.__init__, "__defaults__", (10,))
    days = [make.attendance(date=f"2021-09-{day:02}") for day in range(1, 31)]
    folder = make.district(tmp_path / "in", *days)
    calls = []
    whole = api.call_batch

    def broken(opened: psycopg.Connection[Any], procedure: str, /, **named: object) -> list[api.BatchOutcome]:
        calls.append(procedure)
        if calls.count("attendance_import") == 2:
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return whole(opened, procedure, **named)

    monkeypatch.setattr(api, "call_batch", broken)
    result = smartattend("import", "edfi", str(folder), "--dsn", database, "--tenant", "north")
    assert result.exit_code == 1
    assert "the same command goes on from there" in result.output
    assert value(connection, "select count(*) from attendance.record") == 10
    monkeypatch.setattr(api, "call_batch", whole)
    assert counts(load(folder))["attendance"] == {"read": 30, "created": 20, "unchanged": 10}


def test_an_entry_that_breaks_its_batch_is_found_and_the_others_go_in(tmp_path: Path) -> None:
    def send(procedure: str, entries: list[dict[str, Any]]) -> list[api.BatchOutcome]:
        if any(entry["member_number"] == "57" for entry in entries):
            raise psycopg.errors.NumericValueOutOfRange("value out of range")
        accepted = api.Outcome("accepted", None, None, None, None, {"change": "created"})
        return [api.BatchOutcome(ordinal, None, accepted) for ordinal in range(1, len(entries) + 1)]

    file = make.write(tmp_path, s=make.interchange("Student", *(make.student(str(n)) for n in range(100)))) / "s.xml"
    with Scratch() as scratch:
        report = Report()
        importer = edfi.Importer(Loader(send, report, scratch), edfi.Sites())
        importer.run(importer.sources([file]))
    assert (report.count("member").created, report.rejected) == (99, 1)
    assert report.rejects[0].place.line == 60


@once
@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Twenty times the rows, the same memory (a process of its own; the scratch file grows instead)."""
    program = (
        "import sys\n"
        "from orchestrator.cli import cli\n"
        "try:\n"
        "    cli(['import', 'edfi', '--dry-run', '--format', 'json', sys.argv[1]])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "status = open('/proc/self/status').read()\n"
        "print(status.split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
    )
    peaks = []
    for rows in (500, 10_000):
        file = tmp_path / f"{rows}.xml"
        events = (make.attendance(str(n), f"2021-09-{day:02}") for n in range(rows // 20) for day in range(1, 21))
        file.write_text(make.interchange("StudentAttendance", *events))
        done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=True)
        assert counts(json.loads(done.stdout))["attendance"] == {"read": rows}
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] + 10_000, f"peaks in kB: {peaks}"


# the real thing --------------------------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"the Ed-Fi sample is not at {SAMPLE} (SMARTATTEND_EDFI_SAMPLE)")
def test_the_real_sample_is_1916_records_and_a_duplicate(
    load: Callable[..., dict[str, Any]], connection: psycopg.Connection[Any]
) -> None:
    first = load(SAMPLE)
    assert first["rejected"] == []
    assert counts(first)["attendance"] == {"read": 1917, "created": 1916, "duplicate": 1}
    assert counts(first)["member"] == {"read": 960, "created": 960}
    assert counts(first)["section"] == {"read": 532, "created": 532}
    duplicate = only([item for item in first["duplicates"] if item["kind"] == "attendance"])
    assert (duplicate["key"], duplicate["line"], duplicate["repeats_line"]) == ("604822/255901001/2021-12-15", 90, 61)
    assert not duplicate["same_content"]
    assert connection.execute(
        "select code, count(*), count(in_at) from attendance.record group by code order by code"
    ).fetchall() == [
        ("AE", 1077, 0), ("AU", 773, 0), ("L", 66, 66),
    ]  # fmt: skip
    assert value(connection, "select count(distinct subject_id) from attendance.record") == 227
    second = load(SAMPLE)
    assert counts(second)["attendance"] == {"read": 1917, "unchanged": 1916, "duplicate": 1}
    assert second["summary"].startswith("0 created, 0 changed, ")
    assert value(connection, "select count(*) from attendance.event") == 1916


@once
def test_rejects_are_never_written_over_an_input_of_the_folder(smartattend: Run, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text("<InterchangeStudent/>")
    result = smartattend("import", "edfi", "--dry-run", str(tmp_path), "--rejects", str(tmp_path / "b.xml"))
    assert result.exit_code == 2, result.output
    assert "is the same file as the input" in result.output
    assert (tmp_path / "b.xml").read_text() == "<InterchangeStudent/>"
