"""From an export to a tombstone: everything of a tenant goes, nothing of anybody else, and proofs stay."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import cli
from tests.hostile.world import World, made

PATIENCE = 60.0
SCRIBES = ("first", "second")
OUTLIVES = (
    "core.erasure",
    "ledger.erasure",
    "ledger.tree",
    "tenancy.approval",
    "tenancy.legal_hold",
    "tenancy.tenant",
    "tenancy.tenant_transition",
    "tenancy.tombstone",
)
"""The tables with rows of a purged tenant; ledger.change and ledger.payload have those of the tenant's own row."""


@dataclass
class Story:
    """A world in which the school beta was purged, and what was known of it before."""

    world: World
    folder: Path
    export: Path
    digest: Path
    before: dict[str, dict[str, str]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    counted_company: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, str | None, Any]] = field(default_factory=list)
    mine: set[str] = field(default_factory=set)

    def ledger(self, *arguments: object) -> Result:
        return CliRunner().invoke(cli, ["ledger", *map(str, arguments)], prog_name="smartattend")


def seal(world: World) -> None:
    """Seal until nothing of the tenants is left: a transaction of whoever may hold the horizon."""
    unsealed = """
      select
        (select count(*) from ledger.change) + (select count(*) from ledger.refusal)
        + (select coalesce(sum(rows), 0) from ledger.erasure where relation in ('ledger.change', 'ledger.refusal'))
        - (select sum(rows) from ledger.tree where relation in ('ledger.change', 'ledger.refusal'))
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        world.query("select count(*) from ledger.seal()")
        if world.value(unsealed) == 0:
            return
        assert time.monotonic() < deadline


def platform(world: World, name: str) -> str:
    return str(world.value("select tap.platform_token(%s, 'platform_operator')", name))


def ask(world: World, name: str, arguments: str, token: str) -> tuple[str, str | None, Any]:
    """Call a procedure of api as the application, for good: status, code, detail; or error, code, its detail."""
    with world.connect("app") as app:
        try:
            row = app.execute(
                world.filled(
                    f"select status, code, detail from api.{name}(core.uuid_v7(), {arguments}, token => %s)"
                ).encode(),
                [token],
            ).fetchone()
        except psycopg.Error as error:
            return "error", error.diag.sqlstate, error.diag.message_detail
    assert row is not None
    return row[0], row[1], row[2]


def counts(world: World, tenant: str) -> dict[str, int]:
    """How many rows of a tenant each table has."""
    return {
        label: world.value(f"select count(*) from {label} where tenant_id = <{tenant}>")
        for label, is_tenants in world.tables()
        if is_tenants and "_default" not in label
    }


def later(world: World, span: str) -> None:
    """Move the only clock on."""
    world.superuser.execute(
        "create or replace function core.clock() returns timestamptz language sql volatile"
        f" as $$ select clock_timestamp() + interval '{span}' $$".encode()
    )


@pytest.fixture(scope="module")
def story(clone: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The school beta is offboarded, exported, archived, kept for eight years and purged."""
    folder = tmp_path_factory.mktemp("purge")
    with made(clone(), f"purge{os.getpid()}") as world:
        told = Story(world, folder, folder / "beta.jsonl", folder / "digest.json")
        reason = "reason => 'the contract has ended'"
        assert (
            ask(world, "tenant_transition", f"<beta>, 'offboard', {reason}", platform(world, "first"))[0] == "accepted"
        )
        seal(world)
        slug = world.value("select slug from tenancy.tenant where tenant_id = <beta>")
        for arguments in (("export", "--out", told.export, "--tenant", slug), ("digest", "--out", told.digest)):
            result = told.ledger(*arguments, "--dsn", world.dsn)
            assert result.exit_code == 0, result.output
        told.mine = world.belongings("beta")
        sha = hashlib.sha256(told.export.read_bytes()).hexdigest()
        for name, arguments in (
            ("tenant_export_receipt", f"<beta>, 'Ann Admin', '{sha}', {told.export.read_text().count(chr(10))}"),
            ("tenant_transition", f"<beta>, 'archive', {reason}"),
        ):
            assert ask(world, name, arguments, platform(world, "first"))[0] == "accepted"
        later(world, "8 years")
        for who in SCRIBES:
            assert (
                ask(world, "tenant_approve", "<beta>, 'purge', 'the retention is over'", platform(world, who))[0]
                == "accepted"
            )
        told.said.append(ask(world, "tenant_transition", f"<beta>, 'purge', {reason}", platform(world, "first")))
        told.said.append(
            ("still there", None, world.value("select count(*) from attendance.event where tenant_id = <beta>"))
        )
        seal(world)
        told.counted = counts(world, "beta")
        told.before = {tenant: world.contents(tenant) for tenant in ("alpha", "gamma")}
        told.said.append(ask(world, "tenant_transition", f"<beta>, 'purge', {reason}", platform(world, "second")))
        told.said.append(ask(world, "tenant_transition", f"<beta>, 'purge', {reason}", platform(world, "second")))
        # and a company, which never received its export: the window was over
        for via in ("offboard", "archive"):
            said = ask(world, "tenant_transition", f"<delta>, '{via}', {reason}", platform(world, "first"))
            told.said.append(said)
        later(world, "9 years")
        told.said.append(ask(world, "tenant_transition", f"<delta>, 'archive', {reason}", platform(world, "first")))
        later(world, "17 years")
        for who in SCRIBES:
            arguments = "<delta>, 'purge', 'the retention is over'"
            assert ask(world, "tenant_approve", arguments, platform(world, who))[0] == "accepted"
        seal(world)
        told.counted_company = counts(world, "delta")
        told.said.append(ask(world, "tenant_transition", f"<delta>, 'purge', {reason}", platform(world, "first")))
        seal(world)
        yield told


