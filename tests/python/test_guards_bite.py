"""Checks that never fail check nothing: each mutant breaks something, and the pgTAP file that guards it has to go red.

A mutant runs inside the test file's own transaction, right after its ``begin``, and is rolled back with it.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from orchestrator.cluster import Cluster
from orchestrator.migrations import libpq_environment
from tests import harness

MARK = "the mutant is in place"


@dataclass(frozen=True)
class Mutant:
    """What is broken, by which SQL, and a text that the path of exactly one test file contains."""

    name: str
    sql: str
    file: str
    needs_plpgsql_check: bool = False


def body(function: str, old: str, new: str) -> str:
    """SQL that replaces a text in a function's body; an error if it is not there (any more)."""
    return f"""
do $mutant$
declare
  v_definition text := pg_catalog.pg_get_functiondef('{function}'::regprocedure);
begin
  if pg_catalog.strpos(v_definition, $old${old}$old$) = 0 then
    raise exception 'the mutant does not fit: {function}';
  end if;
  execute pg_catalog.replace(v_definition, $old${old}$old$, $new${new}$new$);
end $mutant$"""


CHECK_IN = "attendance.capture(core.actor, text, uuid, uuid, attendance.claim)"
MUTANTS = [
    # the catalog
    Mutant("a table without a comment", "comment on table attendance.record is null", "catalog/every_object_says"),
    Mutant(
        "a procedure that hides its codes",
        "comment on function api.register_open(uuid, uuid, text) is 'Opens it.'",
        "catalog/every_object_says",
    ),
    Mutant(
        "a constraint with a name that PostgreSQL makes up",
        "alter table attendance.record rename constraint it_ends_after_it_begins to record_out_at_check",
        "catalog/names_are",
    ),
    Mutant(
        "a trigger without a band",
        "alter trigger register_800_judge_transition on attendance.register rename to judge",
        "catalog/names_are",
    ),
    Mutant(
        "a definer function with the caller's search_path",
        "alter function identity.login(text, text, interval, interval, text) reset search_path",
        "catalog/functions_cannot",
    ),
    Mutant(
        "a function that leaves a setting behind",
        "create function core.hole() returns text language sql as $$ select set_config('a.b', 'c', false) $$",
        "catalog/functions_cannot",
    ),
    Mutant("public executes api", "grant execute on all functions in schema api to public", "catalog/nothing_is"),
    Mutant(
        "default privileges are as PostgreSQL has them",
        "alter default privileges for role smartattend_owner grant execute on functions to public",
        "catalog/nothing_is",
    ),
    Mutant(
        "a function that a superuser owns",
        "alter function core.claim(text, uuid, jsonb) owner to current_user",
        "catalog/owners_are",
    ),
    Mutant("a role that bypasses policies", "alter role smartattend_app bypassrls", "catalog/owners_are"),
    Mutant("a role that is another", "grant smartattend_owner to smartattend_app", "catalog/owners_are"),
    Mutant("a view that runs as its owner", "alter view api.attendance reset (security_invoker)", "catalog/the_appl"),
    Mutant("an application that writes", "grant insert on attendance.event to smartattend_app", "catalog/the_appl"),
    Mutant(
        "a procedure that does not bind",
        "create function api.hole(token text default null) returns core.outcome language sql security definer "
        "set search_path = pg_catalog, pg_temp as $$ select core.accepted() $$; "
        "alter function api.hole(text) owner to smartattend_owner",
        "catalog/every_procedure",
    ),
    Mutant(
        "a procedure that binds too late",
        body("api.register_open(uuid, uuid, text)", "v_actor core.actor", "v_code text := 'x';\n  v_actor core.actor"),
        "catalog/every_procedure",
    ),
    Mutant(
        "a definer function for everybody",
        "create function identity.hole() returns text language sql security definer "
        "set search_path = pg_catalog, pg_temp as $$ select 'x' $$; "
        "grant execute on function identity.hole() to smartattend_app",
        "catalog/every_definer",
    ),
    Mutant(
        "a table without a key, without policies",
        "create table school.hole (tenant_id uuid not null, name text)",
        "catalog/every_tenant_table",
    ),
    Mutant(
        "a table without policies",
        "create table school.hole (tenant_id uuid not null, constraint hole_pkey primary key (tenant_id))",
        "catalog/row_level",
    ),
    Mutant(
        "a key across tenants",
        "create unique index a_record_is_one on attendance.record (id)",
        "catalog/every_tenant_table",
    ),
    Mutant(
        "a foreign key that cascades",
        "alter table attendance.expectation drop constraint expectation_is_for_a_session, "
        "add constraint expectation_is_for_a_session foreign key (tenant_id, session_id) "
        "references attendance.session (tenant_id, id) on delete cascade",
        "catalog/every_tenant_table",
    ),
    Mutant(
        "members that can be deleted, with nothing that finds their events",
        "drop trigger membership_100_kept on identity.membership",
        "catalog/every_foreign",
    ),
    Mutant(
        "policies that owners need not obey",
        "alter table attendance.record no force row level security",
        "catalog/row_level",
    ),
    Mutant(
        "a policy for public",
        "create policy a_hole on attendance.code for select to public using (true)",
        "catalog/row_level",
    ),
    Mutant(
        "a policy that sees across tenants",
        "create policy an_auditor_sees_everything on attendance.record for select to smartattend_auditor using (true)",
        "catalog/row_level",
    ),
    Mutant(
        "a policy that asks for every row",
        "alter policy owner_reads_the_bound_tenant on attendance.record using (tenant_id = core.bound_tenant())",
        "catalog/row_level",
    ),
    Mutant(
        "an application that is believed what it bound",
        "alter policy a_session_reads_its_tenant on tenancy.site using (tenant_id = (select core.bound_tenant()))",
        "catalog/row_level",
    ),
    Mutant("events that change", "drop trigger event_100_append_only on attendance.event", "catalog/history_is"),
    Mutant(
        "a guard that a replica does not know",
        "alter table attendance.event enable trigger event_100_no_truncate",
        "catalog/history_is",
    ),
    Mutant("history without the seal's column", "alter table ledger.refusal drop column epoch", "catalog/history_is"),
    Mutant(
        "a machine without its judge",
        "alter table tenancy.tenant disable trigger tenant_800_judge_transition",
        "catalog/every_machine",
    ),
    Mutant(
        "a terminal state that is left",
        "insert into core.transition (machine, from_state, to_state, via) "
        "values ('register', 'closed', 'open', 'open')",
        "catalog/every_machine",
    ),
    Mutant("a code that nobody registered", "delete from core.error_code where code = 'SA104'", "catalog/every_error"),
    Mutant(
        "a code that nobody uses",
        "insert into core.error_code (code, name, kind, meaning, action) "
        "values ('SA199', 'unused', 'refusal', 'x', 'y')",
        "catalog/every_error",
    ),
    Mutant("an enum type", "create type core.hole as enum ('a', 'b')", "catalog/words_that"),
    Mutant(
        "another clock",
        "alter table attendance.event alter column recorded_at set default now()",
        "catalog/the_only_clock",
    ),
    Mutant(
        "a body that does not fit its tables",
        body("core.guard_idempotency()", "new.payload_hash", "new.payload_hush"),
        "catalog/plpgsql_check",
        needs_plpgsql_check=True,
    ),
    # state machines
    Mutant(
        "a register without its judge",
        "alter table attendance.register disable trigger register_800_judge_transition",
        "register/only_the_legal",
    ),
    Mutant(
        "a move that the specification does not have",
        "insert into core.transition (machine, from_state, to_state, via) "
        "values ('attendance_record', 'voided', 'recorded', 'revive')",
        "record/only_the_legal",
    ),
    Mutant(
        "an engine that forgets reasons",
        body("core.transition_refusal(text, text, text, text, text, jsonb)", "return 'SA013'", "return null"),
        "tenant/each_move",
    ),
    Mutant(
        "an engine that lets one judge oneself",
        body("core.transition_refusal(text, text, text, text, text, jsonb)", "return 'SA105'", "return null"),
        "record/each_move",
    ),
    # behaviour
    Mutant(
        "a policy too many",
        "create policy a_hole on attendance.record for select to smartattend_app using (true)",
        "policies/everybody_sees",
    ),
    Mutant(
        "a policy too few",
        "drop policy a_session_reads_its_own_or_its_scope on attendance.record",
        "policies/everybody_sees",
    ),
    Mutant(
        "owners who write without a tenant",
        "create policy a_hole on identity.membership for all to smartattend_owner using (true) with check (true)",
        "policies/a_context",
    ),
    Mutant(
        "a gate that shuts evidence out",
        "update tenancy.gate set capture_write = false where state = 'restricted'",
        "gate/a_state_decides",
    ),
    Mutant(
        "a revoked token that lives",
        body("identity.bind_session(text)", "v_session.revoked_at is not null", "false"),
        "revoke_token/a_revoked",
    ),
    Mutant(
        "a token that never expires",
        body(
            "identity.is_live(timestamptz, interval, timestamptz, timestamptz, timestamptz)",
            "is_live.expires_at > is_live.now",
            "true",
        ),
        "bind_session/a_session_expires",
    ),
    Mutant(
        "commands at any isolation",
        body("identity.bind_session(text)", "<> 'read committed'", "= 'serializable'"),
        "bind_session/commands_run",
    ),
    Mutant(
        "two records in a session",
        "drop index attendance.a_person_has_one_record_in_a_session",
        "record/constraints_keep",
    ),
    Mutant(
        "two places at once",
        "alter table attendance.record drop constraint presence_does_not_overlap",
        "record/constraints_keep",
    ),
    Mutant(
        "a key that is filled twice",
        "alter table core.idempotency disable trigger idempotency_100_filled_once",
        "idempotency/a_key_is_taken",
    ),
    Mutant(
        "history that is rewritten",
        "alter table attendance.register_transition disable trigger register_transition_100_append_only",
        "refuse_change/history",
    ),
    Mutant(
        "a payload that does not count",
        body("attendance.claim_hash(text, uuid, attendance.claim)", "(claim_hash.claim).evidence", "null::jsonb"),
        "check_in/a_key_serves",
    ),
    Mutant(
        "a payload that depends on the connection",
        body(
            "attendance.claim_hash(text, uuid, attendance.claim)",
            "extract(epoch from (claim_hash.claim).claimed_at)",
            "(claim_hash.claim).claimed_at",
        ),
        "check_in/the_same_key_replays",
    ),
    Mutant(
        "anybody checks anybody in",
        body(CHECK_IN, "capture.subject_id = actor.user_id", "true"),
        "check_in/who_may",
    ),
    Mutant(
        "the day begins at midnight",
        "alter table tenancy.setting alter column day_starts_at set default '0 hours'",
        "check_in/it_takes",
    ),
    Mutant(
        "anybody moves a record by hand",
        "alter table attendance.record disable trigger record_800_judge_who_moves",
        "record/who_may_not_move",
    ),
    Mutant(
        "a record that stands in for what it likes",
        "alter table attendance.record disable trigger record_800_judge_who_replaces",
        "record/who_may_not_move",
    ),
    Mutant(
        "two records that stand in for one",
        "drop index attendance.a_voided_record_is_replaced_once",
        "record/constraints_keep",
    ),
    Mutant(
        "every register is one's own",
        body("attendance.own_register_refusal(uuid)", "g.unit_id = v_register.unit_id", "true"),
        "attendance_transition/every_pair",
    ),
    Mutant(
        "a reviewer of one's own capture",
        body("attendance.transition_refusal(attendance.record, text)", "return 'SA105'", "return null"),
        "attendance_transition/every_pair",
    ),
    Mutant(
        "a refusal that nobody keeps",
        "create rule nobody_keeps_it as on insert to ledger.refusal do instead nothing",
        "refusal/a_refusal_is_kept",
    ),
    # periods
    Mutant(
        "no lock on what lies in a period",
        "alter table attendance.record disable trigger record_700_period_is_open",
        "period/no_write_lands",
    ),
    Mutant(
        "the lock begins a microsecond late",
        body("attendance.judge_period()", "p.starts_at <= new", "p.starts_at < new"),
        "period/no_write_lands",
    ),
    Mutant(
        "any correction of a closing period",
        body("attendance.judge_shut_period(attendance.record)", "identity.holds('period.manage')", "true"),
        "period/no_write_lands",
    ),
    Mutant(
        "a period holds its end",
        body("attendance.period_at(timestamptz)", "p.ends_at >", "p.ends_at >="),
        "period/a_period_holds",
    ),
    Mutant(
        "voided records count",
        body(
            "attendance.tally(text, text, uuid, timestamptz, timestamptz, timestamptz)",
            "tally.state in ('recorded', 'verified')",
            "true",
        ),
        "period_total/totals_are",
    ),
    Mutant(
        "totals leave out the first microsecond",
        body(
            "attendance.freeze_period(attendance.period, text)",
            "r.accounted_at >= (freeze_period.period).starts_at",
            "r.accounted_at > (freeze_period.period).starts_at",
        ),
        "period_total/totals_are",
    ),
    Mutant(
        "an adjusted record says something else",
        body("attendance.judge_shut_period(attendance.record)", "a.code_after", "(judge_shut_period.record).code"),
        "period_adjustment/a_closed",
    ),
    Mutant(
        "adjustments of nothing",
        body(
            "attendance.adjust(attendance.record, attendance.event)",
            "(adjust.event).state, (adjust.event).code",
            "'voided', null",
        ),
        "period_adjustment/a_closed",
    ),
    Mutant(
        "a freeze that waits for nobody",
        body("api.period_transition(uuid, uuid, text, text, text)", "if v_waits_for is not null", "if false"),
        "period_transition/a_period_is_closed",
    ),
    Mutant(
        "a period is closed before it ends",
        body("api.period_transition(uuid, uuid, text, text, text)", "v_period.ends_at > core.clock()", "false"),
        "period_transition/a_period_is_closed",
    ),
    Mutant(
        "an import into a closed period",
        body("api.attendance_import(jsonb, text)", "if v_shut <> '{}'", "if false"),
        "period_transition/what_arrives",
    ),
    Mutant(
        "totals of others",
        """
        alter policy a_session_reads_its_own_or_its_scope on attendance.period_total
        using (tenant_id = (select identity.session_tenant('capture_read')))
        """,
        "period_views/one_reads",
    ),
    Mutant(
        "periods that overlap",
        "alter table attendance.period drop constraint periods_do_not_overlap",
        "period/a_period_holds",
    ),
    # the guard
    Mutant(
        "a guard that an owner role may weaken",
        "alter function guard.verify() owner to smartattend_owner",
        "catalog/owners_are",
    ),
    Mutant(
        "a guard that runs the owner's code",
        body("guard.log(text, text, jsonb)", "clock_timestamp()", "core.clock()"),
        "catalog/every_error_code",
    ),
    Mutant(
        "a guard with words of its own",
        body("guard.fail(text, text, text)", "only a superuser may do this", "no"),
        "catalog/every_error_code",
    ),
    Mutant(
        "an inventory without policies' expressions",
        body("guard.inventory()", "'using ' || pg_get_expr(p.polqual, p.polrelid)", "null"),
        "guard/inventory/it_knows",
    ),
    Mutant(
        "an inventory that sees triggers and not their state",
        body("guard.inventory()", "when 'O' then 'enabled: '", "when 'O' then 'always: '"),
        "guard/inventory/it_knows",
    ),
    Mutant(
        "an inventory with the ledger's epoch in it",
        body("guard.inventory()", "when a.attname = 'epoch'", "when a.attname = 'another'"),
        "guard/inventory/it_knows",
    ),
    Mutant(
        "invariants without row level security",
        body("guard.broken_invariant()", "not (r.relrowsecurity and r.relforcerowsecurity)", "not r.relrowsecurity"),
        "guard/verify/what_must",
    ),
    Mutant(
        "invariants that believe a sleeping trigger",
        body("guard.broken_invariant()", "= w.bits and t.tgenabled = 'A'", "= w.bits"),
        "guard/verify/what_must",
    ),
    Mutant(
        "a baseline that does not follow",
        "alter table guard.change disable trigger change_900_follow",
        "guard/begin_change/the_baseline",
    ),
    Mutant(
        "an old mark that counts",
        body("guard.is_announced()", "and c.recorded_at = transaction_timestamp()", ""),
        "guard/begin_change/the_baseline",
    ),
    Mutant(
        "a baseline over a broken invariant",
        body("guard.take_baseline(text)", "if found then", "if false then"),
        "guard/accept/a_baseline",
    ),
    Mutant(
        "an owner role that announces",
        "grant execute on function guard.begin_change(text) to smartattend_owner",
        "guard/begin_change/no_role",
    ),
    Mutant(
        "a system log that forgets",
        "alter table guard.system_log disable trigger system_log_100_append_only",
        "guard/system_log/it_is",
    ),
    Mutant(
        "a look that logs everything again",
        body(
            "guard.observe()",
            "on conflict (kind, object) do update set detail = excluded.detail",
            "on conflict do nothing",
        ),
        "guard/observe/it_logs",
    ),
    Mutant(
        "a self-test that is content",
        body("guard.self_test()", "held := v_observed = v_expected", "held := true"),
        "guard/self_test/it_tries",
    ),
]


