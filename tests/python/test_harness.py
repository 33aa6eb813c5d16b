"""The test runner itself: a file that did not run, a wrong plan and a leftover are failures."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from orchestrator.cluster import Cluster
from tests import harness

once = pytest.mark.once


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """tests/run as a module."""
    loader = SourceFileLoader("tests_run", str(harness.ROOT / "tests" / "run"))
    spec = importlib.util.spec_from_loader("tests_run", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tests_run"] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


@once
@pytest.mark.parametrize(
    ("text", "exit_code", "counts", "problem"),
    [
        ("1..2\nok 1 - a\nok 2\n", 0, (2, 0, 0), ""),
        ("1..2\nok 1\nnot ok 2 - b\n# Failed\n", 0, (1, 1, 0), ""),
        ("1..2\nok 1\n", 0, (1, 0, 0), "it planned 2 tests and ran 1"),
        ("1..1\nok 1\nok 2\n", 0, (2, 0, 0), "it planned 1 tests and ran 2"),
        ("ok 1\n", 0, (1, 0, 0), "it printed no plan"),
        ("", 0, (0, 0, 0), "it printed no plan"),
        ("1..1\nok 1\n", 3, (1, 0, 0), "psql ended with exit code 3"),
        ("1..2\nok 1 # SKIP no\nnot ok 2 # TODO later\n", 0, (0, 0, 2), ""),
        ("1..0 # SKIP no plpgsql_check here\n", 0, (0, 0, 1), ""),
        ("1..0\n", 0, (0, 0, 1), "it planned no tests and gave no reason"),
    ],
)
def test_a_test_file_is_judged_by_its_own_plan(
    runner: ModuleType, text: str, exit_code: int, counts: tuple[int, int, int], problem: str
) -> None:
    tap = runner.read_tap(text, exit_code)
    assert (tap.passed, tap.failed, tap.skipped) == counts
    assert tap.problem == problem


@once
def test_a_pgtap_file_that_did_not_run_is_a_failure(runner: ModuleType, tmp_path: Path) -> None:
    totals = runner.Totals()
    runner.judge_tap(totals, "tests/core/x/y.pg", tmp_path / "nothing")
    assert (totals.passed, totals.failed) == (0, 1)


@once
def test_a_pytest_file_that_did_not_run_is_a_failure(runner: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text('<testsuites><testsuite><testcase file="a.py" name="x"/></testsuite></testsuites>')
    totals = runner.Totals()
    runner.judge_junit(totals, report, ["a.py", "b.py"], True, 0)
    assert totals.line() == "1 passed, 1 failed"
    assert totals.failures == ["b.py"]


@once
def test_the_totals_are_one_line(runner: ModuleType) -> None:
    totals = runner.Totals()
    totals.add(3, 1, 0)
    assert totals.line() == "3 passed, 1 failed"
    totals.add(0, 0, 2)
    assert totals.line() == "3 passed, 1 failed, 2 skipped"


LEFTOVERS = {
    "schema left": "create schema left_over",
    "function core.f()": "create schema core; create function core.f() returns integer language sql as 'select 1'",
    "default acl": "alter default privileges revoke execute on functions from public",
    "extension btree_gist": "create extension btree_gist",
    "event trigger e": (
        "create function public.e() returns event_trigger language plpgsql as 'begin end';"
        "create event trigger e on ddl_command_end execute function public.e()"
    ),
    "CREATE on schema public": "grant create on schema public to public",
    "on the database": (
        "do $$ begin execute format('revoke temp on database %I from public', current_database()); end $$"
    ),
    "setting of the database": (
        "do $$ begin execute format('alter database %I set work_mem = %L', current_database(), '5MB'); end $$"
    ),
    "large object": "select lo_create(0)",
    "type public.t": "create type public.t as enum ('a')",
}


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_a_revert_leaves_behind_is_seen(server: Cluster, empty_database: str, name: str) -> None:
    database = str(psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"])
    before = harness.inventory(server, database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(LEFTOVERS[name])
    changed = harness.inventory(server, database) ^ before
    assert any(name in text for text in changed), changed


def test_sqitchs_registry_is_not_a_leftover(server: Cluster, empty_database: str) -> None:
    database = str(psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"])
    before = harness.inventory(server, database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema sqitch; create table sqitch.changes (n integer primary key)")
    assert harness.inventory(server, database) == before


def test_two_dumps_of_one_schema_are_equal_and_of_two_are_not(server: Cluster, empty_database: str) -> None:
    database = str(psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"])
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema core; create table core.t (n integer)")
        first = harness.dump(server, database)
        assert harness.dump(server, database) == first
        connection.execute("comment on table core.t is 'changed'")
    assert harness.dump(server, database) != first


def test_a_default_privilege_is_in_the_dump(server: Cluster, empty_database: str) -> None:
    database = str(psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"])
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("alter default privileges revoke execute on functions from public")
    assert "ALTER DEFAULT PRIVILEGES" in harness.dump(server, database)


def test_pgtap_runs_on_this_server(server: Cluster, make_database: Callable[[str], str]) -> None:
    dsn = make_database("template0")
    harness.add_pgtap(server, str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))
    with psycopg.connect(dsn, options="-c search_path=tap,public") as connection:
        assert connection.execute("select plan(1)").fetchone() == ("1..1",)
        connection.execute("set local role pg_read_all_data")
        assert connection.execute("select ok(true, 'x')").fetchone() == ("ok 1 - x",)


@once
def test_pgspots_findings_are_read(runner: ModuleType, tmp_path: Path) -> None:
    texts = {
        "good": "create function core.f() returns integer language sql security definer"
        " set search_path = pg_catalog, pg_temp as 'select 1';",
        "definer": "create function core.f() returns integer language sql security definer as 'select 1';",
        "replace": "create or replace function core.f() returns integer language sql as 'select 1';",
        "path": "create function core.f() returns integer language sql security definer"
        " set search_path = core as 'select 1';",
        "broken": "create nonsense;",
    }
    files = []
    for name, text in texts.items():
        file = tmp_path / name
        file.write_text(text)
        files.append(str(file))
    found, unread = runner.pgspot_findings(files)
    assert [(Path(line.split(": ")[0]).name, line.split(": ")[1]) for line in found] == [
        ("definer", "PS003"),
        ("replace", "PS002"),
        ("path", "PS004"),
    ]
    assert [Path(file).name for file in unread] == ["broken"]
