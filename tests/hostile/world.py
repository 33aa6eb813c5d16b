"""A database to attack: two schools and two companies full of rows, a login for each of our roles, and a judge.

Attackers belong to the school ``alpha`` or the company ``gamma``. The school ``beta`` and the company ``delta`` are the
victims: nothing of theirs may be seen or changed. In SQL ``<alpha/s1>`` stands for an identifier, ``<alpha>`` for a
tenant's, and ``<token alpha/s1>`` for a login token, each as a literal; ``<login app>`` is the name of a login role.
"""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests import harness

Connection = psycopg.Connection[Any]

SCHOOLS = ("alpha", "beta")
COMPANIES = ("gamma", "delta")
VICTIMS = ("beta", "delta")

ROLES = ("app", "auditor", "operator", "sealer", "refresher", "deployer", "owner", "session", "ledger")
"""Each has a login of its own, a member of the role smartattend_<name>."""
LOGINS = (*ROLES, "other_app", "nobody")
"""And a second application, and one that is a member of nothing."""

COME_AND_GO = (
    # whoever comes back is noted there once a minute
    "identity.login_session",
    "identity.platform_session",
    # what the sealer and the guard write, about everybody
    "guard.seen",
    "guard.system_log",
    "ledger.block",
    "ledger.epoch",
    "ledger.form",
    "ledger.sealer",
    "ledger.tree",
)

THINGS = {
    "school": "admin officer f1 f2 s1 s2 s3 s4 math latin 10A 10B Y10 main annex kiosk",
    "company": "admin m1 e1 e2 plant ops lab gate",
}


@dataclass(frozen=True)
class Attack:
    """What somebody tries, and what has to come of it.

    ``does`` are statements of one transaction, which is rolled back, or ``alone`` of one transaction each; only the
    last one is judged, by :meth:`World.judged`.
    """

    sentence: str
    does: str | Sequence[str]
    comes: str
    who: str = "app"
    token: str | None = None
    alone: bool = False

    @property
    def statements(self) -> Sequence[str]:
        return [self.does] if isinstance(self.does, str) else self.does


