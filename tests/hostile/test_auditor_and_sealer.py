"""Logins that look on or work in the background: what each of them may not do."""

from __future__ import annotations

import pytest

from tests.hostile.world import Attack, World

DENIED = "error 42501"
CHECK_IN = "select * from api.check_in(gen_random_uuid(), token => <token alpha/s1>)"

EVERYBODY = [
    ("checks somebody in", CHECK_IN),
    ("reads the attendance with an administrator's token", "select * from api.attendance"),
    ("reads the members with an administrator's token", "select * from identity.membership"),
    ("reads the hashes of tokens", "select * from identity.login_session"),
    ("reads the events", "select * from attendance.event"),
    ("changes a record", "update attendance.record set code = 'P'"),
    ("deletes the refusals", "delete from ledger.refusal"),
    ("truncates the events", "truncate attendance.event"),
    ("grants a role", "insert into identity.role_grant (tenant_id, user_id, role) values (<alpha>, <alpha/s1>, 'x')"),
    ("becomes the owner", "set role smartattend_owner"),
    ("becomes the keeper of evidence", "set role smartattend_ledger"),
    ("binds a tenant", "select core.bind(<beta>::uuid, 'capture_read', null)"),
    ("binds a session", "select identity.bind_session(<token alpha/admin>)"),
    ("disables a trigger", "alter table attendance.event disable trigger all"),
    ("drops a policy", "drop policy owner_reads_the_bound_tenant on attendance.event"),
    (
        "replaces a function",
        "create or replace function core.clock() returns timestamptz language sql as 'select now()'",
    ),
    ("makes a table of ours", "create table ledger.x (y int)"),
    ("sleeps through triggers", "set session_replication_role = replica"),
    ("bypasses policies", "alter role current_user bypassrls"),
    ("reads a file", "select pg_read_file('PG_VERSION')"),
]
COUNTS = ("select * from identity.membership", "select * from attendance.event")
"""What the refresher counts, of every tenant; test_isolation.py lists it all."""
WHO = ("auditor", "sealer", "refresher", "operator", "nobody")

LEDGER = [
    ("deletes a block", "delete from ledger.block"),
    ("changes a block", "update ledger.block set hash = ''"),
    ("adds a block", "insert into ledger.block (number) values (1)"),
    ("truncates the blocks", "truncate ledger.block"),
    ("changes the leaves", "update ledger.tree set leaves = ''"),
    ("changes a change", "update ledger.change set relation = 'x'"),
    ("deletes a payload", "delete from ledger.payload"),
    ("reads the payloads of all tenants", "select * from ledger.payload"),
    ("reads the changes of all tenants", "select * from ledger.change"),
    ("reads the trees of all tenants", "select * from ledger.tree"),
    ("holds the sealer's row", "select 1 from ledger.sealer for update"),
    ("begins an epoch", "select ledger.begin_epoch('because I want it so')"),
    ("takes a relation out of the evidence", "select ledger.unregister('attendance.event')"),
    ("takes capture away", "select ledger.remove_capture('tenancy.site')"),
    ("makes a block by hand", "select ledger.make_block(1, '0', '1', '{}', null)"),
    ("keeps changes that never were", "select ledger.keep_changes('tenancy.site', 'update', '{}', '{}')"),
]
MAY = {"operator": set[str](), "sealer": set[str]()}

