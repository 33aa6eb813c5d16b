"""``smartattend import``: files of other systems into a tenant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import click
import psycopg

from orchestrator import database, output
from orchestrator.errors import EXIT_OPERATIONAL, InvalidInput, SmartAttendError
from orchestrator.importers import csv as csv_importer
from orchestrator.importers import edfi as edfi_importer
from orchestrator.importers.load import Loader, Scratch
from orchestrator.importers.report import COUNTS, Place, Report
from orchestrator.importers.session import Session, tenant_session
from orchestrator.options import dsn_option, examples, token_option

F = TypeVar("F", bound=Callable[..., Any])

SHOWN = 20
"""Rejected and repeated rows that the table shows."""

LONGEST = 80
"""Characters of a key or an observed value that the table shows."""

_OBSERVED = re.compile(r"(?<=observed ).*?(?=, expected |$)", re.DOTALL)
_UNBROKEN = re.compile(rf"\S{{{LONGEST + 1},}}")

EXISTING = click.Path(exists=True, path_type=Path)


def _common_options(function: F) -> F:
    for option in reversed(
        (
            click.option("--tenant", metavar="SLUG", help="The tenant to load into. Needed unless --dry-run."),
            dsn_option,
            token_option,
            click.option(
                "--as",
                "login",
                metavar="LOGIN",
                help="Without a token: the login or member number to issue one for, revoked at the end. "
                "Default: the tenant's first administrator.",
            ),
            click.option("--dry-run", is_flag=True, help="Read and check the form only; no database is needed."),
            click.option(
                "--rejects",
                type=click.Path(dir_okay=False, writable=True, path_type=Path),
                help="Write the rejected rows to this file, one JSON object a line.",
            ),
            click.option(
                "--format",
                "fmt",
                type=click.Choice(["table", "json"]),
                default="table",
                show_default=True,
                help="How to show the result.",
            ),
        )
    ):
        function = option(function)
    return function


@click.group(
    "import",
    epilog=examples(
        "smartattend import csv members people.csv --tenant north-high",
        "smartattend import edfi --tenant north-high --dry-run sample/",
    ),
)
def import_() -> None:
    """Load files of other systems into a tenant, through api.* only.

    Every row is judged by the database and counted: created, changed, unchanged, duplicate (repeats an earlier row
    of the same files) or rejected (file, line and reason). An import may be repeated, also after an interruption:
    what is there already is unchanged. Exit code 1 if a row was rejected.
    """


@contextmanager
def _target(
    dsn: str | None, tenant: str | None, token: str | None, login: str | None, dry_run: bool
) -> Iterator[Session | None]:
    """The session to load into; None for a dry run."""
    if dry_run:
        yield None
        return
    if tenant is None:
        raise click.UsageError("Missing option '--tenant'.")
    with (
        database.connect(dsn, application_name="smartattend import") as connection,
        tenant_session(connection, tenant, token, login) as session,
    ):
        yield session


def _keep_inputs(rejects: Path | None, files: Iterable[Path]) -> None:
    """Refuse a file of rejects that is an input, which opening it for writing would empty."""
    if rejects is None or not rejects.exists():
        return
    for file in files:
        if rejects.samefile(file):
            raise click.BadParameter(
                f"{click.format_filename(rejects)} is the same file as the input {click.format_filename(file)}",
                param_hint="'--rejects'",
            )


@contextmanager
def _counting(session: Session | None, rejects: Path | None, fmt: str) -> Iterator[Loader]:
    """A loader; at the end its report is shown, also when something broke the import off."""
    with (
        Scratch() as scratch,
        rejects.open("w", encoding="utf-8", errors="backslashreplace") if rejects else nullcontext() as file,
    ):
        report = Report(rejects_file=file)
        try:
            yield Loader(session.send if session else None, report, scratch)
        except click.UsageError:
            raise
        except (SmartAttendError, psycopg.Error, KeyboardInterrupt):
            if report.total("created") + report.total("changed"):
                output.note(f"broken off after at least {report.summary()}; the same command goes on from there")
            raise
    _show(report, fmt, dry_run=session is None)
    if report.rejected:
        raise click.exceptions.Exit(EXIT_OPERATIONAL)


def _show(report: Report, fmt: str, *, dry_run: bool) -> None:
    if fmt == "json":
        output.emit(report.as_dict() | {"dry_run": dry_run}, "json")
        return
    columns = ["kind", *COUNTS]
    rows: list[dict[str, Any]] = []
    for kind, count in report.counts.items():
        row: dict[str, Any] = {"kind": kind, **{name: getattr(count, name) for name in COUNTS}}
        row["well formed"] = count.read - count.duplicate - count.rejected
        rows.append(row)
    if dry_run:
        columns = ["kind", "read", "well formed", "duplicate", "rejected"]
    output.emit(rows, columns=columns, empty="no row was read")
    name = _short_names(report)
    _show_some(
        "Duplicates",
        [
            {
                "where": name(duplicate.place),
                "repeats": name(duplicate.repeats),
                "kind": duplicate.kind,
                "key": _cut(duplicate.key),
                "content": "the same" if duplicate.same_content else "another; the first stands",
            }
            for duplicate in report.duplicates[:SHOWN]
        ],
        report.total("duplicate"),
    )
    _show_some(
        "Rejected",
        [
            {
                "where": name(reject.place),
                "kind": reject.kind,
                "key": _cut(reject.key or ""),
                "reason": f"{reject.code}: {_brief(reject.reason)}" if reject.code else _brief(reject.reason),
            }
            for reject in report.rejects[:SHOWN]
        ],
        report.rejected,
    )
    for note in report.notes:
        output.note(f"note: {note}")
    if report.not_used:
        output.note("not used: " + ", ".join(f"{number} {what}" for what, number in sorted(report.not_used.items())))
    click.echo(f"Dry run: {report.rejected} rejected." if dry_run else f"{report.summary()}.")


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def _brief(reason: str) -> str:
    """A reason without the bulk of what was observed; the file of rejects has it whole."""
    reason = _OBSERVED.sub(lambda found: _cut(found[0]), reason)
    return _UNBROKEN.sub(lambda found: _cut(found[0]), reason)


def _show_some(title: str, rows: list[dict[str, Any]], total: int) -> None:
    if not rows:
        return
    output.emit(rows, title=title)
    if total > len(rows):
        output.note(f"… and {total - len(rows)} more: --rejects FILE has every rejected row")


def _short_names(report: Report) -> Callable[[Place], str]:
    """Places without the folder that all of them have in common."""
    places = [reject.place for reject in report.rejects]
    places += [place for duplicate in report.duplicates for place in (duplicate.place, duplicate.repeats)]
    folders = {Path(place.file).parent for place in places}
    return lambda place: f"{Path(place.file).name if len(folders) == 1 else place.file}:{place.line}"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar over the bytes of all files."""
    with output.progress() as bar:
        task = bar.add_task("reading", total=total)
        yield lambda what, size: bar.update(task, advance=size, description=what)