@dataclass
class World:
    """The filled database."""

    dsn: str
    superuser: Connection
    salt: str
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    opened: dict[str, Connection] = field(default_factory=dict)
    relations: list[tuple[str, bool]] = field(default_factory=list)
    before: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    """What :meth:`effect` compares with; to be forgotten when an attack was committed."""
    owned: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def login(self, who: str) -> str:
        """The name of a login role."""
        return f"hostile_{who}_{self.salt}"

    def connect(self, who: str = "app", *, dsn: str | None = None, **options: Any) -> Connection:
        """A new connection of that login."""
        options.setdefault("autocommit", True)
        return psycopg.connect(dsn or self.dsn, user=self.login(who), **options)

    def connection(self, who: str = "app") -> Connection:
        """The connection of that login that all attacks share, outside of any transaction."""
        if who not in self.opened or self.opened[who].closed:
            self.opened[who] = self.connect(
                who, autocommit=False, options="-c lock_timeout=5s -c statement_timeout=30s"
            )
        self.opened[who].rollback()
        return self.opened[who]

    def filled(self, text: str) -> str:
        """SQL with identifiers and tokens in the place of their names."""

        def value(match: re.Match[str]) -> str:
            if match[1] == "login ":
                return self.login(match[2])
            names = self.tokens if match[1] else self.ids
            return "'" + (names[match[2]] if match[2] in names else self.missing(match[2])) + "'"

        return re.sub(r"<(token |login )?([a-z_]+(?:/[\w-]+)?)>", value, text)

    def missing(self, name: str) -> str:
        if name == "unknown" or name.startswith("unknown/"):
            return str(uuid.uuid4())
        raise KeyError(name)

    def named(self, text: str) -> str:
        """A text with names in the place of the identifiers that have one."""
        names = {identifier: name for name, identifier in self.ids.items()}
        return re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda m: names.get(m[0], m[0]), text)

    def attempt(self, attack: Attack) -> str:
        """Make the attack, undo it, and say what came of it."""
        connection = self.connection(attack.who)
        connection.autocommit = attack.alone
        try:
            if attack.token is not None:
                connection.execute("select set_config('smartattend.token', %s, true)", [self.token(attack.token)])
            for statement in attack.statements[:-1]:
                connection.execute(self.filled(statement).encode())
            return self.judged(connection, attack.statements[-1])
        finally:
            connection.rollback()
            connection.autocommit = False

    def token(self, name: str) -> str:
        return self.tokens.get(name, name)

    def judged(self, connection: Connection, statement: str) -> str:
        """What a statement says: ``error 42501``, ``no rows``, ``done``, ``refused SA104``, ``rows: …``."""
        try:
            if statement.startswith("copy "):
                with connection.cursor().copy(self.filled(statement).encode()) as copied:
                    return "copied: " + ", ".join(self.named(bytes(part).decode()).strip() for part in copied)
            cursor = connection.execute(self.filled(statement).encode())
        except psycopg.Error as error:
            return f"error {error.sqlstate}"
        if cursor.description is None:
            return "done" if cursor.rowcount < 0 else f"{cursor.rowcount} rows"
        rows = cursor.fetchall()
        columns = [column.name for column in cursor.description]
        if {"status", "code"} <= set(columns) and len(columns) > 2:
            at = columns.index("status"), columns.index("code")
            return " | ".join(sorted({" ".join(filter(None, (row[at[0]], row[at[1]]))) for row in rows})) or "no rows"
        if not rows:
            return "no rows"
        return "rows: " + self.named(" | ".join(sorted(", ".join(str(value) for value in row) for row in rows)))

    # --- what is there ---------------------------------------------------------------------------------------

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Rows as the superuser, for whom there are no policies."""
        return self.superuser.execute(self.filled(statement).encode(), parameters or None).fetchall()

    def value(self, statement: str, *parameters: Any) -> Any:
        return self.query(statement, *parameters)[0][0]

    def contents(self, *tenants: str, by: Connection | None = None) -> dict[str, str]:
        """A fingerprint of each table: of the rows of these tenants, and whole where it has no tenants."""
        wanted = ", ".join(f"<{tenant}>::uuid" for tenant in tenants or VICTIMS)
        parts = [
            f"select {literal(label)}, md5(string_agg(t::text, e'\\n' order by t::text)) from {label} as t"
            + (f" where tenant_id in ({wanted})" if is_tenants else "")
            for label, is_tenants in self.tables()
            if label not in COME_AND_GO
        ]
        query = self.filled(" union all ".join(parts)).encode()
        return {label: value or "empty" for label, value in (by or self.superuser).execute(query)}

    def effect(self, token: str, call: str, *tenants: str) -> tuple[str, set[str]]:
        """What a call by the application says, and the tables in which rows of these tenants changed; undone."""
        if tenants and tenants not in self.before:
            self.before[tenants] = self.contents(*tenants)
        if "superuser" not in self.opened:
            self.opened["superuser"] = psycopg.connect(self.dsn)
        connection, before = self.opened["superuser"], self.before.get(tenants, {})
        connection.execute(sql.SQL("set local session authorization {}").format(sql.Identifier(self.login("app"))))
        connection.execute("select set_config('smartattend.token', %s, true)", [self.token(token)])
        connection.execute("savepoint call")
        try:
            cursor = connection.execute(self.filled(call).encode())
            said = "\n".join(str(row) for row in cursor.fetchall())
        except psycopg.Error as error:
            connection.execute("rollback to call")
            d = error.diag
            said = f"error {error.sqlstate}: {d.message_primary} {d.message_detail} {d.message_hint}"
        connection.execute("reset session authorization")
        after = self.contents(*tenants, by=connection) if tenants else {}
        connection.rollback()
        return said, {label for label in after if after[label] != before[label]}

    def tables(self) -> list[tuple[str, bool]]:
        """Our tables, each with whether it has tenants."""
        if not self.relations:
            self.relations = self.query("select label, is_tenants from tap.our_table order by label")
        return self.relations

    def belongings(self, *tenants: str) -> set[str]:
        """Every identifier that occurs in rows of these tenants, and in nobody else's."""
        if tenants in self.owned:
            return self.owned[tenants]
        mine: set[str] = set()
        others: set[str] = set()
        wanted = ", ".join(f"<{tenant}>::uuid" for tenant in tenants)
        for label, is_tenants in self.tables():
            if not is_tenants:
                others |= uuids(row[0] for row in self.query(f"select t::text from {label} as t"))
                continue
            for is_mine, text in self.query(f"select tenant_id in ({wanted}), t::text from {label} as t"):
                (mine if is_mine else others).update(uuids([text]))
        # accounts and platform sessions have no tenant
        people = {found for name, found in self.ids.items() if not name.startswith("platform/")}
        self.owned[tenants] = mine - (others - people)
        return self.owned[tenants]


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def uuids(texts: Iterable[Any]) -> set[str]:
    """The identifiers in some texts."""
    found: set[str] = set()
    for text in texts:
        found.update(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(text)))
    return found


