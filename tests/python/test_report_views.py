"""Refreshed reports: the tool, two that refresh at once, readers meanwhile, and what is left of a purged tenant."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import cli
from orchestrator.cluster import Cluster
from tests import harness

WORLD = """
select tap.school('alpha'), tap.school('beta');
select tap.session('alpha', 'lesson', 'main', '10A', core.clock() - interval '2 days', expected => '{s1,s2}');
"""


class World:
    """A school whose reports were refreshed after a check-in."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        with psycopg.connect(dsn, autocommit=True, options="-c search_path=tap,public") as connection:
            connection.execute(WORLD)
            connection.execute("select api.check_in(key => core.uuid_v7(), token => tap.token('alpha/s1'))")
            connection.execute("select report.refresh()")
            self.officer = self.one(connection, "select tap.token('alpha/officer')")
            self.newcomer = self.one(connection, "select tap.token('alpha/s2')")
            self.student = self.one(connection, "select tap.token('alpha/s1')")
            self.slug = self.one(connection, "select tap.slug('alpha')")

    @staticmethod
    def one(connection: psycopg.Connection[Any], statement: str) -> Any:
        found = connection.execute(statement.encode()).fetchone()
        assert found is not None
        return found[0]

    def report(self, *arguments: str, token: str | None = None, code: int = 0) -> Result:
        environment = {"SMARTATTEND_DSN": self.dsn, "SMARTATTEND_TOKEN": token or self.officer}
        result = CliRunner().invoke(cli, ["report", *arguments], env=environment)
        assert result.exit_code == code, result.output
        return result


@pytest.fixture(scope="module")
def world(server: Cluster, clone: Callable[[], str]) -> World:
    dsn = clone()
    database = str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])
    harness.add_pgtap(server, database, harness.FIXTURE.read_text(encoding="utf-8"))
    return World(dsn)


def test_the_tool_says_which_there_are_and_of_when(world: World) -> None:
    listed = json.loads(world.report("view", "--format", "json").stdout)
    assert {row["name"] for row in listed} >= {"daily_attendance", "flags", "subject_term", "tenant_health"}
    assert {row["stale"] for row in listed} == {False}


def test_a_report_says_its_names_and_of_when_it_is(world: World) -> None:
    result = world.report("view", "daily_attendance", "--format", "json")
    rows = json.loads(result.stdout)
    assert {row["unit"] for row in rows} == {"10A", "10B"}
    assert all(row["as_of"] for row in rows)
    assert "as of 20" in result.stderr
    assert "STALE" not in result.stderr
    table = world.report("view", "daily_attendance")
    assert "unit_id" not in table.stdout
    assert "10A" in table.stdout
    written = list(csv.DictReader(io.StringIO(world.report("view", "daily_attendance", "--format", "csv").stdout)))
    assert [row["unit"] for row in written] == [row["unit"] for row in rows]


def test_a_report_that_a_token_may_not_see_is_empty(world: World) -> None:
    result = world.report("view", "daily_attendance", token=world.student)
    assert result.stdout == ""
    assert "nothing in it" in result.stderr


def test_a_report_that_there_is_not_is_named_with_those_that_there_are(world: World) -> None:
    result = world.report("view", "weather", code=2)
    assert "weather" in result.output
    assert "daily_attendance" in result.output


def test_a_stale_report_says_so(world: World) -> None:
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        connection.execute("update report.freshness set as_of = as_of - interval '2 days' where view = 'flags'")
    assert "STALE: it should be refreshed every 15 min" in world.report("view", "flags").stderr
    due = json.loads(world.report("refresh", "--format", "json").stdout)
    assert [row["name"] for row in due] == ["flags"]
    assert "STALE" not in world.report("view", "flags").stderr
    assert "nothing is due" in world.report("refresh").stderr


def test_a_refresh_that_fails_is_an_operational_error_and_the_others_are_done(world: World) -> None:
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        connection.execute("drop index report_data.flags_key")
        try:
            failed = world.report("refresh", "flags", code=1)
            assert "not refreshed: flags" in failed.output
            assert "its refresh failed at" in world.report("view", "flags").stderr
        finally:
            connection.execute("create unique index flags_key on report_data.flags (tenant_id, rule, scope_id)")
    world.report("refresh", "flags")
    assert "failed" not in world.report("view", "flags").stderr


def test_who_refreshes_at_the_same_time_leaves_it_to_the_first_and_readers_go_on(world: World) -> None:
    with (
        psycopg.connect(world.dsn) as first,
        psycopg.connect(world.dsn) as second,
        psycopg.connect(world.dsn) as reader,
    ):
        assert first.execute("select view from report.refresh('flags')").fetchall() == [("flags",)]
        # not committed yet: the second one does not wait, and refreshes another
        second.execute("set local lock_timeout = '1s'")
        assert second.execute("select view from report.refresh('flags')").fetchall() == []
        assert second.execute("select view from report.refresh('corrections')").fetchall() == [("corrections",)]
        reader.execute("set local lock_timeout = '1s'")
        reader.execute("set local role smartattend_app")
        reader.execute("select set_config('smartattend.token', %s, true)", [world.officer])
        reader.execute("select * from api.report_flags").fetchall()


def test_what_is_committed_while_it_is_refreshed_comes_with_the_next_one(world: World) -> None:
    """Of when a report is, is before its snapshot: it never says to hold what it does not."""
    with psycopg.connect(world.dsn) as writer, psycopg.connect(world.dsn) as other:
        writer.execute("select api.check_in(key => core.uuid_v7(), token => %s)", [world.newcomer])
        other.execute("select report.refresh('tenant_health')")
        other.commit()
        writer.commit()
        alpha = World.one(other, f"select tenant_id from tenancy.tenant where slug = '{world.slug}'")
        held = f"select events_of_a_day from report_data.tenant_health where tenant_id = '{alpha}'"
        counted = f"select count(*) from attendance.event where tenant_id = '{alpha}'"
        assert World.one(other, held) == World.one(other, counted) - 1
        other.execute("select report.refresh('tenant_health')")
        assert World.one(other, held) == World.one(other, counted)
