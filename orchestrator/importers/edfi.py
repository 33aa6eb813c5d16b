"""Ed-Fi interchange XML into one school tenant (Ed-Fi Data Standard 3.1 to 5.2, bulk interchanges).

==========================  ====================================================================
interchange                 what is read
==========================  ====================================================================
EducationOrganization       School → site; Course → course; ClassPeriod → times for the timetable
EducationOrgCalendar        Session → term (optional; without it a term's dates come from its name)
Student                     Student → member of kind student
MasterSchedule              CourseOffering → term, course; Section → section; BellSchedule → weekdays
StudentAttendance           StudentSchoolAttendanceEvent → attendance of a day
==========================  ====================================================================

The interchange is found by the root element, and what others refer to is loaded first, whatever the names
and the order of the files. A section meets in its class periods on the weekdays of the bell schedules that
hold them (Monday to Friday where a schedule names no dates).

Rows are checked for their form only; every rule is the database's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from orchestrator.errors import InvalidInput
from orchestrator.importers.edfi_standard import CHILDREN, INTERCHANGES, NAMESPACE, NOT_IMPORTED
from orchestrator.importers.load import Entry, Kind, Loader, joined, shown
from orchestrator.importers.report import FILE, Duplicate, Place
from orchestrator.importers.xml import Damage, Element, RowError, read_root, read_rows

SITE: Final = Kind("site", "put_sites")
TERM: Final = Kind("term", "put_terms")
COURSE: Final = Kind("course", "put_courses")
SECTION: Final = Kind("section", "put_sections")
TIMETABLE: Final = Kind("timetable", "put_timetable")
MEMBER: Final = Kind("member", "put_members")
ATTENDANCE: Final = Kind("attendance", "attendance_import", repeats="judged")

CODE_LENGTH: Final = 64

KIND_OF_ROW: Final[Mapping[str, str]] = {
    "School": SITE.name,
    "Course": COURSE.name,
    "ClassPeriod": "class_period",
    "Session": TERM.name,
    "Student": MEMBER.name,
    "CourseOffering": "course_offering",
    "Section": SECTION.name,
    "BellSchedule": "bell_schedule",
    "StudentSchoolAttendanceEvent": ATTENDANCE.name,
}

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.0+)?")
_YEAR: Final = re.compile(r"([12][0-9]{3})-([12][0-9]{3})")
WEEKDAYS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what its root element says: the interchange's name without the prefix."""

    path: Path
    name: str
    interchange: str
    size: int


@dataclass(frozen=True, slots=True)
class Term:
    """Dates of a term: first and last day."""

    begins: dt.date
    ends: dt.date


@dataclass(slots=True)
class Sites:
    """What is known about the sites before the import.

    ``present`` gives a site's entry as it is now; fields that Ed-Fi does not know stay as they are.
    """

    time_zone: str | None = None
    default_time_zone: str = "UTC"
    present: Mapping[str, Entry] = field(default_factory=dict)

    def entry(self, code: str, name: str) -> Entry:
        """The entry of a school: its fields over those of the present site."""
        entry: Entry = {"time_zone": self.default_time_zone, **self.present.get(code, {})}
        entry |= {"code": code, "name": name}
        if self.time_zone is not None:
            entry["time_zone"] = self.time_zone
        return entry


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files given, and of a folder its ``*.xml``; each once. Raises :class:`InvalidInput` if none is left."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() == ".xml" and file.is_file())
            if not inside:
                raise InvalidInput(f"the folder {path} holds no XML file", expected="at least one *.xml")
            for file in inside:
                found.setdefault(file.resolve(), file)
        elif path.is_file():
            found.setdefault(path.resolve(), path)
        else:
            raise InvalidInput(f"{path} is not a regular file", expected="files that can be read twice, or folders")
    return list(found.values())


