"""CSV files into a tenant: master data, rosters, attendance of days, and punches.

A file has one header line; its columns may come in any order and optional ones may be left out. Encoding
UTF-8 (a byte order mark is accepted), RFC 4180 quoting. An empty cell is a missing value. Cells are handed
to ``api.*`` as they are; only what JSON types differently (numbers, networks) is converted here, and what
is refused is reported with the line on which its row begins.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from orchestrator.errors import InvalidInput
from orchestrator.importers.load import BATCH, Entry, Kind, Loader, joined
from orchestrator.importers.report import FILE, Place

NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,15})?")
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]|$)")
PUNCH_KEYS: Final = uuid.UUID("5f0d7c34-7c1e-5d0e-9a44-3a0f4c1f6f9b")
"""Namespace of the idempotency keys that are derived from the content of a punch."""

MAX_LINE: Final = 1 << 20

Lookup = Callable[[str, Sequence[str]], Mapping[str, uuid.UUID]]
"""``lookup("member", numbers)`` and ``lookup("device", codes)``: the ids of those that the tenant has."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``kind`` is text, number, networks or moment."""

    name: str
    meaning: str
    required: bool = False
    key: bool = False
    kind: str = "text"


def _key(name: str, meaning: str, kind: str = "text") -> Column:
    return Column(name, meaning, required=True, key=True, kind=kind)


def _must(name: str, meaning: str, kind: str = "text") -> Column:
    return Column(name, meaning, required=True, kind=kind)


def _may(name: str, meaning: str, kind: str = "text") -> Column:
    return Column(name, meaning, kind=kind)


@dataclass(frozen=True, slots=True)
class Format:
    """What a file of one kind holds: the entries of ``kind``'s procedure, a column for each field."""

    kind: Kind
    what: str
    columns: tuple[Column, ...]
    example: str
    also_key: tuple[str, ...] = ()
    """Optional columns that tell two rows with the same key apart."""

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def optional(self) -> list[str]:
        return [column.name for column in self.columns if not column.required]

    def header(self) -> str:
        """The header in words: required columns, and optional ones in brackets."""
        return ",".join([*self.required, *(f"[{name}]" for name in self.optional)])


_SITE = _key("site_code", "the site")
_UNIT = _key("unit_code", "a unit of the site; the site's own code for the whole site")
_DATE = "YYYY-MM-DD"
_MOMENT = f"{_DATE} (its beginning), {_DATE}THH:MM, or an instant with an offset"

