"""Roles by random: the real api against a model of the specification (domain, section 2), step by step.

Many people ask, approve, decline, withdraw, revoke, break glass, certify and scan over weeks; the clock of the
throw-away database is the test's. The model knows the rules as they are specified, not how SQL asks them: where
several rules speak against a step, any of their codes is right. ``SMARTATTEND_ACCESS_SEEDS`` and
``SMARTATTEND_ACCESS_STEPS`` make it longer.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
Codes = set[str]
SEEDS = int(os.environ.get("SMARTATTEND_ACCESS_SEEDS", "4"))
STEPS = int(os.environ.get("SMARTATTEND_ACCESS_STEPS", "250"))
BEGIN = dt.datetime(2031, 3, 3, 9, tzinfo=dt.UTC)
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
WHY = "a reason that says something"
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
PEOPLE = ("admin", "a2", "officer", "f1", "f2", "s1", "p1", "p2", "p3")
UNITS = ("Y10", "10A", "10B")
BENEATH = {"Y10": ("Y10",), "10A": ("10A", "Y10"), "10B": ("10B", "Y10")}
"""A unit, and what is above it."""


class Mismatch(AssertionError):
    """The database and the model disagree, or an invariant is broken."""


# --- the model -------------------------------------------------------------------------------------------


@dataclass
class Rule:
    level: int
    min_approvals: int
    approver_permission: str
    max_duration: dt.timedelta | None
    max_holders: int | None
    prerequisite: str | None
    self_request: bool
    cool_down: dt.timedelta
    revalidate_every: dt.timedelta | None
    overdue_action: str
    break_glass_max: dt.timedelta | None
    lapses_after: dt.timedelta
    permissions: frozenset[str]
    excludes: frozenset[str]


@dataclass
class Request:
    id: uuid.UUID
    kind: str
    beneficiary: str
    role: str
    unit: str | None
    starts: dt.datetime
    ends: dt.datetime
    by: str | None
    needed: int
    lapses: dt.datetime
    state: str = "requested"
    approvals: list[tuple[str, str, dt.datetime]] = field(default_factory=list)

    def approvers(self) -> list[str]:
        """Who spoke for it: who granted it, where nobody was asked."""
        if self.kind == "direct":
            return [str(self.by)]
        return [who for who, verdict, _ in self.approvals if verdict == "approve"]


@dataclass
class Grant:
    id: uuid.UUID
    request: Request
    holder: str
    role: str
    unit: str | None
    starts: dt.datetime
    ends: dt.datetime
    granted: dt.datetime
    revoked: dt.datetime | None = None

    def live(self, now: dt.datetime) -> bool:
        return self.starts <= now < self.ends and (self.revoked is None or self.revoked > now)

    def covers(self, unit: str | None) -> bool:
        return self.unit is None or (unit is not None and self.unit in BENEATH[unit])

    def administers(self) -> bool:
        """The whole tenant, without an end."""
        return self.role == "school_admin" and self.unit is None and self.revoked is None and self.ends == NEVER


@dataclass
class Look:
    """A revalidation."""

    id: uuid.UUID
    grant: Grant
    source: str
    due: dt.datetime
    overdue: dt.datetime
    action: str
    moved: dt.datetime
    state: str = "queued"
    suspended: dt.datetime | None = None

    def is_open(self) -> bool:
        return self.state in ("queued", "due", "overdue")


@dataclass
class Session:
    token: str
    created: dt.datetime
    seen: dt.datetime


class Model:
    """Domain, section 2: who may what, what a step comes to, and which codes may speak against it."""

    def __init__(self, rules: dict[str, Rule], now: dt.datetime) -> None:
        self.rules = rules
        self.now = now
        self.requests: dict[uuid.UUID, Request] = {}
        self.grants: dict[uuid.UUID, Grant] = {}
        self.looks: dict[uuid.UUID, Look] = {}
        self.sessions: dict[str, list[Session]] = {}

    # who may what

    def holds(self, who: str, permission: str, unit: str | None) -> bool:
        return any(permission in self.rules[g.role].permissions for g in self.live(who) if g.covers(unit))

    def live(self, who: str) -> list[Grant]:
        return [g for g in self.grants.values() if g.holder == who and g.live(self.now)]

    def may_approve(self, who: str, permission: str, unit: str | None, beneficiary: str) -> bool:
        """By a live grant that the beneficiary did not give in the last 30 days."""
        return any(
            g.covers(unit)
            and permission in self.rules[g.role].permissions
            and (g.granted <= self.now - 30 * DAY or beneficiary not in g.request.approvers())
            for g in self.live(who)
        )

    def has_all_of(self, who: str, role: str, unit: str | None) -> bool:
        held = {p for g in self.live(who) if g.covers(unit) for p in self.rules[g.role].permissions}
        return "role.escalate" in held or self.rules[role].permissions <= held

    def is_last(self, grant: Grant) -> bool:
        return grant.administers() and not any(
            g.administers() and g.starts <= self.now for g in self.grants.values() if g is not grant
        )

    def admins_left(self) -> bool:
        """Whether there are more administrators than one."""
        return sum(g.administers() and g.starts <= self.now for g in self.grants.values()) > 1

    # what speaks against a request

    def against(self, q: Request, approvers: list[str]) -> Codes:
        rule, now = self.rules[q.role], self.now
        begin = max(q.starts, now)
        codes: Codes = set()
        theirs = [g for g in self.grants.values() if g.holder == q.beneficiary]
        pending = [g for g in theirs if g.revoked is None and g.starts < q.ends and g.ends > begin]
        if rule.max_duration is not None and (q.ends == NEVER or q.ends - begin > rule.max_duration):
            codes.add("SA146")
        if any(g.role in rule.excludes for g in pending):
            codes.add("SA141")
        if rule.max_holders is not None:
            holders = {
                g.holder for g in self.grants.values() if g.role == q.role and g.revoked is None and g.ends > now
            }
            if len(holders - {q.beneficiary}) >= rule.max_holders:
                codes.add("SA142")
        if rule.prerequisite and not any(g.role == rule.prerequisite for g in self.live(q.beneficiary)):
            codes.add("SA143")
        for g in theirs:
            over = min(g.revoked or NEVER, g.ends)
            if g.role == q.role and over <= now < over + rule.cool_down:
                codes.add("SA144")
        if any(g.role == q.role and g.unit == q.unit for g in pending):
            codes.add("SA112")
        for who in approvers:
            if not self.may_approve(who, rule.approver_permission, q.unit, q.beneficiary):
                codes.add("SA104")
            if not self.has_all_of(who, q.role, q.unit):
                codes.add("SA147")
        return codes

    def against_emergency(self, who: str, role: str) -> Codes:
        """Glass is broken for the next step above the highest role that is held for good, not in an emergency."""
        levels = {one.level for name, one in self.rules.items() if name not in self.rules[role].excludes}
        held = {self.rules[g.role].level for g in self.live(who) if g.request.kind != "break_glass"}
        if not any(level > 0 for level in held):
            return {"SA104"}
        if any(max(held) < level < self.rules[role].level for level in levels):
            return {"SA146"}
        return set()

    def put(self, q: Request, grant_id: uuid.UUID) -> Grant:
        q.state = "active"
        made = Grant(grant_id, q, q.beneficiary, q.role, q.unit, max(q.starts, self.now), q.ends, self.now)
        self.grants[grant_id] = made
        return made

    def take(self, grant: Grant) -> None:
        grant.revoked = self.now
        if grant.request.state == "active":
            grant.request.state = "revoked"

    # signs of life

    def used(self, session: Session) -> None:
        if session.seen < self.now - MINUTE:
            session.seen = self.now

    def was_seen(self, who: str, since: dt.datetime) -> bool:
        return any(s.seen > since and s.created > since - 91 * DAY for s in self.sessions.get(who, []))


# --- the database ----------------------------------------------------------------------------------------


BROKEN = """
with recursive good as (
  -- Rooted in the bootstrap: each link is a grant whose request was made and agreed to as the rules want it.
  select g.* from mine.role_grant as g
  inner join mine.role_request as q on q.tenant_id = g.tenant_id and q.id = g.request_id
  where q.kind = 'bootstrap'
    or (
      q.kind = 'break_glass' and q.requested_by = q.beneficiary_id
      and q.ends_at <= q.starts_at + interval '60 minutes'
    )
), step as (
  select g.id, 0 as depth from good as g
  union
  select g.id, s.depth + 1
  from step as s
  inner join mine.role_grant as b on b.id = s.id
  inner join mine.role_grant as g on g.id <> b.id
  inner join mine.role_request as q on q.tenant_id = g.tenant_id and q.id = g.request_id
  inner join access.role_rule as r on r.role = q.role
  inner join identity.role_permission as p on p.role = b.role and p.permission = r.approver_permission
  where s.depth < 40
    and q.beneficiary_id = g.user_id and q.role = g.role and q.unit_id is not distinct from g.unit_id
    and (
      b.unit_id is null
      or b.unit_id = any (array(select unnest(u.ancestors) from tenancy.unit as u where u.id = q.unit_id))
    )
    and (
      (
        q.kind = 'direct' and q.requested_by <> q.beneficiary_id and b.user_id = q.requested_by
        and b.starts_at <= g.granted_at
      )
      or exists (
        select from mine.role_approval as a
        where a.request_id = q.id and a.verdict = 'approve' and a.approver_grant_id = b.id and a.approver_id = b.user_id
          and a.approver_id not in (q.requested_by, q.beneficiary_id)
          and a.recorded_at >= b.starts_at and a.recorded_at < least(b.ends_at, coalesce(b.revoked_at, 'infinity'))
      )
    )
)
select 'no chain of approvals: ' || m.member_number || ' ' || g.role as broken
from mine.role_grant as g
inner join identity.membership as m using (tenant_id, user_id)
where g.id not in (select s.id from step as s)
union all
select 'fewer approvals than it takes, or a denial: ' || q.id
from mine.role_request as q
inner join mine.role_grant as g on g.request_id = q.id
cross join lateral (
  select
    count(*) filter (where a.verdict = 'approve') as agreed,
    count(*) filter (where a.verdict = 'deny') as denied
  from mine.role_approval as a
  where a.request_id = q.id
) as v
where v.agreed < q.min_approvals or v.denied > 0
union all
select format('separation of duty: %s holds %s and %s', m.member_number, g.role, h.role)
from mine.role_grant as g
inner join identity.membership as m using (tenant_id, user_id)
inner join access.separation as s on s.role = g.role
inner join access.separation as o on o.separation = s.separation and o.role <> s.role
inner join mine.role_grant as h on h.user_id = g.user_id and h.role = o.role
  and h.during * g.during && tstzrange(core.clock(), null)
