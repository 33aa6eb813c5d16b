"""Precision and recall of the escalation rules, on the demo tenants and a year in which it is known what was wrong.

``smartattend seed`` makes a school and a company. The clock of this throw-away database is the test's from then on, and
a year of ordinary governance follows, drawn from a seed: people log in, are hired and leave, ask for roles, stand in,
break glass, are looked at again, go on holiday and make mistakes. Nobody in it means harm, so that each event is a
false positive. Then each rule is given one reason to fire.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator.cli import cli

Row = dict[str, Any]
WEEKS: Final = 52
SEED: Final = 1
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
WHY: Final = "a reason that says something"
RULES: Final = tuple(f"E{number:02}" for number in range(1, 21))
PLATFORM: Final = "platform"

CLOCK: Final = """
create or replace function core.clock() returns timestamptz language sql volatile
as $$ select pg_catalog.current_setting('test.clock')::timestamptz $$
"""

ORDINARY: Final = {
    "E04": (2, "an administrator clicks on a request of their own, once in each tenant"),
    "E05": (2, "somebody is asked to do what their other role excludes, once in each tenant"),
    "E07": (4, "somebody of the office is on leave for seven weeks, once in each tenant"),
    "E09": (2, "a role is given to the wrong person and taken back after five minutes, once in each tenant"),
    "E11": (1, "a teacher becomes head of the school"),
    "E13": (2, "an administrator is approved in the evening; an emergency at night"),
    "E15": (1, "the platform lets a role's revalidation wait longer"),
}
"""What ordinary life sets off, at most, and why; every other rule stays silent."""


@dataclass
class Kind:
    """The roles of a platform, from the lowest."""

    slug: str
    admin: str
    low: str
    base: str
    office: str
    head: str
    base_kind: str
    excluded: tuple[str, str]
    """Who holds the first does not get the second."""


KINDS: Final = (
    Kind(
        *("demo-school", "admin@demo-school.example", "guardian", "faculty", "attendance_officer", "school_admin"),
        *("faculty", ("student", "faculty")),
    ),
    Kind(
        *("demo-corporate", "admin@demo-corporate.example", "employee", "manager", "hr", "corporate_admin"),
        *("manager", ("hr", "corporate_admin")),
    ),
)


class World:
    """The database, its clock, and who acts in it."""

    def __init__(self, dsn: str, now: dt.datetime) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row, options="-c timezone=UTC")
        self.random = random.Random(f"governance/{SEED}")
        self.actions: Counter[str] = Counter()
        self.now = now
        self.at(now)
        self.plan: list[tuple[dt.datetime, int, Callable[[], object]]] = []
        self.numbers = itertools.count()
        for name in ("governor", "watcher"):
            self.rows(
                'with made as (insert into identity."user" (login) values (%s) returning id)'
                " insert into identity.platform_grant (user_id, role, starts_at)"
                " select id, 'superadmin', '2000-01-01' from made",
                f"{name}@example.org",
            )

    def rows(self, query: str, *values: Any) -> list[Row]:
        cursor = self.connection.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))

    def at(self, instant: dt.datetime) -> None:
        self.now = max(self.now, instant)
        self.connection.execute("select set_config('test.clock', %s, false)", [self.now.isoformat()])

    def later(self, span: dt.timedelta) -> None:
        self.at(self.now + span)

    def run(self) -> None:
        """What is planned, and what comes of it, in the order of time."""
        while self.plan:
            when, _, what = heapq.heappop(self.plan)
            self.at(when)
            what()

    def platform(self, function: str, who: str = "governor", **named: Any) -> Row:
        token = self.value(
            "select identity.login_platform(%s, 'governance of roles', 'GOV-1', 2, '1 hour')", f"{who}@example.org"
        )
        return self.call(token, function, **named)

    def look_at_the_guard(self) -> None:
        """Its log has the server's time, whatever the clock of the test says."""
        self.rows("select * from ledger.seal()")
        self.rows("select * from ledger.verify()")
        self.connection.execute("select set_config('test.clock', clock_timestamp()::text, false)")
        self.platform("platform_scan", "watcher")
        self.at(self.now)

    def call(self, token: str, function: str, **named: Any) -> Row:
        named = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in named.items()}
        named |= {"key": uuid.UUID(int=self.random.getrandbits(128)), "token": token}
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        row = self.connection.execute(f"select * from api.{function}({arguments})".encode(), named).fetchone()
        assert row is not None
        self.actions[function] += 1
        return row

    def events(self) -> list[Row]:
        return self.rows(
            "select e.id, e.rule, coalesce(t.slug, %s) as tenant, e.user_id, e.actor_id, e.evidence"
            " from access.escalation_event as e left join tenancy.tenant as t using (tenant_id)",
            PLATFORM,
        )


