"""The ledger from end to end: sealed, exported, damaged by a superuser, and the damage named inside and outside."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from orchestrator.cli import cli
from orchestrator.ledger import offline
from tests import harness

Row = dict[str, Any]
Run = Callable[..., Result]
PATIENCE = 60.0
"""Seconds within which a transaction of another test has ended, and what was written before it can be sealed."""

EVENT = "attendance.event"


def run(dsn: str, *arguments: object) -> Result:
    """``smartattend ledger …`` on a database."""
    command = ["ledger", *map(str, arguments)]
    if arguments[0] != "verifier" and "--offline" not in arguments:
        command += ["--dsn", dsn]
    return CliRunner().invoke(cli, command, prog_name="smartattend")


def good(result: Result) -> Any:
    """What a command printed as JSON; it went well."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if result.stdout.strip() else None


@dataclass
class World:
    """A database with two schools that punched in four blocks, and what was written of it before any damage."""

    dsn: str
    folder: Path
    tenants: dict[str, uuid.UUID]
    digest: Path
    first_digest: Path

    def rows(self, query: str, *values: object) -> list[Row]:
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            return connection.execute(query, values or None).fetchall()

    def event(self, tenant: str, block: int, number: int = 0) -> str:
        """The key of an event in a block."""
        (tree,) = self.rows(
            "select keys from ledger.tree where tenant_id = %s and relation = %s and block = %s",
            *(self.tenants[tenant], EVENT, block),
        )
        return str(tree["keys"][number])


def punch(connection: psycopg.Connection[Any], tenant: str, number: int) -> None:
    """So many people of a tenant check in, each in a transaction of its own."""
    for _ in range(number):
        connection.execute(
            "select api.check_in(key => core.uuid_v7(), token => tap.token(%(who)s),"
            " subject_id => tap.member(%(tenant)s, %(number)s))",
            {"who": f"{tenant}/officer", "tenant": tenant, "number": uuid.uuid4().hex[:8]},
        )


