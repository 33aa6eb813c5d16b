"""The worker: runs what is due and sends what waits, until it is told to stop.

Two loops with a connection each. Nothing that they do depends on being done once: a job that dies is undone by the
database, a delivery whose worker dies is taken by the next one when its lease is over.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import kwargs_row

from orchestrator import database
from orchestrator.acting import OPERATOR, query, rows
from orchestrator.errors import NotAllowed, hide_password, membership_hint, schema_missing
from orchestrator.notifications import Delivery, NotDelivered, Settings, send
from orchestrator.output import plain

CHANNEL = "smartattend_outbox"
"""``ops.maintain`` notifies it when a delivery is due."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts to reach the server."""

GRACE = 20.0
"""Seconds that a job may go on after the worker was told to stop; then it is cancelled, which undoes it."""

LOST = (psycopg.OperationalError, psycopg.InterfaceError)


class Log:
    """Lines on stderr, for people or for programs; both loops write."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.lock = threading.Lock()

    def __call__(self, event: str, **values: object) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        if self.style == "json":
            line = json.dumps({"at": now, "event": event} | plain(values), ensure_ascii=False)
        else:
            said = " ".join(f"{name}={plain(value)}" for name, value in values.items() if value is not None)
            line = f"{now} {event} {said}".rstrip()
        with self.lock:
            print(line, file=sys.stderr, flush=True)


@dataclass
class Worker:
    """What one process does; ``run`` returns when everything was done once, or after ``stop``."""

    dsn: str | None
    settings: Settings
    log: Log
    interval: float = 10.0
    lease: float = 120.0
    once: bool = False
    jobs: bool = True
    deliveries: bool = True
    stopping: threading.Event = field(default_factory=threading.Event)
    failed: bool = False
    _maintaining: psycopg.Connection[Any] | None = None

    def stop(self) -> None:
        """Let both loops end: the delivery in hand is sent, the job that runs ends or is cancelled after a while."""
        self.stopping.set()

    def run(self) -> bool:
        """Whether nothing failed (with ``once``) or the worker was told to stop."""
        loops = [
            threading.Thread(target=self._kept_up, args=(name, loop), name=name, daemon=True)
            for name, wanted, loop in (
                ("jobs", self.jobs, self._maintain),
                ("deliveries", self.deliveries, self._deliver),
            )
            if wanted
        ]
        if self.once:  # what the jobs publish is sent at once
            for loop in loops:
                loop.start()
                self._join(loop)
        else:
            for loop in loops:
                loop.start()
            for loop in loops:
                self._join(loop)
        return not self.failed

    def _join(self, loop: threading.Thread) -> None:
        told: float | None = None
        while loop.is_alive():
            loop.join(0.2)  # signals are handled between
            if not self.stopping.is_set():
                continue
            told = told or time.monotonic()
            if time.monotonic() - told > GRACE and self._maintaining is not None:
                self.log("cancelling", after=GRACE)
                with contextlib.suppress(psycopg.Error):
                    self._maintaining.cancel_safe(timeout=5.0)
                told = time.monotonic()

    @contextlib.contextmanager
    def _connected(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        """A connection that acts as the operator."""
        connection = database.connect(self.dsn, application_name=f"smartattend worker {name}")
        with contextlib.closing(connection):
            found = connection.execute(query("usable_role"), {"roles": [OPERATOR]}).fetchone()
            if found is None:
                known = connection.execute(
                    "select 1 from pg_catalog.pg_roles where rolname = %s", [OPERATOR]
                ).fetchone()
                if known is None:
                    raise schema_missing(connection.info.dbname, f"no role {OPERATOR}")
                raise NotAllowed(
                    f"the database role {connection.info.user} is not a member of {OPERATOR}",
                    hint=membership_hint(OPERATOR, connection.info.user),
                )
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(OPERATOR)))
            yield connection

    def _kept_up(self, name: str, loop: Callable[[psycopg.Connection[Any]], None]) -> None:
        """Run a loop, and again on a new connection when the server is lost."""
        attempt = 0
        while True:
            try:
                with self._connected(name) as connection:
                    self.log("connected", loop=name)
                    attempt = 0
                    loop(connection)
                return
            except LOST as error:
                if self.once or self.stopping.is_set():
                    self.failed = self.failed or self.once
                    self.log("lost the server", loop=name, error=_said(error))
                    return
                pause = PAUSES[min(attempt, len(PAUSES) - 1)]
                attempt += 1
                self.log("lost the server", loop=name, error=_said(error), again_in_s=pause)
                self.stopping.wait(pause)
                if self.stopping.is_set():
                    return
            except Exception as error:  # noqa: BLE001 - one loop that breaks ends the worker, with a line that says why
                self.log("gave up", loop=name, error=_said(error))
                self.failed = True
                self.stopping.set()
                return

    def _maintain(self, connection: psycopg.Connection[Any]) -> None:
        self._maintaining = connection
        try:
            while not self.stopping.is_set():
                began = time.monotonic()
                self._round(connection)
                if self.once:
                    return
                self.stopping.wait(max(0.0, self.interval - (time.monotonic() - began)))
        finally:
            self._maintaining = None

    def _round(self, connection: psycopg.Connection[Any]) -> None:
        """Everything that is due, each job in a call of its own with a time-out of its own."""
        since = connection.execute("select core.clock()").fetchone()
        assert since is not None
        for due in rows(connection, "due_jobs"):
            if self.stopping.is_set():
                break
            began = time.monotonic()
            try:
                connection.execute(
                    "select pg_catalog.set_config('statement_timeout', %s, false)", [f"{due['time_out'] * 1000:.0f}ms"]
                )
                connection.execute("call ops.maintain(%s)", [due["job"]])
            except LOST:
                raise
            except psycopg.Error as error:
                self.failed = self.failed or self.once
                self.log("cannot run", job=due["job"], error=_said(error), code=error.sqlstate)
                continue
            self.log("ran", job=due["job"], took_s=round(time.monotonic() - began, 3))
        for run in rows(connection, "failed_runs", since=since[0]):
            self.failed = self.failed or self.once
            self.log("failed", job=run["job"], tenant=run["tenant_id"], code=run["error_code"], error=run["error"])

    def _deliver(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"listen {CHANNEL}".encode())
        while not self.stopping.is_set():
            if self._deliver_one(connection):
                continue
            if self.once:
                return
            until = time.monotonic() + self.interval
            while not self.stopping.is_set() and (left := until - time.monotonic()) > 0:
                if list(connection.notifies(timeout=min(left, 0.5), stop_after=1)):
                    break

    def _deliver_one(self, connection: psycopg.Connection[Any]) -> bool:
        """Take a delivery, send it, say what became of it. False when none is due."""
        with connection.cursor(row_factory=kwargs_row(Delivery)) as cursor:
            delivery = cursor.execute(
                "select * from ops.take_deliveries(1, pg_catalog.make_interval(secs => %s))", [self.lease]
            ).fetchone()
        if delivery is None:
            return False
        known = (delivery.tenant, delivery.message_id, delivery.subscription_id, delivery.attempt)
        values = {
            "message": delivery.message_id,
            "kind": delivery.kind,
            "tenant": delivery.owner,
            "channel": delivery.channel,
            "attempt": delivery.attempt,
        }
        try:
            send(delivery, self.settings)
        except NotDelivered as error:
            said = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a channel met is the reason why it has not arrived
            said = _said(error)
        else:
            connection.execute("select ops.delivered(%s, %s, %s, %s)", known)
            self.log("delivered", **values)
            return True
        row = connection.execute("select ops.failed(%s, %s, %s, %s, %s)", [*known, said]).fetchone()
        self.failed = self.failed or self.once
        self.log("not delivered", **values, state=row[0] if row else None, error=said)
        return True


def _said(error: BaseException) -> str:
    """An error in one line, without a password."""
    lines = [line.strip() for line in hide_password(str(error)).splitlines() if line.strip()]
    return " · ".join(lines) or type(error).__name__