class Tenant:
    """A year in one tenant."""

    def __init__(self, world: World, kind: Kind) -> None:
        self.world, self.kind, self.random = world, kind, random.Random(f"governance/{SEED}/{kind.slug}")
        row = world.rows("select tenant_id, time_zone from tenancy.tenant where slug = %s", kind.slug)[0]
        self.id, self.zone = row["tenant_id"], ZoneInfo(row["time_zone"])
        self.away: dict[uuid.UUID, tuple[dt.datetime, dt.datetime]] = {}
        self.units = [
            row["id"] for row in world.rows("select id from tenancy.unit where tenant_id = %s order by id", self.id)
        ]
        self.hired = 0
        self.boss = self.person(kind.admin)

    # who there is

    def person(self, login: str) -> uuid.UUID:
        return uuid.UUID(str(self.world.value('select id from identity."user" where login = %s', login)))

    def holders(self, role: str) -> list[uuid.UUID]:
        found = self.world.rows(
            "select distinct g.user_id from identity.role_grant as g"
            " inner join identity.membership as m using (tenant_id, user_id)"
            " where g.tenant_id = %s and g.role = %s and g.revoked_at is null and g.during @> core.clock()"
            " and m.active_from <= core.clock() and coalesce(m.active_until, 'infinity') > core.clock() order by 1",
            *(self.id, role),
        )
        return [row["user_id"] for row in found]

    def some(self, role: str, *without: uuid.UUID) -> uuid.UUID:
        """Somebody who holds a role and nothing above it, and is not away."""
        kind = self.kind
        above = [kind.low, kind.base, kind.office, kind.head]
        higher = (
            {who for one in above[above.index(role) + 1 :] for who in self.holders(one)} if role in above else set()
        )
        found = [who for who in self.holders(role) if who not in higher | set(without) and not self.is_away(who)]
        return self.random.choice(found)

    def is_away(self, who: uuid.UUID) -> bool:
        since, until = self.away.get(who, (self.world.now, self.world.now))
        return since <= self.world.now < until

    def admin(self, *without: uuid.UUID) -> uuid.UUID:
        return self.random.choice([who for who in self.holders(self.kind.head) if who not in without])

    def act(self, who: uuid.UUID, function: str, **named: Any) -> Row:
        login = self.world.value('select login from identity."user" where id = %s', who)
        token = self.world.value("select identity.login(%s, %s)", self.kind.slug, login)
        row = self.world.call(token, function, **named)
        self.world.rows("select identity.revoke_token(%s)", token)
        return row

    def done(self, who: uuid.UUID, function: str, **named: Any) -> Row:
        row = self.act(who, function, **named)
        assert row["status"] == "accepted", (function, named, row)
        return row

    # what they do

    def appoint(self, who: uuid.UUID, role: str) -> None:
        """Asked for by an administrator, approved by another one where the rule wants it."""
        admin = self.admin(who)
        asked = self.done(admin, "role_request", role=role, user_id=who, reason=WHY)
        if asked["detail"]["state"] == "requested":
            self.world.later(2 * HOUR if self.random.random() < 0.9 else 30 * MINUTE)
            self.done(self.admin(who, admin), "role_decide", request_id=asked["id"], via="approve")

    def hire(self, role: str, unit: bool = False) -> uuid.UUID:
        self.hired += 1
        entry = {
            "member_number": f"G{self.hired:04}",
            "kind": "guardian" if role == "guardian" else self.kind.base_kind if role == self.kind.base else "employee",
            "display_name": f"Member G{self.hired:04}",
            "role": role,
        }
        if role == self.kind.office:
            entry["kind"] = "hr" if role == "hr" else "staff"
        token = self.world.value("select identity.login(%s, %s)", self.kind.slug, self.kind.admin)
        row = self.world.rows("select * from api.put_members(%s, %s)", Jsonb([entry]), token)[0]
        self.world.actions["put_members"] += 1
        assert row["status"] == "accepted", row
        return uuid.UUID(str(row["id"]))

    def stand_in(self) -> None:
        who, unit = self.some(self.kind.base), self.random.choice(self.units)
        self.act(
            *(self.admin(), "role_request"),
            role=self.kind.base,
            user_id=who,
            unit_id=unit,
            ends_at=self.world.now + self.random.randint(2, 21) * DAY,
            reason=WHY,
        )

    def ask(self) -> None:
        """For the office, for a while; an administrator looks at it some days later, or nobody does."""
        who = self.some(self.kind.base)
        ends = self.world.now + self.random.randint(20, 90) * DAY
        asked = self.act(who, "role_request", role=self.kind.office, ends_at=ends, reason=WHY)
        if asked["status"] != "accepted":
            return
        chance, when = self.random.random(), self.world.now + self.random.randint(1, 5) * DAY
        if chance < 0.12:
            self.do(when, lambda: self.act(who, "role_withdraw", request_id=asked["id"]))
        elif chance < 0.85:
            via = "deny" if chance < 0.3 else "approve"
            self.do(when, lambda: self.act(self.admin(), "role_decide", request_id=asked["id"], via=via, reason=WHY))

    def emergency(self) -> None:
        kind = self.kind
        role = kind.head if kind.excluded[1] != kind.head else kind.office
        who = self.some(kind.office if role == kind.head else kind.base)
        broken = self.act(who, "role_break_glass", role=role, reason=WHY, minutes=30)
        assert broken["status"] == "accepted" or broken["code"] == "SA141", broken

    def mistake(self) -> None:
        """The wrong person got it; five minutes later it is taken back."""
        who, admin = self.some(self.kind.base), self.admin()
        given = self.act(admin, "role_request", role=self.kind.office, user_id=who, reason=WHY)
        if given["status"] == "accepted":
            self.world.later(5 * MINUTE)
            self.done(admin, "role_revoke", grant_id=given["detail"]["grant_id"], reason=WHY)

    def own(self) -> None:
        """Who asks clicks on approve, and is told that another one has to."""
        who = self.some(self.kind.base)
        admin = self.admin()
        asked = self.act(admin, "role_request", role=self.kind.head, user_id=who, reason=WHY)
        if asked["status"] == "accepted":
            self.act(admin, "role_decide", request_id=asked["id"], via="approve")
            self.done(admin, "role_withdraw", request_id=asked["id"])

    def excluded(self) -> None:
        held, wanted = self.kind.excluded
        who = self.random.choice(self.holders(held))
        assert self.act(self.admin(), "role_request", role=wanted, user_id=who, reason=WHY)["code"] == "SA141"

    def succession(self) -> None:
        """An administrator goes: the successor comes first."""
        self.appoint(
            self.some(self.kind.office if self.kind.excluded[1] != self.kind.head else self.kind.base), self.kind.head
        )
        self.world.later(2 * DAY)
        goes = self.admin(self.boss)
        for row in self.grants(goes):
            self.done(self.boss, "role_revoke", grant_id=row["id"], reason=WHY)

    def leave(self) -> None:
        """Somebody without an office goes, with all roles."""
        who = self.some(self.kind.base)
        for row in self.grants(who):
            self.done(self.admin(), "role_revoke", grant_id=row["id"], reason=WHY)

    def grants(self, who: uuid.UUID) -> list[Row]:
        return self.world.rows(
            "select id from identity.role_grant where tenant_id = %s and user_id = %s and revoked_at is null"
            " and ends_at > core.clock() order by id",
            *(self.id, who),
        )

    def scan(self) -> None:
        self.done(self.admin(), "access_scan")

    def review(self) -> None:
        """Everything that waits, by somebody else than its holder."""
        for row in self.world.rows(
            "select c.id, c.user_id, nullif(g.ends_at, 'infinity') as ends_at from access.revalidation as c"
            " inner join identity.role_grant as g on g.tenant_id = c.tenant_id and g.id = c.grant_id"
            " where c.tenant_id = %s and c.state in ('queued', 'due', 'overdue') order by c.due_at, c.id",
            self.id,
        ):
            via = self.random.choices(("certify", "modify", "revoke"), (92, 4, 4))[0]
            ends = None
            ends_at = row["ends_at"] or dt.datetime.max.replace(tzinfo=dt.UTC)
            if row["user_id"] == self.boss or ends_at <= self.world.now:
                via = "certify"
            elif via == "modify":
                ends = min(self.world.now + 60 * DAY, ends_at)
            self.act(
                self.admin(row["user_id"]),
                "revalidation_decide",
                revalidation_id=row["id"],
                via=via,
                reason=WHY,
                ends_at=ends,
            )

    def log_in(self) -> None:
        for role in (self.kind.base, self.kind.office, self.kind.head):
            for who in self.holders(role):
                if not self.is_away(who):
                    login = self.world.value('select login from identity."user" where id = %s', who)
                    self.world.rows("select identity.login(%s, %s)", self.kind.slug, login)
                    self.world.actions["login"] += 1

    # when

    def do(self, when: dt.datetime, what: Callable[[], object]) -> None:
        """At that instant, moved to working hours."""
        local = when.astimezone(self.zone)
        if local.weekday() >= 5:
            local += (7 - local.weekday()) * DAY
        if not 8 <= local.hour < 17:
            local = local.replace(hour=self.random.randint(8, 16))
        self.exactly(local, what)

    def exactly(self, when: dt.datetime, what: Callable[[], object]) -> None:
        heapq.heappush(self.world.plan, (when.astimezone(dt.UTC), next(self.world.numbers), what))

    def sometime(self, weeks: tuple[int, int], what: Callable[[], object]) -> None:
        monday = self.begin + self.random.randint(*weeks) * 7 * DAY
        self.do(monday + self.random.randint(0, 4) * DAY + self.random.randint(8, 16) * HOUR, what)

    def year(self, begin: dt.datetime) -> None:
        self.begin = begin.astimezone(self.zone).replace(hour=0)
        kind = self.kind
        for week in range(WEEKS):
            monday = self.begin + 7 * week * DAY
            if week % 2 == 0:
                self.do(monday + 8 * HOUR, self.log_in)
            self.do(monday + 9 * HOUR, self.scan)
            if week not in (30, 31, 32):  # summer
                self.do(monday + 3 * DAY + 10 * HOUR, self.review)
        # two more administrators, who are there before anything else happens
        step = kind.office if kind.excluded[1] != kind.head else kind.base
        self.do(self.begin + DAY + 10 * HOUR, lambda: self.first(step))
        self.do(self.begin + 2 * DAY + 10 * HOUR, lambda: self.appoint(self.some(step), kind.head))
        for _ in range(8):
            self.do(self.begin + 8 * HOUR, lambda: self.hire(kind.base))
        for _ in range(12):
            self.sometime((2, 50), lambda: self.hire(kind.low))
        for _ in range(6):
            self.sometime((2, 50), lambda: self.hire(kind.base))
        for _ in range(8):  # the beginning of a school year
            self.do(self.begin + 36 * 7 * DAY + 9 * HOUR, lambda: self.hire(kind.base))
        self.sometime((5, 20), lambda: self.hire(kind.office))
        for _ in range(2):
            self.sometime((3, 40), lambda: self.appoint(self.some(kind.base), kind.office))
        for _ in range(15):
            self.sometime((2, 50), self.stand_in)
        for _ in range(10):
            self.sometime((2, 50), self.ask)
        for _ in range(3):
            self.sometime((10, 50), self.leave)
        self.sometime((5, 25), self.emergency)
        night = self.begin + self.random.randint(25, 45) * 7 * DAY + 5 * DAY + 23 * HOUR
        self.exactly(night, self.emergency)
        self.sometime((5, 45), self.mistake)
        self.sometime((5, 45), self.own)
        self.sometime((5, 45), self.excluded)
        self.sometime((20, 28), self.succession)
        self.sometime((33, 36), lambda: self.on_leave(self.some(kind.office)))
        if kind.slug == "demo-school":
            self.sometime((38, 44), lambda: self.appoint(self.some(kind.base), kind.head))

    def first(self, step: str) -> None:
        """The second administrator is approved by nobody in the tenant but the first: the platform makes it."""
        who = self.some(step)
        self.world.rows(
            "select identity.login(%s, %s)",
            *(self.kind.slug, self.world.value('select login from identity."user" where id = %s', who)),
        )
        asked = self.done(who, "role_request", role=self.kind.head, reason=WHY)
        self.world.later(3 * HOUR)
        self.done(self.boss, "role_decide", request_id=asked["id"], via="approve")

    def on_leave(self, who: uuid.UUID) -> None:
        self.away[who] = (self.world.now, self.world.now + 49 * DAY)