def seal(dsn: str) -> list[Row]:
    """Seal what was written so far, when every transaction that began before has ended; returns the blocks."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        (until,) = connection.execute("select pg_current_xact_id()::text::bigint").fetchone() or (0,)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            oldest = connection.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
            if oldest is not None and oldest[0] > until:
                made: list[Row] = good(run(dsn, "seal", "--format", "json"))
                return made
    raise AssertionError("a transaction went on for too long")


@pytest.fixture(scope="module")
def world(clone: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> World:
    dsn, folder = clone(), tmp_path_factory.mktemp("ledger")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_bytes())
        connection.execute("select tap.school('alpha'), tap.school('beta')")
        for block in range(1, 5):
            for tenant in ("alpha", "beta"):
                punch(connection, tenant, 3)
            seal(dsn)
            if block == 1:
                good(run(dsn, "digest", "--block", 1, "--out", folder / "first.json"))
        found = connection.execute("select tap.id('alpha'), tap.id('beta')").fetchone() or ()
    good(run(dsn, "digest", "--out", folder / "digest.json"))
    tenants = dict(zip(("alpha", "beta"), found, strict=True))
    return World(dsn, folder, tenants, folder / "digest.json", folder / "first.json")


@pytest.fixture
def copy(world: World, make_database: Callable[[str], str]) -> str:
    """A database like that of the world, to be damaged."""
    return make_database(str(conninfo_to_dict(world.dsn)["dbname"]))


def damage(dsn: str, *statements: str, **values: object) -> None:
    """What a superuser does who knows how to get around every trigger."""
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")
        for table in (EVENT, "ledger.block", "ledger.tree", "ledger.change", "ledger.payload", "ledger.epoch"):
            connection.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(*table.split("."))))
        for statement in statements:
            assert connection.execute(statement, values).rowcount != 0, statement


def inside(dsn: str, *options: object) -> set[tuple[Any, ...]]:
    """Problem, block, tenant, relation and row of what the database finds; nothing is found when it holds."""
    result = run(dsn, "verify", "--full", "--format", "json", *options)
    found = json.loads(result.stdout)
    assert result.exit_code == (3 if found else 0), result.output
    return {(each["problem"], each["block"], each["tenant"], each["relation"], each["row"]) for each in found}


def outside(world: World, dsn: str, tmp_path: Path, *options: object) -> set[tuple[Any, ...]]:
    """The same of what the verifier finds in an export of the database, by itself and in a process of its own."""
    export = tmp_path / "export.jsonl.gz"
    good(run(dsn, "export", "--out", export, "--format", "json", *options))
    program = [sys.executable, "-S", "-I", offline.__file__, "verify", export, "--digest", world.digest, "--json"]
    result = subprocess.run([str(each) for each in program], capture_output=True, text=True, check=False)
    said = json.loads(result.stdout)
    assert not result.stderr
    assert not said["errors"]
    assert result.returncode == (3 if said["findings"] else 0)
    return {
        (each["problem"], each["block"], each["tenant"], each["relation"], each["row"]) for each in said["findings"]
    }


def test_what_was_sealed_holds_inside_and_outside(world: World, tmp_path: Path) -> None:
    assert inside(world.dsn, "--digest", world.digest, "--digest", world.first_digest) == set()
    assert outside(world, world.dsn, tmp_path) == set()
    result = run(world.dsn, "verify", "--offline", tmp_path / "export.jsonl.gz", "--digest", world.digest)
    assert result.exit_code == 0
    assert "HELD" in result.stderr
    rows = world.rows("select count(*)::integer as rows from attendance.event")[0]["rows"]
    lines = gzip.decompress((tmp_path / "export.jsonl.gz").read_bytes()).splitlines()
    assert rows >= 24
    assert sum(line.startswith(b'{"row"') for line in lines) > rows
    assert any(line.startswith(b'{"payload"') for line in lines)


def test_a_second_seal_finds_nothing_new(world: World) -> None:
    result = run(world.dsn, "seal")
    assert result.exit_code == 0
    assert "there is nothing new" in result.output


def test_files_are_never_overwritten_and_never_half_written(world: World, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    beside = [("prove", EVENT, world.event("alpha", 2), "--tenant", world.tenants["alpha"])]
    for command in (("digest",), ("export",), ("verifier",), *beside):
        result = run(world.dsn, *command, "--out", kept)
        assert result.exit_code == 2, result.output
        assert "is not overwritten" in result.output
    assert run(world.dsn, "export", "--out", tmp_path / "x", "--from", 99).exit_code == 2
    assert run(world.dsn, "export", "--out", tmp_path / "absent" / "x").exit_code == 2
    assert run(world.dsn, "digest", "--block", 99).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "mine"


def test_the_digest_is_that_of_the_newest_block_or_of_the_one_that_was_asked_for(world: World) -> None:
    newest = good(run(world.dsn, "digest"))
    assert newest == json.loads(world.digest.read_text())
    assert newest["number"] >= 4
    assert offline.block_hash({name: newest[name] for name in offline.Block.MEMBERS}).hex() == newest["hash"]
    assert good(run(world.dsn, "digest", "--block", 1)) == json.loads(world.first_digest.read_text())


EDITS = {
    "edited": "update attendance.event set evidence = '{\"forged\": true}' where key = %(key)s",
    "back-dated": "update attendance.event set recorded_at = recorded_at - interval '1 day' where key = %(key)s",
    "another state": "update attendance.event set state = 'verified' where key = %(key)s",
}


@pytest.mark.parametrize("statement", EDITS.values(), ids=EDITS)
def test_an_edited_row_is_named(world: World, copy: str, tmp_path: Path, statement: str) -> None:
    key, tenant = world.event("beta", 3, 1), str(world.tenants["beta"])
    damage(copy, statement, key=key)
    assert inside(copy) == {("row edited", 3, tenant, EVENT, key)}
    assert outside(world, copy, tmp_path) == {("row_edited", 3, tenant, EVENT, key)}


def test_a_deleted_row_is_named(world: World, copy: str, tmp_path: Path) -> None:
    key, tenant = world.event("alpha", 2), str(world.tenants["alpha"])
    damage(copy, "delete from attendance.event where key = %(key)s", key=key)
    assert inside(copy) == {("row deleted", 2, tenant, EVENT, key)}
    assert outside(world, copy, tmp_path) == {("row_deleted", 2, tenant, EVENT, key)}


INSERT = """
with row as (select to_jsonb(e) as it from attendance.event as e where e.key = %(key)s)
insert into attendance.event
select r.*
from row
cross join lateral jsonb_populate_record(null::attendance.event, row.it || %(changed)s) as r
"""


def test_an_added_row_is_named(world: World, copy: str, tmp_path: Path) -> None:
    key, tenant, added = world.event("alpha", 2), str(world.tenants["alpha"]), str(uuid.uuid4())
    changed = json.dumps({"key": added, "record_id": None, "revision": None, "state": None})
    damage(copy, INSERT.replace("%(changed)s", "%(changed)s::jsonb"), key=key, changed=changed)
    assert inside(copy) == {("row added", 2, tenant, EVENT, added)}
    assert outside(world, copy, tmp_path) == {("row_added", 2, tenant, EVENT, added)}


def test_a_row_that_was_put_into_an_earlier_block_is_named(world: World, copy: str, tmp_path: Path) -> None:
    key, tenant = world.event("beta", 4), str(world.tenants["beta"])
    earlier = (
        "update attendance.event set xid = (select xid from attendance.event where key = %(old)s) where key = %(key)s"
    )
    damage(copy, earlier, key=key, old=world.event("beta", 2))
    assert inside(copy) == {("row deleted", 4, tenant, EVENT, key), ("row added", 2, tenant, EVENT, key)}
    assert outside(world, copy, tmp_path) == {("row_moved", 4, tenant, EVENT, key)}


def test_a_row_that_was_moved_to_another_tenant_is_named(world: World, copy: str, tmp_path: Path) -> None:
    key, tenant, other = world.event("beta", 3), str(world.tenants["beta"]), str(world.tenants["alpha"])
    damage(copy, "update attendance.event set tenant_id = %(to)s where key = %(key)s", key=key, to=other)
    assert inside(copy) == {("row deleted", 3, tenant, EVENT, key), ("row added", 3, other, EVENT, key)}
    assert outside(world, copy, tmp_path) == {("row_moved", 3, tenant, EVENT, key)}


def test_rows_with_their_people_swapped_are_both_named(world: World, copy: str, tmp_path: Path) -> None:
    keys, tenant = [world.event("alpha", 3, number) for number in (0, 2)], str(world.tenants["alpha"])
    swap = """
        update attendance.event as e set subject_id = o.subject_id
        from attendance.event as o
        where e.key = any (%(keys)s::uuid[]) and o.key = any (%(keys)s::uuid[]) and o.key <> e.key
    """
    damage(copy, swap, keys=keys)
    assert inside(copy) == {("row edited", 3, tenant, EVENT, key) for key in keys}
    assert outside(world, copy, tmp_path) == {("row_edited", 3, tenant, EVENT, key) for key in keys}


def test_a_row_that_no_block_will_cover_is_named(world: World, copy: str) -> None:
    key, tenant = world.event("alpha", 2), str(world.tenants["alpha"])
    damage(copy, "update attendance.event set epoch = 7 where key = %(key)s", key=key)
    assert inside(copy) == {
        ("row deleted", 2, tenant, EVENT, key),
        ("row outside every block", None, tenant, EVENT, key),
    }


def test_an_edit_of_what_is_kept_is_found(world: World, copy: str, tmp_path: Path) -> None:
    key, tenant = world.event("beta", 3, 1), str(world.tenants["beta"])
    edit = """
        update ledger.tree set leaves = overlay(leaves placing decode(repeat('00', 32), 'hex') from 33)
        where tenant_id = %(tenant)s and relation = 'attendance.event' and block = 3
    """
    damage(copy, edit, tenant=tenant)
    assert ("leaves changed", 3, tenant, EVENT, None) in inside(copy)
    assert outside(world, copy, tmp_path) == {("leaf_changed", 3, tenant, EVENT, key)}


def test_a_changed_header_is_found(world: World, copy: str, tmp_path: Path) -> None:
    damage(copy, "update ledger.block set sealed_at = sealed_at - interval '1 day' where number = 2")
    assert ("block changed", 2, None, None, None) in inside(copy)
    assert ("block_changed", 2, None, None, None) in outside(world, copy, tmp_path)


def test_a_missing_block_is_found(world: World, copy: str, tmp_path: Path) -> None:
    damage(copy, "delete from ledger.block where number = 2")
    assert ("block missing", 3, None, None, None) in inside(copy)
    assert ("block_missing", 2, None, None, None) in outside(world, copy, tmp_path)


def last_block(world: World) -> int:
    return int(json.loads(world.digest.read_text())["number"])


def test_a_cut_tail_is_found_by_the_digest_alone(world: World, copy: str, tmp_path: Path) -> None:
    last = last_block(world)
    cut = ("delete from ledger.tree where block = %(last)s", "delete from ledger.block where number = %(last)s")
    damage(copy, *cut, last=last)
    assert inside(copy) == set()
    ((problem, *rest),) = inside(copy, "--digest", world.digest)
    assert "the tail of the chain was cut" in problem
    assert rest == [last, None, None, None]
    assert outside(world, copy, tmp_path) == {("tail_cut", last, None, None, None)}


def test_a_chain_that_was_forged_again_is_found_by_the_digest_alone(world: World, copy: str, tmp_path: Path) -> None:
    last = last_block(world)
    damage(
        copy,
        EDITS["edited"],
        "delete from ledger.tree where block > 1",
        "delete from ledger.block where number > 1",
        "update ledger.epoch set identity = ledger.cluster_identity()",
        key=world.event("beta", 3),
    )
    while True:  # in blocks as small as they were, so that there is one of the digest's number
        with psycopg.connect(copy) as connection:
            connection.execute("set role smartattend_sealer")
            made = connection.execute("select * from ledger.seal(max_blocks => 1, row_limit => 1)").fetchall()
        if not made or made[0][0] > last:
            break
    assert inside(copy) == set()
    ((problem, *rest),) = inside(copy, "--digest", world.digest, "--digest", world.first_digest)
    assert "the chain was forged again" in problem
    assert rest == [last, None, None, None]
    assert outside(world, copy, tmp_path) == {("chain_reforged", last, None, None, None)}


CHANGE = "ledger.change"


def a_change(world: World) -> tuple[str, str, int]:
    """Id, key and block of a change of alpha that has a payload."""
    (tree,) = world.rows(
        "select keys, block from ledger.tree where tenant_id = %s and relation = %s order by block limit 1",
        *(world.tenants["alpha"], CHANGE),
    )
    key = str(tree["keys"][0])
    return key.rpartition("/")[2], key, int(tree["block"])


@pytest.mark.parametrize(
    ("statement", "within", "without"),
    [
        (
            "update ledger.payload set payload = '{\"x\": 1}' where change_id = %(id)s",
            "payload edited",
            "payload_edited",
        ),
        ("delete from ledger.payload where change_id = %(id)s", "payload deleted", "payload_missing"),
        ("update ledger.change set actor_id = core.uuid_v7() where id = %(id)s", "row edited", "row_edited"),
    ],
    ids=["payload edited", "payload deleted", "change edited"],
)
def test_a_changed_change_is_named(
    world: World, copy: str, tmp_path: Path, statement: str, within: str, without: str
) -> None:
    change, key, block = a_change(world)
    tenant = str(world.tenants["alpha"])
    damage(copy, statement, id=change)
    assert inside(copy) == {(within, block, tenant, CHANGE, key)}
    assert outside(world, copy, tmp_path) == {(without, block, tenant, CHANGE, key)}


def test_an_edit_that_was_not_captured_is_found_by_reconciling(world: World, copy: str) -> None:
    assert run(copy, "reconcile").exit_code == 0
    tenant = str(world.tenants["alpha"])
    with psycopg.connect(copy) as connection:
        connection.execute("alter table tenancy.site disable trigger user")
        connection.execute("update tenancy.site set name = 'forged' where tenant_id = %s and code = 'main'", [tenant])
    result = run(copy, "reconcile", "--format", "json")
    assert result.exit_code == 3
    (found,) = json.loads(result.stdout)
    assert (found["relation"], found["tenant"]) == ("tenancy.site", tenant)
    assert found["observed"]["name"] == "forged"
    assert run(copy, "reconcile", "tenancy.unit").exit_code == 0
    assert run(copy, "reconcile", "tenancy.nonsense").exit_code == 1


def test_the_export_of_a_tenant_holds_and_says_nothing_of_another(world: World, copy: str, tmp_path: Path) -> None:
    alpha, beta = str(world.tenants["alpha"]), str(world.tenants["beta"])
    export = tmp_path / "alpha.jsonl"
    (slug,) = world.rows("select slug from tenancy.tenant where tenant_id = %s", alpha)
    good(run(world.dsn, "export", "--out", export, "--tenant", slug["slug"], "--format", "json"))
    text = export.read_text()
    assert alpha in text
    assert beta not in text
    assert beta.replace("-", "") not in text
    others = world.rows("select user_id::text as id from identity.membership where tenant_id = %s", beta)
    assert others
    assert not [row["id"] for row in others if row["id"] in text]
    report = offline.verify([export], [world.digest])
    assert (report.exit_code, report.held_to) == (0, last_block(world)), report.text()
    key = world.event("alpha", 3)
    damage(copy, EDITS["edited"], key=key)
    assert outside(world, copy, tmp_path, "--tenant", alpha) == {("row_edited", 3, alpha, EVENT, key)}
    assert outside(world, copy, tmp_path / "..", "--tenant", beta) == set()


def test_a_range_of_blocks_is_held_by_the_digest_before_it(world: World, tmp_path: Path) -> None:
    export = tmp_path / "range.jsonl"
    good(run(world.dsn, "export", "--out", export, "--from", 2, "--to", 3, "--format", "json"))
    assert offline.verify([export], [world.first_digest]).exit_code == 0
    assert {each.problem for each in offline.verify([export], [world.digest]).findings} == {"tail_cut"}


def test_a_proof_has_at_most_1_kb_and_proves(world: World, copy: str, tmp_path: Path) -> None:
    proof, row, key = tmp_path / "event.proof", tmp_path / "event.proof.row.jsonl", world.event("beta", 3, 1)
    arguments = ("prove", EVENT, key, "--tenant", world.tenants["beta"], "--out", proof, "--format", "json")
    said = good(run(world.dsn, *arguments))
    assert proof.stat().st_size == said["bytes"] <= 1024
    digest = tmp_path / "digest.json"
    good(run(world.dsn, "digest", "--block", said["block"], "--out", digest))
    assert offline.verify_proof(proof, row, digest).exit_code == 0
    row.write_text(row.read_text().replace('"values": ["', '"values": ["x'))
    assert offline.verify_proof(proof, row, digest).exit_code == 1
    proof.unlink()
    row.unlink()
    result = run(world.dsn, *arguments[:2], uuid.uuid4(), *arguments[3:])
    assert result.exit_code == 1
    assert "SA011" in result.output
    damage(copy, EDITS["edited"], key=key)
    result = run(copy, *arguments)
    assert result.exit_code == 3
    assert "does not lead to the root" in result.output
    damage(copy, "delete from attendance.event where key = %(key)s", key=key)
    result = run(copy, *arguments)
    assert result.exit_code == 3
    assert "does not lead to the root" in result.output
    assert not proof.exists()
    assert not row.exists()


def test_a_retired_partition_is_verified_from_its_archive(world: World, copy: str, tmp_path: Path) -> None:
    (found,) = world.rows("select distinct partition from ledger.tree where relation = %s", CHANGE)
    partition, archive, main = found["partition"], tmp_path / "archive.jsonl.gz", tmp_path / "main.jsonl.gz"
    arguments = ("archive", CHANGE, partition, "--out", archive, "--reason", "kept for a year", "--format", "json")
    assert run(copy, *arguments).exit_code == 2  # nobody confirmed
    assert not archive.exists()
    said = good(run(copy, *arguments, "--yes", "--digest", world.digest))
    assert said["rows"] > 0
    with psycopg.connect(copy) as connection:
        assert connection.execute("select to_regclass(%s)", [f"ledger.{partition}"]).fetchone() == (None,)
    assert inside(copy) == set()
    good(run(copy, "export", "--out", main, "--format", "json"))
    result = run(copy, "verify", "--offline", main, archive, "--digest", world.digest)
    assert result.exit_code == 0, result.output
    result = run(copy, "verify", "--offline", main, "--digest", world.digest)
    assert result.exit_code == 1
    assert "no archive with them was given" in result.output
    result = run(copy, "verify", "--offline", main, "--digest", world.digest, "--without-archives")
    assert result.exit_code == 0


def test_an_archive_that_does_not_verify_retires_nothing(world: World, copy: str, tmp_path: Path) -> None:
    change, _, _ = a_change(world)
    damage(copy, "update ledger.change set actor_id = core.uuid_v7() where id = %(id)s", id=change)
    (found,) = world.rows("select distinct partition from ledger.tree where relation = %s", CHANGE)
    result = run(
        *(copy, "archive", CHANGE, found["partition"], "--out", tmp_path / "x", "--reason", "kept for a year", "--yes")
    )
    assert result.exit_code == 3
    assert "nothing was retired" in result.output
    with psycopg.connect(copy) as connection:
        assert connection.execute("select to_regclass(%s)", [f"ledger.{found['partition']}"]).fetchone() != (None,)
        assert connection.execute("select count(*) from ledger.retirement").fetchone() == (0,)


def test_a_copy_goes_on_in_a_new_epoch_and_a_redaction_stays_provable(world: World, copy: str, tmp_path: Path) -> None:
    result = run(copy, "seal")
    assert result.exit_code == 1
    assert "SA030" in result.output
    assert run(copy, "begin-epoch", "--reason", "a copy for tests").exit_code == 2
    epoch = good(run(copy, "begin-epoch", "--reason", "a copy for tests", "--yes", "--format", "json"))
    assert epoch["epoch"] == 2
    (site,) = world.rows(
        "select row_key from ledger.change where tenant_id = %s and relation = 'tenancy.site' limit 1",
        world.tenants["alpha"],
    )
    arguments = ("redact", "tenancy.site", json.dumps(site["row_key"]), "--tenant", world.tenants["alpha"])
    arguments = (*arguments, "--reason", "erasure was asked for", "--format", "json")
    assert run(copy, *arguments).exit_code == 2
    assert good(run(copy, *arguments, "--yes"))["payloads_removed"] > 0
    assert seal(copy)
    assert inside(copy, "--digest", world.digest) == set()
    assert outside(world, copy, tmp_path) == set()
    assert run(copy, "redact", "tenancy.site", "nonsense", *arguments[3:], "--yes").exit_code == 2


def test_a_verification_begins_where_the_last_one_ended(world: World, copy: str) -> None:
    result = run(copy, "verify")
    assert result.exit_code == 0
    assert "held up to block" in result.output
    with psycopg.connect(copy) as connection:
        assert connection.execute("select ledger.verified_until()").fetchone() == (last_block(world),)
    damage(copy, EDITS["edited"], key=world.event("beta", 3))
    assert run(copy, "verify").exit_code == 0
    assert run(copy, "verify", "--from", 3, "--to", 3).exit_code == 3
    assert run(copy, "verify", "--from", 2, "--to", 2).exit_code == 0
    assert run(copy, "verify", "--full").exit_code == 3
    assert run(copy, "verify", "--to", 99).exit_code == 2
    assert run(copy, "verify", "--full", "--from", 2).exit_code == 2
    assert run(copy, "verify", world.digest).exit_code == 2


def test_sealing_goes_on_until_it_is_interrupted(world: World, copy: str) -> None:
    good(run(copy, "begin-epoch", "--reason", "a copy for tests", "--yes", "--format", "json"))
    before = last_block(world)
    command = [sys.executable, "-m", "orchestrator.cli", "ledger", "seal", "--watch", "0.1", "--dsn", copy]
    with psycopg.connect(copy) as connection:  # what is captured is to be sealed
        connection.execute(
            "update tenancy.site set name = name || ' of old' where tenant_id = %s", [world.tenants["alpha"]]
        )
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=harness.ROOT) as process:
        try:
            assert process.stderr is not None
            assert "rows in" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    with psycopg.connect(copy) as connection:
        assert connection.execute("select max(number) > %s from ledger.block", [before]).fetchone() == (True,)


@pytest.fixture
def login(world: World) -> Iterator[Callable[[str], str]]:
    """``login(role)`` is the DSN of a login that is a member of that role and of no other."""
    made: list[sql.Identifier] = []

    def make(role: str) -> str:
        name = f"someone_{uuid.uuid4().hex[:8]}"
        made.append(sql.Identifier(name))
        with psycopg.connect(world.dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("create role {} login in role {}").format(made[-1], sql.Identifier(role)))
        return make_conninfo(world.dsn, user=name)

    yield make
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("drop role {}").format(name))


def test_each_login_does_what_its_role_may(world: World, login: Callable[[str], str], tmp_path: Path) -> None:
    sealer, operator = login("smartattend_sealer"), login("smartattend_operator")
    assert run(sealer, "seal").exit_code == 0
    for command in (("export", "--out", tmp_path / "x"), ("begin-epoch", "--reason", "because of this", "--yes")):
        result = run(sealer, *command)
        assert result.exit_code == 1
        assert "is not a member of" in result.output
    assert run(operator, "seal").exit_code == 1
    assert run(operator, "verify").exit_code == 0
    assert run(operator, "digest").exit_code == 0
    good(run(operator, "export", "--out", tmp_path / "x", "--format", "json"))


VALUES = {
    "uuid": ["01923456-789a-7bcd-8ef0-123456789abc"],
    "timestamp with time zone": [
        *("2026-03-02 08:00+01", "1969-12-31 23:59:59.999999+00", "infinity", "-infinity"),
        *("0001-01-01 00:00+00", "9999-12-31 23:59:59.999999+00", "12026-03-02 08:00+00"),
    ],
    "date": ["2026-03-02", "1999-12-31", "infinity", "-infinity", "12026-03-02", "0001-01-01"],
    "smallint": ["-32768", "0", "32767"],
    "integer": ["-2147483648", "7"],
    "bigint": ["-9223372036854775808", "9223372036854775807"],
    "xid8": ["0", "18446744073709551615"],
    "boolean": ["true", "false"],
    "double precision": [
        "0.1",
        "-0",
        "1e-300",
        "1.7976931348623157e308",
        "5e-324",
        "NaN",
        "Infinity",
        "-Infinity",
        "50.85",
    ],
    "interval": ["1 year 2 mons -3 days 04:05:06.000007", "-1 year -3 mons", "100000 days", "-00:00:00.000001", "0"],
    "bytea": ["\\x00ff", "\\x"],
    "text": ["", "Zoë 😀", 'a/b\\c"d\n'],
    "text[]": ['{a,NULL,"Zoë"}', "{}"],
    "uuid[]": ["{01923456-789a-7bcd-8ef0-123456789abc}"],
    "timestamp with time zone[]": ["{infinity,2026-03-02 08:00+01}"],
    "jsonb": ['{"b": [1.50, null, "Zoë 😀"], "a": {}}'],
    "numeric": ["1.50", "-0.000001", "1e30", "NaN"],
    "inet": ["10.0.0.1", "fe80::1/64"],
    "attendance.claim": ['(2026-03-02 08:00+01,,,,1,,50.85,,,"{""a"": 1}")'],
}


@pytest.mark.parametrize("type_name", VALUES)
def test_values_have_the_same_bytes_here_as_in_the_database(world: World, type_name: str) -> None:
    with psycopg.connect(world.dsn) as connection:
        connection.execute("set local extra_float_digits = 1")
        connection.execute("set local bytea_output = 'hex'")
        connection.execute(f"create temporary table t (v {type_name}) on commit drop")
        connection.execute("insert into t values (null)")
        for value in VALUES[type_name]:
            connection.execute(f"insert into t values (%s::text::{type_name})", [value])
        expressions = connection.execute(
            "select ledger.value_bytes('v', %(type)s), ledger.value_text('v', %(type)s)", {"type": type_name}
        ).fetchone()
        found = connection.execute("select {}, {} from t".format(*(expressions or ()))).fetchall()
    assert len(found) == len(VALUES[type_name]) + 1
    for stored, text in found:
        assert offline.value_bytes(type_name, text) == stored, text


def test_the_verifier_that_is_handed_out_is_the_one_that_is_tested(world: World, tmp_path: Path) -> None:
    out = tmp_path / "verify.py"
    assert run(world.dsn, "verifier", "--out", out).exit_code == 0
    assert out.read_bytes() == Path(offline.__file__).read_bytes()
    result = subprocess.run([sys.executable, "-S", "-I", out, "--help"], capture_output=True, text=True, check=False)
    assert result.returncode == 0
