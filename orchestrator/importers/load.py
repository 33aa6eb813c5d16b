"""Sends entries to ``api.*`` in batches and turns what comes back into a report.

The database judges; this module only counts. Every batch is one statement and one transaction, and every
entry is recognised by its natural key, so that an interrupted import can be repeated: what was done is
reported as unchanged.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import psycopg

from orchestrator.database import BatchOutcome, Outcome
from orchestrator.errors import CodedError, SmartAttendError, translate
from orchestrator.importers.report import Duplicate, Place, Reject, Report

BATCH: Final = 500
RETRIES: Final = 5
RETRYABLE: Final = frozenset({"40001", "40P01", "55P03"})
ALREADY_RECORDED: Final = "SA112"
NOT_WRITABLE: Final = "SA107"

Entry = dict[str, Any]
Send = Callable[[str, list[Entry]], Sequence[BatchOutcome]]
"""Calls a procedure of ``api`` with a batch of entries."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: its ``name`` in the report and the ``procedure`` of ``api`` that takes its entries.

    ``repeats`` says what happens to a row whose key stood in an earlier row: ``judged`` sends it, since the
    procedure recognises it; ``kept_out`` does not, since the procedure would change the first row to the second.
    """

    name: str
    procedure: str
    repeats: str = "kept_out"


class Scratch:
    """What an import has to remember: a private SQLite database on disk with a small cache.

    Memory stays constant whatever the size of the files. SQLite deletes the file by itself.
    """

    def __init__(self) -> None:
        self.database = sqlite3.connect("", isolation_level=None)
        self.database.executescript(
            """
            pragma journal_mode = off;
            pragma synchronous = off;
            pragma cache_size = -8000;
            pragma locking_mode = exclusive;
            create table file (number integer primary key, name text not null);
            create table seen (
              kind text not null, key text not null, file integer not null, line integer not null,
              content blob not null, good integer not null default 1, primary key (kind, key)
            ) without rowid;
            create table waiting (
              position integer primary key, kind text not null, key text not null, entry text not null,
              file integer not null, line integer not null
            );
            create index waiting_kind on waiting (kind, position);
            create table fact (
              kind text not null, key text not null, value text not null, file integer not null,
              line integer not null, primary key (kind, key)
            ) without rowid;
            begin;
            """
        )
        self._files: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def _file(self, name: str) -> int:
        number = self._files.get(name)
        if number is None:
            number = self._files[name] = len(self._files) + 1
            self._names[number] = name
        return number

    def seen(self, kind: str, key: str) -> tuple[Place, bytes, bool] | None:
        """Place, content and good (not rejected) of the row that had this key first."""
        row = self.database.execute(
            "select file, line, content, good from seen where kind = ? and key = ?", (kind, key)
        ).fetchone()
        return None if row is None else (Place(self._names[row[0]], row[1]), row[2], bool(row[3]))

    def note(self, kind: str, key: str, place: Place, content: bytes) -> None:
        """Remember the row that has this key."""
        self.database.execute(
            "insert or replace into seen (kind, key, file, line, content) values (?, ?, ?, ?, ?)",
            (kind, key, self._file(place.file), place.line, content),
        )

    def spoil(self, kind: str, key: str) -> None:
        """Remember that the row with this key was rejected, so that a later one may take its place."""
        self.database.execute("update seen set good = 0 where kind = ? and key = ?", (kind, key))

    def wait(self, kind: str, key: str, entry: Entry, place: Place) -> None:
        """Put an entry aside until what it refers to has been sent."""
        self.database.execute(
            "insert into waiting (kind, key, entry, file, line) values (?, ?, ?, ?, ?)",
            (kind, key, json.dumps(entry), self._file(place.file), place.line),
        )

    def waiting(self, kind: str) -> Iterator[tuple[str, Entry, Place]]:
        """Key, entry and place of what was put aside, in order; and forget it."""
        last = 0
        while True:
            rows = self.database.execute(
                "select position, key, entry, file, line from waiting"
                " where kind = ? and position > ? order by position limit ?",
                (kind, last, BATCH),
            ).fetchall()
            for _, key, entry, file, line in rows:
                yield key, json.loads(entry), Place(self._names[file], line)
            if len(rows) < BATCH:
                break
            last = rows[-1][0]
        self.database.execute("delete from waiting where kind = ?", (kind,))

    def keep(self, kind: str, key: str, value: object, place: Place) -> Place | None:
        """Remember a fact; if its key is taken already, change nothing and return where it stood."""
        cursor = self.database.execute(
            "insert or ignore into fact (kind, key, value, file, line) values (?, ?, ?, ?, ?)",
            (kind, key, json.dumps(value), self._file(place.file), place.line),
        )
        if cursor.rowcount:
            return None
        row = self.database.execute("select file, line from fact where kind = ? and key = ?", (kind, key)).fetchone()
        return Place(self._names[row[0]], row[1])

    def fact(self, kind: str, key: str) -> Any:
        """The value remembered under this key, or None."""
        row = self.database.execute("select value from fact where kind = ? and key = ?", (kind, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def has(self, kind: str) -> bool:
        """Whether any fact of this kind is remembered."""
        return self.database.execute("select 1 from fact where kind = ? limit 1", (kind,)).fetchone() is not None


@dataclass(slots=True)
class _Row:
    key: str
    entry: Entry
    place: Place
    content: bytes
    repeats: bool = False


def joined(*parts: object) -> str:
    """Parts of a natural key as one text that no other parts can give."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def shown(key: str) -> str:
    """A key made by :func:`joined`, for people; a missing part is empty, and left out where nothing follows it."""
    parts = json.loads(key)
    while parts and parts[-1] is None:
        parts.pop()
    return "/".join("" if part is None else str(part) for part in parts)


