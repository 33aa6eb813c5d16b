"""Small Ed-Fi interchange files, made for tests."""

from __future__ import annotations

from pathlib import Path

NAMESPACE = "http://ed-fi.org/5.2.0"
FALL = "2021-2022 Fall Semester"


def interchange(name: str, *rows: str, namespace: str = NAMESPACE) -> str:
    """A whole file: declaration in line 1, root in line 2, the first row in line 3."""
    body = "".join(f"{row}\n" for row in rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Interchange{name} xmlns="{namespace}">\n{body}</Interchange{name}>\n'
    )


def school_reference(school: str, name: str = "SchoolReference") -> str:
    return f"<{name}><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity></{name}>"


def session_reference(school: str, session: str = FALL, year: str = "2021-2022") -> str:
    return (
        f"<SessionReference><SessionIdentity><SessionName>{session}</SessionName><SchoolYear>{year}</SchoolYear>"
        f"{school_reference(school)}</SessionIdentity></SessionReference>"
    )


def school(number: str = "1", name: str = "North High") -> str:
    return f"<School><NameOfInstitution>{name}</NameOfInstitution><SchoolId>{number}</SchoolId></School>"


def course(code: str = "ALG", title: str = "Algebra", organisation: str = "1") -> str:
    return (
        f"<Course><CourseCode>{code}</CourseCode><CourseTitle>{title}</CourseTitle>"
        "<EducationOrganizationReference><EducationOrganizationIdentity>"
        f"<EducationOrganizationId>{organisation}</EducationOrganizationId>"
        "</EducationOrganizationIdentity></EducationOrganizationReference></Course>"
    )


def class_period(name: str = "01", *times: tuple[str, str], number: str = "1") -> str:
    meetings = "".join(
        f"<MeetingTime><StartTime>{start}</StartTime><EndTime>{end}</EndTime></MeetingTime>" for start, end in times
    )
    return f"<ClassPeriod>{school_reference(number)}<ClassPeriodName>{name}</ClassPeriodName>{meetings}</ClassPeriod>"


def class_period_reference(name: str = "01", number: str = "1") -> str:
    return (
        f"<ClassPeriodReference><ClassPeriodIdentity>{school_reference(number)}"
        f"<ClassPeriodName>{name}</ClassPeriodName></ClassPeriodIdentity></ClassPeriodReference>"
    )


def calendar_session(begins: str, ends: str, name: str = FALL, number: str = "1", year: str = "2021-2022") -> str:
    return (
        f"<Session><SessionName>{name}</SessionName><SchoolYear>{year}</SchoolYear><BeginDate>{begins}</BeginDate>"
        f"<EndDate>{ends}</EndDate><TotalInstructionalDays>80</TotalInstructionalDays>{school_reference(number)}</Session>"
    )


def student(number: str = "100", first: str = "Ada", last: str = "Byron", middle: str = "", suffix: str = "") -> str:
    return (
        f"<Student><StudentUniqueId>{number}</StudentUniqueId><Name><FirstName>{first}</FirstName>"
        + (f"<MiddleName>{middle}</MiddleName>" if middle else "")
        + f"<LastSurname>{last}</LastSurname>"
        + (f"<GenerationCodeSuffix>{suffix}</GenerationCodeSuffix>" if suffix else "")
        + "</Name><BirthData><BirthDate>2008-09-13</BirthDate></BirthData></Student>"
    )


def course_offering(code: str = "ALG", number: str = "1", course_code: str = "ALG", organisation: str = "1") -> str:
    return (
        f"<CourseOffering><LocalCourseCode>{code}</LocalCourseCode>{school_reference(number)}{session_reference(number)}"
        f"<CourseReference><CourseIdentity><CourseCode>{course_code}</CourseCode>"
        "<EducationOrganizationReference><EducationOrganizationIdentity>"
        f"<EducationOrganizationId>{organisation}</EducationOrganizationId>"
        "</EducationOrganizationIdentity></EducationOrganizationReference></CourseIdentity></CourseReference>"
        "</CourseOffering>"
    )


def section(identifier: str = "S1", code: str = "ALG", *periods: str, number: str = "1", name: str = "") -> str:
    return (
        f"<Section><SectionIdentifier>{identifier}</SectionIdentifier><CourseOfferingReference><CourseOfferingIdentity>"
        f"<LocalCourseCode>{code}</LocalCourseCode>{school_reference(number)}{session_reference(number)}"
        "</CourseOfferingIdentity></CourseOfferingReference>"
        + "".join(class_period_reference(period, number) for period in periods)
        + (f"<SectionName>{name}</SectionName>" if name else "")
        + "</Section>"
    )


def bell_schedule(*periods: str, number: str = "1", dates: tuple[str, ...] = ()) -> str:
    return (
        f"<BellSchedule><BellScheduleName>Normal</BellScheduleName>{school_reference(number)}"
        + "".join(class_period_reference(period, number) for period in periods)
        + "".join(f"<Date>{date}</Date>" for date in dates)
        + "</BellSchedule>"
    )


def attendance(
    number: str = "100",
    date: str = "2021-08-31",
    category: str = "Excused Absence",
    school_number: str = "1",
    more: str = "",
    reason: str = "Absent excused",
) -> str:
    return (
        f"<StudentSchoolAttendanceEvent><AttendanceEvent><EventDate>{date}</EventDate><AttendanceEventCategory>"
        f"uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}</AttendanceEventCategory>"
        f"<AttendanceEventReason>{reason}</AttendanceEventReason></AttendanceEvent>"
        "<StudentReference><StudentIdentity>"
        f"<StudentUniqueId>{number}</StudentUniqueId></StudentIdentity></StudentReference>"
        f"{school_reference(school_number)}{session_reference(school_number)}{more}</StudentSchoolAttendanceEvent>"
    )


def write(folder: Path, **files: str) -> Path:
    """Write ``name="text"`` as name.xml; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder


def district(folder: Path, *events: str) -> Path:
    """A school with a course, two periods, a section, two students and ``events`` (by default one)."""
    return write(
        folder,
        # the names say nothing about what is inside, and the order of the names is the wrong one
        a_attendance=interchange("StudentAttendance", *(events or (attendance(),))),
        b_schedule=interchange(
            "MasterSchedule", section("S1", "ALG", "01", "02"), bell_schedule("01", "02"), course_offering()
        ),
        c_students=interchange("Student", student(), student("101", "Alan", "Turing", suffix="Jr")),
        d_schools=interchange(
            "EducationOrganization",
            class_period("01", ("08:35:00", "09:25:00")),
            class_period("02", ("11:20:00", "11:45:00"), ("12:35:00", "13:00:00")),
            course(),
            school(),
        ),
    )