def test_it_waits_for_the_seal_and_goes_at_once(story: Story) -> None:
    assert story.said[0][:2] == ("error", "SA031")
    assert story.said[1][2] > 0
    assert story.said[2][:2] == ("accepted", None)
    assert story.said[3][:2] == ("refused", "SA101")


def test_no_row_of_the_tenant_is_left_but_what_outlives_it(story: Story) -> None:
    left = {label for label, count in counts(story.world, "beta").items() if count}
    # the refusal is the one of a second purge, which came after; the actions are the two purges
    after = {"ledger.change", "ledger.payload", "ledger.refusal", "identity.platform_action"}
    assert left - after == set(OUTLIVES) - {"tenancy.legal_hold"}
    assert story.counted["attendance.event"] > 5
    changes = story.world.query("select relation, operation from ledger.change where tenant_id = <beta>")
    assert changes == [("tenancy.tenant", "insert")]
    assert story.world.query("select command from ledger.refusal where tenant_id = <beta>") == [("tenant_transition",)]


def test_a_company_goes_after_its_window_and_leaves_nothing_either(story: Story) -> None:
    assert [said[:2] for said in story.said[4:]] == [
        ("accepted", None),
        ("refused", "SA110"),
        ("accepted", None),
        ("accepted", None),
    ]
    left = {label for label, count in counts(story.world, "delta").items() if count}
    assert left - {"ledger.change", "ledger.payload", "identity.platform_action"} == set(OUTLIVES) - {
        "tenancy.legal_hold"
    }
    assert [label for label in story.counted_company if label.startswith("corporate.")] != []
    assert all(count for label, count in story.counted_company.items() if label.startswith("corporate."))
    sha = story.world.value("select archive_sha256 from tenancy.tombstone where tenant_id = <delta>")
    assert sha is None


def test_every_table_of_tenants_had_rows_to_lose(story: Story) -> None:
    """Otherwise the test before would not have noticed that a table was forgotten."""
    empty = {label for label, count in story.counted.items() if not count}
    corporate = {label for label in empty if label.startswith("corporate.")}
    assert empty - corporate == {
        "core.erasure", "ledger.erasure", "ledger.redaction", "tenancy.legal_hold", "tenancy.tombstone",
    }  # fmt: skip


def test_what_is_left_in_reports_is_due_at_once_and_goes_with_the_next_refresh(story: Story) -> None:
    world = story.world
    reports = [view for (view,) in world.query("select view from report.freshness order by view")]

    def left() -> list[str]:
        return [view for view in reports if world.query(f"select 1 from report_data.{view} where tenant_id = <beta>")]

    assert len(left()) >= 6
    assert [view for (view,) in world.query("select report.due()")] == reports
    assert [view for (view,) in world.query("select view from report.refresh() where failure is null")] == reports
    assert left() == []
    assert world.query("select report.due()") == []


def test_no_row_of_anybody_else_changed(story: Story) -> None:
    for tenant, before in story.before.items():
        after = story.world.contents(tenant)
        assert {label for label in after if after[label] != before[label]} <= {
            label for label, is_tenants in story.world.tables() if not is_tenants
        }, tenant


def test_nothing_personal_stays_and_the_slug_is_free(story: Story) -> None:
    world = story.world
    (row,) = world.query("select slug, name, state from tenancy.tenant where tenant_id = <beta>")
    assert row == (f"purged-{world.ids['beta'].replace('-', '')}", "a purged tenant", "purged")
    for label, is_tenants in world.tables():
        if is_tenants:
            text = world.value(
                f"select coalesce(string_agg(t::text, ' '), '') from {label} as t where t.tenant_id = <beta>"
            )
            assert "School beta" not in text, label
            assert "Member s1" not in text, label
            assert "Ann Admin" not in text, label
    slug = json.loads(story.export.read_text().splitlines()[0])["export"]["tenant"]
    assert slug == world.ids["beta"]