class Loader:
    """Takes rows one at a time and sends them in batches; without ``send`` it only counts (dry run)."""

    def __init__(self, send: Send | None, report: Report, scratch: Scratch, batch: int = BATCH) -> None:
        self.send = send
        self.report = report
        self.scratch = scratch
        self.batch = batch
        self._rows: dict[str, list[_Row]] = {}
        self._pending: dict[str, set[str]] = {}

    def put(self, kind: Kind, key: str, entry: Entry, place: Place) -> None:
        """Take a row; its natural ``key`` is one made by :func:`joined`."""
        self.report.count(kind.name).read += 1
        if kind.repeats == "kept_out" and key in self._pending.get(kind.name, ()):
            self.flush(kind)
        content = hashlib.blake2b(
            json.dumps(entry, sort_keys=True).encode("utf-8", "surrogatepass"), digest_size=16
        ).digest()
        earlier = self.scratch.seen(kind.name, key)
        row = _Row(key, entry, place, content)
        if earlier is not None:
            where, first_content, good = earlier
            if good and (kind.repeats == "kept_out" or self.send is None):
                self.report.duplicate(
                    Duplicate(place, kind.name, shown(key), where, same_content=content == first_content)
                )
                return
            row.repeats = good
        if not row.repeats:
            self.scratch.note(kind.name, key, place, content)
        if self.send is None:
            return
        self._pending.setdefault(kind.name, set()).add(key)
        rows = self._rows.setdefault(kind.name, [])
        rows.append(row)
        if len(rows) >= self.batch:
            self.flush(kind)

    def drain(self, kind: Kind) -> None:
        """Send everything of this kind that was put aside."""
        for key, entry, place in self.scratch.waiting(kind.name):
            self.put(kind, key, entry, place)
        self.flush(kind)

    def flush(self, kind: Kind) -> None:
        """Send what is pending of this kind."""
        rows = self._rows.pop(kind.name, [])
        self._pending.pop(kind.name, None)
        if rows and self.send is not None:
            self._send(self.send, kind, rows)

    def reject(
        self,
        kind: str,
        place: Place,
        reason: str,
        *,
        key: str | None = None,
        code: str | None = None,
        row: Mapping[str, Any] | None = None,
        read: bool = False,
    ) -> None:
        """Note a rejected row; ``read`` says that the row was not counted as read yet."""
        if read:
            self.report.count(kind).read += 1
        self.report.reject(Reject(place, kind, reason, key=key, code=code, row=row))

    def _send(self, send: Send, kind: Kind, rows: list[_Row]) -> None:
        try:
            outcomes = self._call(send, kind, [row.entry for row in rows])
        except psycopg.Error as error:
            if not _is_about_an_entry(error):
                raise translate(error) from error
            if len(rows) > 1:  # one entry makes the whole statement fail: find it, the others go in
                middle = len(rows) // 2
                self._send(send, kind, rows[:middle])
                self._send(send, kind, rows[middle:])
                return
            known = translate(error)
            self._refused(kind, rows[0], known.code, known.message, known.detail)
            return
        if all(outcome.code == NOT_WRITABLE for outcome in outcomes):
            raise CodedError(
                outcomes[0].message or "the tenant is not writable",
                code=NOT_WRITABLE,
                detail=_detail(outcomes[0].detail),
            )
        for row, outcome in zip(rows, outcomes, strict=True):
            self._count(kind, row, outcome)

    def _call(self, send: Send, kind: Kind, entries: list[Entry]) -> list[Outcome]:
        for attempt in range(RETRIES):
            try:
                answer = send(kind.procedure, entries)
            except psycopg.Error as error:
                if error.sqlstate not in RETRYABLE or attempt == RETRIES - 1:
                    raise
                time.sleep(0.1 * 2**attempt)
            else:
                break
        whole = [row.outcome for row in answer if row.ordinal == 0 and row.outcome.status == "refused"]
        if whole:
            raise CodedError(
                whole[0].message or "the batch was refused", code=whole[0].code, detail=_detail(whole[0].detail)
            )
        outcomes = {row.ordinal: row.outcome for row in answer}
        missing = [ordinal for ordinal in range(1, len(entries) + 1) if ordinal not in outcomes]
        if missing:
            raise SmartAttendError(
                f"api.{kind.procedure} did not answer for every entry",
                expected=f"{len(entries)} outcomes",
                observed=f"none for entry {missing[0]}",
            )
        return [outcomes[ordinal] for ordinal in range(1, len(entries) + 1)]

    def _count(self, kind: Kind, row: _Row, outcome: Outcome) -> None:
        count = self.report.count(kind.name)
        first = None
        if row.repeats:
            earlier = self.scratch.seen(kind.name, row.key)
            if earlier is not None and earlier[2]:
                first = earlier[0]
            elif outcome.ok:  # the row that had the key first was rejected: this one takes its place
                self.scratch.note(kind.name, row.key, row.place, row.content)
        if outcome.status == "accepted":
            if (outcome.detail or {}).get("change") == "changed":
                count.changed += 1
            else:
                count.created += 1
        elif outcome.status == "replayed":
            if first is None:
                count.unchanged += 1
            else:
                self.report.duplicate(Duplicate(row.place, kind.name, shown(row.key), first, same_content=True))
        elif outcome.code == ALREADY_RECORDED and first is not None:
            self.report.duplicate(Duplicate(row.place, kind.name, shown(row.key), first, same_content=False))
        else:
            self._refused(kind, row, outcome.code, outcome.message, _detail(outcome.detail))

    def _refused(self, kind: Kind, row: _Row, code: str | None, message: str | None, detail: str | None) -> None:
        if not row.repeats:
            self.scratch.spoil(kind.name, row.key)
        reason = message or "the database refused it"
        self.reject(
            kind.name,
            row.place,
            f"{reason}: {detail}" if detail else reason,
            key=shown(row.key),
            code=code,
            row=row.entry,
        )


def _is_about_an_entry(error: psycopg.Error) -> bool:
    """Whether one entry may be to blame (data, constraint, limit), not the session or the server."""
    state = error.sqlstate or ""
    return state[:2] in {"22", "23", "54", "P0"} or state in {
        "SA010", "SA011", "SA012", "SA013", "SA014", "SA022", "SA111", "SA112", "SA113",
    }  # fmt: skip


def _detail(detail: Mapping[str, Any] | None) -> str | None:
    """The detail of a refusal for people: field, observed, expected."""
    if not detail:
        return None
    known = {name: detail.get(name) for name in ("field", "observed", "expected")}
    parts = []
    if known["field"] is not None:
        parts.append(f"{known['field']}")
    if known["observed"] is not None:
        parts.append(f"observed {_shown_value(known['observed'])}")
    if known["expected"] is not None:
        parts.append(f"expected {_shown_value(known['expected'])}")
    if not parts:
        parts = [f"{name} {_shown_value(value)}" for name, value in detail.items()]
    return ", ".join(parts)


def _shown_value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