# --- what is planted -------------------------------------------------------------------------------------------------


class Planting:
    """One reason to fire for each rule, at the school, and whether the rule saw it."""

    def __init__(self, world: World, school: Tenant) -> None:
        self.world, self.school = world, school
        self.found: dict[str, bool] = {}

    def see(self, rule: str, about: uuid.UUID | None, platform: bool = False) -> None:
        """Scan, and look for a new event about that person (or, where it is nobody's alone, by anybody)."""
        if not platform:
            self.school.act(self.school.boss, "access_scan")
        new = [event for event in self.world.events() if event["id"] not in self.known and event["rule"] == rule]
        self.found[rule] = any(about in (None, event["user_id"], event["actor_id"]) for event in new)

    def plant(self) -> None:
        for rule in (*(rule for rule in RULES if rule not in ("E02", "E20")), "E02", "E20"):
            self.world.later(2 * DAY)
            monday = self.world.now.astimezone(self.school.zone)
            monday += ((7 - monday.weekday()) % 7) * DAY
            self.world.at(monday.replace(hour=10))
            self.school.log_in()
            self.known = {event["id"] for event in self.world.events()}
            getattr(self, f"plant_{rule.lower()}")()

    def plant_e01(self) -> None:
        school = self.school
        token = self.world.value("select identity.login(%s, %s)", school.kind.slug, school.kind.admin)
        number = self.world.value(
            "select member_number from identity.membership where tenant_id = %s and user_id = %s",
            school.id,
            school.boss,
        )
        entry = {"member_number": number, "kind": "staff", "display_name": "The boss", "role": "faculty"}
        self.world.rows("select * from api.put_members(%s, %s)", Jsonb([entry]), token)
        self.see("E01", school.boss)

    def plant_e02(self) -> None:
        self.world.rows("insert into identity.role_permission values ('attendance_officer', 'tenant.audit')")
        self.school.act(
            self.school.boss, "role_request", role="attendance_officer", user_id=self.school.some("faculty"), reason=WHY
        )
        self.see("E02", self.school.boss)

    def plant_e03(self) -> None:
        who = self.school.some("faculty")
        self.world.rows(
            "insert into identity.role_grant (tenant_id, user_id, role) values (%s, %s, 'guardian')",
            self.school.id,
            who,
        )
        self.see("E03", who)

    def plant_e04(self) -> None:
        who = self.school.some("faculty")
        asked = self.school.done(who, "role_request", role="guardian", reason=WHY)
        self.school.act(who, "role_decide", request_id=asked["id"], via="approve")
        self.see("E04", who)

    def plant_e05(self) -> None:
        who = self.school.some("student")
        self.school.act(self.school.boss, "role_request", role="faculty", user_id=who, reason=WHY)
        self.see("E05", who)

    def plant_e06(self) -> None:
        members = self.world.value("select count(*) from identity.membership where tenant_id = %s", self.school.id)
        while len(self.school.holders("school_admin")) <= max(5, members * 0.05):
            self.school.appoint(self.school.some("faculty"), "school_admin")
        self.see("E06", None)

    def plant_e07(self) -> None:
        who = self.school.some("attendance_officer")
        self.school.away[who] = (self.world.now, self.world.now + 400 * DAY)
        self.world.later(31 * DAY)
        self.school.log_in()
        self.see("E07", who)

    def plant_e08(self) -> None:
        approver = self.school.admin(self.school.boss)
        asked = self.school.done(self.school.some("faculty"), "role_request", role="attendance_officer", reason=WHY)
        self.school.done(approver, "role_decide", request_id=asked["id"], via="approve")
        self.world.rows("alter table identity.role_grant disable trigger role_grant_900_keep_history")
        self.world.rows(
            "update identity.role_grant set revoked_at = core.clock() - interval '1 second'"
            " where tenant_id = %s and user_id = %s and role = 'school_admin'",
            *(self.school.id, approver),
        )
        self.world.rows("alter table identity.role_grant enable always trigger role_grant_900_keep_history")
        self.see("E08", approver)

    def give(self, who: uuid.UUID) -> Row:
        return self.school.done(
            self.school.boss,
            "role_request",
            role="attendance_officer",
            user_id=who,
            ends_at=self.world.now + DAY,
            reason=WHY,
        )

    def plant_e09(self) -> None:
        who = self.school.some("faculty")
        given = self.give(who)
        self.world.later(5 * MINUTE)
        self.school.done(self.school.boss, "role_revoke", grant_id=given["detail"]["grant_id"], reason=WHY)
        self.see("E09", who)

    def plant_e10(self) -> None:
        who = self.school.some("faculty")
        self.school.away[who] = (self.world.now, self.world.now + 400 * DAY)
        self.world.later(61 * DAY)
        self.school.log_in()
        self.give(who)
        self.see("E10", who)

    def plant_e11(self) -> None:
        who = self.school.hire("guardian")
        self.world.later(2 * DAY)
        self.give(who)
        self.see("E11", who)

    def plant_e12(self) -> None:
        who = self.school.some("faculty")
        self.world.rows(
            "insert into access.grant_history"
            " (tenant_id, grant_id, user_id, role, change, source, starts_at, ends_at, request_id, actor_id)"
            " select tenant_id, id, user_id, role, 'granted', 'direct', starts_at, ends_at, request_id,"
            " gen_random_uuid()"
            " from identity.role_grant where tenant_id = %s and user_id = %s limit 1",
            *(self.school.id, who),
        )
        self.see("E12", who)

    def plant_e13(self) -> None:
        self.world.later(5 * DAY)
        who = self.school.some("faculty")
        self.school.appoint(who, "school_admin")
        self.see("E13", who)

    def plant_e14(self) -> None:
        who = self.school.hire("faculty")
        self.world.later(HOUR)
        self.school.appoint(who, "school_admin")
        self.see("E14", who)

    def plant_e15(self) -> None:
        self.world.platform("role_rule_put", role="school_admin", rule={"cool_down": "0"}, reason=WHY)
        self.see("E15", None)

    def plant_e16(self) -> None:
        self.world.rows("alter table ledger.refusal disable trigger user")
        self.world.rows("update ledger.refusal set code = 'SA101' where code = 'SA105'")
        self.world.look_at_the_guard()
        self.see("E16", None, platform=True)

    def plant_e17(self) -> None:
        for _ in range(12):
            self.world.later(MINUTE)
            self.world.platform("platform_scan")
        self.see("E17", None, platform=True)

    def plant_e18(self) -> None:
        who = self.school.some("attendance_officer")
        self.school.done(who, "role_break_glass", role="school_admin", reason=WHY, minutes=30)
        for days in (1, 15):
            self.world.later(days * DAY)
            self.see("E18", who)

    def plant_e19(self) -> None:
        for who in [self.school.hire("guardian") for _ in range(21)]:
            self.give(who)
        self.see("E19", self.school.boss)

    def plant_e20(self) -> None:
        for who in self.school.holders("school_admin"):
            if who != self.school.boss:
                for row in self.school.grants(who):
                    self.school.act(self.school.boss, "role_revoke", grant_id=row["id"], reason=WHY)
        for row in self.school.grants(self.school.boss):
            self.school.act(self.school.boss, "role_revoke", grant_id=row["id"], reason=WHY)
        self.see("E20", self.school.boss)