FORMATS: Final[Mapping[str, Format]] = {
    "sites": Format(
        Kind("site", "put_sites"),
        "places with a time zone",
        (
            _key("code", "unique in the tenant"),
            _must("name", "what people call it"),
            _must("time_zone", "IANA time zone, such as Europe/Brussels"),
            _may("latitude", "of the geofence's centre, degrees", "number"),
            _may("longitude", "of the geofence's centre, degrees", "number"),
            _may("radius_m", "of the geofence, metres", "number"),
            _may("networks", "networks in CIDR form, separated by spaces", "networks"),
        ),
        "main,Main building,Europe/Brussels,50.85,4.35,150,192.0.2.0/24",
    ),
    "units": Format(
        Kind("unit", "put_units"),
        "departments, year groups, class groups",
        (
            _SITE,
            _key("code", "unique in the site"),
            _must("name", "what people call it"),
            _must("kind", "department, year_group or class_group"),
            _may("parent_code", "the unit above it; by default the site"),
        ),
        "main,7b,Class 7b,class_group,year-7",
    ),
    "members": Format(
        Kind("member", "put_members"),
        "people, with their accounts and roles",
        (
            _key("member_number", "unique in the tenant"),
            _must("kind", "student, guardian, faculty, staff; employee, manager, hr"),
            _must("display_name", "what people call the person"),
            _may("login", "the account; by default <tenant>.<member number>"),
            _may("active_from", f"first day as a member, {_DATE}"),
            _may("active_until", f"first day no longer as a member, {_DATE}"),
            _may("role", "a role to grant"),
            _may("role_unit", "<site code>/<unit code> for which; by default the whole tenant"),
        ),
        "604822,student,Lisa Woods,,2026-09-01,,student,main/7b",
        also_key=("role", "role_unit"),
    ),
    "devices": Format(
        Kind("device", "put_devices"),
        "kiosks, gates, personal devices, servers",
        (
            _key("code", "unique in the tenant"),
            _must("site_code", "where it is"),
            _must("name", "what people call it"),
            _must("kind", "kiosk, gate, personal or server"),
        ),
        "gate-1,main,North gate,gate",
    ),
    "closed_days": Format(
        Kind("closed_day", "put_closed_days"),
        "days on which a site, or every site, is closed",
        (
            _key("code", "unique in the tenant"),
            _must("name", "what people read"),
            _must("starts_on", f"first day that is closed, {_DATE}"),
            _may("ends_on", f"first day that is open again, {_DATE}; by default the next one"),
            _may("site_code", "the site; by default every site"),
            _may("status", "closed, by default, or withdrawn"),
        ),
        "autumn-2026,Autumn holiday,2026-11-02,2026-11-09,,",
    ),
    "periods": Format(
        Kind("period", "put_periods"),
        "pay periods and terms that are closed as one",
        (
            _key("code", "unique in the tenant"),
            _must("name", "what people call it"),
            _must("kind", "pay_period or term"),
            _must("starts_on", f"first day, {_DATE}"),
            _must("ends_on", f"first day after it, {_DATE}"),
            _may("day_starts_at", "HH:MM in the tenant's zone at which both days begin; by default midnight"),
        ),
        "2026-03,March 2026,pay_period,2026-03-01,2026-04-01,06:00",
    ),
    "terms": Format(
        Kind("term", "put_terms"),
        "stretches of the school year",
        (
            _SITE,
            _key("code", "unique among the terms of the site"),
            _must("name", "what people call it"),
            _must("starts_on", f"first day, {_DATE}"),
            _must("ends_on", f"first day after it, {_DATE}"),
        ),
        "main,2026-1,Autumn term,2026-09-01,2026-12-19",
    ),
    "courses": Format(
        Kind("course", "put_courses"),
        "what is taught",
        (_SITE, _key("code", "unique among the courses of the site"), _must("name", "what people call it")),
        "main,ALG-1,Algebra I",
    ),
    "sections": Format(
        Kind("section", "put_sections"),
        "a course taught to a class group in a term",
        (
            _SITE,
            _key("code", "unique among the units of the site"),
            _must("name", "what people call it"),
            _must("course_code", "what is taught"),
            _must("term_code", "when"),
            _may("parent_code", "the unit above it; by default the site"),
        ),
        "main,ALG-1-7b,Algebra I with 7b,ALG-1,2026-1,7b",
    ),
    "timetable": Format(
        Kind("timetable", "put_timetable"),
        "when units meet",
        (
            _SITE,
            _UNIT,
            _key("kind", "meeting, day or half_day"),
            _key("weekday", "1 is Monday, 7 is Sunday", "number"),
            _key("local_start", "HH:MM in the zone of the site"),
            _key("valid_from", f"first day on which it is valid, {_DATE}"),
            _must("local_end", "HH:MM on the same day"),
            _may("valid_until", f"first day on which it is no longer valid, {_DATE}"),
        ),
        "main,ALG-1-7b,meeting,1,08:30,2026-09-01,09:20,",
    ),
    "timetable_exceptions": Format(
        Kind("timetable_exception", "put_timetable_exceptions"),
        "what is otherwise on one day than the timetable says",
        (
            _SITE,
            _key("unit_code", "the unit that meets"),
            _key("kind", "meeting, day or half_day"),
            _key("on_date", f"the day on which the timetable has it, {_DATE}"),
            _key("local_start", "when the timetable has it begin, HH:MM"),
            _must("change", "cancelled, moved, substituted; none: as planned, again"),
            _must("reason", "why, at least ten characters"),
            _may("to_date", f"moved to this day, {_DATE}; by default the same"),
            _may("to_start", "moved to this time, HH:MM"),
            _may("to_end", "until this time, HH:MM; by default it lasts as long as planned"),
            _may("to_site_code", "moved to this site, in whose zone the times are then"),
            _may("room", "moved to this room"),
            _may("substitute", "the member number of who takes the register instead"),
        ),
        "main,ALG-1-7b,meeting,2026-09-14,08:30,moved,the room is flooded,,10:30,,,B 12,",
    ),
    "enrolments": Format(
        Kind("enrolment", "put_enrolments"),
        "who belongs to a section or another unit",
        (
            _SITE,
            _UNIT,
            _key("member_number", "who"),
            _key("starts_on", f"first day, {_DATE}"),
            _may("ends_on", f"first day no longer, {_DATE}"),
        ),
        "main,ALG-1-7b,604822,2026-09-01,",
    ),
    "shifts": Format(
        Kind("shift_template", "put_shift_templates"),
        "shifts that a unit works",
        (
            _SITE,
            _UNIT,
            _key("code", "unique among the shifts of the unit"),
            _must("name", "what people call it"),
            _must("local_start", "HH:MM in the zone of the site"),
            _must("local_end", "HH:MM in the zone of the site"),
            _may("end_day_offset", "days from the start's date to the end's, 0 or 1", "number"),
            _may("kind", "fixed, night, split, flexible or on_call"),
            _may("second_start", "split: start of the second part, HH:MM"),
            _may("second_end", "split: end of the second part, HH:MM"),
            _may("latest_start", "flexible: who comes later is late, HH:MM"),
            _may("required_minutes", "flexible: planned work without breaks", "number"),
            _may("break_minutes", "unpaid, taken from what exceeds break_after_minutes", "number"),
            _may("break_after_minutes", "presence without a deduction", "number"),
        ),
        "plant,line-1,night,Night shift,22:00,06:00,1,night,,,,,30,360",
    ),
    "roster": Format(
        Kind("roster", "put_roster"),
        "who works which shift on which date",
        (
            _SITE,
            _UNIT,
            _key("shift_code", "a shift of the unit"),
            _key("on_date", f"local date on which the shift starts, {_DATE}"),
            _key("member_number", "who"),
            _may("status", "planned, by default, or withdrawn"),
        ),
        "plant,line-1,night,2026-03-28,1042,",
    ),
    "leave": Format(
        Kind("leave", "put_leave"),
        "approved leave and absences that were announced",
        (
            _key("member_number", "whose"),
            _key("starts_at", f"when it begins: {_MOMENT}", "moment"),
            _must("reason", "why it is approved, or withdrawn, at least ten characters"),
            _may("ends_at", "when it is over, not included, likewise; required unless withdrawn", "moment"),
            _may("kind", "leave, by default, or future_absence"),
            _may("code", "an attendance code that excuses; by default that of an excused absence"),
            _may("status", "approved, by default, or withdrawn"),
            _may("site_code", "the site whose zone local times are in; by default the tenant's zone"),
        ),
        "1042,2026-08-03,annual leave,2026-08-15,,,,",
        also_key=("site_code",),
    ),
    "attendance": Format(
        Kind("attendance", "attendance_import", repeats="judged"),
        "verdicts of days from another system",
        (
            _key("member_number", "who"),
            _key("site_code", "the site"),
            _key("date", f"the day, {_DATE}"),
            _may("unit_code", "a unit of the site; by default the whole site"),
            _may("code", "an attendance code of the tenant; either this"),
            _may("edfi_category", "or an Ed-Fi category, such as Excused Absence"),
            _may("arrived_at", "HH:MM in the zone of the site"),
            _may("reason", "why, as the other system has it"),
        ),
        "604822,main,2026-09-14,,AE,,,doctor's note",
        also_key=("unit_code",),
    ),
    "punches": Format(
        Kind("punch", "check_in_batch", repeats="judged"),
        "check-ins and check-outs that a clock or a reader has kept",
        (
            _key("direction", "in or out"),
            _key("member_number", "who"),
            _key("claimed_at", "when: ISO 8601 with an offset, such as 2026-03-28T07:58:04+01:00"),
            _may("device_code", "the device that it was made on"),
            _may("claimed_zone", "IANA time zone that the clock showed"),
            _may("latitude", "degrees", "number"),
            _may("longitude", "degrees", "number"),
            _may("accuracy_m", "metres", "number"),
        ),
        "in,1042,2026-03-28T21:58:04+01:00,gate-1,Europe/Brussels,,,",
    ),
}


