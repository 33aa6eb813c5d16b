"""Between tenants, and between people of one: every table, every view, every procedure."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.hostile.procedures import CALLS, PLATFORM, blurred, call, things
from tests.hostile.world import COMPANIES, SCHOOLS, World, uuids

# --- tables and views ----------------------------------------------------------------------------------------

EVERYBODYS = {
    "api.correction_type",
    "api.error_code",
    "api.integrity_rule",
    "api.machine_state",
    "api.machine_transition",
    "attendance.category",
    "attendance.correction_type",
    "core.error_code",
    "core.machine",
    "core.state",
    "core.transition",
    "integrity.parameter",
    "integrity.rule",
    "simulation.judgement",
    "tenancy.gate",
    "tenancy.platform",
}
"""What is the same for every tenant, and may be read without a token."""

PEOPLE = ("alpha/admin", "alpha/officer", "alpha/f1", "alpha/s1", "alpha/s4", "alpha/kiosk", "gamma/admin", "gamma/e1")
NOBODY = (None, "x", "sa_" + "0" * 32 + "_" + "0" * 64, "alpha/revoked", "alpha/expired", "platform/root")


def readable(world: World, role: str = "smartattend_app") -> list[str]:
    """The relations that a role may select from."""
    query = (
        "select label from tap.our_relation where kind <> 'S' and has_table_privilege(%(role)s, oid, 'select') "
        "and has_schema_privilege(%(role)s, schema, 'usage') order by label"
    )
    return [label for (label,) in world.superuser.execute(query, {"role": role})]


def seen(world: World, who: str, token: str | None, label: str) -> list[str]:
    """The rows that somebody reads, as texts."""
    connection = world.connection(who)
    connection.execute("select set_config('smartattend.token', %s, true)", [world.token(token or "")])
    return [row for (row,) in connection.execute(f"select t::text from {label} as t".encode())]


@pytest.mark.parametrize("token", PEOPLE)
def test_nothing_of_another_tenant_is_in_any_table_or_view(world: World, token: str) -> None:
    tenant = token.split("/")[0]
    foreign = world.belongings(*{*SCHOOLS, *COMPANIES} - {tenant})
    for label in readable(world):
        found = uuids(seen(world, "app", token, label)) & foreign
        assert found == set(), (label, world.named(str(found)))


def test_every_table_and_view_holds_rows_of_two_tenants_or_is_everybodys(world: World) -> None:
    """Otherwise the test above would compare nothing with nothing: a new relation is filled in world.py."""
    empty = {
        label
        for label in readable(world)
        if label not in EVERYBODYS
        and not any(
            all(seen(world, "app", f"{tenant}/admin", label) for tenant in twins) for twins in (SCHOOLS, COMPANIES)
        )
    }
    assert empty == set()


@pytest.mark.parametrize("token", NOBODY)
def test_without_a_live_token_of_a_tenant_there_are_no_rows(world: World, token: str | None) -> None:
    for label in readable(world):
        assert bool(seen(world, "app", token, label)) == (label in EVERYBODYS), label


def test_what_is_everybodys_names_nobody(world: World) -> None:
    known = set(world.ids.values()) | world.belongings(*SCHOOLS, *COMPANIES)
    for label in EVERYBODYS:
        assert uuids(seen(world, "app", None, label)) & known == set(), label


OTHERS = {
    # a pupil: nothing that says another pupil
    "alpha/s1": ("s2", "s3", "s4", "alpha-member", "f2"),
    "alpha/s2": ("s1", "s3", "s4", "alpha-member"),
    "alpha/s3": ("s1", "s2", "s4", "alpha-member"),
    # a member without any role
    "alpha/s4": ("s1", "s2", "s3", "alpha-member"),
    # the teacher of 10A: nothing of 10B, nor of who belongs to neither
    "alpha/f1": ("s3", "alpha-member"),
    "alpha/f2": ("s1", "alpha-member"),
    "alpha/kiosk": ("s1", "s2", "s3", "s4", "f1", "f2", "admin"),
    "gamma/e1": ("e2", "m1"),
    "gamma/m1": ("e2",),
}


@pytest.mark.parametrize("token", OTHERS)
def test_nothing_of_people_outside_of_ones_scope_is_in_any_table_or_view(world: World, token: str) -> None:
    tenant = token.split("/")[0]
    others = {world.ids[f"{tenant}/{name}"]: name for name in OTHERS[token]}
    for label in readable(world):
        found = {others[one] for one in uuids(seen(world, "app", token, label)) & set(others)}
        assert found == set(), label


def test_a_reason_for_leave_is_read_by_the_person_and_the_office_only(world: World) -> None:
    readers = {
        token
        for token in world.tokens
        for label in readable(world)
        if token.startswith(("alpha/", "gamma/")) and "secret illness" in "".join(seen(world, "app", token, label))
    }
    assert readers == {"alpha/s3", "alpha/officer", "alpha/admin", "gamma/e2", "gamma/admin"}


@pytest.mark.parametrize(
    ("who", "theirs"),
    [
        ("auditor", set()),
        ("operator", {"api.tenant", "tenancy.tenant", "tenancy.tenant_transition"}),
        ("sealer", set()),
        ("refresher", set()),
        ("deployer", set()),
        ("nobody", set()),
    ],
)
def test_roles_that_are_no_application_read_what_is_listed_and_nothing_else(
    world: World, who: str, theirs: set[str]
) -> None:
    role = world.login(who)
    for token in (None, "alpha/admin", "platform/root"):
        with_rows = {label for label in readable(world, role) if seen(world, who, token, label)}
        assert with_rows - EVERYBODYS - {"core.entry_field"} == theirs


@pytest.mark.parametrize("who", ["owner", "session", "ledger"])
def test_an_owner_to_whom_nothing_is_bound_reads_no_row_of_a_tenant(world: World, who: str) -> None:
    """But for the verifier of tokens, which reads what it verifies by."""
    theirs = {
        label
        for label, is_tenants in world.tables()
        if (is_tenants or label in ("identity.user", "identity.platform_grant", "identity.platform_session"))
        and label in readable(world, world.login(who))
        and seen(world, who, "alpha/admin", label)
    }
    verifies_by = {
        "identity.login_session",
        "identity.membership",
        "identity.platform_grant",
        "identity.platform_session",
        "identity.role_grant",
        "identity.user",
        "tenancy.tenant",
        "tenancy.unit",
    }
    assert theirs == (verifies_by if who == "session" else set())


@pytest.mark.parametrize("tenant", ["alpha", "gamma"])
def test_an_owner_reads_the_bound_tenant_and_no_other(world: World, tenant: str) -> None:
    foreign = world.belongings(*{*SCHOOLS, *COMPANIES} - {tenant})
    for label, _ in world.tables():
        if label not in readable(world, world.login("owner")):
            continue
        connection = world.connection("owner")
        gates = "capture_read capture_write administration_read administration_write ordinary_read ordinary_write"
        connection.execute("select core.bind(%s::uuid, %s, null::core.actor)", [world.ids[tenant], gates])
        rows = [row for (row,) in connection.execute(f"select t::text from {label} as t".encode())]
        assert uuids(rows) & foreign == set(), label


def test_what_a_role_may_not_select_it_is_denied(world: World) -> None:
    everything = {label for (label,) in world.query("select label from tap.our_relation where kind <> 'S'")}
    for who in ("app", "auditor", "operator", "sealer", "refresher", "nobody"):
        for label in everything - set(readable(world, world.login(who))):
            said = world.judged(world.connection(who), f"select count(*) from {label}")
            assert said == "error 42501", (who, label)


def test_no_materialized_data_is_granted_directly(world: World) -> None:
    granted = world.query(
        "select r.label, g.rolname from tap.our_relation as r, pg_roles as g "
        "where r.kind = 'm' and (g.rolname = 'pg_monitor' or g.rolname ~ '^smartattend_(app|auditor|operator|sealer)$') "
        "and has_table_privilege(g.oid, r.oid, 'select')"
    )
    assert granted == []


def test_no_partition_is_granted_directly(world: World) -> None:
    granted = world.query(
        "select r.label, g.rolname from tap.our_relation as r "
        "inner join pg_class as c on c.oid = r.oid and c.relispartition, pg_roles as g "
        "where g.rolname ~ '^smartattend_(app|auditor|operator|sealer|refresher)$' "
        "and has_table_privilege(g.oid, r.oid, 'select, insert, update, delete')"
    )
    assert granted == []


def test_no_trigger_waits_for_the_commit_when_the_caller_may_have_bound_another_tenant(world: World) -> None:
    late = "select tgrelid::regclass::text, tgname from pg_trigger where tgdeferrable and not tgisinternal"
    assert world.query(late) == []


def test_no_definer_function_hands_out_rows_between_which_the_caller_may_bind_another_tenant(world: World) -> None:
    """A function in SQL answers row by row, and the caller's own expressions are evaluated between two of them."""
    lazy = world.query(
        "select p.oid::regprocedure::text from pg_proc as p inner join pg_language as l on l.oid = p.prolang "
        "inner join tap.our_function as f on f.oid = p.oid "
        "where p.prosecdef and p.proretset and l.lanname = 'sql' and f.owner = 'smartattend_owner'"
    )
    assert lazy == []