def test_the_tombstone_says_what_was_there(story: Story) -> None:
    world = story.world
    (row,) = world.query(
        "select t.rows, t.name_sha256, t.archive_sha256, t.block, t.block_hash, t.via, t.archived_at > t.created_at,"
        " (select b.hash from ledger.block as b where b.number = t.block)"
        " from tenancy.tombstone as t where tenant_id = <beta>"
    )
    rows, name, archive, block, block_hash, via, is_later, hash_ = row
    assert name == hashlib.sha256(b"School beta").digest()
    assert archive == hashlib.sha256(story.export.read_bytes()).digest()
    assert (block_hash, via, is_later) == (hash_, "purge", True)
    assert {label: count for label, count in rows.items() if count} == {
        label: count
        for label, count in story.counted.items()
        if count and label not in OUTLIVES and label not in ("ledger.payload",)
    }
    sealed = world.query(
        "select relation, sum(rows)::bigint from ledger.tree"
        " where tenant_id = <beta> and block <= %s group by relation",
        block,
    )
    assert {label: count for label, count in sealed if label not in OUTLIVES} == {
        label: count for label, count in rows.items() if count and label in dict(sealed)
    }


def test_the_ledger_is_whole_after_it(story: Story) -> None:
    world = story.world
    assert world.query("select * from ledger.verify()") == []
    for (relation,) in world.query("select ledger.captured()"):
        assert world.query("select * from ledger.reconcile(%s)", relation) == [], relation


def test_damage_of_what_stays_is_still_found(story: Story) -> None:
    with psycopg.connect(story.world.dsn) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("alter table tenancy.tombstone disable trigger all")
        superuser.execute("update tenancy.tombstone set rows = '{}' where via = 'purge' and platform = 'school'")
        found = superuser.execute("select relation, problem from ledger.verify()").fetchall()
        superuser.rollback()
    assert found == [("tenancy.tombstone", "row edited")]


def test_a_row_that_comes_back_is_found(story: Story) -> None:
    world = story.world
    with psycopg.connect(world.dsn) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute(
            world.filled(
                "insert into ledger.refusal (tenant_id, command, payload_hash, code, xid)"
                " select <beta>, 'forged', sha256(''), 'SA101', horizon from ledger.block where number = 1"
            ).encode()
        )
        found = superuser.execute("select relation, problem from ledger.verify()").fetchall()
        superuser.rollback()
    assert found == [("ledger.refusal", "row added")]


def test_the_export_of_before_proves_what_was_there(story: Story) -> None:
    """Against the digest of before, and against the block as it stands in the database after the purge."""
    result = story.ledger("verify", "--offline", story.export, "--digest", story.digest)
    assert result.exit_code == 0, result.output
    digest = json.loads(story.digest.read_text())
    now = story.world.value("select encode(hash, 'hex') from ledger.block where number = %s", digest["number"])
    assert digest["hash"] == now


def test_an_export_of_everything_after_it_needs_that_of_before(story: Story) -> None:
    everything, digest = story.folder / "all.jsonl", story.folder / "after.json"
    for arguments in (("export", "--out", everything), ("digest", "--out", digest)):
        result = story.ledger(*arguments, "--dsn", story.world.dsn)
        assert result.exit_code == 0, result.output
    alone = story.ledger("verify", "--offline", everything, "--digest", digest)
    assert alone.exit_code == 1, alone.output
    assert "no archive" in alone.output
    without = story.ledger("verify", "--offline", everything, "--digest", digest, "--without-archives")
    assert without.exit_code == 0, without.output


def test_the_guards_are_as_they_were_for_everybody_else(story: Story) -> None:
    """Nobody deletes history, not even the owner, not even of the purged tenant, and no second erasure is made up."""
    world = story.world
    with world.connect("owner", autocommit=False) as owner:
        for statement, comes in (
            ("delete from attendance.event where tenant_id = <alpha>", "0 rows"),
            ("delete from tenancy.tombstone", "0 rows"),
            (
                "insert into core.erasure (tenant_id, actor_id, session_id) values (<alpha>, <alpha>, <alpha>)",
                "error SA020",
            ),
        ):
            owner.execute("set role smartattend_owner")
            owner.execute(world.filled("select set_config('smartattend.bound_tenant', <alpha>, true)").encode())
            assert world.judged(owner, statement) == comes, statement
            owner.rollback()