# --- the tests -------------------------------------------------------------------------------------------------------


@dataclass
class Judged:
    """The events of the ordinary year, and by rule whether what was planted was found."""

    ordinary: list[Row]
    actions: Counter[str]
    found: dict[str, bool]


@pytest.fixture(scope="module")
def judged(clone: Callable[[], str]) -> Judged:
    dsn = clone()
    loaded = CliRunner().invoke(cli, ["seed", "--dsn", dsn], prog_name="smartattend")
    assert loaded.exit_code == 0, loaded.output
    return judge(dsn)


def judge(dsn: str) -> Judged:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(CLOCK)
    now = dt.datetime.now(dt.UTC)
    begin = (now + (7 - now.weekday()) * DAY).replace(hour=6, minute=0, second=0, microsecond=0)
    world = World(dsn, begin)
    tenants = [Tenant(world, kind) for kind in KINDS]
    for tenant in tenants:
        tenant.year(begin)
    for month in range(12):
        heapq.heappush(
            world.plan,
            (begin + month * 28 * DAY + 12 * HOUR, next(world.numbers), lambda: world.platform("platform_scan")),
        )
    for month, rule in ((3, {"revalidate_every": "300 days"}), (6, {"revalidate_every": "366 days"})):
        heapq.heappush(
            world.plan,
            (
                begin + month * 28 * DAY + 13 * HOUR,
                next(world.numbers),
                lambda rule=rule: world.platform("role_rule_put", role="guardian", rule=rule, reason=WHY),
            ),
        )
    world.run()
    world.look_at_the_guard()
    ordinary, actions = world.events(), Counter(world.actions)
    planting = Planting(world, tenants[0])
    planting.plant()
    world.connection.close()
    return Judged(ordinary, actions, planting.found)


