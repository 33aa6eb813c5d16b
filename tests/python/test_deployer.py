"""Who may deploy: a superuser is not needed. The README's commands, run as each of the deployers that it names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestrator.cluster import Cluster
from orchestrator.migrations import client_program, libpq_environment
from tests import harness
from tests.python.test_readme import marked

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bare(server: Cluster) -> Iterator[Cluster]:
    """A server of the same version without any of our roles."""
    with harness.throwaway(server.programs) as cluster:
        yield cluster


def execute(cluster: Cluster, *statements: str, database: str = "postgres") -> None:
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement))


def sqitch(cluster: Cluster, user: str, database: str, script: str) -> str:
    """Run the README's commands as ``user`` on ``database``."""
    environment = dict(os.environ) | libpq_environment(cluster.parameters(database)) | {"PGUSER": user}
    environment["PATH"] = f"{Path(client_program()).parent}:{environment['PATH']}"
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("db:pg:attendance", f"db:pg:{database}")],
        cwd=harness.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"as {user}:\n{run.stdout[-3000:]}{run.stderr[-3000:]}"
    return run.stdout


def deploy_and_revert(cluster: Cluster, user: str, database: str) -> None:
    """Deploy with verify, verify, revert everything, and look for what is left."""
    before = harness.inventory(cluster, database)
    commands = [line for line in marked("example")["deploy"].splitlines() if not line.startswith("createdb")]
    sqitch(cluster, user, database, "\n".join(commands))
    sqitch(cluster, user, database, "sqitch revert -y db:pg:attendance")
    left = harness.inventory(cluster, database) - before
    assert not left, f"as {user}: {sorted(left)[:10]}"


# One test: the second deployer needs the roles that the first one makes.
def test_an_owner_with_createrole_deploys_and_then_a_member_of_the_deployer_role(bare: Cluster) -> None:
    execute(bare, "create role first_deployer login createrole", "create database one owner first_deployer")
    deploy_and_revert(bare, "first_deployer", "one")

    execute(
        bare,
        "create role second_deployer login in role smartattend_deployer",
        "create database two",
        "grant create on database two to second_deployer, smartattend_owner",
    )
    deploy_and_revert(bare, "second_deployer", "two")