@import_.command(
    "edfi",
    epilog=examples(
        "smartattend import edfi --tenant grand-bend sample/",
        "smartattend import edfi --tenant grand-bend Student.xml StudentSchoolAttendance.xml --rejects bad.jsonl",
        "smartattend import edfi --dry-run --format json sample/",
        "smartattend import edfi --tenant grand-bend sample/ --time-zone America/Chicago \\",
        "    --term '2021-2022 Fall Semester=2021-08-23..2021-12-17'",
    ),
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=EXISTING)
@_common_options
@click.option("--time-zone", metavar="ZONE", help="Zone of the schools. Default: what they have, else the tenant's.")
@click.option(
    "--term",
    "terms",
    metavar="NAME=FIRST..LAST",
    multiple=True,
    help="First and last day of a term, where no EducationOrgCalendar file has them.",
)
@click.option(
    "--ignore-unknown",
    is_flag=True,
    help="Ignore elements that the standard does not have, instead of rejecting their rows.",
)
def import_edfi(
    paths: tuple[Path, ...],
    tenant: str | None,
    dsn: str | None,
    token: str | None,
    login: str | None,
    dry_run: bool,
    rejects: Path | None,
    fmt: str,
    time_zone: str | None,
    terms: tuple[str, ...],
    ignore_unknown: bool,
) -> None:
    """Load Ed-Fi interchange XML (files, or the *.xml of a folder) into a school.

    Read are the interchanges EducationOrganization (schools, courses, class periods), EducationOrgCalendar (terms),
    Student, MasterSchedule (terms, courses, sections, timetable) and StudentAttendance (school attendance). Which is
    which is found by the root element, and what others need is loaded first, in whatever order the files come.
    """
    files = edfi_importer.find_files(paths)
    _keep_inputs(rejects, files)
    dates = edfi_importer.parse_terms(terms)
    with _target(dsn, tenant, token, login, dry_run) as session, _counting(session, rejects, fmt) as loader:
        sites = edfi_importer.Sites(time_zone=time_zone)
        if session is not None:
            if session.platform != "school":
                raise InvalidInput(
                    "Ed-Fi files are loaded into schools only",
                    expected="a tenant of the platform school",
                    observed=f"{tenant} is on the platform {session.platform}",
                )
            sites = edfi_importer.Sites(time_zone, session.time_zone, session.sites())
        with _progress(sum(file.stat().st_size for file in files)) as advance:
            importer = edfi_importer.Importer(
                loader, sites, terms=dates, ignore_unknown=ignore_unknown, advance=advance
            )
            importer.run(importer.sources(files))


def _kinds_help() -> str:
    lines = ["\b", "Headers (in any order; columns in brackets may be left out):"]
    for name, form in csv_importer.FORMATS.items():
        lines += [f"  {name}: {form.what}", f"      {form.header()}"]
    return "\n".join(lines)


@import_.command(
    "csv",
    epilog=_kinds_help()
    + "\n\n"
    + examples(
        "smartattend import csv members people.csv --tenant north-high",
        "smartattend import csv roster march.csv --tenant ironworks --delimiter ';'",
        "smartattend import csv punches gate-1.csv --tenant ironworks --rejects bad.jsonl",
    ),
)
@click.argument("kind", type=click.Choice(list(csv_importer.FORMATS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_common_options
@click.option(
    "--delimiter", default=",", show_default=True, metavar="SIGN", help="What separates cells; never guessed."
)
def import_csv(
    kind: str,
    file: Path,
    tenant: str | None,
    dsn: str | None,
    token: str | None,
    login: str | None,
    dry_run: bool,
    rejects: Path | None,
    fmt: str,
    delimiter: str,
) -> None:
    """Load a CSV file with one header line (UTF-8) into a tenant.

    KIND says what its rows are; an empty cell is a missing value.
    """
    if delimiter == "\\t":
        delimiter = "\t"
    if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
        raise click.BadParameter("one sign, such as ; or \\t", param_hint="'--delimiter'")
    _keep_inputs(rejects, [file])
    with _target(dsn, tenant, token, login, dry_run) as session, _counting(session, rejects, fmt) as loader:
        importer = csv_importer.Importer(
            loader,
            csv_importer.FORMATS[kind],
            tenant_id=session.tenant_id if session else None,
            lookup=session.lookup if session else None,
        )
        with _progress(file.stat().st_size) as advance:
            importer.run(file, delimiter, lambda size: advance(kind, size))