where g.revoked_at is null and h.revoked_at is null
union all
select format('%s holders of %s', count(distinct g.user_id), g.role)
from mine.role_grant as g
inner join access.role_rule as r using (role)
where g.during @> core.clock() and g.revoked_at is null
group by g.role, r.max_holders
having count(distinct g.user_id) > r.max_holders
union all
select 'no administrator without an end'
where not exists (
  select from mine.role_grant as g
  where g.role = 'school_admin' and g.unit_id is null and g.revoked_at is null and g.ends_at = 'infinity'
    and g.starts_at <= core.clock()
)
union all
select 'event ' || e.rule || ' ' || e.evidence from mine.escalation_event as e where e.rule in ('E03', 'E08')
union all
select 'a live grant whose request is ' || q.state
from mine.role_grant as g
left join mine.role_request as q on q.id = g.request_id
where g.during @> core.clock() and g.revoked_at is null and q.state is distinct from 'active'
"""


class Run:
    """One seed: the same steps in the database and in the model."""

    def __init__(self, dsn: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.steps: list[str] = []
        self.connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row, options="-c timezone=UTC")
        self.now = BEGIN
        self.set_clock()
        self.slug = self.value("select tap.slug('alpha') from tap.school('alpha')")
        self.rows("select tap.member('alpha', 'a2', 'staff', 'school_admin')")
        self.rows("select tap.member('alpha', n, 'staff') from unnest(array['p1', 'p2', 'p3']) as n")
        self.tenant = self.value("select tap.id('alpha')")
        self.rows("select set_config('test.tenant', %s, false)", str(self.tenant))
        self.users = {who: self.value("select tap.id('alpha/' || %s)", who) for who in PEOPLE}
        self.names = {user: who for who, user in self.users.items()}
        self.units = {code: self.value("select tap.id('alpha/' || %s)", code) for code in UNITS}
        self.codes = {unit: code for code, unit in self.units.items()}
        self.set_rules()
        self.model = Model(self.read_rules(), self.now)
        self.learn()

    def close(self) -> None:
        self.connection.close()

    # plumbing

    def rows(self, query: str, *values: Any) -> list[Row]:
        cursor = self.connection.execute(query, values or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))

    def set_clock(self) -> None:
        self.connection.execute("select set_config('test.clock', %s, false)", [self.now.isoformat()])

    def later(self, span: dt.timedelta) -> None:
        self.now += span
        self.model.now = self.now
        self.set_clock()

    def set_rules(self) -> None:
        """Rules that collide often, other ones for each seed."""
        pick = self.random.choice
        for role, change in (
            (
                "school_admin",
                f"min_approvals = {pick((1, 1, 2))}, max_holders = {pick((4, 5))}, cool_down = '{pick((1, 30))} hours',"
                " break_glass_max = '30 minutes'",
            ),
            (
                "attendance_officer",
                f"min_approvals = {pick((0, 1))}, prerequisite = {pick(('null', chr(39) + 'faculty' + chr(39)))},"
                f" overdue_action = '{pick(('suspend', 'revoke'))}', approver_permission = 'register.take',"
                f" max_holders = 3, revalidate_every = '{pick((20, 40))} days'",
            ),
            (
                "faculty",
                f"min_approvals = {pick((0, 1, 2))}, max_duration = '{pick((90, 300))} days', cool_down = '2 hours',"
                f" max_holders = 4, revalidate_every = '30 days', overdue_action = '{pick(('alert', 'suspend'))}'",
            ),
            ("guardian", "lapses_after = '2 days'"),
            ("student", "min_approvals = 0"),
        ):
            self.rows(f"update access.role_rule set {change} where role = '{role}'")

    def read_rules(self) -> dict[str, Rule]:
        return {
            r["role"]: Rule(
                *(r["level"], r["min_approvals"], r["approver_permission"], r["max_duration"], r["max_holders"]),
                *(r["prerequisite"], r["self_request"], r["cool_down"], r["revalidate_every"], r["overdue_action"]),
                *(r["break_glass_max"], r["lapses_after"], frozenset(r["permissions"]), frozenset(r["excludes"])),
            )
            for r in self.rows("select * from api.role_rule where platform = 'school'")
        }

    def learn(self) -> None:
        """The bootstrap: the only grants that the model takes from the database."""
        for g in self.rows(
            "select id, user_id, role, unit_id, starts_at, granted_at, request_id from identity.role_grant"
            " where tenant_id = %s",
            self.tenant,
        ):
            holder = self.names.get(g["user_id"], str(g["user_id"]))
            unit, starts = self.codes.get(g["unit_id"]), g["starts_at"]
            q = Request(g["request_id"], "bootstrap", holder, g["role"], unit, starts, NEVER, None, 0, NEVER, "active")
            self.model.requests[q.id] = q
            self.model.grants[g["id"]] = Grant(
                g["id"], q, holder, q.role, q.unit, g["starts_at"], NEVER, g["granted_at"]
            )

    def session(self, who: str) -> Session:
        known = self.model.sessions.setdefault(who, [])
        if not known or known[-1].created < self.now - 80 * DAY:
            token = self.value("select identity.login(%s, %s, '90 days')", self.slug, who)
            known.append(Session(token, self.now, self.now))
        return known[-1]

    def call(self, who: str, function: str, **named: Any) -> Row:
        """One command; an error of the caller is an outcome like another."""
        session = self.session(who)
        named = {name: value for name, value in named.items() if value is not None}
        said = " ".join(f"{name}={self.short(value)}" for name, value in named.items())
        self.steps.append(f"{self.now:%m-%d %H:%M:%S} {who}: {function} {said}")
        named |= {"key": uuid.UUID(int=self.random.getrandbits(128)), "token": session.token}
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        try:
            row = self.connection.execute(f"select * from api.{function}({arguments})", named).fetchone()
        except psycopg.Error as error:
            row = {"status": "error", "code": error.sqlstate, "id": None, "detail": {"said": str(error)}}
        else:
            self.model.used(session)
        assert row is not None
        self.steps[-1] += f" -> {row['status']} {row['code'] or ''}"
        return row

    def short(self, value: Any) -> str:
        return self.names.get(value) or self.codes.get(value) or str(value)[-12:]

    def fail(self, what: str) -> None:
        last = "\n".join(f"{n:4} {text}" for n, text in list(enumerate(self.steps, 1))[-25:])
        raise Mismatch(f"seed {self.seed}, step {len(self.steps)}: {what}\n{last}")

    def judge(self, outcome: Row, codes: Codes) -> bool:
        """Accepted if and only if no rule speaks against it; else one of the codes that do."""
        if outcome["status"] == "accepted" and not codes:
            return True
        if outcome["status"] == "refused" and outcome["code"] in codes:
            return False
        expected = f"refused with {' or '.join(sorted(codes))}" if codes else "accepted"
        self.fail(f"expected {expected}, was {outcome['status']} {outcome['code']} {outcome['detail']}")
        return False

    # choosing

    def someone(self, likely: list[str] | None = None) -> str:
        if likely and self.random.random() < 0.7:
            return self.random.choice(likely)
        return self.random.choice(PEOPLE)

    def somewhere(self) -> str | None:
        return self.random.choice((None, None, *UNITS))

    def admins(self) -> list[str]:
        return [who for who in PEOPLE if self.model.holds(who, "role.grant", None)]

    # steps

    def request(self) -> None:
        m, pick = self.model, self.random
        role = pick.choice(
            ("school_admin", "school_admin", *("attendance_officer",) * 2, "faculty", "guardian", "student")
        )
        by = self.someone()
        who = by if pick.random() < 0.5 else self.someone()
        unit = self.somewhere() if role != "school_admin" or pick.random() < 0.3 else None
        taught = [g.unit for g in m.grants.values() if g.role == "faculty" and g.live(self.now) and g.unit]
        if (
            role == "attendance_officer" and taught and pick.random() < 0.5
        ):  # where approvers hold less than they approve
            unit = pick.choice(taught)
        suspended = [look.grant for look in m.looks.values() if look.is_open() and look.suspended]
        if suspended and pick.random() < 0.5:  # what they had, once more, or what excludes it
            grant = pick.choice(suspended)
            who, unit = grant.holder, grant.unit
            role = pick.choice([grant.role, *sorted(m.rules[grant.role].excludes)])
            by = pick.choice([who, *self.admins()])
        rule = m.rules[role]
        starts = self.now + pick.choice((HOUR, DAY, 3 * DAY)) if pick.random() < 0.2 else None
        ends = None
        if pick.random() < (0.8 if rule.max_duration else 0.25):
            ends = (starts or self.now) + pick.choice((HOUR, DAY, 20 * DAY, 80 * DAY, 200 * DAY))
        may_grant = m.holds(by, "role.grant", unit)
        direct = may_grant and rule.min_approvals == 0 and who != by
        q = Request(
            *(uuid.uuid4(), "direct" if direct else "asked", who, role, unit, starts or self.now, ends or NEVER, by),
            *(0 if direct else max(1, rule.min_approvals), max(self.now, starts or self.now) + rule.lapses_after),
        )
        codes = m.against(q, [by] if direct else [])
        if who != by and not may_grant:
            codes = {"SA104"}
        elif who == by and not rule.self_request:
            codes = {"SA105"}
        outcome = self.call(
            *(by, "role_request"),
            role=role,
            user_id=self.users[who],
            unit_id=self.units.get(unit or ""),
            starts_at=starts,
            ends_at=ends,
            reason=WHY,
        )
        if self.judge(outcome, codes):
            q.id = outcome["id"]
            m.requests[q.id] = q
            if direct and q.starts <= self.now:
                m.put(q, uuid.UUID(outcome["detail"]["grant_id"]))
            elif direct:
                q.state = "approved"
            self.same(outcome["detail"]["state"], q.state)

    def same(self, observed: Any, expected: Any) -> None:
        if observed != expected:
            self.fail(f"expected {expected}, was {observed}")

    def some_request(self, *states: str) -> Request | None:
        asked = [q for q in self.model.requests.values() if q.kind != "bootstrap"]
        likely = [q for q in asked if q.state in states]
        pool = likely if likely and self.random.random() < 0.9 else asked
        return self.random.choice(pool[-12:]) if pool else None

    def decide(self) -> None:
        m = self.model
        q = self.some_request("requested")
        if q is None:
            return
        rule = m.rules[q.role]
        via = "deny" if self.random.random() < 0.12 else "approve"
        able = [one for one in PEOPLE if m.holds(one, rule.approver_permission, q.unit)]
        lesser = [one for one in able if not m.has_all_of(one, q.role, q.unit)]
        who = self.someone(lesser if lesser and self.random.random() < 0.4 else able)
        codes: Codes = set()
        if who in (q.by, q.beneficiary):
            codes.add("SA105")
        if not m.may_approve(who, rule.approver_permission, q.unit, q.beneficiary):
            codes.add("SA104")
        if q.state != "requested" or min(q.lapses, q.ends) <= self.now:
            codes.add("SA101")
        elif who in (one for one, _, _ in q.approvals):
            codes.add("SA112")
        if via == "approve" and not codes:
            codes = m.against(q, [who])
        outcome = self.call(who, "role_decide", request_id=q.id, via=via, reason=WHY)
        if not self.judge(outcome, codes):
            return
        q.approvals.append((who, via, self.now))
        if via == "deny":
            q.state = "denied"
        elif len(q.approvals) >= q.needed:
            q.state = "approved"
            if q.starts <= self.now:
                speaks = m.against(q, q.approvers())
                if not speaks:
                    m.put(q, uuid.UUID(outcome["detail"]["grant_id"]))
                elif outcome["detail"].get("code") not in speaks:
                    self.fail(f"expected approved, not in effect for {speaks}, was {outcome['detail']}")
        self.same(outcome["detail"]["state"], q.state)

    def withdraw(self) -> None:
        q = self.some_request("requested", "approved")
        if q is None:
            return
        who = self.someone([q.beneficiary, str(q.by)])
        codes = set() if who in (q.by, q.beneficiary) else {"SA104"}
        if q.state not in ("requested", "approved"):
            codes.add("SA101")
        if self.judge(self.call(who, "role_withdraw", request_id=q.id), codes):
            q.state = "withdrawn"

    def activate(self) -> None:
        m = self.model
        q = self.some_request("approved")
        if q is None:
            return
        who = self.someone([q.beneficiary, *self.admins()])
        codes: Codes = set()
        if who not in (q.by, q.beneficiary) and not m.holds(who, "role.grant", q.unit):
            codes.add("SA104")
        if q.state != "approved" or not q.starts <= self.now < min(q.lapses, q.ends):
            codes.add("SA101")
        if not codes:
            codes = m.against(q, q.approvers())
        outcome = self.call(who, "role_activate", request_id=q.id)
        if self.judge(outcome, codes):
            m.put(q, uuid.UUID(outcome["detail"]["grant_id"]))

    def revoke(self) -> None:
        m = self.model
        held = [g for g in m.grants.values() if g.holder in PEOPLE]
        live = [g for g in held if g.revoked is None and g.ends > self.now]
        if not m.admins_left() and self.random.random() < 0.7:
            live = [g for g in live if not g.administers()]
        grant = self.random.choice(live if live and self.random.random() < 0.9 else held)
        who = self.someone([grant.holder, *self.admins()])
        codes: Codes = set()
        if who != grant.holder and not m.holds(who, "role.grant", grant.unit):
            codes.add("SA104")
        if grant.revoked is not None or grant.ends <= self.now:
            codes.add("SA101")
        if m.is_last(grant):
            codes.add("SA145")
        if self.judge(self.call(who, "role_revoke", grant_id=grant.id, reason=WHY), codes):
            m.take(grant)

    def break_glass(self) -> None:
        role = self.random.choice(("school_admin", "attendance_officer", "attendance_officer", "faculty"))
        who = self.someone([one for one in PEOPLE if not self.model.against_emergency(one, role)])
        if self.emergency(who, role) and role == "attendance_officer" and self.random.random() < 0.7:
            self.emergency(who, "school_admin")  # from there on to the top

    def emergency(self, who: str, role: str) -> bool:
        m = self.model
        unit, minutes = self.somewhere(), self.random.choice((5, 30, 45, 60))
        rule = m.rules[role]
        ends = self.now + minutes * MINUTE
        q = Request(uuid.uuid4(), "break_glass", who, role, unit, self.now, ends, who, 0, NEVER)
        codes = m.against(q, [])
        if rule.break_glass_max is None or minutes * MINUTE > rule.break_glass_max:
            codes.add("SA146")
        codes |= m.against_emergency(who, role)
        outcome = self.call(
            who, "role_break_glass", role=role, reason=WHY, unit_id=self.units.get(unit or ""), minutes=minutes
        )
        if not self.judge(outcome, codes):
            return False
        q.id = outcome["id"]
        m.requests[q.id] = q
        grant = m.put(q, uuid.UUID(outcome["detail"]["grant_id"]))
        self.adopt({grant.id: ("break_glass", self.now)})
        return True

    def adopt(self, expected: dict[uuid.UUID, tuple[str, dt.datetime]], escalation: bool = False) -> None:
        """The revalidations that are new in the database are exactly those expected (by grant: source and due)."""
        m = self.model
        new = self.rows(
            "select id, grant_id, source, due_at, overdue_at, overdue_action from access.revalidation"
            " where tenant_id = %s and not id = any (%s)",
            *(self.tenant, list(m.looks)),
        )
        for row in new:
            grant = m.grants[row["grant_id"]]
            wanted = expected.pop(row["grant_id"], None)
            if wanted is None and escalation and row["source"] == "escalation":
                events = "select count(*) from access.escalation_event where grant_id = %s and state = 'open'"
                self.same((self.value(events, grant.id) > 0, grant.revoked, grant.ends > self.now), (True, None, True))
                wanted = ("escalation", self.now)
            self.same((row["source"], row["due_at"]), wanted)
            m.looks[row["id"]] = Look(
                *(row["id"], grant, row["source"], row["due_at"], row["overdue_at"], row["overdue_action"], self.now)
            )
            self.same(row["overdue_at"] - row["due_at"], 14 * DAY)
        if expected:
            self.fail(f"nothing was queued for {expected}")

    def revalidate(self) -> None:
        m = self.model
        looks = list(m.looks.values())
        likely = [one for one in looks if one.is_open()]
        if not looks:
            return
        one = self.random.choice(likely if likely and self.random.random() < 0.9 else looks)
        suspended = [look for look in likely if look.suspended]
        if suspended and self.random.random() < 0.4:
            one = self.random.choice(suspended)
        grant = one.grant
        via = self.random.choice(("certify", "certify", "modify", "revoke"))
        if via == "modify" and grant.ends <= self.now:
            via = "certify"
        if via != "certify" and m.is_last(grant) and self.random.random() < 0.5:
            via = "certify"
        who = self.someone([name for name in PEOPLE if m.holds(name, "role.review", None)])
        codes: Codes = set()
        if not m.holds(who, "role.review", None):
            codes.add("SA104")
        if who == grant.holder:
            codes.add("SA105")
        if not one.is_open():
            codes.add("SA101")
        if via != "certify" and m.is_last(grant):
            codes.add("SA145")
        resumes = via != "revoke" and one.suspended is not None and grant.revoked == one.suspended
        ends = grant.ends
        if via == "modify":
            ends = min(self.now + self.random.choice((MINUTE, HOUR, 10 * DAY)), ends)
        if resumes and not codes:
            codes |= self.against_resumption(grant, ends)
        outcome = self.call(
            *(who, "revalidation_decide"),
            revalidation_id=one.id,
            via=via,
            reason=WHY,
            ends_at=ends if via == "modify" else None,
        )
        if not self.judge(outcome, codes):
            return
        one.state = {"certify": "certified", "modify": "modified", "revoke": "revoked"}[via]
        one.moved = self.now
        if resumes:
            grant.revoked = None
        if via == "modify" and grant.revoked is None:
            grant.ends = ends
        elif via == "revoke" and one.suspended is not None:
            if grant.request.state == "active":
                grant.request.state = "revoked"
        elif via == "revoke" and grant.revoked is None and grant.ends > self.now:
            m.take(grant)

    def against_resumption(self, grant: Grant, ends: dt.datetime) -> Codes:
        """What came to be while a grant was suspended speaks against its resumption, as against any other."""
        q = Request(uuid.uuid4(), "asked", grant.holder, grant.role, grant.unit, grant.starts, ends, None, 1, NEVER)
        codes = self.model.against(q, []) & {"SA141", "SA142"}
        for g in self.model.grants.values():
            same = (g.holder, g.role, g.unit) == (grant.holder, grant.role, grant.unit)
            # for the whole of its time, since a grant that is resumed is there as if it had never been away
            if same and g is not grant and g.revoked is None and g.starts < ends and g.ends > grant.starts:
                codes.add("SA112")
        return codes

    def scan(self) -> None:
        m = self.model
        who = self.someone(self.admins())
        codes = set() if m.holds(who, "role.review", None) else {"SA104"}
        # what is seen is seen before the scan's own session is
        outcome = self.call(who, "access_scan")
        if not self.judge(outcome, codes):
            return
        for grant in m.grants.values():
            if grant.request.state == "active" and grant.ends <= self.now:
                grant.request.state = "expired"
        self.scan_starts()
        for q in m.requests.values():
            if q.state in ("requested", "approved") and min(q.lapses, q.ends) <= self.now:
                q.state = "lapsed"
        self.adopt(self.scan_queue(), escalation=True)
        for look in m.looks.values():
            # what an event queued in this very scan falls due in the next one
            if look.state == "queued" and (
                look.due < self.now or (look.due == self.now and look.source != "escalation")
            ):
                look.state, look.moved = "due", self.now
            if look.state == "due" and look.overdue <= self.now:
                look.state, look.moved = "overdue", self.now
        self.scan_overdue()

    def scan_starts(self) -> None:
        """In which order they come into effect is not specified: what did must have been legal, what did not, not."""
        m = self.model
        waiting = [
            q for q in m.requests.values() if q.state == "approved" and q.starts <= self.now < min(q.lapses, q.ends)
        ]
        made = {
            row["request_id"]: row["id"]
            for row in self.rows(
                "select id, request_id from identity.role_grant where request_id = any (%s)", [q.id for q in waiting]
            )
        }
        rest = [q for q in waiting if q.id in made]
        while rest:
            legal = next((q for q in rest if not m.against(q, q.approvers())), None)
            if legal is None:
                self.fail(f"the scan brought into effect what {m.against(rest[0], rest[0].approvers())} speaks against")
            else:
                m.put(legal, made[legal.id])
                rest.remove(legal)
        for q in waiting:
            if q.id not in made and not m.against(q, q.approvers()):
                self.fail(f"the scan left out a request of {q.role} for {q.beneficiary}")

    def scan_queue(self) -> dict[uuid.UUID, tuple[str, dt.datetime]]:
        """What is to be looked at again: by schedule two weeks ahead, or unused for 60 days."""
        m = self.model
        queued: dict[uuid.UUID, tuple[str, dt.datetime]] = {}
        for grant in m.grants.values():
            rule = m.rules[grant.role]
            looks = [look for look in m.looks.values() if look.grant is grant]
            waits = any(look.is_open() for look in looks)
            if rule.revalidate_every is None or waits or grant.revoked is not None or grant.starts > self.now:
                continue
            last = max([grant.granted, *(look.moved for look in looks if look.state in ("certified", "modified"))])
            due = max(last + rule.revalidate_every, self.now)
            if last + rule.revalidate_every <= self.now + 14 * DAY and grant.ends > due:
                queued[grant.id] = ("schedule", due)
            elif (
                *(rule.level >= 40, grant.ends > self.now, grant.granted <= self.now - 60 * DAY),
                *(not any(look.moved > self.now - 60 * DAY for look in looks),),
                not m.was_seen(grant.holder, self.now - 60 * DAY),
            ) == (True,) * 5:
                queued[grant.id] = ("unused", self.now)
        return queued

    def scan_overdue(self) -> None:
        """The consequence, in whatever order; one administrator stays, whichever."""
        m = self.model
        for look in m.looks.values():
            grant = look.grant
            if look.state != "overdue" or look.suspended or look.action == "alert":
                continue
            if grant.revoked is not None or grant.ends <= self.now:
                continue
            if self.value("select revoked_at is null from identity.role_grant where id = %s", grant.id):
                if not grant.administers():
                    self.fail(f"{grant.holder}'s {grant.role} is overdue and nothing happened")
                continue
            if look.action == "revoke":
                m.take(grant)
            else:
                look.suspended = grant.revoked = self.now
        kept = [g for g in m.grants.values() if g.administers() and g.starts <= self.now]
        spared = [
            look
            for look in m.looks.values()
            if look.state == "overdue" and look.action != "alert" and look.grant in kept and not look.suspended
        ]
        if len(kept) > 1 and spared:
            self.fail("an overdue administrator stays although there is another one")

    def wait(self) -> None:
        self.later(self.random.choice((10 * MINUTE, HOUR, 5 * HOUR, DAY, 2 * DAY, 6 * DAY, 16 * DAY, 31 * DAY)))

    # judging

    def compare(self) -> None:
        m = self.model
        for g in self.rows(
            "select id, user_id, role, unit_id, starts_at, nullif(ends_at, 'infinity') as ends_at, revoked_at"
            " from identity.role_grant where tenant_id = %s",
            self.tenant,
        ):
            known = m.grants.get(g["id"])
            if known is None:
                self.fail(f"the model does not know the grant {g}")
                return
            self.same(
                (
                    self.names.get(g["user_id"], known.holder),
                    g["role"],
                    self.codes.get(g["unit_id"]),
                    g["ends_at"] or NEVER,
                ),
                (known.holder, known.role, known.unit, known.ends),
            )
            self.same((g["starts_at"], g["revoked_at"], known.role), (known.starts, known.revoked, known.role))
        states = {
            q["id"]: q["state"]
            for q in self.rows("select id, state from access.role_request where tenant_id = %s", self.tenant)
        }
        self.same(states, {q.id: q.state for q in m.requests.values()})
        looks = {
            c["id"]: c["state"]
            for c in self.rows("select id, state from access.revalidation where tenant_id = %s", self.tenant)
        }
        self.same(looks, {look.id: look.state for look in m.looks.values()})
        broken = [row["broken"] for row in self.rows(BROKEN)]
        if broken:
            self.fail("; ".join(broken))
        for _ in range(8):
            who, unit = self.someone(), self.somewhere()
            permission = self.random.choice(("role.grant", "role.review", "register.take", "attendance.void"))
            session = self.session(who)
            held = self.value(
                "select api.has_permission(%s, %s, %s)", permission, self.units.get(unit or ""), session.token
            )
            m.used(session)
            self.same((who, permission, unit, held), (who, permission, unit, m.holds(who, permission, unit)))

    def go(self, steps: int) -> None:
        kinds = {
            self.request: 24,
            self.decide: 28,
            self.withdraw: 3,
            self.activate: 5,
            self.revoke: 7,
            self.break_glass: 4,
            self.revalidate: 10,
            self.scan: 9,
            self.wait: 10,
        }
        for number in range(1, steps + 1):
            for who in PEOPLE:
                self.session(who)
            self.later(dt.timedelta(seconds=self.random.randint(1, 50)))
            self.random.choices(list(kinds), list(kinds.values()))[0]()
            if number % 20 == 0 or number == steps:
                self.compare()


# --- the tests -------------------------------------------------------------------------------------------

MINE = """
create schema mine;
create view mine.role_grant as
select * from identity.role_grant where tenant_id = current_setting('test.tenant')::uuid;
create view mine.role_request as
select * from access.role_request where tenant_id = current_setting('test.tenant')::uuid;
create view mine.role_approval as
select * from access.role_approval where tenant_id = current_setting('test.tenant')::uuid;
create view mine.escalation_event as
select * from access.escalation_event where tenant_id = current_setting('test.tenant')::uuid;
"""
"""What one seed sees of its tables: several may run in one database."""

CLOCK = """
create or replace function core.clock() returns timestamptz language sql volatile
as $$ select pg_catalog.current_setting('test.clock')::timestamptz $$
"""


@pytest.fixture
def world(database: str) -> str:
    """A database with the world of the pgTAP tests and the test's clock."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute(CLOCK)
        connection.execute(MINE)
    return database


