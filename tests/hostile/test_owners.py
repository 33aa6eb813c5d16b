"""Code that runs as one owner, gone wrong: what the others' walls and the append-only layers still hold."""

from __future__ import annotations

import pytest

from tests.hostile.world import Attack, World

DENIED = "error 42501"
GATES = "capture_read capture_write administration_read administration_write ordinary_read ordinary_write"
BIND = f"select core.bind(<alpha>::uuid, '{GATES}', (<alpha>, <alpha/admin>, null, null, null, 'user', 0)::core.actor)"

OWNER = [
    ("the owner reads the hashes of tokens", "select * from identity.login_session", DENIED),
    ("the owner reads the platform's sessions", "select * from identity.platform_session", DENIED),
    ("the owner makes a login session", "insert into identity.login_session (tenant_id) values (<alpha>)", DENIED),
    ("the owner brings a session back", "update identity.login_session set revoked_at = null", DENIED),
    ("the owner forges a refusal", "insert into ledger.refusal (tenant_id) values (<alpha>)", DENIED),
    ("the owner deletes refusals", "delete from ledger.refusal", DENIED),
    ("the owner truncates refusals", "truncate ledger.refusal", DENIED),
    ("the owner changes a block", "update ledger.block set hash = ''", DENIED),
    ("the owner deletes a change", "delete from ledger.change", DENIED),
    ("the owner reads payloads", "select * from ledger.payload", DENIED),
    ("the owner seals", "select * from ledger.seal()", DENIED),
    (
        "the owner replaces a function of the ledger",
        "create or replace function ledger.verify(from_block bigint default null, to_block bigint "
        "default null) returns setof ledger.finding language sql as 'select null'",
        DENIED,
    ),
    ("the owner disables a trigger of the ledger", "alter table ledger.change disable trigger all", DENIED),
    (
        "the owner replaces the verifier of tokens",
        "create or replace function identity.bind_session(token text default null) returns "
        "core.actor language sql as 'select null'",
        DENIED,
    ),
    ("the owner becomes the keeper of sessions", "set role smartattend_session", DENIED),
    ("the owner becomes the keeper of evidence", "set role smartattend_ledger", DENIED),
    ("the owner asks for a token", "select identity.login('alpha', 's1')", DENIED),
    ("the owner makes a superadmin", "select identity.bootstrap_superadmin('me@example.org')", DENIED),
    (
        "the owner grants the platform",
        "insert into identity.platform_grant (user_id, role) values (<alpha/s1>, 'superadmin')",
        DENIED,
    ),
    ("the owner bypasses policies", "alter role smartattend_owner bypassrls", DENIED),
    ("the owner makes a role", "create role x", DENIED),
    ("the owner sleeps through triggers", "set session_replication_role = replica", DENIED),
    ("the owner reads a file", "select pg_read_file('PG_VERSION')", DENIED),
    (
        "the owner turns policies off for itself",
        "set local row_security = off; select * from attendance.record",
        DENIED,
    ),
    ("the owner disables the server's own triggers", "alter table attendance.record disable trigger all", DENIED),
    (
        "the owner changes a row of another tenant",
        "update identity.membership set display_name = 'x' where tenant_id = <beta>",
        "0 rows",
    ),
    ("the owner reads a row of another tenant", "select * from attendance.record where tenant_id = <beta>", "no rows"),
    (
        "the owner writes a row of another tenant",
        "insert into attendance.closed_day (tenant_id, code, name, starts_on, ends_on) values "
        "(<beta>, 'x', 'X', '2030-01-01', '2030-01-02')",
        DENIED,
    ),
    ("the owner moves a row to another tenant", "update tenancy.setting set tenant_id = <beta>", DENIED),
    ("the owner changes an event", "update attendance.event set claimed_at = now()", "0 rows"),
    ("the owner truncates the events", "truncate attendance.event cascade", "error SA020"),
    ("the owner deletes an expectation", "delete from attendance.expectation", "0 rows"),
    ("the owner deletes a member", "delete from identity.membership", "0 rows"),
    ("the owner deletes a tenant", "delete from tenancy.tenant", "0 rows"),
    (
        "the owner makes a record jump",
        "update attendance.record set state = 'voided', state_via = 'bypass', state_reason = 'because I want it so' "
        "where subject_id = <alpha/s3>",
        "error SA022",
    ),
    (
        "the owner opens a closed period",
        "update attendance.period set state = 'open', state_via = 'reopen', state_reason = 'because "
        "I want it so' where state = 'closed'",
        "error SA022",
    ),
    ("the owner fills a key of idempotency twice", "update core.idempotency set outcome = null", "error SA020"),
]