# --- making it -----------------------------------------------------------------------------------------------

KEY = "core.uuid_v7()"
MONDAY = "(date_trunc('week', current_date)::date + 7)"
"""The Monday that comes: what is generated is generated for the week after this one."""


ASKED = """
  '{"number": 1, "scenario": "duplicate-storm", "phase": "load", "kind": "other_payload", "logical": 1, "variant": 0,
    "device": "device", "command": "check_in", "due_us": 0, "invoked_us": 0, "ended_us": 1, "outcome": "accepted",
    "code": null, "record_id": null, "revision": 1, "tries": 1, "doubts": 0}'::jsonb
  || jsonb_build_object('payload_hash', repeat('ab', 32), 'answer_hash', repeat('ab', 32))"""
"""What a run says of a call; it is a lie, so that an issue comes of it."""
TOLD = """
  '{"scenario": "duplicate-storm", "findings": [], "conditions": [], "figures": {},
    "faults": [{"fault": "other_payload", "planned": 1, "fired": 1, "observed": 1}]}'::jsonb"""


def entries(**fields: str) -> str:
    """SQL of a batch with one entry; the fields are SQL expressions."""
    return "jsonb_build_array(jsonb_build_object(" + ", ".join(f"'{k}', {v}" for k, v in fields.items()) + "))"