def parse_terms(texts: Iterable[str]) -> dict[str, Term]:
    """``NAME=YYYY-MM-DD..YYYY-MM-DD``, first and last day, by name; raises :class:`InvalidInput`."""
    terms: dict[str, Term] = {}
    for text in texts:
        name, _, dates = text.rpartition("=")
        first, _, last = dates.partition("..")
        try:
            term = Term(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        except ValueError:
            term = None
        if (
            term is None
            or not name
            or term.ends < term.begins
            or not (_DATE.fullmatch(first) and _DATE.fullmatch(last))
        ):
            raise InvalidInput(
                "the dates of a term cannot be read",
                expected="--term 'NAME=YYYY-MM-DD..YYYY-MM-DD', the first and the last day",
                observed=text,
            )
        terms[name] = term
    return terms


class Importer:
    """Reads Ed-Fi files and hands entries to a :class:`Loader`."""

    def __init__(
        self,
        loader: Loader,
        sites: Sites,
        *,
        terms: Mapping[str, Term] | None = None,
        ignore_unknown: bool = False,
        advance: Callable[[str, int], None] | None = None,
    ) -> None:
        self.loader = loader
        self.scratch = loader.scratch
        self.report = loader.report
        self.sites = sites
        self.terms = dict(terms or {})
        self.ignore_unknown = ignore_unknown
        self.advance = advance
        self._file = ""
        self._notes: set[str] = set()
        self._terms_used: set[str] = set()

    # files ----------------------------------------------------------------------------------------

    def sources(self, paths: Iterable[Path]) -> list[Source]:
        """The readable files by interchange, in the order of loading; the others are reported."""
        found: list[Source] = []
        for path in paths:
            name = str(path)
            try:
                size = path.stat().st_size
                root = read_root(path)
            except Damage as damage:
                self._damaged(name, damage)
                continue
            except OSError as error:
                self._damaged(name, Damage(0, f"cannot be read: {error.strerror or error}"))
                continue
            interchange = root.name.removeprefix("Interchange")
            ours = root.name.startswith("Interchange") and (not root.namespace or root.namespace.startswith(NAMESPACE))
            if ours and interchange in NOT_IMPORTED:
                self._note(f"{name}: {root.name} is not imported")
            elif not ours or interchange not in INTERCHANGES:
                known = ", ".join(f"Interchange{known}" for known in INTERCHANGES)
                self._damaged(name, Damage(root.line, f"the root element is <{root.name}>, expected one of {known}"))
            else:
                found.append(Source(path, name, interchange, size))
        order = list(INTERCHANGES)
        return sorted(found, key=lambda source: order.index(source.interchange))

    def run(self, sources: Sequence[Source]) -> None:
        """Load the files. Raises the driver's errors that are not about one row."""
        for interchange in INTERCHANGES:
            for source in sources:
                if source.interchange == interchange:
                    self._read(source)
            self._drain(interchange)
        for name in self.terms.keys() - self._terms_used:
            self._note(f"--term {name}: no term of this name in the files")

    def _drain(self, interchange: str) -> None:
        match interchange:
            case "EducationOrganization":
                self.loader.drain(SITE)
                self._courses()
            case "EducationOrgCalendar":
                self.loader.drain(TERM)
            case "Student":
                self.loader.flush(MEMBER)
            case "MasterSchedule":
                self.loader.drain(TERM)
                self.loader.drain(COURSE)
                self.loader.drain(SECTION)
                self._timetable()
                self.loader.drain(TIMETABLE)
            case "StudentAttendance":
                self.loader.flush(ATTENDANCE)

    def _damaged(self, name: str, damage: Damage) -> None:
        self.loader.reject(FILE, Place(name, damage.line), damage.reason)

    def _note(self, text: str) -> None:
        if text not in self._notes:
            self._notes.add(text)
            self.report.notes.append(text)

    def _read(self, source: Source) -> None:
        advance = self.advance
        rows = read_rows(source.path, None if advance is None else lambda size: advance(source.interchange, size))
        try:
            for row in rows:
                self._row(source, row)
        except Damage as damage:
            self._damaged(source.name, damage)
        except OSError as error:
            self._damaged(source.name, Damage(0, f"cannot be read: {error.strerror or error}"))

    # rows -----------------------------------------------------------------------------------------

    def _row(self, source: Source, row: Element) -> None:
        known = row.name in INTERCHANGES[source.interchange]
        kind = KIND_OF_ROW.get(row.name, FILE) if known else FILE
        try:
            if not row.name:
                raise RowError(*(row.fault or (row.line, "this is not an element")))
            if not known:
                self._unknown(row, f"Interchange{source.interchange}")
            if kind == FILE:
                self._organisation(row)
                self.report.skip(row.name)
                return
            if row.fault is not None:
                raise RowError(*row.fault)
            self._known_children(row)
            self._take(source.name, row)
        except RowError as error:
            self.loader.reject(
                kind, Place(source.name, error.line), error.reason, row=row.flat() or None, read=kind != FILE
            )

    def _take(self, file: str, row: Element) -> None:
        self._file = file
        identify = IDENTITIES.get(row.name)
        if identify is not None and "id" in row.attributes:
            place = Place(file, row.line)
            self.scratch.keep("id", joined(file, row.attributes["id"]), identify(self, row), place)
        take: Callable[[Element, Place], None] = getattr(self, f"_take_{KIND_OF_ROW[row.name]}")
        take(row, Place(file, row.line))

    def _unknown(self, element: Element, parent: str) -> None:
        foreign = element.namespace and not element.namespace.startswith(NAMESPACE)
        if not foreign and not self.ignore_unknown:
            raise RowError(element.line, f"<{element.name}> is not an element of <{parent}>")

    def _known_children(self, row: Element) -> None:
        for child in row.children:
            if child.name not in CHILDREN[row.name]:
                self._unknown(child, row.name)
            elif child.name in CHILDREN:
                self._known_children(child)

    def _organisation(self, row: Element) -> None:
        """Remember an organisation that is no school: its courses are taught elsewhere."""
        number = row.optional(f"{row.name}Id")
        if number is not None:
            self.scratch.keep("organisation", number[0], row.name, Place("", row.line))

    # references -----------------------------------------------------------------------------------

    def _identity(self, row: Element, reference: str) -> tuple[str, ...]:
        """What a reference identifies, as the parts of its key; by ``ref`` it may name an earlier row's ``id``."""
        element = row.one(reference)
        if element is None:
            raise RowError(row.line, f"<{reference}> is missing in <{row.name}>")
        name = reference.removesuffix("Reference")
        identity = element.one(f"{name}Identity")
        if identity is not None:
            return IDENTITIES[name](self, identity)
        ref = element.attributes.get("ref")
        if ref is None:
            raise RowError(element.line, f"<{name}Identity> is missing in <{reference}>")
        found = self.scratch.fact("id", joined(self._file, ref))
        if found is None:
            raise RowError(element.line, f'<{reference} ref="{ref}"> names no row that was read before it')
        return tuple(found)

    def _school_identity(self, row: Element) -> tuple[str, ...]:
        return (row.required("SchoolId")[0],)

    def _organisation_identity(self, row: Element) -> tuple[str, ...]:
        return (row.required("EducationOrganizationId")[0],)

    def _student_identity(self, row: Element) -> tuple[str, ...]:
        return (row.required("StudentUniqueId")[0],)

    def _session_identity(self, row: Element) -> tuple[str, ...]:
        year, line = row.required("SchoolYear")
        match = _YEAR.fullmatch(year)
        if match is None or int(match[2]) != int(match[1]) + 1:
            raise RowError(line, f"<SchoolYear> is {year[:60]!r}, expected two years such as 2021-2022")
        return (*self._identity(row, "SchoolReference"), year, row.required("SessionName")[0])

    def _course_identity(self, row: Element) -> tuple[str, ...]:
        return (*self._identity(row, "EducationOrganizationReference"), row.required("CourseCode")[0])

    def _class_period_identity(self, row: Element) -> tuple[str, ...]:
        return (*self._identity(row, "SchoolReference"), row.required("ClassPeriodName")[0])

    def _course_offering_identity(self, row: Element) -> tuple[str, ...]:
        _, year, session = self._identity(row, "SessionReference")
        return (*self._identity(row, "SchoolReference"), year, session, row.required("LocalCourseCode")[0])

    # education organisations ----------------------------------------------------------------------

    def _take_site(self, row: Element, place: Place) -> None:
        code = row.required("SchoolId")[0]
        name = row.required("NameOfInstitution")[0]
        self.scratch.wait(SITE.name, joined(code), self.sites.entry(code, name), place)

    def _take_course(self, row: Element, place: Place) -> None:
        organisation, code = self._course_identity(row)
        title = row.required("CourseTitle")[0]
        self.scratch.keep("title", joined(organisation, code), title, place)
        self.scratch.wait(
            COURSE.name, joined(organisation, code), {"site_code": organisation, "code": code, "name": title}, place
        )

    def _courses(self) -> None:
        """Send the courses of schools; those of a district come with the schools' offerings."""
        for key, entry, place in self.scratch.waiting(COURSE.name):
            if self.scratch.fact("organisation", entry["site_code"]) is not None:
                self.report.skip("Course of a district")
                continue
            self.scratch.keep("course", joined(entry["site_code"], entry["code"]), True, place)
            self.loader.put(COURSE, key, entry, place)
        self.loader.flush(COURSE)

    def _take_class_period(self, row: Element, place: Place) -> None:
        school, name = self._class_period_identity(row)
        times = []
        for meeting in row.all("MeetingTime"):
            begins, line = _time(meeting, "StartTime")
            ends, _ = _time(meeting, "EndTime")
            if ends <= begins:
                raise RowError(line, f"the meeting time {begins} to {ends} does not end after it starts")
            times.append((begins, ends))
        self._fact("class_period", joined(school, name), times, place)

    def _fact(self, kind: str, key: str, value: object, place: Place) -> None:
        """Keep a row that has no entry of its own; a second one with its key is a duplicate."""
        count = self.report.count(kind)
        count.read += 1
        earlier = self.scratch.keep(kind, key, value, place)
        if earlier is not None:
            same = self.scratch.fact(kind, key) == json.loads(json.dumps(value))
            self.report.duplicate(Duplicate(place, kind, shown(key), earlier, same_content=same))

    # terms ----------------------------------------------------------------------------------------

    def _take_term(self, row: Element, place: Place) -> None:
        school, year, name = self._session_identity(row)
        begins, _ = _date(row, "BeginDate")
        ends, line = _date(row, "EndDate")
        if ends < begins:
            raise RowError(line, f"the term ends on {ends}, before it begins on {begins}")
        self._put_term(school, _term_code(year, name), name, Term(begins, ends), place)

    def _put_term(self, school: str, code: str, name: str, term: Term, place: Place) -> None:
        key = joined(school, code)
        self.scratch.keep("term", key, True, place)
        entry = {
            "site_code": school,
            "code": code,
            "name": name,
            "starts_on": term.begins.isoformat(),
            "ends_on": _next_day(term.ends),
        }
        self.scratch.wait(TERM.name, key, entry, place)

    def _need_term(self, school: str, year: str, name: str, place: Place) -> str:
        """The code of the term; its dates come from --term or its name where no calendar has them."""
        code = _term_code(year, name)
        if self.scratch.fact("term", joined(school, code)) is not None:
            return code
        self._terms_used.add(name)
        term = self.terms.get(name)
        if term is None:
            term = _term_from_name(year, name)
            self._note(
                f"term {code!r}: dates {term.begins} to {term.ends} taken from its name; an EducationOrgCalendar"
                " file or --term gives the true ones"
            )
        self._put_term(school, code, name, term, place)
        return code

    # students -------------------------------------------------------------------------------------

    def _take_member(self, row: Element, place: Place) -> None:
        (number,) = self._student_identity(row)
        name = row.one("Name")
        if name is None:
            raise RowError(row.line, "<Name> is missing in <Student>")
        parts = [
            name.required("FirstName"),
            name.optional("MiddleName"),
            name.required("LastSurname"),
            name.optional("GenerationCodeSuffix"),
        ]
        entry = {
            "member_number": number,
            "kind": "student",
            "display_name": " ".join(" ".join(part[0].split()) for part in parts if part is not None),
        }
        self.loader.put(MEMBER, joined(number), entry, place)

    # master schedule ------------------------------------------------------------------------------

    def _take_course_offering(self, row: Element, place: Place) -> None:
        school, year, session, local_code = self._course_offering_identity(row)
        organisation, code = self._identity(row, "CourseReference")
        given = row.optional("LocalCourseTitle")
        self._fact("course_offering", joined(school, year, session, local_code), [organisation, code], place)
        self._need_term(school, year, session, place)
        title = given[0] if given else self.scratch.fact("title", joined(organisation, code))
        if title is not None and self.scratch.keep("course", joined(school, local_code), True, place) is None:
            self.scratch.wait(
                COURSE.name,
                joined(school, local_code),
                {"site_code": school, "code": local_code, "name": title},
                place,
            )

    def _take_section(self, row: Element, place: Place) -> None:
        school, year, session, course = self._identity(row, "CourseOfferingReference")
        identifier = row.required("SectionIdentifier")[0]
        name = row.optional("SectionName")
        periods = [
            (self._class_period_identity_of(reference), reference.line) for reference in row.all("ClassPeriodReference")
        ]
        term = self._need_term(school, year, session, place)
        code = section_code(course, identifier, term)
        entry = {
            "site_code": school,
            "term_code": term,
            "course_code": course,
            "code": code,
            "name": name[0] if name else identifier,
        }
        self.scratch.wait(SECTION.name, joined(school, code), entry, place)
        for (period_school, period), line in periods:
            meeting = {"site_code": school, "unit_code": code, "year": year, "period": [period_school, period]}
            self.scratch.wait("meeting", joined(school, code), meeting, Place(place.file, line))

    def _class_period_identity_of(self, reference: Element) -> tuple[str, str]:
        parent = Element("Section", "", reference.line, children=[reference])
        school, name = self._identity(parent, "ClassPeriodReference")
        return school, name

    def _take_bell_schedule(self, row: Element, place: Place) -> None:
        (school,) = self._identity(row, "SchoolReference")
        name = row.required("BellScheduleName")[0]
        days = sorted({_parse_date(date).isoweekday() for date in row.all("Date")}) or list(WEEKDAYS)
        periods = []
        for reference in row.all("ClassPeriodReference"):
            period = self._class_period_identity_of(reference)
            if self.scratch.fact("class_period", joined(*period)) is None:
                raise RowError(reference.line, _unknown_period(period))
            periods.append(period)
        self._fact("bell_schedule", joined(school, name), [days, periods], place)
        self.scratch.keep("bell_school", school, True, place)
        for period in periods:
            for day in days:
                self.scratch.keep("bell", joined(*period, day), True, place)

    def _timetable(self) -> None:
        """Sections times class periods times weekdays."""
        for _, meeting, place in self.scratch.waiting("meeting"):
            school, period = meeting["period"]
            times = self.scratch.fact("class_period", joined(school, period))
            days = [day for day in range(1, 8) if self.scratch.fact("bell", joined(school, period, day))]
            if not days and self.scratch.fact("bell_school", school) is None:
                days = list(WEEKDAYS)
            reason = None
            if times is None:
                reason = _unknown_period((school, period))
            elif not times:
                reason = f"the class period {period!r} of school {school} has no meeting time"
            elif not days:
                reason = f"the class period {period!r} is in no bell schedule of school {school}"
            if reason is not None:
                key = f"{meeting['site_code']}/{meeting['unit_code']}"
                self.loader.reject(TIMETABLE.name, place, reason, key=key, row=meeting, read=True)
                continue
            # The term bounds a section's meetings; a slot is as wide as can be, so that it stays when the term's
            # dates become known.
            valid_from = f"{meeting['year'][:4]}-01-01"
            for start, end in times:
                for day in days:
                    entry = {
                        "site_code": meeting["site_code"],
                        "unit_code": meeting["unit_code"],
                        "kind": "meeting",
                        "weekday": day,
                        "local_start": start,
                        "local_end": end,
                        "valid_from": valid_from,
                    }
                    key = joined(meeting["site_code"], meeting["unit_code"], day, start)
                    self.scratch.wait(TIMETABLE.name, key, entry, place)

    # attendance -----------------------------------------------------------------------------------

    def _take_attendance(self, row: Element, place: Place) -> None:
        event = row.one("AttendanceEvent")
        if event is None:
            raise RowError(row.line, "<AttendanceEvent> is missing in <StudentSchoolAttendanceEvent>")
        date, _ = _date(event, "EventDate")
        category = _descriptor(event, "AttendanceEventCategory")
        (student,) = self._identity(row, "StudentReference")
        (school,) = self._identity(row, "SchoolReference")
        entry: dict[str, Any] = {
            "member_number": student,
            "site_code": school,
            "unit_code": school,
            "date": date.isoformat(),
            "edfi_category": category,
        }
        reason = event.optional("AttendanceEventReason")
        if reason is not None:
            entry["reason"] = reason[0]
        if row.optional("ArrivalTime") is not None:
            entry["arrived_at"] = _time(row, "ArrivalTime")[0]
        # What another system measured and the record has no column for is kept as evidence.
        evidence: dict[str, Any] = {}
        minutes = row.optional("SchoolAttendanceDuration")
        if minutes is not None:
            if not re.fullmatch(r"[0-9]{1,4}", minutes[0]) or int(minutes[0]) > 1440:
                raise RowError(minutes[1], f"<SchoolAttendanceDuration> is {minutes[0]!r}, expected minutes, 0 to 1440")
            evidence["minutes"] = int(minutes[0])
        duration = event.optional("EventDuration")
        if duration is not None:
            if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,4})?", duration[0]):
                raise RowError(
                    duration[1], f"<EventDuration> is {duration[0]!r}, expected a number of days such as 1 or 0.5"
                )
            evidence["days"] = float(duration[0])
        departure = row.optional("DepartureTime")
        if departure is not None:
            evidence["left_at"] = _time(row, "DepartureTime")[0]
        if evidence:
            entry["evidence"] = evidence
        self.loader.put(ATTENDANCE, joined(student, school, entry["date"]), entry, place)