SESSION = [
    ("the keeper of sessions changes a record", "update attendance.record set code = 'P'", DENIED),
    ("the keeper of sessions reads the events", "select * from attendance.event", DENIED),
    ("the keeper of sessions reads the changes", "select * from ledger.change", DENIED),
    ("the keeper of sessions ends a membership", "update identity.membership set active_until = now()", DENIED),
    (
        "the keeper of sessions grants a role in a tenant",
        "insert into identity.role_grant (tenant_id, user_id, role) values (<alpha>, <alpha/s1>, 'x')",
        DENIED,
    ),
    ("the keeper of sessions moves a tenant", "update tenancy.tenant set state = 'suspended'", DENIED),
    ("the keeper of sessions becomes the owner", "set role smartattend_owner", DENIED),
    ("the keeper of sessions seals", "select * from ledger.seal()", DENIED),
]

LEDGER = [
    ("the keeper of evidence changes a record", "update attendance.record set code = 'P'", DENIED),
    ("the keeper of evidence adds an event", "insert into attendance.event (tenant_id) values (<alpha>)", DENIED),
    ("the keeper of evidence changes an event", "update attendance.event set claimed_at = now()", DENIED),
    ("the keeper of evidence reads the hashes of tokens", "select * from identity.login_session", DENIED),
    ("the keeper of evidence binds a tenant", "select core.bind(<beta>::uuid, 'capture_read', null)", DENIED),
    ("the keeper of evidence deletes a refusal", "delete from ledger.refusal", "0 rows"),
    ("the keeper of evidence truncates the refusals", "truncate ledger.refusal", "error SA020"),
    ("the keeper of evidence truncates the blocks", "truncate ledger.block", "error SA020"),
    ("the keeper of evidence deletes a block", "delete from ledger.block", "error SA020"),
    ("the keeper of evidence changes a block", "update ledger.block set hash = hash", "error SA020"),
    ("the keeper of evidence changes the leaves", "update ledger.tree set leaves = leaves", "error SA020"),
    ("the keeper of evidence becomes the owner", "set role smartattend_owner", DENIED),
]


@pytest.fixture(scope="module", autouse=True)
def sealed(world: World) -> None:
    """There are blocks to touch."""
    with world.connect("sealer") as sealer:
        sealer.execute("select * from ledger.seal()")


@pytest.mark.parametrize(("sentence", "does", "comes"), OWNER, ids=lambda text: text if text[:4] == "the " else "")
def test_an_owner_gone_wrong(world: World, sentence: str, does: str, comes: str) -> None:
    assert world.attempt(Attack(sentence, (BIND, *does.split("; ")), comes, "owner")) == comes


@pytest.mark.parametrize(("sentence", "does", "comes"), SESSION, ids=lambda text: text if text[:4] == "the " else "")
def test_a_verifier_gone_wrong(world: World, sentence: str, does: str, comes: str) -> None:
    assert world.attempt(Attack(sentence, does, comes, "session")) == comes


@pytest.mark.parametrize(("sentence", "does", "comes"), LEDGER, ids=lambda text: text if text[:4] == "the " else "")
def test_a_ledger_gone_wrong(world: World, sentence: str, does: str, comes: str) -> None:
    assert world.attempt(Attack(sentence, does, comes, "ledger")) == comes