@pytest.fixture(scope="module")
def tap_database(clone: Callable[[], str], server: Cluster) -> str:
    """A deployed database with pgTAP and what our tests share."""
    dsn = clone()
    harness.add_pgtap(server, str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]), harness.FIXTURE.read_text())
    return dsn


def guarding_file(mutant: Mutant) -> Path:
    found = [path for path in (harness.ROOT / "tests").rglob("*.pg") if mutant.file in str(path)]
    assert len(found) == 1, f"{mutant.file} names {len(found)} files"
    return found[0]


Run = Callable[[Path, str], tuple[bool, str]]


@pytest.fixture(scope="module")
def run(tap_database: str, server: Cluster) -> Run:
    """Run a test file with a statement after its ``begin``; returns whether it stayed green, and what it said."""
    name = str(psycopg.conninfo.conninfo_to_dict(tap_database)["dbname"])
    parameters = libpq_environment(server.parameters(name)) | {
        "PGOPTIONS": "-c search_path=tap,public -c client_min_messages=warning",
        "PGTZ": "UTC",
    }

    def run(file: Path, statement: str) -> tuple[bool, str]:
        text = file.read_text()
        begun = re.match(r"begin[^;]*;\n", text)
        assert begun is not None
        result = subprocess.run(
            [server.programs / "psql", "-qXAt", "-v", "ON_ERROR_STOP=1"],
            input=f"{begun[0]}{statement};\n\\echo {MARK}\n{text[begun.end() :]}",
            env=dict(os.environ) | parameters,
            capture_output=True,
            text=True,
            check=False,
        )
        assert MARK in result.stdout, result.stderr
        said = result.stdout.split(MARK)[1]
        green = result.returncode == 0 and not re.search(r"^not ok", said, re.MULTILINE)
        return green, said + result.stderr

    return run


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
def test_a_mutant_turns_its_test_red(mutant: Mutant, tap_database: str, run: Run) -> None:
    if mutant.needs_plpgsql_check:
        with psycopg.connect(tap_database) as connection:
            query = "select 1 from pg_catalog.pg_available_extensions where name = 'plpgsql_check'"
            if connection.execute(query).fetchone() is None:
                pytest.skip("plpgsql_check is not installed on this server")
    green, said = run(guarding_file(mutant), mutant.sql)
    assert not green, f"the mutant lives\n{said}"


@pytest.mark.slow
def test_without_a_mutant_they_are_green(run: Run) -> None:
    for file in sorted({guarding_file(mutant) for mutant in MUTANTS}):
        green, said = run(file, "select")
        assert green, f"{file}\n{said}"