IDENTITIES: Final[Mapping[str, Callable[[Importer, Element], tuple[str, ...]]]] = {
    "School": Importer._school_identity,
    "EducationOrganization": Importer._organisation_identity,
    "Student": Importer._student_identity,
    "Session": Importer._session_identity,
    "Course": Importer._course_identity,
    "ClassPeriod": Importer._class_period_identity,
    "CourseOffering": Importer._course_offering_identity,
}


def section_code(course: str, identifier: str, term: str) -> str:
    """The code of a section's unit: unique in the site, since an identifier is so only for a course and a term.

    What is longer than a code may be is cut and ends with a digest of the whole.
    """
    code = f"{course}:{identifier}:{term}"
    if len(code) <= CODE_LENGTH:
        return code
    digest = hashlib.sha256(code.encode("utf-8")).hexdigest()[:8]
    return f"{code[: CODE_LENGTH - 9].rstrip()}~{digest}"


def _unknown_period(period: tuple[str, str]) -> str:
    return (
        f"the class period {period[1]!r} of school {period[0]} stands in none of the files; give the"
        " EducationOrganization file, too"
    )


def _term_code(year: str, name: str) -> str:
    return name if year in name else f"{year} {name}"


def _term_from_name(year: str, name: str) -> Term:
    """First and last day by school year and name; the whole school year (August to July) if it says no more."""
    first, second = int(year[:4]), int(year[:4]) + 1
    word = name.lower()
    if "fall" in word or "autumn" in word:
        return Term(dt.date(first, 8, 1), dt.date(first, 12, 31))
    if "spring" in word:
        return Term(dt.date(second, 1, 1), dt.date(second, 6, 30))
    if "summer" in word:
        return Term(dt.date(second, 6, 1), dt.date(second, 7, 31))
    return Term(dt.date(first, 8, 1), dt.date(second, 7, 31))


