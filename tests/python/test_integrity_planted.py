"""Precision and recall of the rules that demo data cannot hold: planted beside honest noise, as it happens now."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import harness

Row = dict[str, Any]
SEED: Final = 20260302
SECOND: Final = dt.timedelta(seconds=1)
MINUTE: Final = dt.timedelta(minutes=1)
PAST: Final = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


@dataclass
class Planted:
    """A school in which some do what a rule is for and others nearly do, and the truth about it."""

    connection: psycopg.Connection[Row]
    random: Random = field(default_factory=lambda: Random(SEED))
    truth: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    clean: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    people: int = 0

    # --- calls ---------------------------------------------------------------------------------------------------

    def row(self, query: str, *values: Any) -> Row:
        row = self.connection.execute(query, values).fetchone()
        assert row is not None
        return row

    def id(self, name: str) -> uuid.UUID:
        found = self.row("select tap.id(%s) as id", f"alpha/{name}")["id"]
        assert isinstance(found, uuid.UUID)
        return found

    def token(self, who: str) -> str:
        return str(self.row("select tap.token(%s) as token", f"alpha/{who}")["token"])

    def call(self, function: str, **named: Any) -> Row:
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        row = self.connection.execute(f"select * from api.{function}({arguments})", named).fetchone()
        assert row is not None
        return row

    def person(self, role: str | None = None) -> str:
        self.people += 1
        name = f"x{self.people}"
        self.connection.execute("select tap.member('alpha', %s, 'student', %s)", [name, role])
        return name

    def plant(self, rule: str, thing: uuid.UUID, planted: bool) -> None:
        (self.truth if planted else self.clean)[rule].add(thing)

    def coin(self) -> bool:
        return self.random.random() < 0.5

    def now(self) -> dt.datetime:
        found = self.row("select core.clock() as now")["now"]
        assert isinstance(found, dt.datetime)
        return found

    # --- what is planted -------------------------------------------------------------------------------------------

    def evidence(self, officer: str) -> None:
        """F06, F15, F31: each independently right or wrong, in one check-in; F05: through new and known telephones."""
        people = [self.person() for _ in range(60)]
        start = self.now() + 2 * MINUTE
        self.connection.execute(
            "select tap.session('alpha', 'lesson', 'main', '10A', %s, expected => %s)", [start, people]
        )
        session, other = self.id("lesson"), self.id("math")
        codes: list[str] = []
        for number, person in enumerate(people):
            key, now = uuid.uuid4(), self.now()
            foreign, method = self.coin(), self.random.choice(("kiosk", "nfc", "pin", "face"))
            fault = self.random.choice(("none", "none", "old", "early", "other", "used"))
            code = codes[0] if fault == "used" and codes else f"code {number}"
            if code not in codes:
                codes.append(code)
            age = {"old": self.random.uniform(75, 600), "early": -self.random.uniform(75, 600)}.get(fault, 0.0)
            age = age or self.random.uniform(-45, 45)
            phone = None
            if number < 20:
                self.connection.execute("select tap.device('alpha', 'main', %s, 'personal')", [f"phone {number}"])
                phone, is_new = self.id(f"phone {number}"), self.coin()
                minutes = self.random.uniform(1, 7) if is_new else self.random.uniform(11, 60)
                registered = (now - minutes * MINUTE) if is_new else (start - minutes * MINUTE)
                self.connection.execute(
                    "update timing.device set registered_at = %s where id = %s", [registered, phone]
                )
                self.plant("F05", key, is_new)
            answer = self.call(
                "check_in",
                key=key,
                subject_id=self.id(person),
                device_id=phone,
                evidence=Jsonb(
                    {
                        "address": f"203.0.113.{number}" if foreign else f"198.51.100.{number % 64}",
                        "method": method,
                        "code": code,
                        "code_session": str(other if fault == "other" else session),
                        "code_issued_at": (now - age * SECOND).isoformat(timespec="milliseconds"),
                    }
                ),
                token=officer,
            )
            assert answer["status"] == "accepted", answer
            self.plant("F06", key, foreign)
            self.plant("F31", key, method in ("pin", "face"))
            self.plant("F15", key, fault in ("old", "early", "other") or (fault == "used" and code != f"code {number}"))

    def clocks(self) -> None:
        """F09: kiosks whose measured clock is off by more than five minutes, beside those that are off by less."""
        for number in range(16):
            self.connection.execute("select tap.device('alpha', 'main', %s, 'kiosk')", [f"clock {number}"])
            token = str(self.row("select tap.device_token(%s) as token", f"alpha/clock {number}")["token"])
            planted = self.coin()
            size = self.random.uniform(330, 840) if planted else self.random.uniform(0, 280)
            offset = self.random.choice((-1, 1)) * size * SECOND
            booted, boot, probe = time.monotonic() - self.random.uniform(60, 9999), uuid.uuid4(), uuid.uuid4()
            sent, sent_us = dt.datetime.now(dt.UTC) + offset, int((time.monotonic() - booted) * 1e6)
            assert self.call("clock_probe", key=probe, token=token)["status"] == "accepted"
            got, got_us = dt.datetime.now(dt.UTC) + offset, int((time.monotonic() - booted) * 1e6)
            report = self.call(
                "clock_report",
                key=uuid.uuid4(),
                probe_key=probe,
                sent_at=sent,
                received_at=got,
                boot_id=boot,
                sent_monotonic_us=sent_us,
                received_monotonic_us=got_us,
                token=token,
            )
            assert (report["detail"]["state"] == "untrusted") is planted, report
            for _ in range(2):
                key = uuid.uuid4()
                answer = self.call(
                    "check_in",
                    key=key,
                    subject_id=self.id(self.person()),
                    claimed_at=dt.datetime.now(dt.UTC) + offset,
                    boot_id=boot,
                    monotonic_us=int((time.monotonic() - booted) * 1e6),
                    token=token,
                )
                assert answer["detail"]["state"] == ("flagged" if planted else "recorded"), answer
                self.plant("F09", key, planted)

    def leaves(self, officer: str) -> None:
        """F21: during leave, beside announced absences, withdrawn leave, and leave of yesterday."""
        for number in range(24):
            kind = ("leave", "announced", "withdrawn", "yesterday")[number % 4]
            person, key = self.person(), uuid.uuid4()
            ends = self.now() + (-MINUTE if kind == "yesterday" else dt.timedelta(hours=8))
            self.connection.execute(
                "insert into attendance.leave (tenant_id, id, subject_id, kind, starts_at, ends_at, code, reason,"
                " approver_id) values (tap.id('alpha'), %s, %s, %s, %s, %s, 'AE', 'because it was asked for', %s)",
                [
                    leave := uuid.uuid4(), self.id(person), "future_absence" if kind == "announced" else "leave",
                    ends - dt.timedelta(hours=24), ends, self.id("admin"),
                ],
            )  # fmt: skip
            if kind == "withdrawn":
                self.connection.execute(
                    "update attendance.leave set withdrawn_at = core.clock(), withdrawer_id = approver_id,"
                    " withdrawal_reason = 'comes to work after all' where id = %s",
                    [leave],
                )
            self.call("check_in", key=key, subject_id=self.id(person), token=officer)
            self.plant("F21", key, kind == "leave")

    def self_approval(self, officer: str) -> None:
        """F25: officers who verify their own record, beside those who verify another's."""
        for _ in range(12):
            person, planted = self.person("attendance_officer"), self.coin()
            subject = self.id(person if planted else self.person())
            record = self.call("check_in", key=uuid.uuid4(), subject_id=subject, token=officer)["id"]
            key = uuid.uuid4()
            answer = self.call(
                "attendance_transition", key=key, record_id=record, via="verify", token=self.token(person)
            )
            assert (answer["code"] == "SA105") is planted, answer
            self.plant("F25", key, planted)

    def closed_period(self, officer: str) -> None:
        """F30: claims of a month that is closed, beside the next one's; the boundary is half-open."""
        first = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
        for state, via in (("open", None), ("closing", "close"), ("closed", "freeze")):
            if via is None:
                self.connection.execute(
                    "insert into attendance.period (tenant_id, id, code, name, kind, starts_at, ends_at)"
                    " values (tap.id('alpha'), tap.id('january'), 'jan', 'January', 'term', '2026-01-01Z', %s)",
                    [first],
                )
            else:
                self.connection.execute(
                    "update attendance.period set state = %s, state_via = %s, state_reason = 'the month is over now'"
                    " where id = tap.id('january')",
                    [state, via],
                )
        for number in range(12):
            planted, key = number % 2 == 0, uuid.uuid4()
            claimed = first + (-1 if planted else 1) * self.random.choice((1, 60, 86400)) * SECOND
            answer = self.call(
                "check_in", key=key, subject_id=self.id(self.person()), claimed_at=claimed, token=officer
            )
            assert (answer["code"] == "SA117") is planted, answer
            self.plant("F30", key, planted)

    def registers(self, officer: str) -> None:
        """F28: a class that never changes, beside one in which somebody is ill now and then; F29: submitted late."""
        pupils = [self.person() for _ in range(6)]
        now = self.now()
        for unit, changes in (("10A", False), ("10B", True)):
            for number in range(24, 0, -1):
                session, end = f"{unit} {number}", now - number * 55 * MINUTE
                self.session(session, unit, end, pupils)
                marks = [{"subject_id": str(self.id(pupils[0])), "code": "AE"}] if changes and number % 7 == 0 else []
                self.submit(session, marks, officer)
                self.plant("F28", self.id(session), not changes and number <= 5)
                self.plant("F29", self.id(session), False)
        for number in range(10):
            late = self.coin()
            hours = self.random.uniform(24.1, 90) if late else self.random.uniform(0.1, 23.9)
            self.session(f"late {number}", "Y10", now - dt.timedelta(hours=hours), pupils[:2])
            self.submit(f"late {number}", [], officer)
            self.plant("F29", self.id(f"late {number}"), late)

    def session(self, name: str, unit: str, end: dt.datetime, people: list[str]) -> None:
        self.connection.execute(
            "select tap.session('alpha', %s, 'main', %s, %s, '50 minutes', expected => %s)",
            [name, unit, end - 50 * MINUTE, people],
        )

    def submit(self, session: str, marks: list[Row], officer: str) -> None:
        self.call("register_open", key=uuid.uuid4(), session_id=self.id(session), token=officer)
        answer = self.call(
            "register_submit",
            key=uuid.uuid4(),
            session_id=self.id(session),
            marks=Jsonb(marks),
            default_code="P",
            token=officer,
        )
        assert answer["status"] == "accepted", answer

    def by_hand(self, officer: str) -> None:
        """F32: entered by the office for weeks, beside those who came themselves once, or not for so long."""
        for number in range(12):
            kind = ("hand", "self", "short")[number % 3]
            person = self.person()
            token = self.token(person)
            for place in range(11):
                at = PAST + place * dt.timedelta(days=1 if kind == "short" else 2)
                for function, later in (("check_in", 0), ("check_out", 8)):
                    answer = self.call(
                        function,
                        key=uuid.uuid4(),
                        subject_id=self.id(person),
                        claimed_at=at + dt.timedelta(hours=later),
                        token=token if (kind, place) == ("self", 6) else officer,
                    )
                    assert answer["status"] == "accepted", answer
            self.plant("F32", self.id(person), kind == "hand")