SEALER = [
    Attack(
        "the sealer redacts",
        "select ledger.redact(<alpha>, 'tenancy.site', '{}', 'because I want it so')",
        DENIED,
        "sealer",
    ),
    Attack(
        "the sealer retires a partition",
        "select ledger.retire('ledger.change', 'x', '', 'because I want it so')",
        DENIED,
        "sealer",
    ),
    Attack(
        "the sealer exports rows",
        "select * from ledger.export_rows(1, <alpha>, 'attendance.event', '')",
        DENIED,
        "sealer",
    ),
    Attack(
        "the sealer proves a row of a tenant", "select ledger.prove(<alpha>, 'attendance.event', 'x')", DENIED, "sealer"
    ),
    Attack("the sealer asks for a token", "select identity.login('alpha', 's1')", DENIED, "sealer"),
    Attack("the sealer seals nothing at all", "select * from ledger.seal(0)", "error SA010", "sealer"),
    Attack("the sealer seals rows below nothing", "select * from ledger.seal(1, -1)", "error SA010", "sealer"),
    Attack(
        "the sealer seals at another level of isolation",
        ("set transaction isolation level serializable", "select * from ledger.seal()"),
        "error SA006",
        "sealer",
    ),
    Attack(
        "the sealer verifies blocks that there are not",
        "select * from ledger.verify(1, 999999)",
        "error SA010",
        "sealer",
    ),
    Attack(
        "the sealer reconciles a table of its choice",
        "select * from ledger.reconcile('pg_catalog.pg_authid')",
        "error SA011",
        "sealer",
    ),
    Attack(
        "the sealer reconciles by injection",
        "select * from ledger.reconcile('tenancy.site; drop table x')",
        "error SA011",
        "sealer",
    ),
    Attack("the application seals", "select * from ledger.seal()", DENIED),
    Attack("the application verifies", "select * from ledger.verify()", DENIED),
    Attack("the application reconciles", "select * from ledger.reconcile('tenancy.site')", DENIED),
    Attack("the application exports", "select * from ledger.export_blocks(1, 1)", DENIED),
    Attack(
        "the application redacts", "select ledger.redact(<alpha>, 'tenancy.site', '{}', 'because I want it so')", DENIED
    ),
    Attack("the application proves", "select ledger.prove(<alpha>, 'attendance.event', 'x')", DENIED),
    Attack("the auditor seals", "select * from ledger.seal()", DENIED, "auditor"),
    Attack("the auditor revokes a token", "select identity.revoke_token(<token beta/admin>)", DENIED, "auditor"),
    Attack("the auditor asks for a token", "select identity.login('alpha', 's1')", DENIED, "auditor"),
    Attack("the operator seals", "select * from ledger.seal()", DENIED, "operator"),
    Attack(
        "the operator exports rows that no block holds",
        "select * from ledger.export_rows(999999, <alpha>, 'attendance.event', '')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator exports a table of its choice",
        "select * from ledger.export_rows(1, <alpha>, 'identity.login_session', '')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator redacts without a reason",
        "select ledger.redact(<alpha>, 'tenancy.site', '{}', '..........')",
        "error SA013",
        "operator",
    ),
    Attack(
        "the operator redacts what is no evidence",
        "select ledger.redact(<alpha>, 'identity.login_session', '{}', 'because I want it so')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator retires what is no partition",
        "select ledger.retire('attendance.event', 'x', sha256(''), 'because I want it so')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator becomes a superadmin",
        "select identity.bootstrap_superadmin('me@example.org')",
        DENIED,
        "operator",
    ),
    Attack(
        "the operator logs somebody in who is no member",
        "select identity.login((select slug from tenancy.tenant where tenant_id = <alpha>), 'nobody')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator logs in to a tenant that there is not",
        "select identity.login('nowhere', 's1')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator asks for a token for ever",
        "select identity.login((select slug from tenancy.tenant where tenant_id = <alpha>), 's1', '1000 years')",
        "error SA010",
        "operator",
    ),
    Attack(
        "the operator logs in to the platform without a reason",
        "select identity.login_platform('root', 'x', 'T-1')",
        "error SA011",
        "operator",
    ),
    Attack(
        "the operator moves a tenant without a platform token",
        "select * from api.tenant_transition(gen_random_uuid(), <beta>, 'suspend', 'because I want it so')",
        "error SA001",
        "operator",
    ),
    Attack(
        "the operator moves a tenant with a tenant's token",
        "select * from api.tenant_transition(gen_random_uuid(), <beta>, 'suspend', 'because I want "
        "it so', token => <token beta/admin>)",
        "error SA002",
        "operator",
    ),
    Attack(
        "the operator changes a tenant by hand", "update tenancy.tenant set state = 'suspended'", DENIED, "operator"
    ),
    Attack("the operator reads settings of a tenant", "select * from tenancy.setting", DENIED, "operator"),
]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("sentence", "does"), EVERYBODY, ids=lambda text: text if " " in text[:20] else None)
def test_nobody_in_the_background(world: World, who: str, sentence: str, does: str) -> None:
    said = world.attempt(Attack(sentence, does, DENIED, who, "alpha/admin"))
    if who == "refresher" and does in COUNTS:
        assert said.startswith("rows: ")
    else:
        assert said == DENIED


@pytest.mark.parametrize("who", ["app", *WHO])
@pytest.mark.parametrize(("sentence", "does"), LEDGER)
def test_nobody_touches_the_ledger(world: World, who: str, sentence: str, does: str) -> None:
    assert world.attempt(Attack(sentence, does, DENIED, who, "alpha/admin")) == DENIED


@pytest.mark.parametrize("attack", SEALER, ids=lambda attack: attack.sentence)
def test_what_is_granted_is_all_that_is_granted(world: World, attack: Attack) -> None:
    assert world.attempt(attack) == attack.comes


def test_the_sealer_waits_for_nobody_and_nobody_for_the_sealer(world: World) -> None:
    with world.connect("sealer", autocommit=False) as one, world.connect("sealer", autocommit=False) as two:
        one.execute("select * from ledger.seal()")
        two.execute("set local lock_timeout = '1ms'")
        assert two.execute("select * from ledger.seal()").fetchall() == []
        connection = world.connection("app")
        connection.execute("set local lock_timeout = '100ms'")
        assert world.judged(connection, CHECK_IN).startswith(("accepted", "replayed"))
        one.rollback()
        two.rollback()