# --- procedures ----------------------------------------------------------------------------------------------

GARBAGE = "sa_" + "0" * 32 + "_" + "0" * 64
REFUSALS = {"ledger.refusal"}


def test_every_procedure_is_attacked(world: World) -> None:
    procedures = {name for (name,) in world.query("select distinct name from tap.our_function where schema = 'api'")}
    assert procedures == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_procedure_without_a_live_session_answers_nothing(world: World, name: str) -> None:
    named = things(world, "alpha")
    wrong = {"": "SA001", GARBAGE: "SA002", "x": "SA002"}
    if name in PLATFORM:
        wrong |= {"alpha/admin": "SA002"}
    else:
        wrong |= {"alpha/revoked": "SA004", "alpha/expired": "SA003", "platform/root": "SA002"}
    for token, code in wrong.items():
        connection = world.connection("app")
        connection.execute("select set_config('smartattend.token', %s, true)", [world.token(token)])
        assert world.judged(connection, call(name, named)) == f"error {code}", token or "no token"


@pytest.mark.parametrize("token", ["alpha/admin", "alpha/s1", "alpha/kiosk", "gamma/admin"])
@pytest.mark.parametrize("name", CALLS)
def test_a_procedure_that_is_told_of_another_tenant_answers_as_if_there_were_no_such_thing(
    world: World, name: str, token: str
) -> None:
    theirs, nowhere = things(world, "beta"), things(world, "nowhere")
    key = str(uuid.uuid4())
    answer, changed = world.effect(token, call(name, theirs, key), "beta", "delta")
    of_nothing, _ = world.effect(token, call(name, nowhere, key), "beta", "delta")
    assert changed == set()
    # what is made anew has an identifier of its own
    made = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z?")
    assert made.sub("", blurred(answer, theirs)) == made.sub("", blurred(of_nothing, nowhere))
    assert uuids([answer]) & (world.belongings("beta", "delta") - set(v.strip("'") for v in theirs.values())) == set()