def run(dsn: str, seed: int, steps: int) -> Run:
    one = Run(dsn, seed)
    try:
        one.go(steps)
    finally:
        one.close()
    return one


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_every_step_comes_to_what_the_specification_says(world: str, seed: int) -> None:
    done = run(world, seed, STEPS)
    codes = {text.rpartition(" ")[2] for text in done.steps}
    assert {"", "SA104", "SA105"} <= codes


MUTANTS = {
    "a favour returned within 30 days": (
        "access.approving_grant(uuid,text,uuid,uuid,timestamptz)",
        "or approving_grant.beneficiary_id is null",
        "or true",
    ),
    "more permissions than the approver has": (
        "access.holds_every_permission_of(uuid,text,uuid,timestamptz)",
        "select exists (select from held as h where h.permission = 'role.escalate')",
        "select true",
    ),
    "the requester approves": ("api.role_decide(uuid,uuid,text,text,text)", "then 'SA105'", "then null"),
    "no cool-down": ("access.grant_refusal(access.role_request,uuid[],timestamptz)", "'SA144'", "null"),
    "no prerequisite": ("access.grant_refusal(access.role_request,uuid[],timestamptz)", "'SA143'", "null"),
    "anybody revokes": (
        "api.role_revoke(uuid,uuid,text,text)",
        "not identity.holds('role.grant', v_grant.unit_id)",
        "false",
    ),
    "glass for as long as one likes": (
        "api.role_break_glass(uuid,text,text,uuid,integer,text,text)",
        "make_interval(mins => role_break_glass.minutes) > v_rule.break_glass_max",
        "false",
    ),
    "glass for the highest role at once": (
        "api.role_break_glass(uuid,text,text,uuid,integer,text,text)",
        "access.levels_between(v_level, v_rule.role) > 0",
        "false",
    ),
    "one emergency stands on another": (
        "api.role_break_glass(uuid,text,text,uuid,integer,text,text)",
        "and q.kind is distinct from 'break_glass'",
        "",
    ),
    "what is overdue has no consequence": ("access.advance(timestamptz)", "c.overdue_action <> 'alert'", "false"),
}
"""What is taken away → the function, the text, and what stands there instead."""


def any_of(dsn: str, seeds: range) -> None:
    """One seed after the other in the same database: until one of them fails."""
    for seed in seeds:
        run(dsn, seed, 250)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_model_notices(world: str, name: str) -> None:
    function, old, new = MUTANTS[name]
    with psycopg.connect(world, autocommit=True) as connection:
        row = connection.execute("select pg_get_functiondef(%s::regprocedure)", [function]).fetchone()
        assert row is not None
        assert old in row[0]
        connection.execute(row[0].replace(old, new))
    with pytest.raises(Mismatch) as found:
        any_of(world, range(1, 9))
    print(f"{name}: {str(found.value).splitlines()[0]}")
