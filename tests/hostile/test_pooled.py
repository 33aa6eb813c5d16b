"""Two tenants share one connection of PgBouncer in transaction mode, and never see each other.

What a client leaves at the level of the session is found by the next one, for PgBouncer resets nothing between two
transactions: neither a setting without ``local``, nor a held cursor, nor a temporary table. A token in the parameter or
set for the transaction is stronger than all of it; ``server_reset_query_always = 1`` takes it away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from orchestrator.cluster import Cluster
from tests.hostile.world import Connection, World

PATIENCE = 30.0
TENANTS = "select distinct tenant_id from attendance.record"


@contextmanager
def pgbouncer(world: World, server: Cluster, *settings: str) -> Iterator[str]:
    """A pooler with one connection to the server, as the application; yields the DSN of its clients."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert program is not None, "PgBouncer is not installed: apt-get install pgbouncer"
    account = server.account
    folder = Path(tempfile.mkdtemp(prefix="smartattend-pool-", dir="/tmp"))
    target = conninfo_to_dict(world.dsn)
    (folder / "pgbouncer.ini").write_text(
        "\n".join(
            [
                "[databases]",
                f"pool = host={target['host']} port={target['port']} dbname={target['dbname']} "
                f"user={world.login('app')}",
                "[pgbouncer]",
                "listen_addr =",
                "listen_port = 6432",
                f"unix_socket_dir = {folder}",
                "auth_type = any",
                "pool_mode = transaction",
                "default_pool_size = 1",
                "server_round_robin = 0",
                "ignore_startup_parameters = extra_float_digits",
                *settings,
                "",
            ]
        )
    )
    folder.chmod(0o700)
    for path in (folder, folder / "pgbouncer.ini"):
        os.chown(path, account.uid, account.gid)
    other = {} if account.uid == os.geteuid() else {"user": account.uid, "group": account.gid, "extra_groups": []}
    with subprocess.Popen(
        [program, "-q", folder / "pgbouncer.ini"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **other,  # type: ignore[call-overload]
    ) as process:
        dsn = f"host={folder} port=6432 dbname=pool user=anybody"
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers(dsn):
                assert process.poll() is None, process.stderr.read() if process.stderr else "it ended"
                assert time.monotonic() < deadline, "PgBouncer never answered"
            yield dsn
        finally:
            process.terminate()
            process.wait(PATIENCE)
            shutil.rmtree(folder, ignore_errors=True)


def answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def pool(world: World, server: Cluster) -> Iterator[str]:
    """As Debian ships it, but for the mode."""
    with pgbouncer(world, server) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def clean_pool(world: World, server: Cluster) -> Iterator[str]:
    """With the setting that the documentation recommends."""
    with pgbouncer(world, server, "server_reset_query = DISCARD ALL", "server_reset_query_always = 1") as dsn:
        yield dsn


def client(dsn: str) -> Connection:
    # a prepared statement of the protocol belongs to a connection that the next transaction may not have
    return psycopg.connect(dsn, autocommit=True, prepare_threshold=None)


@pytest.fixture
def alpha(pool: str) -> Iterator[Connection]:
    """A client that belongs to a tenant; what it leaves behind is taken away for the next test."""
    with client(pool) as connection:
        yield connection
        connection.execute("discard all")


@pytest.fixture
def beta(pool: str) -> Iterator[Connection]:
    """A client of another tenant."""
    with client(pool) as connection:
        yield connection


def tenants(connection: Connection) -> list[str]:
    return [str(tenant) for (tenant,) in connection.execute(TENANTS)]


def local(connection: Connection, token: str) -> None:
    connection.execute("select set_config('smartattend.token', %s, true)", [token])


def leave(connection: Connection, token: str) -> None:
    """What nobody should do under a pooler."""
    connection.execute("select set_config('smartattend.token', %s, false)", [token])


def backend(connection: Connection) -> int:
    rows = connection.execute("select pg_backend_pid()").fetchall()
    return int(rows[0][0])


def me(connection: Connection, token: str | None = None) -> set[str]:
    """Whose records a command reads."""
    query = "select distinct h.actor_id from api.attendance_history(token => %s) as h where h.kind = 'in'"
    return {str(actor) for (actor,) in connection.execute(query, [token])}


def test_both_tenants_have_one_connection(alpha: Connection, beta: Connection) -> None:
    assert backend(alpha) == backend(beta)


def test_tokens_in_the_parameter_are_each_client_s_own_in_turn(
    world: World, alpha: Connection, beta: Connection
) -> None:
    for _ in range(5):
        assert me(alpha, world.tokens["alpha/s1"]) == {world.ids["alpha/s1"]}
        assert me(beta, world.tokens["beta/s1"]) == {world.ids["beta/s1"]}


def test_tokens_set_for_the_transaction_are_each_client_s_own_in_turn(
    world: World, alpha: Connection, beta: Connection
) -> None:
    for _ in range(5):
        for connection, tenant in ((alpha, "alpha"), (beta, "beta")):
            with connection.transaction():
                local(connection, world.tokens[f"{tenant}/admin"])
                assert tenants(connection) == [world.ids[tenant]]


def test_a_client_without_a_token_after_one_with_sees_nothing(
    world: World, alpha: Connection, beta: Connection
) -> None:
    with alpha.transaction():
        local(alpha, world.tokens["alpha/admin"])
        assert tenants(alpha) == [world.ids["alpha"]]
    assert tenants(beta) == []
    assert world.judged(beta, "select * from api.check_in(gen_random_uuid())") == "error SA001"


def test_a_token_of_one_autocommitted_statement_is_gone_with_it(
    world: World, alpha: Connection, beta: Connection
) -> None:
    local(alpha, world.tokens["alpha/admin"])
    assert tenants(beta) == []
    assert tenants(alpha) == []


def test_a_command_leaves_nothing_bound_for_the_next_client(world: World, alpha: Connection, beta: Connection) -> None:
    me(alpha, world.tokens["alpha/admin"])
    bound = beta.execute(
        "select current_setting('smartattend.bound_tenant', true), current_setting('smartattend.bound_actor', true), "
        "current_setting('smartattend.capture_read', true)"
    ).fetchall()
    assert set(bound[0]) <= {"", None}


def test_a_transaction_that_failed_leaves_nothing(world: World, alpha: Connection, beta: Connection) -> None:
    alpha.execute("begin")
    local(alpha, world.tokens["alpha/admin"])
    assert world.judged(alpha, "select 1 / 0") == "error 22012"
    alpha.execute("rollback")
    assert tenants(beta) == []


def test_a_client_that_hangs_up_in_its_transaction_leaves_nothing(world: World, pool: str, beta: Connection) -> None:
    lost = psycopg.connect(pool, prepare_threshold=None)
    local(lost, world.tokens["alpha/admin"])
    assert tenants(lost) == [world.ids["alpha"]]
    lost.close()
    assert tenants(beta) == []


def test_a_context_left_by_hand_is_overwritten_by_the_next_command(
    world: World, alpha: Connection, beta: Connection
) -> None:
    for name in ("bound_tenant", "capture_read", "capture_write", "administration_read", "ordinary_read"):
        alpha.execute("select set_config(%s, %s, false)", [f"smartattend.{name}", world.ids["alpha"]])
    assert tenants(beta) == []
    assert me(beta, world.tokens["beta/s1"]) == {world.ids["beta/s1"]}


def test_a_search_path_left_behind_leads_no_command_astray(world: World, alpha: Connection, beta: Connection) -> None:
    alpha.execute("create temp table membership (tenant_id uuid)")
    alpha.execute("set search_path = pg_temp, attendance, identity, pg_catalog")
    assert me(beta, world.tokens["beta/s1"]) == {world.ids["beta/s1"]}


def test_a_statement_prepared_by_another_runs_with_the_rights_of_who_runs_it(
    world: World, alpha: Connection, beta: Connection
) -> None:
    with alpha.transaction():
        local(alpha, world.tokens["alpha/admin"])
        alpha.execute(f"prepare shared as {TENANTS}".encode())
        assert alpha.execute("execute shared").fetchall() != []
    assert beta.execute("execute shared").fetchall() == []
    with beta.transaction():
        local(beta, world.tokens["beta/admin"])
        assert [str(row[0]) for row in beta.execute("execute shared")] == [world.ids["beta"]]


def test_policies_turned_off_by_another_are_an_error_and_no_rows(
    world: World, alpha: Connection, beta: Connection
) -> None:
    alpha.execute("set row_security = off")
    assert world.judged(beta, TENANTS) == "error 42501"


def test_an_isolation_level_left_by_another_is_said_and_harms_nobody(
    world: World, alpha: Connection, beta: Connection
) -> None:
    alpha.execute("set default_transaction_isolation = 'serializable'")
    said = world.judged(beta, "select * from api.check_in(gen_random_uuid(), token => <token beta/s1>)")
    assert said == "error SA006"


def test_a_role_left_by_another_is_none_of_ours(world: World, alpha: Connection, beta: Connection) -> None:
    assert world.judged(alpha, "set role smartattend_owner") == "error 42501"
    assert beta.execute("select current_user").fetchall() == [(world.login("app"),)]


def test_a_token_left_at_the_level_of_the_session_is_weaker_than_one_s_own(
    world: World, alpha: Connection, beta: Connection
) -> None:
    leave(alpha, world.tokens["alpha/admin"])
    assert me(beta, world.tokens["beta/s1"]) == {world.ids["beta/s1"]}
    with beta.transaction():
        local(beta, world.tokens["beta/admin"])
        assert tenants(beta) == [world.ids["beta"]]
    assert world.judged(beta, "select * from api.check_in(gen_random_uuid(), token => 'x')") == "error SA002"
    assert world.judged(beta, "select * from api.check_in(gen_random_uuid(), token => '')") == "error SA002"


def test_a_token_left_at_the_level_of_the_session_is_found_by_who_brings_none(
    world: World, alpha: Connection, beta: Connection
) -> None:
    """The danger that the documentation names: no setting of the database's stops it, the pooler's does."""
    leave(alpha, world.tokens["alpha/admin"])
    assert tenants(beta) == [world.ids["alpha"]]


def test_a_pooler_that_resets_always_gives_no_token_on(world: World, clean_pool: str) -> None:
    with client(clean_pool) as one, client(clean_pool) as two:
        leave(one, world.tokens["alpha/admin"])
        assert backend(one) == backend(two)
        assert tenants(two) == []
        assert world.judged(two, "select * from api.check_in(gen_random_uuid())") == "error SA001"
        assert tenants(one) == []


def test_a_pooler_that_resets_always_gives_no_rows_on(world: World, clean_pool: str) -> None:
    with client(clean_pool) as one, client(clean_pool) as two:
        with one.transaction():
            local(one, world.tokens["alpha/admin"])
            one.execute("create temp table kept as select * from attendance.record")
            one.execute("declare held cursor with hold for select * from attendance.record")
            one.execute("prepare mine as select 1")
        assert world.judged(two, "select * from kept") == "error 42P01"
        assert world.judged(two, "fetch all from held") == "error 34000"
        assert world.judged(two, "execute mine") == "error 26000"


def test_a_pooler_that_resets_always_serves_both_in_turn(world: World, clean_pool: str) -> None:
    with client(clean_pool) as one, client(clean_pool) as two:
        for _ in range(5):
            for connection, tenant in ((one, "alpha"), (two, "beta")):
                with connection.transaction():
                    local(connection, world.tokens[f"{tenant}/admin"])
                    assert tenants(connection) == [world.ids[tenant]]
                assert me(connection, world.tokens[f"{tenant}/s1"]) == {world.ids[f"{tenant}/s1"]}