def school(t: str) -> list[str]:
    """The statements that fill a school, each a transaction of its own."""
    admin, officer = f"tap.token('{t}/admin')", f"tap.token('{t}/officer')"
    slot = {"site_code": "'main'", "unit_code": "'10A'", "kind": "'meeting'", "local_start": "'09:00'"}
    course = entries(site_code="'main'", code="'M'", name="'Maths'")
    day = entries(member_number="'s1'", site_code="'main'", date="current_date - 2", code="'AU'")
    record = f"(select id from attendance.record where tenant_id = <{t}> and business_date = current_date - 2)"
    request = f"(select id from attendance.correction_request where tenant_id = <{t}> and state = 'submitted')"
    asked = f"(select id from access.role_request where tenant_id = <{t}> and state = 'requested')"
    period = f"(select id from attendance.period where tenant_id = <{t}> and code = 'past')"
    run = f"(select id from simulation.run where tenant_id = <{t}>)"
    call = (
        "jsonb_build_array(" + ASKED + f" || jsonb_build_object('key', tap.id('{t} k'), 'subject_id', <{t}/s1>::uuid))"
    )
    told = "jsonb_build_array(" + TOLD + ")"
    roof = f"(select id from incident.incident where tenant_id = <{t}> and dedup_key = 'roof')"
    return [
        f"select tap.school('{t}', true)",
        f"select tap.member('{t}', 's4', 'student'), tap.member('{t}', 'f9', 'faculty', 'faculty', '10B')",
        # codes, people and places that this tenant has and no other
        f"select tap.site('{t}', '{t}-site'), tap.unit('{t}', '{t}-site', '{t}-unit', 'year_group'), "
        f"tap.member('{t}', '{t}-member')",
        f"select tap.device('{t}', 'main', '{t}-device')",
        f"select tap.session('{t}', 'lab', 'main', '10A', now() + interval '3 days')",
        "select * from api.put_terms("
        + entries(site_code="'main'", code="'T1'", name="'Term'", starts_on="'2026-01-05'", ends_on="'2036-01-05'")
        + f", {admin})",
        f"select * from api.put_courses({course}, {admin})",
        "select * from api.put_sections("
        + entries(site_code="'main'", code="'M-1'", name="'Maths one'", course_code="'M'", term_code="'T1'")
        + f", {admin})",
        "select * from api.put_timetable("
        + entries(**slot, weekday="1", local_end="'10:00'", valid_from="current_date")
        + f", {admin})",
        "select * from api.put_enrolments("
        + entries(site_code="'main'", unit_code="'10A'", member_number="'s2'", starts_on="current_date")
        + f", {admin})",
        f"select * from api.schedule_generate({KEY}, {MONDAY}, {MONDAY} + 14, token => {admin})",
        "select * from api.put_timetable_exceptions("
        + entries(
            **slot, on_date=MONDAY, change="'substituted'", substitute="'f2'", reason="'the teacher is ill today'"
        )
        + f", {admin})",
        "select * from api.put_closed_days("
        + entries(code="'founders'", name="'Founders'' day'", starts_on="'2026-05-04'")
        + f", {admin})",
        "select * from api.put_leave("
        + entries(
            member_number="'s3'",
            starts_at="current_date + 30",
            ends_at="(current_date + 31)::timestamp",
            reason="'a secret illness'",
        )
        + f", {admin})",
        "select * from api.put_periods("
        + entries(code="'past'", name="'Past'", kind="'term'", starts_on="current_date - 3", ends_on="current_date - 1")
        + f", {admin})",
        "select * from api.put_periods("
        + entries(code="'next'", name="'Next'", kind="'term'", starts_on="current_date - 1", ends_on="current_date + 9")
        + f", {admin})",
        f"select * from api.attendance_import({day}, {officer})",
        f"select * from api.period_transition({KEY}, {period}, 'close', token => {admin})",
        f"select * from api.period_transition({KEY}, {period}, 'freeze', token => {admin})",
        f"select * from api.correction_submit({KEY}, {record}, 'data_entry_error', 'was there after "
        f"all', 'P', token => tap.token('{t}/s1'))",
        f"select * from api.correction_decide({KEY}, {request}, 'approve', token => {admin})",
        *(f"select * from api.check_in({KEY}, token => tap.token('{t}/{person}'))" for person in ("s1", "s2", "s3")),
        f"select * from api.check_in({KEY}, <{t}/s4>, token => tap.device_token('{t}/kiosk'))",
        f"select * from api.correction_submit({KEY}, (select id from attendance.record where subject_id = <{t}/s2>), "
        f"'data_entry_error', 'came with the late bus', 'L', token => tap.token('{t}/s2'))",
        f"select * from api.register_open({KEY}, <{t}/math>, token => tap.token('{t}/f1'))",
        f"select * from api.check_in({KEY}, <{t}/s2>, token => tap.token('{t}/s1'))",
        # one key for two things is a flag
        f"select * from api.check_in(tap.id('{t} twice'), <{t}/f1>, token => {officer})",
        f"select * from api.check_in(tap.id('{t} twice'), <{t}/s2>, token => {officer})",
        f"select * from api.check_in(tap.id('{t} twice'), <{t}/s1>, token => {officer})",
        f"select * from api.integrity_rule_put({KEY}, 'F01', 'we look at this ourselves', true, token => {admin})",
        f"select * from api.integrity_scan({KEY}, token => {admin})",
        f"select * from api.flag_decide({KEY}, (select id from integrity.flag where tenant_id = <{t}> "
        f"order by id limit 1), "
        f"'dismiss', 'a reader that read twice', token => {admin})",
        # roles: one is asked for, one is taken in an emergency, and somebody approves what is for oneself
        f"select * from api.role_request({KEY}, 'guardian', token => tap.token('{t}/s4'))",
        f"select * from api.role_decide({KEY}, {asked}, 'approve', token => {admin})",
        f"select * from api.role_request({KEY}, 'guardian', token => tap.token('{t}/s2'))",
        f"select * from api.role_decide({KEY}, {asked}, 'approve', token => tap.token('{t}/s2'))",
        f"select * from api.role_break_glass({KEY}, 'attendance_officer', 'the office is on fire', "
        f"token => tap.token('{t}/f9'))",
        f"select * from api.access_scan({KEY}, token => {admin})",
        # incidents: one that somebody has, and one of which nobody was told
        f"select * from api.incident_raise({KEY}, 'the roof leaks', 2, 'roof', token => {officer})",
        f"select * from api.incident_transition({KEY}, {roof}, 'acknowledge', token => {officer})",
        f"select * from api.incident_assign({KEY}, {roof}, 'she knows the roof', token => {admin})",
        f"select * from api.incident_pause({KEY}, {roof}, 'the roofer has to come', token => {admin})",
        f"select * from api.incident_resume({KEY}, {roof}, 'the roofer was here', token => {admin})",
        f"select * from api.incident_note({KEY}, {roof}, 'note', 'a secret bucket', token => {admin})",
        "with i as (insert into incident.incident (tenant_id, number, platform, source, dedup_key, title, severity) "
        f"values (<{t}>, 900, 'school', 'guard', 'unseen', 'nobody was told', 1) returning tenant_id, id) "
        "insert into incident.occurrence (tenant_id, incident_id, episode, dedup_key, severity, title, evidence) "
        "select tenant_id, id, 1, 'unseen', 1, 'nobody was told', '{}' from i returning id",
        # a cache of scans that look at full registers
        "insert into integrity.roll (tenant_id, session_id, unit_id, starts_at, people, fingerprint) "
        f"values (<{t}>, <{t}/math>, <{t}/10A>, now(), 2, sha256('')) returning session_id",
        f"select * from api.clock_probe(tap.id('{t} probe'), token => tap.device_token('{t}/kiosk'))",
        f"select * from api.clock_report({KEY}, tap.id('{t} probe'), now() - interval '50 ms', now() "
        f"+ interval '50 ms', "
        f"tap.id('{t} boot'), 0, 100000, token => tap.device_token('{t}/kiosk'))",
        f"select * from api.simulation_start(tap.id('{t} run'), 'duplicate-storm', 1, repeat('ab', "
        f"32), '{{}}', '1.0', token => {admin})",
        f"select * from api.simulation_testify({KEY}, {run}, {call}, {admin})",
        f"select * from api.simulation_finish({KEY}, {run}, {told}, {admin})",
    ]