MAY = {
    # whoever comes to a kiosk, and what it says of itself
    "alpha/kiosk": {"check_in", "check_out", "check_in_batch", "clock_probe", "clock_report"},
    "alpha/s1": {"clock_probe"},
    "alpha/s4": {"clock_probe"},
    "alpha/f2": {"clock_probe"},
}


@pytest.mark.parametrize(
    ("name", "token"), [(name, token) for name in CALLS for token in MAY if name not in MAY[token]]
)
def test_a_procedure_that_is_told_of_somebody_else_in_the_tenant_refuses_and_keeps_the_refusal_only(
    world: World, name: str, token: str
) -> None:
    others = things(world, "alpha")
    answer, changed = world.effect(token, call(name, others), "alpha", "gamma", "beta", "delta")
    assert changed <= REFUSALS
    assert re.search(r"error SA|refused.*SA1", answer) or answer == "", answer
    assert world.ids["alpha/s3"] not in answer


@pytest.mark.parametrize("name", CALLS)
def test_a_procedure_that_is_given_nothing_answers_with_a_code_of_ours(world: World, name: str) -> None:
    arguments = world.value(
        "select string_agg('null::' || format_type(a.type, null), ', ' order by a.n) from pg_proc as p "
        "cross join lateral unnest(p.proargtypes::oid[]) with ordinality as a (type, n) "
        "where p.pronamespace = 'api'::regnamespace and p.proname = %s and a.n < p.pronargs",
        name,
    )
    token = "platform/root" if name in PLATFORM else "alpha/admin"
    answer, changed = world.effect(token, f"select * from api.{name}({arguments})", "beta", "delta")
    assert answer == "" or answer.startswith(("error SA0", "(")), answer
    assert changed == set()
