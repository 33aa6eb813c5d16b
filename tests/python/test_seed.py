"""Demo data in a database: complete, repeatable, and true."""

from __future__ import annotations

import datetime as dt
import json
import operator
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import make_conninfo

from orchestrator.cli import cli
from orchestrator.cluster import Cluster
from orchestrator.database import connect as open_connection
from orchestrator.seed.load import load
from orchestrator.seed.plan import Plan, plans
from orchestrator.seed.sizes import Dataset

SESSIONS = {"identity.login_session", "identity.platform_session"}
"""Every run opens login sessions of its own, and ends them."""


@dataclass
class Seeded:
    """A database with demo data of size s and seed 1, and what the command said."""

    dsn: str
    first: Result
    truth: str

    def query(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(text, values or None).fetchall()

    def rows(self) -> dict[str, int]:
        """Rows in every table of ours."""
        names = self.query(
            "select n.nspname || '.' || quote_ident(c.relname) from pg_class as c"
            " inner join pg_namespace as n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and pg_get_userbyid(c.relowner) like 'smartattend%'"
        )
        return {name: self.query(f"select count(*) from {name}")[0][0] for (name,) in names if name not in SESSIONS}


def run(dsn: str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["seed", "--dsn", dsn, *options], prog_name="smartattend")


def expected() -> list[Plan]:
    made = plans(Dataset.of("s", 1))
    for plan in made:
        list(plan.weeks())
    return made


@pytest.fixture(scope="module")
def seeded(clone: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    dsn = clone()
    truth = tmp_path_factory.mktemp("seed") / "truth.jsonl"
    first = run(dsn, "--truth", str(truth), "--format", "json")
    assert first.exit_code == 0, first.output
    return Seeded(dsn, first, truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth(seeded: Seeded) -> list[dict[str, Any]]:
    return [json.loads(line) for line in seeded.truth.splitlines()[1:]]


def test_it_says_what_it_made(seeded: Seeded) -> None:
    said = json.loads(seeded.first.stdout)
    assert (said["size"], said["seed"], said["until"]) == ("s", 1, "2025-11-09")
    assert said["changed"] > 4000
    assert set(said["tenants"]) == {"demo-school", "demo-corporate"}
    assert said["truth"]["rows"] == len(seeded.truth.splitlines()) - 1
    assert "planted anomalies: F01 6" in seeded.first.stderr


def test_the_counts_in_the_database_equal_the_plan(seeded: Seeded) -> None:
    for plan in expected():
        [(tenant,)] = seeded.query("select tenant_id from tenancy.tenant where slug = %s", plan.tenant.slug)
        counts = plan.counts

        def count(relation: str, where: str = "true", tenant: uuid.UUID = tenant) -> int:
            [(number,)] = seeded.query(f"select count(*) from {relation} where tenant_id = %s and {where}", tenant)
            return int(number)

        assert count("tenancy.site") == counts.sites
        assert count("tenancy.unit") == counts.units
        assert count("identity.membership") == counts.members
        assert count("timing.device") == counts.devices
        assert count("attendance.session") == counts.sessions
        assert count("attendance.expectation") == counts.expectations
        assert count("attendance.register", "state = 'submitted'") == counts.registers
        assert count("attendance.record") == counts.records
        assert count("attendance.event", "kind in ('in', 'out')") == counts.punches
        assert count("attendance.event", "kind = 'mark'") == counts.marks
        assert count("attendance.event", "kind = 'flag' and reason_code = 'F22'") == counts.closings
        assert count("attendance.event") == counts.events
        assert count("ledger.refusal", "command in ('check_in', 'check_out')") == counts.refusals
        assert count("core.idempotency", "command like 'repeat%%'") == counts.repeats
        entries = dict(plan.tenant.organisation.puts)
        for procedure, relation in (
            ("put_terms", "school.term"),
            ("put_courses", "school.course"),
            ("put_sections", "school.section"),
            ("put_timetable", "school.timetable"),
            ("put_enrolments", "school.enrolment"),
            ("put_shift_templates", "corporate.shift_template"),
            ("put_roster", "corporate.roster"),
        ):
            assert count(relation) == len(entries.get(procedure, []))


def test_the_sessions_are_the_ones_of_the_plan_to_the_second(seeded: Seeded) -> None:
    for plan in expected():
        dataset = plan.dataset
        planned = {
            (session.site.code, session.unit, session.kind, session.start, session.end, session.date, people)
            for week in range(dataset.size.weeks)
            for session, people in plan.tenant.calendar(dataset.start + dt.timedelta(days=7 * week))
        }
        found = seeded.query(
            "select p.code, u.code, s.kind, s.starts_at, s.ends_at, s.business_date,"
            " (select count(*) from attendance.expectation as e"
            "  where e.tenant_id = s.tenant_id and e.session_id = s.id)"
            " from attendance.session as s"
            " inner join tenancy.tenant as t on t.tenant_id = s.tenant_id"
            " inner join tenancy.site as p on p.tenant_id = s.tenant_id and p.id = s.site_id"
            " inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.id = s.unit_id"
            " where t.slug = %s",
            plan.tenant.slug,
        )
        assert set(found) == planned


def test_every_row_of_truth_is_found_by_its_key(seeded: Seeded, truth: list[dict[str, Any]]) -> None:
    places = {
        "event": "select e.key, m.member_number, t.slug, e.kind, e.claimed_at from attendance.event as e"
        " inner join identity.membership as m on m.tenant_id = e.tenant_id and m.user_id = e.subject_id"
        " inner join tenancy.tenant as t on t.tenant_id = e.tenant_id where e.kind in ('in', 'out')",
        "repeat": "select i.key, null, t.slug, substr(i.command, 8), null from core.idempotency as i"
        " inner join tenancy.tenant as t on t.tenant_id = i.tenant_id where i.command like 'repeat%'",
        "refusal": "select r.key, null, t.slug, substr(r.command, 7), null from ledger.refusal as r"
        " inner join tenancy.tenant as t on t.tenant_id = r.tenant_id where r.code = 'SA102'",
    }
    for place, text in places.items():
        found = {str(row[0]): row[1:] for row in seeded.query(text)}
        rows = [row for row in truth if row["where"] == place]
        assert rows
        for row in rows:
            subject, tenant, direction, claimed_at = found[row["key"]]
            assert (tenant, direction) == (row["tenant"], row["direction"])
            if place == "event":
                assert (subject, claimed_at.isoformat()) == (row["subject"], row["claimed_at"])


def test_what_the_database_flags_today_is_what_was_planted(seeded: Seeded, truth: list[dict[str, Any]]) -> None:
    def planted(flag: str, direction: str) -> set[str]:
        return {
            row["key"] for row in truth if (row["flag"], row["direction"], row["required"]) == (flag, direction, True)
        }

    flagged = seeded.query("select reason_code, kind, key::text from attendance.event where reason_code is not null")
    assert {key for code, kind, key in flagged if (code, kind) == ("F17", "out")} == planted("F17", "out")
    assert {key for code, kind, key in flagged if (code, kind) == ("F20", "in")} == planted("F20", "in")
    clocks = {"F09", "F10", "F11"}
    held = {key for code, kind, key in flagged if code in clocks and kind in ("in", "out")}
    assert held == {row["key"] for row in truth if row["flag"] in clocks and row["required"]}
    unfinished = seeded.query(
        "select f.key::text from attendance.event as f"
        " inner join attendance.record as r on r.tenant_id = f.tenant_id and r.id = f.record_id"
        " where f.kind = 'in' and f.revision = 1 and r.out_at is null"
    )
    assert {key for (key,) in unfinished} == planted("F22", "in")
    assert {code for code, _, _ in flagged} == {"F09", "F10", "F17", "F20", "F22"}


def test_what_the_capture_notices_is_what_was_planted(seeded: Seeded, truth: list[dict[str, Any]]) -> None:
    noticed = seeded.query(
        "select g, e.key::text from attendance.event as e, unnest(e.signals) as g where e.kind in ('in', 'out')"
    )
    # a clock that is critical was measured so, by the reports of its device
    measured = seeded.query(
        "select e.key::text from attendance.event as e where 'F09:critical' = any (e.signals) and exists ("
        " select from timing.device_clock_transition as t"
        " where t.tenant_id = e.tenant_id and t.object_id = e.device_id and t.to_state = 'critical')"
    )
    assert {key for (key,) in measured} == {key for signal, key in noticed if signal == "F09:critical"}
    for signal in {signal for signal, _ in noticed} - {"F09:critical"} | {"F09", "F10", "F11", "F12"}:
        found = {key for code, key in noticed if code == signal}
        planted = {row["key"] for row in truth if (row["flag"], row["where"]) == (signal, "event")}
        assert {row["key"] for row in truth if row["flag"] == signal and row["required"]} <= found <= planted


def test_who_is_late_is_decided(seeded: Seeded) -> None:
    wrong = seeded.query(
        "select e.key, e.effective_at, x.late_after, e.code from attendance.event as e"
        " inner join attendance.expectation as x"
        "  on x.tenant_id = e.tenant_id and x.subject_id = e.subject_id and x.session_id = e.session_id"
        " where e.kind = 'in' and (e.code = 'L') <> (e.effective_at > x.late_after)"
    )
    assert wrong == []
    [(late,)] = seeded.query("select count(*) from attendance.event where kind = 'in' and code = 'L'")
    assert late > 20


def test_the_settings_are_as_they_were_and_nothing_waits_any_more(seeded: Seeded) -> None:
    settings = "select queue_age_at_most, clock_drift_ppm from tenancy.setting"
    assert set(seeded.query(settings)) == {(dt.timedelta(hours=72), 15)}
    waiting = (
        "select d.code from timing.device as d left join timing.device_clock as c"
        " on c.tenant_id = d.tenant_id and c.device_id = d.id"
        " where c.delivered_until is null or c.state in ('unknown', 'untrusted')"
    )
    assert seeded.query(waiting) == []


def test_unscheduled_records_are_planted_ones(seeded: Seeded, truth: list[dict[str, Any]]) -> None:
    alone = {
        key
        for (key,) in seeded.query("select key::text from attendance.event where kind = 'in' and session_id is null")
    }
    assert alone == {row["key"] for row in truth if row["flag"] == "F18" and row["direction"] == "in"}


def test_every_punch_counts_when_it_truly_happened_whatever_the_wall_clock_said(seeded: Seeded) -> None:
    punches = {
        punch.key: punch.at
        for plan in plans(Dataset.of("s", 1))
        for week in plan.weeks()
        for punch in week.punches
        if punch.where == "event"
    }
    found = seeded.query(
        "select key, basis, effective_at, error_us from attendance.event where kind in ('in', 'out') order by key"
    )
    assert {basis for _, basis, _, _ in found} == {"anchor"}
    assert {key for key, _, _, _ in found} == punches.keys()
    for key, _, effective_at, error_us in found:
        assert abs(effective_at - punches[key]) <= dt.timedelta(microseconds=error_us)


def test_teachers_take_registers_and_devices_bring_punches(seeded: Seeded) -> None:
    takers = seeded.query(
        "select distinct m.kind, x.to_state from attendance.register_transition as x"
        " left join identity.membership as m on m.tenant_id = x.tenant_id and m.user_id = x.actor_id"
        " where x.to_state in ('open', 'submitted')"
    )
    assert set(takers) == {("faculty", "open"), ("faculty", "submitted")}
    bringers = seeded.query(
        "select distinct s.kind, d.kind from attendance.event as e"
        " inner join identity.login_session as s on s.tenant_id = e.tenant_id and s.id = e.login_session_id"
        " inner join timing.device as d on d.tenant_id = e.tenant_id and d.id = e.device_id"
        " where e.kind in ('in', 'out')"
    )
    assert set(bringers) == {("device", "gate"), ("device", "kiosk"), ("device", "personal")}


def test_both_tenants_are_sandboxes_and_no_token_is_left(seeded: Seeded) -> None:
    assert seeded.query("select slug from tenancy.tenant where is_sandbox order by slug") == [
        ("demo-corporate",),
        ("demo-school",),
    ]
    live = "select count(*) from identity.login_session where revoked_at is null"
    assert seeded.query(live) == [(0,)]


@pytest.mark.parametrize("judgement", ["cache_off_history", "illegal_history", "open_twice", "recorded_twice"])
def test_the_invariants_that_simulations_judge_hold(seeded: Seeded, judgement: str) -> None:
    broken = seeded.query(f"select t.slug, j from tenancy.tenant as t, simulation.{judgement}(t.tenant_id) as j")
    assert broken == []


def test_the_same_again_changes_nothing_and_says_so(seeded: Seeded, tmp_path: Path) -> None:
    before = seeded.rows()
    again = run(seeded.dsn, "--truth", str(tmp_path / "again"), "--format", "json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["changed"] == 0
    assert "nothing changed" in again.stderr
    assert (tmp_path / "again").read_text(encoding="utf-8") == seeded.truth
    after = seeded.rows()
    calls = {"core.idempotency": 0}  # each call of a put is noted
    assert after | calls == before | calls


@pytest.mark.parametrize("options", [("--seed", "2"), ("--size", "m"), ("--until", "2025-11-02")])
def test_other_demo_data_is_refused_where_some_is(seeded: Seeded, options: tuple[str, ...]) -> None:
    before = seeded.rows()
    refused = run(seeded.dsn, *options)
    assert refused.exit_code == 2
    assert "this database holds other demo data" in refused.stderr
    assert "size s, seed 1, until 2025-11-09" in refused.stderr
    after = seeded.rows()
    evidence = {"ledger.refusal": 0, "identity.platform_action": 0}  # of the refusal itself
    assert after | evidence == before | evidence


@pytest.fixture
def member(server: Cluster) -> Iterator[Callable[..., str]]:
    """``member("operator")`` makes a login that is no superuser and a member of the role, and returns its name."""
    made: list[str] = []
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:

        def make(*roles: str) -> str:
            made.append(f"member_{uuid.uuid4().hex}")
            connection.execute(f"create role {made[-1]} login")
            for role in roles:
                connection.execute(f"grant smartattend_{role} to {made[-1]}")
            return made[-1]

        yield make
        for name in made:
            connection.execute(f"drop role {name}")


def test_an_interrupted_run_of_a_deployer_goes_on(database: str, member: Callable[..., str]) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if "week 2" in what:
            raise KeyboardInterrupt

    dataset = Dataset.of("s", 4)  # other data than the rest of this file looks at
    login = member("operator", "app", "deployer")
    with open_connection(make_conninfo(database, user=login)) as connection:
        with pytest.raises(KeyboardInterrupt):
            load(connection, dataset, superadmin="superadmin", listen=stop)
        with psycopg.connect(database) as other:
            settings = "select distinct queue_age_at_most, clock_drift_ppm from tenancy.setting"
            assert other.execute(settings).fetchall() == [(dt.timedelta(hours=72), 15)]
        result = load(connection, dataset, superadmin="superadmin")
    assert result.changed > 1000
    assert result.analyzed
    assert [tenant.compared(operator.ne) for tenant in result.tenants] == [[], []]


def test_an_operator_may_repeat_it_and_is_told_to_have_it_analyzed(seeded: Seeded, member: Callable[..., str]) -> None:
    again = run(make_conninfo(seeded.dsn, user=member("operator", "app")))
    assert again.exit_code == 0, again.output
    assert "nothing changed" in again.stderr
    assert "run: analyze" in again.stderr


def test_a_tenant_of_that_name_is_left_alone(database: str, smartattend: Callable[..., Result]) -> None:
    made = smartattend(
        "tenant", "create", "demo-corporate", "--name", "Mine", "--platform", "school", "--time-zone", "UTC",
        "--admin-login", "me@mine.example", "--admin-name", "Me", "--dsn", database,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    refused = run(database)
    assert refused.exit_code == 2
    assert "a tenant demo-corporate exists that this command did not make" in refused.stderr


def test_an_unexpected_answer_ends_the_load_with_the_entry(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.seed.school.COURSES", (("", "No code"),))
    refused = run(database)
    assert refused.exit_code == 1
    assert "put_courses" in refused.stderr
    assert "Traceback" not in refused.output


def test_a_role_that_may_not_issue_tokens_is_told_which_it_needs(database: str, member: Callable[..., str]) -> None:
    refused = run(make_conninfo(database, user=member()))
    assert refused.exit_code == 1
    assert "smartattend_operator" in refused.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    "options", [("--until", "yesterday"), ("--until", "2999-01-01"), ("--seed", "-1"), ("--size", "xl")]
)
def test_a_wrong_option_is_a_usage_error(options: tuple[str, ...]) -> None:
    assert run("dbname=nowhere", *options).exit_code == 2
