"""``smartattend report``: what each token reads, in three formats that say the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator import output
from orchestrator.cli import cli
from orchestrator.cluster import Cluster
from orchestrator.errors import InvalidInput
from orchestrator.reports import attendance
from tests import harness

once = pytest.mark.once

WORLD = """
select tap.school('alpha'), tap.school('beta');
select tap.member('alpha', 's' || n, 'student', 'student') from generate_series(4, 9) as n;
select
  tap.session('alpha', 'lesson', 'main', '10A', '2026-03-02 08:00+00', expected => '{s1,s2,s4,s5,s6,s8}'),
  tap.session('alpha', 'later', 'main', '10B', '2026-03-02 13:00+00', expected => '{s1,s3}'),
  tap.session('alpha', 'across', 'annex', null, '2026-03-02 14:00+00', expected => '{s3}');
update attendance.expectation set is_required = false
where session_id = tap.id('alpha/lesson') and subject_id = tap.id('alpha/s6');
"""

FLAGS = """
insert into integrity.flag (
  tenant_id, id, rule, about, about_kind, event_key, record_id, revision, session_id, subject_id, unit_id, severity,
  is_blocking, observed, expected, evidence_hash, raised_at
)
select
  tap.id('alpha'), tap.id(f.name), f.rule, tap.id('in s2'), 'event', tap.id('in s2'), %s, 1, tap.id('alpha/lesson'),
  tap.id('alpha/s2'), tap.id('alpha/10A'), 'med', f.rule = 'F14', '{"sequence": 7}', '{"sequence": 9}',
  core.payload_hash(to_jsonb(f.name)), f.raised_at
from (
  values ('f1', 'F07', timestamptz '2026-03-01 11:30+00'), ('f2', 'F14', '2026-03-02 08:10+00')
) as f (name, rule, raised_at)
"""

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

PUNCHES = (
    ("s9", "2026-03-02 05:00+00"),
    ("s1", "2026-03-02 07:59+00"),
    ("s2", "2026-03-02 08:10+00"),
)


class World:
    """A school on a Monday at noon: somebody came, somebody late, somebody unexpected, and some not at all."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        with psycopg.connect(dsn, autocommit=True, options="-c search_path=tap,public") as connection:
            self.connection = connection
            connection.execute(WORLD)
            for number, instant in PUNCHES:
                connection.execute("select tap.set_clock(%s)", [instant])
                connection.execute(
                    "select api.check_in(key => tap.id('in ' || %(n)s), token => tap.token('alpha/' || %(n)s))",
                    {"n": number},
                )
            officer = self.one("select tap.token('alpha/officer')")
            held = self.one("select id from attendance.record where subject_id = tap.id('alpha/s2')")
            connection.execute("select tap.set_clock('2026-03-02 09:00+00')")
            self.execute(
                "select api.attendance_transition(key => tap.id('hold'), record_id => %s, via => 'flag',"
                " reason => 'is this true at all', token => %s)",
                held,
                officer,
            )
            self.execute(
                "select api.check_out(key => tap.id('out'), token => tap.token('alpha/s1'))",
            )
            connection.execute("select tap.set_clock('2026-03-02 12:00+00')")
            self.execute(
                FLAGS,
                held,
            )
            self.slug = self.one("select tap.slug('alpha')")
            self.lesson = str(self.one("select tap.id('alpha/lesson')"))
            self.tokens = {
                who: self.one("select tap.token(%s)", who)
                for who in (
                    "alpha/officer",
                    "alpha/admin",
                    "alpha/f1",
                    "alpha/s1",
                    "alpha/s2",
                    "alpha/s8",
                    "beta/officer",
                )
            }
            self.tokens["alpha/kiosk"] = self.one("select tap.device_token('alpha/kiosk')")

    def execute(self, query: str, *values: object) -> None:
        self.connection.execute(query, values or None)

    def one(self, query: str, *values: object) -> Any:
        row = self.connection.execute(query, values or None).fetchone()
        assert row is not None
        return row[0]

    def run(self, *arguments: str, who: str | None = "alpha/officer") -> Result:
        token = ["--token", self.tokens[who]] if who else []
        return CliRunner().invoke(cli, ["report", *arguments, "--dsn", self.dsn, *token], prog_name="smartattend")

    def json(self, *arguments: str, who: str | None = "alpha/officer") -> list[dict[str, Any]]:
        result = self.run(*arguments, "--format", "json", who=who)
        assert result.exit_code == 0, result.output
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found