def runs(t: str) -> list[str]:
    """What jobs and the outbox leave in a tenant."""
    subscription = f"(select id from ops.subscription where tenant_id = <{t}>)"
    return [
        f"select * from api.subscription_put({KEY}, '*', 'smtp', 'secret@example.org', "
        f"token => tap.token('{t}/admin'))",
        "insert into ops.message (tenant_id, kind, subject, body) "
        f"values (<{t}>, 'test.secret', 'a secret', '{{}}') returning id",
        f"insert into ops.delivery (tenant_id, message_id, subscription_id) select <{t}>, m.id, {subscription} "
        f"from ops.message as m where m.tenant_id = <{t}> returning message_id",
        f"insert into ops.visit (tenant_id, job) values (<{t}>, 'integrity') returning job",
        f"insert into ops.horizon (tenant_id, source) values (<{t}>, 'access') returning source",
        "insert into ops.job_run (tenant_id, begun_at, job, ended_at, result, error) "
        f"values (<{t}>, now(), 'integrity', now(), 'failed', 'a secret') returning id",
    ]


def visits(t: str, member: str) -> list[str]:
    """The platform comes in as a member, then as an administrator, and the tenant judges that."""
    access = f"(select id from identity.support_access where tenant_id = <{t}> and kind = 'break_glass')"
    root = "token => tap.platform_token('root')"
    return [
        f"select * from api.impersonate({KEY}, <{t}>, '{member}', 'something looks wrong', 60, {root})",
        # a person has one session: the next one ends what the one before had opened
        f"select * from api.break_glass({KEY}, <{t}>, 'the administrator is ill', 'SEV-1', 60, {root})",
        "select tap.platform_token('root')",
        f"select * from api.support_access_review({KEY}, {access}, 'justified', 'nobody else was there', "
        f"token => tap.token('{t}/admin'))",
    ]


def measured(t: str) -> list[str]:
    """What is measured of a tenant."""
    counts = (
        entries(endpoint="'check_in'", outcome="'failed'", code="'57014'", minute="now()", bucket="40", count="3")
        + " || "
        + entries(endpoint="'check_in'", outcome="'replayed'", minute="now()", bucket="4", count="3")
    )
    return [
        f"select * from api.client_report({KEY}, {counts}, tap.token('{t}/admin'))",
        f"insert into metrics.sample (tenant_id, metric, value) values (<{t}>, 'job_lag', 1) returning id",
        f"insert into metrics.service_health (tenant_id, service) values (<{t}>, 'api') returning id",
        f"insert into metrics.watermark (tenant_id) values (<{t}>) returning since",
        "insert into metrics.alarm (tenant_id, severity, source, dedup_key, title, evidence) "
        f"values (<{t}>, 4, 'slo_burn', 'slo_burn:everything', 'a budget burns', '{{}}') returning id",
    ]


