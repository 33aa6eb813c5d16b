"""What was known at an instant: random histories against a plain model that keeps lists and knows no SQL.

Punches, marks and moves are other people's rules, so the model takes from their outcome whether and where they went;
corrections, reverts, refusals and withdrawals it decides itself, and has to agree with the database every time.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

HISTORIES = 200
STEPS = 20
SUBJECTS = ("s1", "s2", "s3", "s4")
PEOPLE = (*SUBJECTS, "f1", "officer", "admin")
HOLDERS = ("f1", "officer", "admin")
"""Who may ask for others' corrections in 10A; the last two for the whole school, and they decide."""
DECIDERS = ("officer", "admin")
FIRST_DAY = date(2026, 3, 2)
REASON = "the test wants it so"


@dataclass(frozen=True)
class Revision:
    """What one event says about a record."""

    record_id: uuid.UUID
    revision: int
    kind: str
    state: str
    code: str | None
    in_at: datetime | None
    out_at: datetime | None
    reason_code: str | None
    reason: str | None
    actor_id: uuid.UUID
    requester_id: uuid.UUID | None
    approver_id: uuid.UUID | None
    recorded_at: datetime


@dataclass
class Record:
    """A record: its revisions, the first one first."""

    id: uuid.UUID
    is_scheduled: bool
    business_date: date
    revisions: list[Revision] = field(default_factory=list)
    is_open: bool = False

    @property
    def now(self) -> Revision:
        return self.revisions[-1]


@dataclass
class Request:
    """A correction request."""

    id: uuid.UUID
    record: Record
    base: int
    effect: str
    values: tuple[str | None, datetime | None, datetime | None]
    requester: str
    type: str
    state: str = "submitted"


class Model:
    """Everything that was ever recorded about one person."""

    def __init__(self, subject: str, ids: dict[str, uuid.UUID]) -> None:
        self.subject = subject
        self.ids = ids
        self.records: dict[uuid.UUID, Record] = {}
        self.requests: list[Request] = []

    def append(self, record: Record, kind: str, at: datetime, actor: str, **values: Any) -> None:
        """Add a revision: what is not named is as it was."""
        last = record.now if record.revisions else None
        named = {name: getattr(last, name) for name in ("state", "code", "in_at", "out_at")} if last else {}
        rest = {"reason_code": None, "reason": None, "requester_id": None, "approver_id": None, "out_at": None}
        record.revisions.append(
            Revision(
                **rest | named | values,
                record_id=record.id,
                revision=len(record.revisions) + 1,
                kind=kind,
                actor_id=self.ids[actor],
                recorded_at=at,
            )
        )
        self.records[record.id] = record

    def known_at(self, instant: datetime | None, reader: str, first: date, last: date) -> list[Revision]:
        """Of each record that the reader may see the highest revision that was there, however the clock went."""
        known = []
        for record in self.records.values():
            there = [one for one in record.revisions if instant is None or one.recorded_at <= instant]
            if there and first <= record.business_date <= last and (reader != "f1" or record.is_scheduled):
                known.append(there[-1])
        return sorted(known, key=lambda one: one.record_id)

    def instants(self) -> list[datetime]:
        return sorted({one.recorded_at for record in self.records.values() for one in record.revisions})

    def may_ask(self, who: str, record: Record) -> bool:
        return who == self.subject or who in DECIDERS or (who == "f1" and record.is_scheduled)

    def asked(self, who: str, record: Record, effect: str, wanted: Row) -> str | None:
        """The code that a request is turned away with, or None."""
        now = record.now
        if not self.may_ask(who, record):
            return "SA104"
        if now.state == "voided" or (effect == "void" and now.state == "flagged"):
            return "SA101"
        if wanted["base_revision"] not in (None, now.revision):
            return "SA103"
        if wanted["code"] == "XX":
            return "SA111"
        if effect == "revert" and not 1 <= wanted["revision"] < now.revision:
            return "SA011"
        if effect != "void":
            code, in_at, out_at = self.values(record, effect, wanted)
            if effect == "change" and out_at is not None and (in_at is None or out_at < in_at):
                return "SA010"
            if (code, in_at, out_at) == (now.code, now.in_at, now.out_at):
                return "SA010"
        if any(one.record is record and one.state == "submitted" for one in self.requests):
            return "SA118"
        return None

    @staticmethod
    def values(record: Record, effect: str, wanted: Row) -> tuple[str | None, datetime | None, datetime | None]:
        """The values that a record would have."""
        now = record.now
        if effect == "void":
            return now.code, now.in_at, now.out_at
        if effect == "revert":
            past = record.revisions[wanted["revision"] - 1]
            return past.code, past.in_at, past.out_at
        code, in_at, out_at = (
            None if name in wanted["clears"] else wanted[name] if wanted[name] is not None else getattr(now, name)
            for name in ("code", "in_at", "out_at")
        )
        return code, in_at, out_at

    def decided(self, who: str, via: str, request: Request) -> str | None:
        if via == "withdraw":
            return "SA104" if who != request.requester else None if request.state == "submitted" else "SA101"
        if who not in (self.subject, request.requester, *DECIDERS):
            return "SA104"
        if request.state != "submitted":
            return "SA101"
        if who in (self.subject, request.requester):
            return "SA105"
        return None

    def corrected(self, request: Request) -> str:
        """The state of the record once the request is applied: held where it says two places at once."""
        record, (_, in_at, out_at) = request.record, request.values
        if request.effect == "void":
            return "voided"
        counts = [one.now for one in self.records.values() if one is not record]
        if record.now.state != "flagged" and any(
            one.state in ("recorded", "verified") and overlap(one.in_at, one.out_at, in_at, out_at) for one in counts
        ):
            return "flagged"
        return record.now.state

    def decide(self, who: str, via: str, request: Request, at: datetime) -> str:
        """Move a request that may be moved; returns the state that the outcome has to name."""
        record = request.record
        if via != "approve":
            request.state = {"reject": "rejected", "withdraw": "withdrawn"}[via]
        elif request.base != record.now.revision:
            request.state = "conflicted"
        else:
            request.state = "applied"
            code, in_at, out_at = request.values
            self.append(
                record,
                "revert" if request.effect == "revert" else "correction",
                at,
                who,
                state=self.corrected(request),
                code=code,
                in_at=in_at,
                out_at=out_at,
                reason_code=request.type,
                reason=REASON,
                requester_id=self.ids[request.requester],
                approver_id=self.ids[who],
            )
            record.is_open = record.is_open and request.effect != "void" and in_at is not None and out_at is None
        return request.state