@pytest.fixture(scope="module")
def world(server: Cluster, clone: Callable[[], str]) -> World:
    dsn = clone()
    database = str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])
    harness.add_pgtap(server, database, harness.FIXTURE.read_text(encoding="utf-8"))
    return World(dsn)


def standings(rows: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(row["member"], row["standing"], row["session"]) for row in rows]


# --- day -------------------------------------------------------------------------------------------------


def test_a_day_says_of_everybody_expected_what_became_of_it(world: World) -> None:
    assert standings(world.json("day", "2026-03-02")) == [
        ("s3", "to_come", "Session across"),
        ("s1", "present", "Session lesson"),
        ("s2", "held", "Session lesson"),
        ("s4", "not_taken", "Session lesson"),
        ("s5", "not_taken", "Session lesson"),
        ("s6", "not_required", "Session lesson"),
        ("s8", "not_taken", "Session lesson"),
        ("s1", "to_come", "Session later"),
        ("s3", "to_come", "Session later"),
        ("s9", "present", None),
    ]


def test_today_is_the_tenants_today(world: World) -> None:
    assert world.json("day") == world.json("day", "2026-03-02")


def test_instants_are_in_the_zone_of_the_site_and_in_utc(world: World) -> None:
    rows = {(row["member"], row["session"]): row for row in world.json("day", "2026-03-02")}
    across, lesson, none = rows["s3", "Session across"], rows["s1", "Session lesson"], rows["s9", None]
    assert (across["starts_at"], across["starts_at_utc"]) == ("2026-03-02T09:00:00-05:00", "2026-03-02T14:00:00Z")
    assert (lesson["in_at"], lesson["in_at_utc"]) == ("2026-03-02T08:59:00+01:00", "2026-03-02T07:59:00Z")
    assert (lesson["out_at"], across["in_at"], none["starts_at"]) == ("2026-03-02T10:00:00+01:00", None, None)
    assert none["in_at"] == "2026-03-02T06:00:00+01:00"


def test_the_keys_are_stable_and_a_csv_has_them_as_its_header(world: World) -> None:
    wanted = [
        *("date", "site", "unit", "session", "starts_at", "starts_at_utc", "ends_at", "ends_at_utc", "member", "name"),
        *("expected", "standing", "code", "state", "in_at", "in_at_utc", "out_at", "out_at_utc", "subject_id"),
        *("session_id", "record_id", "revision"),
    ]
    rows = world.json("day", "2026-03-02")
    assert all(list(row) == wanted for row in rows)
    text = world.run("day", "2026-03-02", "--format", "csv").stdout
    found = list(csv.DictReader(io.StringIO(text)))
    assert list(found[0]) == wanted
    assert [row["member"] for row in found] == [row["member"] for row in rows]
    assert [row["expected"] for row in found] == ["yes"] * 9 + ["no"]
    assert [row["in_at_utc"] for row in found] == [row["in_at_utc"] or "" for row in rows]


def test_a_table_shows_what_people_read(world: World) -> None:
    shown = world.run("day", "2026-03-02").stdout
    assert "not_taken" in shown
    assert " 08:59:00+01:00 " in shown
    assert "07:59:00Z" not in shown


@once
def test_a_table_says_the_date_of_an_instant_only_where_it_is_another() -> None:
    row = {"date": dt.date(2026, 3, 2), "in_at": "2026-03-02T22:00:00+01:00", "out_at": "2026-03-03T06:00:00+01:00"}
    report = attendance.Report("x", tuple(row), tuple(row), ("in_at", "out_at"))
    shown = report.brief(row)
    assert (shown["in_at"], shown["out_at"]) == ("22:00:00+01:00", "2026-03-03 06:00:00+01:00")
    assert report.brief(row | {"out_at": None})["out_at"] is None