class _Lines:
    """Lines of a file, of bounded length: a longer one comes in parts. ``done`` counts the whole ones given out."""

    def __init__(self, file: BinaryIO, advance: Callable[[int], None] | None) -> None:
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self.advance = advance
        self.done = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(MAX_LINE):
            if self.advance is not None:
                self.advance(len(line.encode("utf-8", "surrogateescape")))
            if len(line) < MAX_LINE or line.endswith(("\n", "\r")):
                self.done += 1
            yield line


def _rows(
    file: BinaryIO, delimiter: str, advance: Callable[[int], None] | None
) -> Iterator[tuple[int, list[str] | str]]:
    """The line on which each row begins, and its cells or what is wrong with it."""
    lines = _Lines(file, advance)
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    broken = 0  # the line that the last error was about: a very long one comes in parts
    while True:
        first = lines.done + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if first != broken:
                yield first, _reading_error(error, first, max(first, lines.done))
            broken = first
        else:
            if cells and first != broken:
                yield first, _wrong_bytes(cells) or cells


def _reading_error(error: csv.Error, first: int, last: int) -> str:
    message = str(error)
    if "unexpected end of data" in message:
        return f"a quoted cell is not closed before the end of the file; lines {first} to {last} were not read"
    if "field larger than" in message:
        limit = f"{csv.field_size_limit():,}"
        return f"a cell is longer than {limit} characters (a quote not closed?); lines {first} to {last} were not read"
    return f"this is not CSV: {message}"


