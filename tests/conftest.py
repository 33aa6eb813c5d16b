"""Fixtures: a server with the deployed template, and a clone of it for each test that commits.

``tests/run`` starts the server and names it in the environment; ``pytest`` alone starts one of its own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import cli
from orchestrator.cluster import Cluster
from tests import harness

_GIVEN = {name: os.environ.pop(name, None) for name in ("SMARTATTEND_TEST_HOME", "SMARTATTEND_TEST_PROGRAMS")}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the caller's databases, and none touches the embedded server of this source tree."""
    for name in list(os.environ):
        if name.startswith(("PG", "SMARTATTEND_")) and name != "SMARTATTEND_OS_USER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("SMARTATTEND_HOME", str(tmp_path / "no-server"))


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """The running test server."""
    home, programs = _GIVEN.values()
    if home and programs:
        yield Cluster(Path(home), Path(programs))
        return
    with harness.throwaway(harness.default_programs()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(server: Cluster) -> str:
    """Name of the deployed database that is cloned; nobody may connect to it."""
    with psycopg.connect(server.dsn("postgres")) as connection:
        query = "select 1 from pg_catalog.pg_database where datname = %s"
        there = connection.execute(query, [harness.TEMPLATE]).fetchone()
    if there is None:
        harness.deploy(server, "smartattend_source")
        harness.make_template(server, "smartattend_source")
    return harness.TEMPLATE


@pytest.fixture(scope="session")
def server_major(server: Cluster) -> int:
    """Major version of the test server."""
    with psycopg.connect(server.dsn("postgres")) as connection:
        return connection.info.server_version // 10000


@pytest.fixture(scope="session")
def make_database(server: Cluster) -> Iterator[Callable[[str], str]]:
    """Make databases: ``make_database(template)`` returns the DSN of a fresh one; all are dropped at the end."""
    numbers = itertools.count(1)
    made: list[str] = []

    def make(template: str) -> str:
        name = f"smartattend_{os.getpid()}_{next(numbers)}"
        made.append(name)
        return server.create_database(name, template)

    yield make
    for name in made:
        server.drop_database(name)


@pytest.fixture(scope="session")
def clone(make_database: Callable[[str], str], template: str) -> Callable[[], str]:
    """``clone()`` returns the DSN of a fresh deployed database; for fixtures of a wider scope than one test."""
    return lambda: make_database(template)


@pytest.fixture
def database(clone: Callable[[], str], server: Cluster) -> Iterator[str]:
    """DSN of a deployed database of the test's own, as the superuser; whatever is committed there goes with it."""
    dsn = clone()
    yield dsn
    server.drop_database(str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))


@pytest.fixture
def empty_database(make_database: Callable[[str], str], server: Cluster) -> Iterator[str]:
    """DSN of a database without anything of ours."""
    dsn = make_database("template0")
    yield dsn
    server.drop_database(str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit connection to the test's own database, as the superuser."""
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


@pytest.fixture
def connect(database: str) -> Iterator[Callable[..., psycopg.Connection[Any]]]:
    """More connections to the test's own database: ``connect(autocommit=False)``; all are closed at the end."""
    opened: list[psycopg.Connection[Any]] = []

    def make(**options: Any) -> psycopg.Connection[Any]:
        options.setdefault("autocommit", True)
        opened.append(psycopg.connect(database, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def smartattend() -> Callable[..., Result]:
    """Run the command line in this process: ``smartattend("db", "status")`` returns click's Result."""

    def run(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(cli, list(arguments), prog_name="smartattend", **options)

    return run