def test_totals_add_up_to_who_was_expected(world: World) -> None:
    rows = world.json("day", "2026-03-02", "--totals")
    counts = [{key: value for key, value in row.items() if value not in (0, "2026-03-02")} for row in rows]
    assert counts == [
        {"site": "annex", "unit": "annex", "name": "Site annex", "sessions": 1, "expected": 1, "to_come": 1},
        {
            **{"site": "main", "unit": "10A", "name": "Unit 10A", "sessions": 1, "expected": 6, "present": 1},
            **{"not_required": 1, "held": 1, "not_taken": 3},
        },
        {"site": "main", "unit": "10B", "name": "Unit 10B", "sessions": 1, "expected": 2, "to_come": 2},
        {"site": None, "unit": None, "name": None, "unscheduled": 1},
    ]
    people = world.json("day", "2026-03-02")
    for row in rows:
        parts = [row[key] for key in list(row)[list(row).index("expected") + 1 : -1]]
        assert row["expected"] == sum(parts)
        mine = [person for person in people if (person["site"], person["unit"]) == (row["site"], row["unit"])]
        assert Counter(person["expected"] for person in mine) == Counter(
            {True: row["expected"], False: row["unscheduled"]}
        )


def test_a_day_is_narrowed_to_a_unit_and_to_standings(world: World) -> None:
    assert {row["unit"] for row in world.json("day", "2026-03-02", "--unit", "10B")} == {"10B"}
    assert {row["unit"] for row in world.json("day", "2026-03-02", "--unit", "main/Y10")} == {"10A", "10B"}
    rows = world.json("day", "2026-03-02", "--only", "held", "--only", "not_taken")
    assert Counter(row["standing"] for row in rows) == {"held": 1, "not_taken": 3}


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("alpha/f1", {"s1", "s2", "s4", "s5", "s6", "s8"}),
        ("alpha/s1", {"s1"}),
        ("alpha/s8", {"s8"}),
        ("alpha/kiosk", set()),
        ("beta/officer", set()),
    ],
)
def test_everybody_reads_with_their_own_rights(world: World, who: str, wanted: set[str]) -> None:
    assert {row["member"] for row in world.json("day", "2026-03-02", who=who)} == wanted