def _wrong_bytes(cells: Sequence[str]) -> str | None:
    for position, cell in enumerate(cells, 1):
        if "\0" in cell:
            return f"cell {position} holds a NUL byte"
        if any("\ud800" <= character <= "\udfff" for character in cell):
            return f"cell {position} is not UTF-8"
    return None


def read(
    path: Path, form: Format, delimiter: str = ",", advance: Callable[[int], None] | None = None
) -> Iterator[tuple[int, dict[str, str] | str]]:
    """The rows: line and the cells by column (empty ones left out), or line and what is wrong.

    Raises :class:`InvalidInput` if the header is not the format's.
    """
    names: list[str] | None = None
    with path.open("rb") as file:
        for line, cells in _rows(file, delimiter, advance):
            if names is None:
                names = _header(path, line, cells, form)
            elif isinstance(cells, str):
                yield line, cells
            elif len(cells) != len(names):
                yield line, f"{len(cells)} cells, expected {len(names)}, one for each column of the header"
            else:
                yield line, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
    if names is None:
        raise _wrong_header(path, 1, form, "an empty file")


def _header(path: Path, line: int, cells: list[str] | str, form: Format) -> list[str]:
    if isinstance(cells, str):
        raise _wrong_header(path, line, form, cells)
    names = [cell.strip() for cell in cells]
    known = {column.name for column in form.columns}
    times = Counter(names)
    unknown = [name for name in times if name not in known]
    missing = [name for name in form.required if name not in times]
    twice = [name for name, number in times.items() if number > 1]
    problems = [
        f"{text} {', '.join(repr(name[:60]) for name in which[:10])}"
        for text, which in (("unknown column", unknown), ("missing column", missing), ("column twice:", twice))
        if which
    ]
    if problems:
        hint = None
        if len(cells) == 1:
            hint = next((f"--delimiter '{sign}'" for sign in ";\t|" if sign in cells[0]), None)
        raise _wrong_header(path, line, form, "; ".join(problems), hint)
    return names


def _wrong_header(path: Path, line: int, form: Format, observed: str, hint: str | None = None) -> InvalidInput:
    return InvalidInput(
        f"{path}:{line}: the header is not that of {form.kind.name} rows",
        expected=f"{form.header()} (in any order; those in brackets may be left out)",
        observed=observed,
        hint=f"is the delimiter another one? {hint}" if hint else None,
    )