def overlap(a: datetime | None, b: datetime | None, c: datetime | None, d: datetime | None) -> bool:
    """Whether two presences [a, b) and [c, d) overlap; one that is empty or without an end does not."""
    if a is None or b is None or c is None or d is None or a >= b or c >= d:
        return False
    return a < d and c < b


class World:
    """A school whose only clock is ours."""

    def __init__(self, dsn: str) -> None:
        self.superuser: Connection = psycopg.connect(
            dsn, autocommit=True, row_factory=dict_row, options="-c timezone=UTC"
        )
        self.app: Connection = psycopg.connect(
            dsn, autocommit=True, row_factory=dict_row, options="-c timezone=UTC -c role=smartattend_app"
        )
        self.superuser.execute("create schema tap")
        self.superuser.execute(harness.FIXTURE.read_bytes())
        self.superuser.execute("select tap.school('alpha'), tap.member('alpha', 's4', 'student', 'student')")
        self.ids = {name: self.one("select tap.id('alpha/' || %s) as it", name) for name in PEOPLE}
        self.tokens = {name: self.one("select tap.token('alpha/' || %s, '90 days') as it", name) for name in PEOPLE}
        self.superuser.execute(
            """
            create or replace function core.clock() returns timestamptz language sql volatile
            as $$
              select coalesce(nullif(current_setting('test.clock', true), '')::timestamptz, clock_timestamp())
            $$
            """
        )
        self.clock = datetime.now(UTC)
        self.tally: Counter[str] = Counter()

    def one(self, query: str, *parameters: Any) -> Any:
        row = self.superuser.execute(query, parameters).fetchone()
        assert row is not None
        return row["it"]

    def set_clock(self, instant: datetime) -> None:
        self.clock = instant
        self.app.execute("select pg_catalog.set_config('test.clock', %s, false)", [instant.isoformat()])

    def call(self, function: str, who: str, **arguments: Any) -> list[Row]:
        arguments["token"] = self.tokens[who]
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        return self.app.execute(f"select * from api.{function}({named})", arguments).fetchall()

    def command(self, function: str, who: str, **arguments: Any) -> Row:
        """One outcome; an error is one, too."""
        try:
            outcome = self.call(function, who, key=uuid.uuid4(), **arguments)[0]
        except psycopg.Error as error:
            if error.sqlstate is None or not error.sqlstate.startswith("SA"):
                raise
            outcome = {"status": "error", "code": error.sqlstate}
        self.tally[f"{function} {outcome['code'] or outcome['status']}"] += 1
        return outcome

    def close(self) -> None:
        self.app.close()
        self.superuser.close()