@pytest.mark.parametrize("arguments", [("day", "2020-01-01"), ("day", "2020-01-01", "--totals")])
def test_an_empty_day_is_no_error(world: World, arguments: tuple[str, ...]) -> None:
    result = world.run(*arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nobody was expected on 2020-01-01" in result.stderr
    assert world.json(*arguments) == []
    assert world.run(*arguments, "--format", "csv").stdout.startswith("date,site,unit,")


# --- subject ---------------------------------------------------------------------------------------------


def test_a_student_reads_the_own_records(world: World) -> None:
    [row] = world.json("subject", who="alpha/s1")
    assert [row[key] for key in ("date", "unit", "state", "code", "revision", "kind", "by")] == [
        *("2026-03-02", "10A", "recorded", "P", 2, "out", "s1"),
    ]
    assert (row["in_at"], row["out_at_utc"]) == ("2026-03-02T08:59:00+01:00", "2026-03-02T09:00:00Z")


def test_an_officer_reads_anybodys_by_number(world: World) -> None:
    assert [(row["state"], row["reason"], row["by"]) for row in world.json("subject", "s2")] == [
        ("flagged", "is this true at all", "officer")
    ]
    assert [row["session"] for row in world.json("subject", "s9")] == [None]


def test_the_revisions_of_a_record_say_by_whom_and_why(world: World) -> None:
    rows = world.json("subject", "s2", "--revisions")
    assert [(row["revision"], row["kind"], row["state"], row["by"]) for row in rows] == [
        (1, "in", "recorded", "s2"),
        (2, "flag", "flagged", "officer"),
    ]


@pytest.mark.parametrize(
    ("known_at", "wanted"),
    [
        ("2026-03-02T09:09:59.999999+01:00", []),
        ("2026-03-02T08:10:00+00:00", [(1, "recorded")]),
        ("2026-03-02T09:00:00Z", [(2, "flagged")]),
    ],
)
def test_a_subject_is_shown_as_it_was_known(world: World, known_at: str, wanted: list[tuple[int, str]]) -> None:
    rows = world.json("subject", "s2", "--as-of", known_at)
    assert [(row["revision"], row["state"]) for row in rows] == wanted
    revisions = world.json("subject", "s2", "--as-of", known_at, "--revisions")
    assert [(row["revision"], row["state"]) for row in revisions][-1:] == wanted


def test_a_range_includes_both_dates(world: World) -> None:
    dates = ("--from", "2026-03-02", "--to", "2026-03-02")
    assert len(world.json("subject", "s2", *dates)) == 1
    assert world.json("subject", "s2", "--from", "2026-03-03") == []
    assert world.json("subject", "s2", "--to", "2026-03-01") == []
    empty = world.run("subject", "s2", "--to", "2026-03-01")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "no record of Member s2 (s2)" in empty.stderr


def test_a_student_does_not_find_others(world: World) -> None:
    result = world.run("subject", "s2", who="alpha/s1")
    assert result.exit_code == 2
    assert "there is no member 's2' that this token may see" in result.stderr


# --- register --------------------------------------------------------------------------------------------


def test_the_registers_of_a_day_say_what_was_not_taken(world: World) -> None:
    rows = world.json("register", "--date", "2026-03-02")
    assert [(row["session"], row["register"], row["expected"], row["recorded"], row["not_taken"]) for row in rows] == [
        ("Session lesson", "scheduled", 6, 2, 3),
        ("Session later", "scheduled", 2, 0, 0),
        ("Session across", "scheduled", 1, 0, 0),
    ]
    assert [row["session"] for row in world.json("register", "--unit", "10B")] == ["Session later"]
    assert world.json("register", "--date", "2020-01-01") == []


def test_a_roll_shows_everybody_on_it_and_that_it_was_not_taken(world: World) -> None:
    rows = world.json("register", world.lesson, who="alpha/f1")
    assert [(row["member"], row["standing"]) for row in rows] == [
        *(("s1", "present"), ("s2", "held"), ("s4", "not_taken"), ("s5", "not_taken")),
        *(("s6", "not_required"), ("s8", "not_taken")),
    ]
    said = world.run("register", world.lesson).stderr
    assert "Session lesson of 10A, 2026-03-02T09:00:00+01:00: register scheduled, not taken" in said


def test_a_session_that_one_may_not_see_is_not_found(world: World) -> None:
    result = world.run("register", world.lesson, who="beta/officer")
    assert result.exit_code == 2
    assert f"there is no session {world.lesson} that this token may see" in result.stderr


# --- flags -----------------------------------------------------------------------------------------------


def test_open_flags_come_with_evidence_and_age_what_blocks_first(world: World) -> None:
    rows = world.json("flags")
    assert [(row["rule"], row["blocking"], row["member"], row["age"], row["age_s"]) for row in rows] == [
        ("F14", True, "s2", "3 h 50 min", 13800),
        ("F07", False, "s2", "1 d 0 h", 88200),
    ]
    assert (rows[0]["observed"], rows[0]["expected"]) == ({"sequence": 7}, {"sequence": 9})
    assert rows[0]["raised_at"] == "2026-03-02T09:10:00+01:00"


def test_flags_are_narrowed(world: World) -> None:
    assert [row["rule"] for row in world.json("flags", "--rule", "f07")] == ["F07"]
    assert [row["rule"] for row in world.json("flags", "--blocking")] == ["F14"]
    assert world.json("flags", "--unit", "10B") == []
    assert world.json("flags", "--state", "dismissed") == []
    assert len(world.json("flags", "--state", "any")) == 2


def test_nobody_sees_the_flags_about_oneself(world: World) -> None:
    result = world.run("flags", who="alpha/s2")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no such flag" in result.stderr


# --- who reads -------------------------------------------------------------------------------------------


def test_without_a_token_one_is_issued_for_the_tenant_and_ends(world: World) -> None:
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        count = "select count(*), count(*) filter (where revoked_at is null) from identity.login_session"
        before = connection.execute(count).fetchone()
        rows = world.json("subject", "s2", "--tenant", world.slug, "--as", "officer", who=None)
        assert len(rows) == 1
        assert world.json("subject", "--tenant", world.slug, "--as", "s1", who=None)[0]["by"] == "s1"
        after = connection.execute(count).fetchone()
    assert before is not None
    assert after == (before[0] + 2, before[1])


@pytest.mark.parametrize(
    ("arguments", "who", "code", "said"),
    [
        (("day",), None, 2, "Name who reads"),
        (("day", "--as", "s1"), "alpha/s1", 2, "--as cannot be given with --token"),
        (("day", "yesterday"), "alpha/s1", 2, "'yesterday' is no date such as 2026-03-02"),
        (("day", "--totals", "--only", "held"), "alpha/s1", 2, "--only cannot be given with --totals"),
        (("day", "--unit", "nowhere"), "alpha/s1", 2, "no unit is called 'nowhere'"),
        (("day", "--tenant", "another"), "alpha/s1", 2, "the login token belongs to another tenant"),
        (("day", "--tenant", "nowhere"), None, 2, "no such tenant"),
        (("subject", "--as-of", "2026-03-02T09:00"), "alpha/s1", 2, "is no instant with an offset"),
        (("subject", "--from", "2026-03-03", "--to", "2026-03-02"), "alpha/s1", 2, "the range is empty"),
        (("register", "x"), "alpha/s1", 2, "not a valid UUID"),
        (("flags", "--state", "closed"), "alpha/s1", 2, "'closed' is not one of"),
    ],
)
def test_wrong_options_are_named(
    world: World, arguments: tuple[str, ...], who: str | None, code: int, said: str
) -> None:
    result = world.run(*arguments, who=who)
    assert result.exit_code == code, result.output
    assert said in result.stderr


def test_a_token_that_is_none_reads_nothing(world: World) -> None:
    world.tokens["nobody"] = "sa_" + "0" * 32 + "_" + "0" * 64
    result = world.run("day", who="nobody")
    assert result.exit_code == 1
    assert "SA002" in result.stderr


def test_a_report_writes_nothing(world: World) -> None:
    with psycopg.connect(world.dsn, autocommit=True, options="-c search_path=tap,public") as connection:
        before = connection.execute("select tap.contents()").fetchone()
        for arguments in (("day",), ("day", "--totals"), ("subject",), ("register",), ("flags",)):
            world.json(*arguments)
        after = connection.execute("select tap.contents()").fetchone()
    assert after == before


SAMPLES = (
    ("day", "2026-03-02"),
    ("day", "2026-03-02", "--totals"),
    ("subject", "s2", "--revisions"),
    ("register", "LESSON"),
    ("flags",),
)


def test_the_samples_of_the_document_are_what_is_printed(world: World) -> None:
    text = (harness.ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    samples = [body for language, body in blocks if not language]
    assert len(samples) == len(SAMPLES)
    for arguments, sample in zip(SAMPLES, samples, strict=True):
        result = world.run(*(world.lesson if word == "LESSON" else word for word in arguments))
        lines = [
            re.sub(UUID, "…", line.rstrip()) for line in (result.stderr + result.stdout).splitlines() if line.strip()
        ]
        assert lines == re.sub(UUID, "…", sample).splitlines(), arguments


# --- output ----------------------------------------------------------------------------------------------


@once
@pytest.mark.parametrize("fmt", ["csv", "json"])
def test_rows_are_printed_as_they_come(fmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in itertools.count(1):
            if number == 3:
                seen.append(capsys.readouterr().out)
                return
            yield {"a": number, "b": "x,y"}

    assert output.emit_stream(rows(), fmt, columns=["a", "b"]) == 2
    assert "1" in seen[0]
    assert "2" in seen[0]


@once
def test_a_long_table_comes_in_pages(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ({"a": number} for number in range(output.PAGE + 1))
    assert output.emit_stream(rows, "table", columns=["a"]) == output.PAGE + 1
    assert [line.strip() for line in capsys.readouterr().out.splitlines()].count("a") == 2


@once
def test_json_of_nothing_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert output.emit_stream([], "json", columns=["a"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@once
@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(-5, "0 min"), (59, "0 min"), (60, "1 min"), (3600, "1 h 0 min"), (86399, "23 h 59 min"), (90000, "1 d 1 h")],
)
def test_an_age_is_said_as_people_say_it(seconds: int, wanted: str) -> None:
    assert attendance.age(seconds) == wanted


@once
def test_an_instant_is_shown_in_its_zone() -> None:
    instant = dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC)
    assert attendance.local(instant, "Europe/Brussels") == "2026-03-29T01:30:00+01:00"
    assert attendance.local(instant, "Australia/Lord_Howe") == "2026-03-29T11:30:00+11:00"
    assert attendance.local(instant, "UTC") == "2026-03-29T00:30:00Z"
    assert attendance.local(instant, "Europe/London") == "2026-03-29T00:30:00+00:00"
    assert attendance.local(None, "UTC") is None


@once
def test_every_standing_can_be_chosen() -> None:
    from orchestrator.cli.report import STANDINGS

    text = (harness.ROOT / "deploy" / "api" / "views.sql").read_text(encoding="utf-8")
    said = set(STANDINGS)
    for word in ("held", "cancelled", "on_leave", "not_required", "to_come", "not_taken"):
        assert word in said
        assert f"'{word}'" in text
    assert InvalidInput.exit_code == 2