@pytest.fixture(scope="module")
def planted(clone: Callable[[], str]) -> Planted:
    dsn = clone()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
    made = Planted(psycopg.connect(dsn, autocommit=True, row_factory=dict_row))
    made.connection.execute("select tap.school('alpha')")
    made.connection.execute("update tenancy.site set networks = '{198.51.100.0/26}' where id = tap.id('alpha/main')")
    made.connection.execute(
        "insert into integrity.rule_setting (tenant_id, rule, parameters)"
        """ values (tap.id('alpha'), 'F31', '{"methods": ["kiosk", "nfc"]}')"""
    )
    officer = made.token("officer")
    made.evidence(officer)
    made.clocks()
    made.leaves(officer)
    made.self_approval(officer)
    made.closed_period(officer)
    made.registers(officer)
    made.by_hand(officer)
    assert made.call("integrity_scan", key=uuid.uuid4(), token=officer)["detail"]["scanned"] is True
    return made


RULES: Final = ("F05", "F06", "F09", "F15", "F21", "F25", "F28", "F29", "F30", "F31", "F32")


def test_precision_and_recall_of_what_happens_now(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    for row in planted.connection.execute(
        "select f.rule, coalesce(r.key, f.about) as thing from integrity.flag as f"
        " left join ledger.refusal as r on r.tenant_id = f.tenant_id and r.id = f.about and f.about_kind = 'refusal'"
        " where coalesce(f.observed ->> 'signal', '') not like 'F09:%'"
    ).fetchall():
        found[row["rule"]].add(row["thing"])
    lines = []
    for rule in RULES:
        wanted, clean, had = planted.truth[rule], planted.clean[rule], found[rule]
        assert wanted, f"{rule}: nothing planted"
        assert clean, f"{rule}: no honest noise"
        lines.append(
            f"{rule}   {len(wanted):7}  {len(clean):6}  {len(had):7}    {len(had & wanted) / len(wanted):.2f}"
            f"       {len(had & wanted) / len(had) if had else 0:.2f}"
        )
    with capsys.disabled():
        print("\nrule  planted  honest  flagged  recall  precision")
        print("\n".join(lines))
    for rule in RULES:
        assert found[rule] == planted.truth[rule], rule