@pytest.fixture(scope="module")
def world(clone: Callable[[], str]) -> Iterator[World]:
    made = World(clone())
    yield made
    made.close()


class History:
    """One random history of a person on a day of their own."""

    def __init__(self, world: World, model: Model, number: int, seed: int) -> None:
        self.world = world
        self.model = model
        self.chance = random.Random(seed)
        self.subject = model.subject
        # A night apart is not enough: an OUT finds its IN for 16 hours.
        self.day = FIRST_DAY + timedelta(days=2 * (number // len(SUBJECTS)))
        minute = SUBJECTS.index(self.subject)
        self.sessions = []
        for hour in (8, 10):
            starts_at = datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=UTC)
            self.sessions.append(
                world.one(
                    "select tap.session('alpha', %s, 'main', '10A', %s, expected => %s) as it",
                    f"{number}-{hour}",
                    starts_at,
                    [self.subject],
                )
            )
        self.at = datetime(self.day.year, self.day.month, self.day.day, 7, 30, tzinfo=UTC)
        self.records: list[Record] = []

    def run(self) -> None:
        for _ in range(STEPS):
            passed = self.chance.choice((0, 1, 30, 300, 900, 2400))
            self.at += timedelta(seconds=passed, microseconds=self.chance.randint(0, 9))
            self.world.set_clock(self.at)
            steps: list[Callable[[], None]] = [self.punch, self.punch, self.punch, self.mark]
            if self.records:
                steps += [self.move, self.move, *(6 * [self.ask]), *(8 * [self.decide])]
            step = self.chance.choice(steps)
            if step in (self.ask, self.decide) and self.chance.random() < 0.1:
                # Somebody set the server's clock back for a moment.
                self.world.set_clock(self.at - timedelta(minutes=self.chance.randint(1, 90)))
            step()

    def punch(self) -> None:
        kind = "out" if any(one.is_open for one in self.records) and self.chance.random() < 0.8 else "in"
        who = self.chance.choice((self.subject, self.subject, "officer"))
        outcome = self.world.command(f"check_{kind}", who, subject_id=self.model.ids[self.subject])
        if outcome["status"] != "accepted" or outcome["id"] is None:
            return
        detail = outcome["detail"]
        before = [one for one in self.model.records.values() if one.is_open and one.id != outcome["id"]]
        record = self.model.records.get(outcome["id"])
        if kind == "in":
            if record is None:
                record = Record(outcome["id"], detail["session_id"] is not None, self.day)
                self.records.append(record)
            in_at = record.now.in_at if record.revisions and record.now.in_at else self.at
            said = {"state": detail["state"], "code": detail["code"]}
            self.model.append(record, "in", self.at, who, **said, in_at=in_at, out_at=None)
            record.is_open = True
            for other in before:
                assert other.now.in_at is not None
                if other.now.in_at < self.at:
                    self.model.append(
                        other,
                        "flag",
                        self.at,
                        who,
                        reason_code="F22",
                        reason="a check-in elsewhere ended this record without a check-out",
                    )
                    other.is_open = False
                else:
                    record.is_open = False
        else:
            assert record is not None
            why: Row = {"reason_code": None, "reason": None}
            if detail["state"] != record.now.state:
                why = {"reason_code": "F17", "reason": "two places at once: the presence overlaps another record"}
            self.model.append(record, "out", self.at, who, state=detail["state"], out_at=self.at, **why)
            record.is_open = False
        assert outcome["revision"] == record.now.revision

    def mark(self) -> None:
        session = self.chance.choice(self.sessions)
        for function, reason in (("register_open", {}), ("register_reopen", {"reason": REASON})):
            self.world.command(function, "officer", session_id=session, **reason)
        code = self.chance.choice(("P", "L", "AE", "AU"))
        rows = self.world.call(
            "register_submit",
            "officer",
            key=uuid.uuid4(),
            session_id=session,
            marks=Jsonb([{"subject_id": str(self.model.ids[self.subject]), "code": code}]),
        )
        outcome = rows[1]
        self.world.tally[f"register_submit {outcome['code'] or outcome['status']}"] += 1
        if outcome["status"] != "accepted":
            return
        record = self.model.records.get(outcome["id"])
        if record is None:
            record = Record(outcome["id"], True, self.day)
            self.records.append(record)
        values = {} if record.revisions else {"state": "recorded", "in_at": None}
        self.model.append(record, "mark", self.at, "officer", code=code, reason_code="office", **values)
        record.is_open = record.is_open and code in ("P", "L")
        assert outcome["revision"] == record.now.revision

    def move(self) -> None:
        record = self.chance.choice(self.records)
        via = self.chance.choice(("verify", "verify", "flag", "clear", "void"))
        who = self.chance.choice(("officer", "admin", "f1", self.subject))
        outcome = self.world.command("attendance_transition", who, record_id=record.id, via=via, reason=REASON)
        if outcome["status"] == "accepted":
            self.model.append(record, via, self.at, who, state=outcome["detail"]["state"], reason=REASON)
            record.is_open = record.is_open and record.now.state != "voided"
            assert outcome["revision"] == record.now.revision

    def ask(self) -> None:
        record = self.chance.choice(self.records)
        stranger = next(one for one in SUBJECTS if one != self.subject)
        who = self.chance.choice((self.subject, self.subject, *HOLDERS, stranger))
        effect = self.chance.choice(("change", "change", "change", "change", "revert", "revert", "void"))
        wanted: Row = {
            "base_revision": self.chance.choice((*(6 * [None]), record.now.revision, record.now.revision - 1)),
            "code": None,
            "in_at": None,
            "out_at": None,
            "clears": [],
            "revision": None,
        }
        kind = self.chance.choice(("data_entry_error", "appeal_approved", "device_malfunction"))
        arguments: Row = {"record_id": record.id, "reason": REASON, "type": kind}
        arguments["base_revision"] = wanted["base_revision"]
        if effect == "revert":
            past = range(1, record.now.revision)
            wanted["revision"] = self.chance.choice((record.now.revision, *past, *past))
            outcome = self.world.command("correction_revert", who, revision=wanted["revision"], **arguments)
        else:
            if effect == "void":
                arguments["is_void"] = True
            else:
                if self.chance.random() < 0.6:
                    wanted["code"] = self.chance.choice(("P", "L", "LE", "AE", "AU", "XX"))
                elsewhere = self.presences(record)
                if elsewhere and self.chance.random() < 0.4:
                    wanted["in_at"], wanted["out_at"] = self.chance.choice(elsewhere)
                elif self.chance.random() < 0.5:
                    wanted["in_at"], wanted["out_at"] = sorted((self.instant(), self.instant()))
                elif self.chance.random() < 0.3:
                    wanted[self.chance.choice(("in_at", "out_at"))] = self.instant()
                empty = [name for name in ("code", "in_at", "out_at") if wanted[name] is None]
                wanted["clears"] = [name for name in empty if self.chance.random() < 0.2]
                arguments |= {name: wanted[name] for name in ("code", "in_at", "out_at", "clears")}
            outcome = self.world.command("correction_submit", who, **arguments)
        code = self.model.asked(who, record, effect, wanted)
        assert outcome["code"] == code, (who, effect, wanted, record, outcome)
        if code is None:
            values = self.model.values(record, effect, wanted)
            assert (outcome["status"], outcome["revision"]) == ("accepted", record.now.revision)
            self.model.requests.append(Request(outcome["id"], record, record.now.revision, effect, values, who, kind))

    def presences(self, record: Record) -> list[tuple[datetime, datetime]]:
        """Where the person is by the other records, as far as it is over: the place to run into an overlap."""
        others = [one.now for one in self.records if one is not record]
        return [
            (one.in_at, one.out_at)
            for one in others
            if one.in_at is not None and one.out_at is not None and one.in_at < one.out_at <= self.world.clock
        ]

    def instant(self) -> datetime:
        """Some minute of the day that is over, whatever the clock says now."""
        morning = datetime(self.day.year, self.day.month, self.day.day, 6, tzinfo=UTC)
        passed = int((self.world.clock - morning).total_seconds()) // 60
        return morning + timedelta(minutes=self.chance.randint(0, max(0, passed)))

    def decide(self) -> None:
        mine = [one for one in self.model.requests if one.record in self.records]
        if not mine:
            return
        waiting = [one for one in mine if one.state == "submitted"]
        request = self.chance.choice(waiting if waiting and self.chance.random() < 0.9 else mine)
        via = self.chance.choice(("approve", "approve", "approve", "approve", "reject", "withdraw"))
        who = self.chance.choice((*DECIDERS, *DECIDERS, request.requester, self.subject, "f1"))
        if via == "withdraw" and self.chance.random() < 0.7:
            who = request.requester
        if via == "withdraw":
            outcome = self.world.command("correction_withdraw", who, request_id=request.id)
        else:
            reason = {"reason": REASON} if via == "reject" else {}
            outcome = self.world.command("correction_decide", who, request_id=request.id, via=via, **reason)
        code = self.model.decided(who, via, request)
        assert outcome["code"] == code, (who, via, request, outcome)
        if code is None:
            state = self.model.decide(who, via, request, self.world.clock)
            assert outcome["detail"]["state"] == state, (who, via, request, outcome)
            self.world.tally[f"request {state}"] += 1
            self.world.tally["correction held"] += outcome["detail"].get("record_state") == "flagged"


COLUMNS = tuple(Revision.__dataclass_fields__)


def answers(
    world: World, model: Model, reader: str, instant: datetime | None, first: date, last: date
) -> list[Revision]:
    subject_id = model.ids[model.subject]
    rows = world.call(
        "attendance_as_of", reader, subject_id=subject_id, from_date=first, until_date=last, known_at=instant
    )
    return sorted((Revision(**{name: row[name] for name in COLUMNS}) for row in rows), key=lambda one: one.record_id)


@pytest.mark.slow
def test_every_answer_equals_that_of_a_plain_model(world: World) -> None:
    models = {name: Model(name, world.ids) for name in SUBJECTS}
    chance = random.Random(7)
    compared = 0
    for number in range(HISTORIES):
        model = models[SUBJECTS[number % len(SUBJECTS)]]
        history = History(world, model, number, seed=number)
        history.run()
        # Each instant at which something was recorded, the microsecond before it, something in between, and now.
        alone = Model(model.subject, model.ids)
        alone.records = {one.id: one for one in history.records}
        instants: list[datetime | None] = [None]
        recorded = alone.instants()
        for position, one in enumerate(recorded):
            instants += [one, one - timedelta(microseconds=1)]
            if position:
                instants.append(recorded[position - 1] + (one - recorded[position - 1]) * chance.random())
        for instant in instants:
            reader = chance.choice((model.subject, "officer", "f1"))
            said = answers(world, model, reader, instant, history.day, history.day)
            assert said == alone.known_at(instant, reader, history.day, history.day), (number, instant, reader)
            compared += 1
    print(dict(sorted(world.tally.items())), f"{compared} answers compared")

    # Over all days at once, and by the history, which keeps every revision.
    for name, model in models.items():
        for instant in (None, *chance.sample(model.instants(), 20)):
            first = FIRST_DAY + timedelta(days=chance.randint(0, 10))
            last = first + timedelta(days=chance.randint(0, 2 * HISTORIES // len(SUBJECTS)))
            assert answers(world, model, name, instant, first, last) == model.known_at(instant, name, first, last)
            compared += 1
        told = world.call("attendance_history", name)
        names = (
            "record_id",
            "revision",
            "kind",
            "state",
            "code",
            "in_at",
            "out_at",
            "reason",
            "actor_id",
            "recorded_at",
        )
        kept = [one for record in model.records.values() for one in record.revisions]
        assert Counter(tuple(row[column] for column in names) for row in told) == Counter(
            tuple(getattr(one, column) for column in names) for one in kept
        )
    assert world.superuser.execute("select * from tap.stale_record").fetchall() == []
    # The histories were worth it: everything that can happen to a request happened.
    for state in ("applied", "rejected", "withdrawn", "conflicted"):
        assert world.tally[f"request {state}"] >= 20, world.tally
    assert world.tally["correction held"] >= 1, world.tally
    for code in ("SA101", "SA104", "SA105"):
        assert world.tally[f"correction_decide {code}"] >= 1, world.tally
    for code in ("SA101", "SA103", "SA104", "SA111", "SA118"):
        assert world.tally[f"correction_submit {code}"] >= 5, world.tally
    assert compared > 15 * HISTORIES


def test_nobody_else_is_answered(world: World) -> None:
    for reader in ("s1", "f1"):
        other = Model("s2" if reader == "s1" else "admin", world.ids)
        assert answers(world, other, reader, None, FIRST_DAY, FIRST_DAY + timedelta(days=400)) == []