def company(t: str) -> list[str]:
    """The statements that fill a company."""
    admin = f"tap.token('{t}/admin')"
    shift = {"site_code": "'plant'"}

    def roster(unit: str, person: str, date: str) -> str:
        return entries(**shift, unit_code=f"'{unit}'", shift_code="'day'", on_date=date, member_number=f"'{person}'")

    made = [f"select tap.company('{t}', true)", f"select tap.unit('{t}', 'plant', 'lab', 'department')"]
    for unit, person in (("ops", "e1"), ("lab", "e2")):
        made += [
            "select * from api.put_shift_templates("
            + entries(
                **shift, unit_code=f"'{unit}'", code="'day'", name="'Day'", local_start="'08:00'", local_end="'16:00'"
            )
            + f", {admin})",
            "select * from api.put_roster("
            + f"{roster(unit, person, MONDAY)} || {roster(unit, person, 'current_date - 1')} || "
            + f"{roster(unit, person, 'current_date - 2')}, {admin})",
        ]
    made.append(f"select * from api.schedule_generate({KEY}, current_date - 2, {MONDAY} + 1, token => {admin})")
    leave = entries(
        member_number="'e2'",
        starts_at=f"{MONDAY} + time '06:00'",
        ends_at=f"{MONDAY} + time '18:00'",
        reason="'a secret illness'",
    )
    made.append(f"select * from api.put_leave({leave}, {admin})")
    # with a break, during which they are away, and with rest between two shifts
    for person, day, (command, hour) in itertools.product(
        ("e1", "e2"), (2, 1), (("check_in", 8), ("check_out", 12), ("check_in", 13), ("check_out", 16))
    ):
        claimed = f"(current_date - {day} + time '{hour:02}:00') at time zone 'Europe/Brussels'"
        made.append(f"select * from api.{command}({KEY}, claimed_at => {claimed}, token => tap.token('{t}/{person}'))")
    return made


@contextmanager
def made(dsn: str, salt: str) -> Iterator[World]:
    """Fill a clone; the logins are of the whole server and go at the end."""
    with psycopg.connect(dsn, autocommit=True) as superuser:
        world = World(dsn, superuser, salt)
        superuser.execute("create schema tap")
        superuser.execute(harness.FIXTURE.read_text().encode())
        superuser.execute("revoke all on all functions in schema tap from public")
        for who in LOGINS:
            superuser.execute(sql.SQL("create role {} login").format(sql.Identifier(world.login(who))))
            if who != "nobody":
                role = "smartattend_" + who.removeprefix("other_")
                superuser.execute(
                    sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(world.login(who)))
                )
        try:
            fill(world)
            yield world
        finally:
            for connection in world.opened.values():
                connection.close()
            for who in LOGINS:
                login = sql.Identifier(world.login(who))
                superuser.execute(sql.SQL("drop owned by {}").format(login))
                superuser.execute(sql.SQL("drop role {}").format(login))


def fill(world: World) -> None:
    """Everything goes in through api, as it would in real life."""
    for tenants, kind, statements in ((SCHOOLS, "school", school), (COMPANIES, "company", company)):
        for tenant in tenants:
            for name in ("", *THINGS[kind].split(), f"{tenant}-site", f"{tenant}-unit", f"{tenant}-member"):
                thing = f"{tenant}/{name}" if name else tenant
                world.ids[thing] = str(world.value("select tap.id(%s)", thing))
            for statement in (
                *statements(tenant),
                *measured(tenant),
                *runs(tenant),
                *visits(tenant, "s1" if kind == "school" else "e1"),
            ):
                said = world.judged(world.superuser, statement)
                assert said.startswith(
                    ("rows", "accepted", "refused SA102", "replayed", "refused SA104", "refused SA105")
                ), (
                    said,
                    world.filled(statement),
                )
            for name in THINGS[kind].split():
                if re.fullmatch(r"admin|officer|[efms]\d", name):
                    world.tokens[f"{tenant}/{name}"] = world.value("select tap.token(%s)", f"{tenant}/{name}")
                elif name in ("kiosk", "gate"):
                    world.tokens[f"{tenant}/{name}"] = world.value("select tap.device_token(%s)", f"{tenant}/{name}")
    world.query("select view from report.refresh() where failure is null")
    for who in ("root", "operator", "auditor"):
        role = "superadmin" if who == "root" else f"platform_{who}"
        world.tokens[f"platform/{who}"] = world.value("select tap.platform_token(%s, %s)", who, role)
        world.ids[f"platform/{who}"] = str(world.value("select tap.id(%s)", f"platform/{who}"))
    world.tokens["alpha/revoked"] = world.value("select tap.token('alpha/admin')")
    world.query("select identity.revoke_token(<token alpha/revoked>)")
    world.tokens["alpha/expired"] = world.value("select tap.token('alpha/admin', '1 hour')")
    world.query(
        "update identity.login_session set expires_at = now() - interval '1 minute', created_at = "
        "now() - interval '1 day', "
        "last_seen_at = now() - interval '1 hour' where token_hash = sha256(<token alpha/expired>::bytea) returning 1"
    )