def _next_day(date: dt.date) -> str:
    return (date + dt.timedelta(days=1)).isoformat()


def _parse_date(element: Element) -> dt.date:
    text = element.text.strip()
    if _DATE.fullmatch(text):
        try:
            date = dt.date.fromisoformat(text)
        except ValueError:
            date = None
        if date is not None and date < dt.date.max:
            return date
    raise RowError(element.line, f"<{element.name}> is {text[:60]!r}, expected a date YYYY-MM-DD that exists")


def _date(row: Element, name: str) -> tuple[dt.date, int]:
    row.required(name)
    element = row.one(name)
    assert element is not None
    return _parse_date(element), element.line


def _time(row: Element, name: str) -> tuple[str, int]:
    text, line = row.required(name)
    if not _TIME.fullmatch(text):
        raise RowError(line, f"<{name}> is {text[:60]!r}, expected a time of day HH:MM:SS")
    return text[:8], line


def _descriptor(row: Element, name: str) -> str:
    """The code value of a descriptor: what follows # in ``uri://ed-fi.org/XDescriptor#Value``, or the bare text."""
    element = row.one(name)
    if element is not None and element.one("CodeValue") is not None:
        return element.required("CodeValue")[0]
    text, line = row.required(name)
    kind, hash_sign, value = text.rpartition("#")
    if not hash_sign:
        return text
    if not kind.endswith(f"/{name}Descriptor") or not value.strip():
        raise RowError(line, f"<{name}> is {text[:120]!r}, expected uri://…/{name}Descriptor#…")
    return value.strip()