def test_false_positives_are_printed_and_few(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counter(event["rule"] for event in judged.ordinary)
    with capsys.disabled():
        made = sum(judged.actions.values())
        said = ", ".join(f"{number} {name}" for name, number in sorted(judged.actions.items()))
        print(f"\na year at a school and at a company, {made} commands: {said}")
        print("rule  planted  found  false positives")
        for rule in RULES:
            why = ORDINARY.get(rule, (0, ""))[1]
            print(f"{rule}  {1:7}  {judged.found[rule]:5}  {counts[rule]:15}{f'  ({why})' if counts[rule] else ''}")
    for rule in RULES:
        most = ORDINARY.get(rule, (0, ""))[0]
        examples = [event for event in judged.ordinary if event["rule"] == rule][:3]
        assert counts[rule] <= most, f"{rule} fired {counts[rule]} times in an ordinary year: {examples}"


def test_what_was_planted_is_found(judged: Judged) -> None:
    assert [rule for rule in RULES if not judged.found[rule]] == []


def test_the_year_has_enough_in_it_to_be_judged_by(judged: Judged) -> None:
    for command, least in {
        "role_request": 50,
        "role_decide": 10,
        "revalidation_decide": 20,
        "access_scan": 100,
    }.items():
        assert judged.actions[command] >= least, command
    assert {"role_break_glass", "role_revoke", "put_members", "platform_scan"} <= set(judged.actions)