def _entry(form: Format, cells: Mapping[str, str]) -> Entry:
    """The entry for a row; raises ``ValueError`` with one sentence."""
    entry: Entry = {}
    for column in form.columns:
        cell = cells.get(column.name)
        if cell is None:
            if column.required:
                raise ValueError(f"{column.name} is empty")
        elif column.kind == "number":
            if not NUMBER.fullmatch(cell):
                raise ValueError(f"{column.name} is {cell[:60]!r}, expected a number such as 50.85")
            entry[column.name] = float(cell) if "." in cell else int(cell)
        elif column.kind == "networks":
            entry[column.name] = cell.split()
        else:
            entry[column.name] = cell
    return entry


def _instant(text: str) -> str:
    """An ISO 8601 instant with an offset, in UTC; raises ``ValueError``."""
    expected = f"claimed_at is {text[:60]!r}, expected ISO 8601 with an offset, such as 2026-03-28T07:58:04+01:00"
    try:
        instant = dt.datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(dt.UTC).isoformat()
    except ValueError:
        raise ValueError(expected) from None
    except OverflowError:
        raise ValueError(f"claimed_at is {text[:60]!r}, expected a year from 0001 to 9999 in UTC") from None


def _same_moment(text: str) -> str:
    """A moment for a key: one text for all that are written otherwise only. What is none stays, to be refused."""
    if not MOMENT.match(text):
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(dt.UTC)).isoformat()
    except (ValueError, OverflowError):
        return text


class Importer:
    """Reads one CSV file and hands entries to a :class:`Loader`."""

    def __init__(self, loader: Loader, form: Format, *, tenant_id: uuid.UUID | None, lookup: Lookup | None) -> None:
        self.loader = loader
        self.form = form
        self.tenant_id = tenant_id
        self.lookup = lookup
        self._punches: list[tuple[Place, Entry]] = []

    def run(self, path: Path, delimiter: str = ",", advance: Callable[[int], None] | None = None) -> None:
        """Load the file. Raises :class:`InvalidInput` for a wrong header, and errors that are not about one row."""
        for line, cells in read(path, self.form, delimiter, advance):
            place = Place(str(path), line)
            if isinstance(cells, str):
                self.loader.reject(FILE, place, cells)
                continue
            try:
                entry = _entry(self.form, cells)
                if self.form.kind.name == "punch":
                    entry["claimed_at"] = _instant(entry["claimed_at"])
            except ValueError as error:
                self._reject(place, str(error), cells)
                continue
            if self.form.kind.name == "punch":
                self._punches.append((place, entry))
                if len(self._punches) >= BATCH:
                    self._send_punches()
            else:
                self.loader.put(self.form.kind, self._key(entry), entry, place)
        self._send_punches()
        self.loader.flush(self.form.kind)

    def _reject(self, place: Place, reason: str, row: Mapping[str, Any]) -> None:
        self.loader.reject(self.form.kind.name, place, reason, row=row, read=True)

    def _key(self, entry: Entry) -> str:
        named = (
            _same_moment(entry[column.name]) if column.kind == "moment" else entry[column.name]
            for column in self.form.columns
            if column.key
        )
        return joined(*named, *(entry.get(name) for name in self.form.also_key))

    def _send_punches(self) -> None:
        """Give punches the ids of their people and devices, and a key made of their content."""
        punches, self._punches = self._punches, []
        if not punches:
            return
        numbers = sorted({entry["member_number"] for _, entry in punches})
        codes = sorted({entry["device_code"] for _, entry in punches if "device_code" in entry})
        members = self.lookup("member", numbers) if self.lookup else None
        devices = self.lookup("device", codes) if self.lookup and codes else {}
        for place, row in punches:
            entry: Entry = {
                "key": str(uuid.uuid5(PUNCH_KEYS, joined(str(self.tenant_id), sorted(row.items())))),
                "kind": row["direction"],
            } | {
                name: value for name, value in row.items() if name not in {"direction", "member_number", "device_code"}
            }
            if members is not None:
                if row["member_number"] not in members:
                    self._reject(place, f"unknown member: no member has the number {row['member_number'][:60]!r}", row)
                    continue
                entry["subject_id"] = str(members[row["member_number"]])
                if "device_code" in row:
                    if row["device_code"] not in devices:
                        self._reject(place, f"unknown device: no device has the code {row['device_code'][:60]!r}", row)
                        continue
                    entry["device_id"] = str(devices[row["device_code"]])
            self.loader.put(self.form.kind, self._key(row), entry, place)
