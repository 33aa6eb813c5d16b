"""The ledger under what breaks others: late commits and many writers, kill -9, restores, and a reckoning of its own.

``SMARTATTEND_SEALED`` is the number of transactions of the completeness test (3,000 unless told; the proof: 100,000),
``SMARTATTEND_CRASHES`` that of crashes (1; the proof: 20).
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from orchestrator.cluster import Cluster
from tests import harness

Connection = psycopg.Connection[Any]

TRANSACTIONS = int(os.environ.get("SMARTATTEND_SEALED", "3000"))
CRASHES = int(os.environ.get("SMARTATTEND_CRASHES", "1"))
TREES = int(os.environ.get("SMARTATTEND_TREES", "10000"))
CLIENTS = 32
PATIENCE = 60.0

SEALED = """
select t.key, count(*) as times
from ledger.tree as x cross join lateral unnest(x.keys) as t (key)
where x.relation = 'ledger.refusal'
group by t.key
"""
CHAIN = """
select count(*) - count(distinct b.number) as forks, max(b.number) - count(*) as gaps,
  count(*) filter (where b.number > 1 and p.hash is distinct from b.previous) as broken
from ledger.block as b left join ledger.block as p on p.number = b.number - 1
"""


def one(connection: Connection, query: str, *values: object) -> Any:
    row = connection.execute(sql.SQL(query), values).fetchone()  # type: ignore[arg-type]
    return None if row is None else row[0] if len(row) == 1 else row


def merkle(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two smaller than the number of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


def test_python_and_sql_agree_on_random_trees(connection: Connection) -> None:
    chance = random.Random(6962)
    sizes = [min(int(chance.expovariate(1 / 12)), 400) for _ in range(TREES)]
    trees = [[chance.randbytes(32) for _ in range(size)] for size in sizes]
    told = connection.execute(
        "select ledger.merkle_root(t.leaves) from unnest(%s::bytea[]) with ordinality as t (leaves, n) order by t.n",
        [[b"".join(tree) for tree in trees]],
    ).fetchall()
    assert [bytes(row[0]) for row in told] == [merkle(tree) for tree in trees]
    assert len({len(tree) for tree in trees}) > 40


REFUSE = """
insert into ledger.refusal (tenant_id, id, command, key, payload_hash, code)
values (%s, %s, 'ledger_test', %s, sha256('a test'), 'SA101')
"""


def seal_rows(connection: Connection, rows: int, arguments: str = "") -> None:
    """Seal until so many refusals are sealed: a transaction of whoever, autovacuum say, may hold the horizon."""
    deadline = time.monotonic() + PATIENCE
    count = "select coalesce(sum(rows), 0) from ledger.tree where relation = 'ledger.refusal'"
    while True:
        connection.execute(f"select count(*) from ledger.seal({arguments})")
        found = one(connection, count)
        assert found <= rows
        if found == rows:
            return
        assert time.monotonic() < deadline, f"{found} of {rows} rows sealed"


def seal_until(connection: Connection, done: threading.Event, blocks: list[int]) -> None:
    """Seal without a pause until ``done``; notes the number of each block."""
    while not done.is_set():
        blocks += [number for (number,) in connection.execute("select b.number from ledger.seal(10, 500) as b")]


def test_no_row_is_missed_however_late_it_commits(database: str, connect: Callable[..., Connection]) -> None:
    """Writers hold their transactions open for 0 to 20 ms after the insert while two sealers race."""
    observer = connect()
    tenants = [uuid.uuid4() for _ in range(3)]
    per_client = max(TRANSACTIONS // CLIENTS, 1)
    written: list[list[str]] = [[] for _ in range(CLIENTS)]
    blocks: list[int] = []

    def write(client: int) -> None:
        chance = random.Random(client)
        deadline = time.monotonic() + PATIENCE
        with psycopg.connect(database) as connection:
            begun = 0
            # Until the sealers have been among them, however slow the machine is.
            while begun < per_client or (len(blocks) <= 2 and time.monotonic() < deadline):
                begun += 1
                key = uuid.uuid4()
                connection.execute(REFUSE, [chance.choice(tenants), key, uuid.uuid4()])
                if chance.random() < 0.1:  # some are taken back
                    connection.rollback()
                    continue
                # The server keeps the transaction open: what is tested is late commits, not a slow client.
                connection.execute("select pg_sleep(%s)", [chance.random() * 0.020])
                connection.commit()
                written[client].append(str(key))

    done = threading.Event()
    sealers = [connect() for _ in range(2)]
    with ThreadPoolExecutor(CLIENTS + 2) as pool:
        sealing = [pool.submit(seal_until, sealer, done, blocks) for sealer in sealers]
        for future in [pool.submit(write, client) for client in range(CLIENTS)]:
            future.result(2 * PATIENCE + TRANSACTIONS / 20)
        done.set()
        for future in sealing:
            future.result(PATIENCE)
    seal_rows(observer, sum(len(keys) for keys in written))
    sealed = dict(observer.execute(SEALED).fetchall())
    assert set(sealed) == {key for keys in written for key in keys}, "a row is missing, or one was made up"
    assert set(sealed.values()) == {1}, "a row was sealed twice"
    assert one(observer, CHAIN) == (0, 0, 0)
    assert observer.execute("select * from ledger.verify()").fetchall() == []
    assert len(blocks) > 2, "the sealers did not race the writers"


def test_a_transaction_in_flight_is_sealed_after_it_commits(connect: Callable[..., Connection]) -> None:
    """The one that began first commits last; a later one is not sealed before it, and nobody waits."""
    slow, quick, sealer = connect(autocommit=False), connect(), connect()
    tenant, first, second = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    sealer.execute("select count(*) from ledger.seal()")
    slow.execute(REFUSE, [tenant, first, first])
    quick.execute(REFUSE, [tenant, second, second])
    assert sealer.execute("select b.number from ledger.seal() as b").fetchall() == []
    slow.commit()
    seal_rows(sealer, 2)
    assert {key for key, _ in sealer.execute(SEALED)} == {str(first), str(second)}


def test_sealers_do_not_wait_for_each_other(connect: Callable[..., Connection]) -> None:
    first, second = connect(autocommit=False), connect()
    assert len(first.execute("select b.number from ledger.seal() as b").fetchall()) == 1
    second.execute("set statement_timeout = '20s'")
    assert second.execute("select b.number from ledger.seal() as b").fetchall() == []
    first.rollback()
    assert second.execute("select b.number from ledger.seal() as b").fetchall() == [(1,)], (
        "what was rolled back is free"
    )


def test_a_block_takes_so_many_rows_and_cuts_no_transaction(connect: Callable[..., Connection]) -> None:
    connection = connect()
    connection.execute("select count(*) from ledger.seal()")
    tenant = uuid.uuid4()
    for size in (1, 7, 30, 2, 2, 2):
        with connection.transaction():
            for _ in range(size):
                connection.execute(REFUSE, [tenant, uuid.uuid4(), uuid.uuid4()])
    seal_rows(connection, 44, "100, 5")
    told = connection.execute(
        "select total, rows from ledger.tree where tenant_id = %s order by block", [tenant]
    ).fetchall()
    totals = [total for total, _ in told]
    assert set(totals) <= {1, 8, 38, 40, 42, 44}, "a transaction was cut"
    assert {8, 38} <= set(totals), "more than five rows are enough, whoever is in flight"
    assert totals[-1] == 44
    assert connection.execute("select * from ledger.verify()").fetchall() == []


def test_a_column_that_comes_later_begins_another_form(connect: Callable[..., Connection]) -> None:
    connection = connect()
    tenant = uuid.uuid4()
    connection.execute(REFUSE, [tenant, uuid.uuid4(), uuid.uuid4()])
    seal_rows(connection, 1)
    connection.execute("alter table ledger.refusal add column remark text")
    connection.execute(REFUSE, [tenant, uuid.uuid4(), uuid.uuid4()])
    seal_rows(connection, 2)
    forms = connection.execute("select form from ledger.tree where tenant_id = %s order by block", [tenant]).fetchall()
    assert forms == [(1,), (2,)]
    assert connection.execute("select * from ledger.verify()").fetchall() == []
    connection.execute("alter table ledger.refusal disable trigger user")
    connection.execute("update ledger.refusal set remark = 'written later' where tenant_id = %s", [tenant])
    found = connection.execute("select block, problem from ledger.verify()").fetchall()
    assert [problem for _, problem in found] == ["row edited"], "the new column is covered where the form has it"


def test_a_ledger_that_does_not_verify_is_an_escalation_event(connect: Callable[..., Connection]) -> None:
    connection = connect()
    logged = "select count(*) from guard.system_log where kind = 'seal'"
    raised = "select count(*) from access.escalation_event where rule = 'E16' and evidence ->> 'findings' = '1'"
    scan = "select detail ->> 'events' from api.platform_scan(gen_random_uuid(), token => %s)"
    connection.execute("select identity.bootstrap_superadmin('root@example.org')")
    token = one(connection, "select identity.login_platform('root@example.org', 'a test of seals', 'T-1', 2, '1 hour')")
    connection.execute(REFUSE, [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()])
    seal_rows(connection, 1)
    assert connection.execute("select * from ledger.verify()").fetchall() == []
    connection.execute(scan.encode(), [token])
    assert (one(connection, logged), one(connection, raised)) == (0, 0), "what holds is nothing to say"
    connection.execute("alter table ledger.refusal disable trigger user")
    connection.execute("update ledger.refusal set code = 'SA104'")
    with connection.transaction():
        connection.execute("set transaction read only")
        assert len(connection.execute("select * from ledger.verify()").fetchall()) == 1
    assert one(connection, logged) == 0, "who may only read is told, and leaves nothing"
    for _ in range(2):
        assert len(connection.execute("select * from ledger.verify()").fetchall()) == 1
        connection.execute(scan.encode(), [token])
    assert (one(connection, logged), one(connection, raised)) == (2, 1), "the same damage is one event"
    (alarm,) = connection.execute("select severity from access.alarm where dedup_key = 'escalation:E16'").fetchall()
    assert alarm == (1,)


@pytest.mark.parametrize("where", ["another database", "another cluster, of the newest version"])
def test_a_restored_dump_verifies_and_seals_in_a_new_epoch(
    where: str, database: str, server: Cluster, empty_database: str
) -> None:
    source = psycopg.connect(database, autocommit=True)
    source.execute(REFUSE, [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()])
    seal_rows(source, 1)
    source.execute(REFUSE, [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()])  # left by the old epoch
    sealed = one(source, "select encode(hash, 'hex') from ledger.block order by number desc limit 1")
    source.close()
    if where == "another database":
        restored(server.programs, database, empty_database, sealed)
        return
    with harness.throwaway(harness.programs_for(harness.REFERENCE_MAJOR)) as cluster:
        with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as target, psycopg.connect(database) as source:
            for (role,) in source.execute(r"select rolname from pg_roles where rolname like 'smartattend\_%'"):
                target.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(role)))
        restored(cluster.programs, database, cluster.create_database("restored", "template0"), sealed)


def restored(programs: Path, source: str, target: str, sealed: str) -> None:
    """Dump and restore with the programs of the target's version; then what a DBA does next."""
    # What a superuser's own defaults are is the DBA's matter: roles come first, here they are there already.
    dumped = subprocess.run(
        [programs / "pg_dump", "--format=custom", "--exclude-schema=tap", source], capture_output=True, check=True
    )
    done = subprocess.run(
        [programs / "pg_restore", "--exit-on-error", "--enable-row-security", "--dbname", target],
        input=dumped.stdout,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    with psycopg.connect(target, autocommit=True) as connection:
        assert one(connection, "select encode(hash, 'hex') from ledger.block order by number desc limit 1") == sealed
        assert connection.execute("select * from ledger.verify()").fetchall() == []
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select * from ledger.seal()")
        assert refused.value.sqlstate == "SA030"
        assert "begin-epoch" in str(refused.value.diag.message_hint)
        assert one(connection, "select ledger.begin_epoch('restored from a dump, for a test')") == 2
        last = one(
            connection, "select b.horizon is null, b.rows, b.epoch from ledger.block as b order by number desc limit 1"
        )
        assert last == (True, 1, 1), "what the old epoch left is sealed without a horizon"
        connection.execute(REFUSE, [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()])
        seal_rows(connection, 3)
        assert one(connection, "select max(epoch) from ledger.block") == 2
        assert connection.execute("select * from ledger.verify()").fetchall() == []


def test_kill_minus_nine_loses_nothing_that_was_acknowledged(server: Cluster, template: str, tmp_path: Path) -> None:
    """Killed under load, again and again: each acknowledged punch is there once, and the seal verifies."""
    with harness.throwaway(server.programs, fsync="on", synchronous_commit="on") as cluster:
        harness.deploy(cluster, "crash")
        dsn = cluster.dsn("crash")
        harness.add_pgtap(cluster, "crash", harness.FIXTURE.read_text())
        with psycopg.connect(dsn, autocommit=True) as setup:
            setup.execute("select tap.school('alpha')")
            setup.execute("select count(tap.member('alpha', 'c' || n)) from generate_series(1, 8) as n")
            tokens = [one(setup, "select tap.token('alpha/c' || %s, '1 day')", n) for n in range(1, 9)]
        acknowledged: set[uuid.UUID] = set()  # sets of Python are safe to add to from threads
        unknown: set[uuid.UUID] = set()
        for crash in range(CRASHES):
            enough = threading.Semaphore(0)

            def punch(client: int, crash: int = crash, enough: threading.Semaphore = enough) -> None:
                key = uuid.uuid4()
                try:
                    with psycopg.connect(dsn, autocommit=True) as connection:
                        for n in range(100_000):
                            key = uuid.uuid4()
                            function = "check_in" if n % 2 == 0 else "check_out"
                            at = f"2026-03-{crash % 27 + 1:02d} 00:00+00"
                            row = connection.execute(
                                f"select o.status from api.{function}(key => %s, claimed_at => %s::timestamptz"
                                " + %s * interval '2 minutes', token => %s) as o",
                                [key, at, n, tokens[client]],
                            ).fetchone()
                            if row is not None and row[0] == "accepted":
                                acknowledged.add(key)
                                enough.release()
                except psycopg.OperationalError:
                    unknown.add(key)

            def seal() -> None:
                try:
                    with psycopg.connect(dsn, autocommit=True) as connection:
                        while True:
                            connection.execute("select count(*) from ledger.seal()")
                except psycopg.OperationalError:
                    pass

            with ThreadPoolExecutor(9) as pool:
                futures = [pool.submit(punch, client) for client in range(8)] + [pool.submit(seal)]
                for _ in range(200):
                    assert enough.acquire(timeout=PATIENCE), [f.exception() for f in futures if f.done()]
                psutil.Process(cluster.kill()).wait(PATIENCE)
                for future in futures:
                    future.result(PATIENCE)
            cluster.up()
        with psycopg.connect(dsn, autocommit=True) as connection:
            stored = {
                key for (key,) in connection.execute("select key from attendance.event where kind in ('in', 'out')")
            }
            repeats = {key for (key,) in connection.execute("select key from core.idempotency")}
            assert acknowledged <= stored | repeats, "an acknowledged punch is lost"
            assert stored <= acknowledged | unknown, "a punch that nobody sent"
            assert unknown, "the crashes met no load"
            assert len(acknowledged) >= 200 * CRASHES
            assert connection.execute("select * from tap.stale_record").fetchall() == []
            deadline = time.monotonic() + PATIENCE
            while connection.execute("select b.number from ledger.seal() as b").fetchall():
                assert time.monotonic() < deadline
            sealed = Counter(
                {
                    uuid.UUID(key): times
                    for key, times in connection.execute(SEALED.replace("ledger.refusal", "attendance.event"))
                }
            )
            assert set(sealed.values()) == {1}
            assert stored <= set(sealed)
            assert one(connection, CHAIN) == (0, 0, 0)
            assert connection.execute("select * from ledger.verify()").fetchall() == []


def test_a_seal_takes_no_lock_that_others_can_hold(connect: Callable[..., Connection], database: str) -> None:
    """An application that squats on advisory locks, or holds rows, does not stop the sealer."""
    squatter, sealer = connect(autocommit=False), connect()
    squatter.execute("select pg_advisory_lock(n) from generate_series(-50, 50) as n")
    squatter.execute("select count(*) from (select from ledger.block for share) as b")
    sealer.execute("set statement_timeout = '20s'")
    assert len(sealer.execute("select b.number from ledger.seal() as b").fetchall()) == 1


def test_the_sealer_and_nobody_else(database: str, connect: Callable[..., Connection]) -> None:
    connection = connect()
    for role, may in (("sealer", True), ("app", False), ("auditor", False), ("operator", False), ("owner", False)):
        connection.execute(f"set role smartattend_{role}")
        if may:
            connection.execute("select count(*) from ledger.seal()")
            for table in ("block", "tree", "change", "payload", "sealer"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"select from ledger.{table}")
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select count(*) from ledger.seal()")
        connection.execute("reset role")


def test_sealing_and_commits_keep_their_isolation(database: str) -> None:
    with psycopg.connect(make_conninfo(**conninfo_to_dict(database))) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select * from ledger.seal()")
        assert refused.value.sqlstate == "SA006"
