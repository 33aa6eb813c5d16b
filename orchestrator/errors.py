"""What can go wrong, as one family of ``click.ClickException``.

Exit codes: 0 held, 1 operational error, 2 usage, 3 an invariant broke, 4 inconclusive.

Every error is one clear sentence, and where they are known what was expected, what was
observed and what to do. :func:`translate` turns a driver's exception into one of them, so that
no command shows a traceback unless ``--debug`` asks for it.
"""

from __future__ import annotations

import json
import os
import re
from typing import IO, Any

import click
import psycopg

EXIT_HELD = 0
EXIT_OPERATIONAL = 1
EXIT_USAGE = 2
EXIT_BROKEN = 3
EXIT_INCONCLUSIVE = 4

MINIMUM_SERVER = 15
MAXIMUM_SERVER = 18

SHOWN = 80
"""Characters of a value that a message shows."""


class SmartAttendError(click.ClickException):
    """An operational error (exit code 1), with what was expected, observed and what to do."""

    exit_code = EXIT_OPERATIONAL

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        observed: str | None = None,
        hint: str | None = None,
        detail: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.expected = expected
        self.observed = observed
        self.hint = hint
        self.detail = detail
        self.code = code

    def format_message(self) -> str:
        """The message and one indented line for each part that is known."""
        head = f"{self.code}: {self.message}" if self.code else self.message
        parts = (
            ("expected", self.expected),
            ("observed", self.observed),
            ("detail", self.detail),
            ("to do", self.hint),
        )
        return "\n".join([head, *(f"  {name}: {text}" for name, text in parts if text)])

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the error to stderr (or ``file``)."""
        click.echo(f"Error: {self.format_message()}", file=file, err=file is None)


class InvalidInput(SmartAttendError):
    """The command line, a file or a value given by the user is wrong (exit code 2)."""

    exit_code = EXIT_USAGE


class InvariantBroken(SmartAttendError):
    """Something that must always hold did not (exit code 3)."""

    exit_code = EXIT_BROKEN


class Inconclusive(SmartAttendError):
    """A run that cannot say whether it held (exit code 4)."""

    exit_code = EXIT_INCONCLUSIVE


class ServerUnreachable(SmartAttendError):
    """No answer from the server, or it refused the connection."""


class ServerTooOld(SmartAttendError):
    """The server is older than PostgreSQL 15."""


class SchemaMissing(SmartAttendError):
    """The database has no SmartAttend schema, or an older one."""


class NotAllowed(SmartAttendError):
    """The database role lacks a privilege."""


class CommandFailed(SmartAttendError):
    """A program that the tool started (sqitch, pg_ctl, …) failed."""


class CodedError(SmartAttendError):
    """An error with an SQLSTATE: ``SA…`` from our own schema, or PostgreSQL's."""


_ROLE = re.compile(r'set role "(smartattend_[a-z]+)"')
_PASSWORD = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)|(://[^:/@\s]*:)[^@\s]*(@)", re.IGNORECASE)


def hide_password(text: str) -> str:
    """``text`` with the passwords of connection strings replaced by ``***``."""
    return _PASSWORD.sub(lambda m: f"{m[1]}***" if m[1] else f"{m[3]}***{m[4]}", text)


def server_too_old(server_version: int) -> ServerTooOld:
    """The error for a server whose ``server_version`` (libpq's number, 150004) is below 15."""
    major, minor = divmod(server_version, 10000)
    shown = f"{major}.{minor}" if major >= 10 else f"{major}.{minor // 100}"
    return ServerTooOld(
        f"PostgreSQL {shown} is too old for SmartAttend",
        expected=f"PostgreSQL {MINIMUM_SERVER} to {MAXIMUM_SERVER}",
        observed=f"PostgreSQL {shown}",
        hint="choose another server with --dsn, or use the embedded one: smartattend db up",
    )


def schema_missing(database: str | None, observed: str) -> SchemaMissing:
    """The error for a database without (all of) our objects."""
    where = f'the database "{database}"' if database else "the database"
    return SchemaMissing(
        f"{where} has no SmartAttend schema, or an older one",
        observed=observed,
        hint="run: smartattend deploy",
    )


def _database_of(error: psycopg.Error) -> str | None:
    connection = getattr(error, "pgconn", None)
    try:
        return connection.db.decode() if connection is not None else None
    except (psycopg.Error, AttributeError, UnicodeDecodeError):
        return None


def _detail(text: str | None) -> str | None:
    """The detail of an ``SA…`` error: JSON with observed and expected becomes readable."""
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, dict):
        return text
    return ", ".join(f"{key} {json.dumps(item, ensure_ascii=False)}" for key, item in value.items())


def translate(error: BaseException) -> SmartAttendError:
    """Turn a driver's or the system's exception, or one about text that is not UTF-8, into one of ours.

    ``SA…`` keeps code, message, detail and hint. A missing schema, table or function of ours, a missing
    privilege, a lost or refused connection each become one sentence with what to do.
    """
    if isinstance(error, SmartAttendError):
        return error
    if isinstance(error, psycopg.Error):
        return _translate_database(error)
    if isinstance(error, OSError):
        target = f"{error.filename}: " if error.filename else ""
        return SmartAttendError(f"{target}{error.strerror or error}")
    if isinstance(error, UnicodeError):
        return _translate_text(error)
    return SmartAttendError(str(error) or type(error).__name__)


def _translate_text(error: UnicodeError) -> InvalidInput:
    """Text that is not UTF-8: bytes of the command line are lone surrogates in Python's strings."""
    observed = None
    if isinstance(error, UnicodeEncodeError | UnicodeDecodeError):
        value = hide_password(error.object) if isinstance(error.object, str) else error.object
        observed = ascii(value if len(value) <= SHOWN else value[:SHOWN])
    return InvalidInput("an argument or a file is not UTF-8", expected="text in UTF-8", observed=observed)


def membership_hint(role: str, login: str = "your login") -> str:
    """What to do where ``login`` would have to be a member of ``role``."""
    return f"grant {role} to {login}, or connect as one of its members"


def _hint_for_rights(primary: str) -> str:
    """What to do about a missing right: where a role could not be set, its name stands in quotes in the message."""
    if role := _ROLE.search(primary):
        return membership_hint(role[1])
    return "connect as a role with this right (see the README's table of roles), or set role to one"


def _translate_database(error: psycopg.Error) -> SmartAttendError:
    state = error.sqlstate
    primary = error.diag.message_primary or str(error).strip() or type(error).__name__
    primary = hide_password(primary)
    if state is None and isinstance(error, psycopg.OperationalError):
        return ServerUnreachable(
            "cannot reach the database server",
            observed=" · ".join(line.strip() for line in hide_password(str(error)).splitlines() if line.strip()),
            hint="check --dsn or PGHOST, PGPORT, PGDATABASE, PGUSER; for the embedded server: smartattend db up",
        )
    if state in {"3F000", "42883", "42P01", "42704"}:
        return schema_missing(_database_of(error), primary)
    if state == "3D000":
        return ServerUnreachable(primary, code=state, hint="create it with createdb, or choose another with --dsn")
    if state == "42501":
        return NotAllowed(primary, code=state, hint=_hint_for_rights(primary))
    if state is not None and state[:2] in {"08", "57"}:
        return ServerUnreachable(primary, code=state, hint="try again when the server accepts connections")
    if state is not None and state.startswith("28"):
        return ServerUnreachable(primary, code=state, hint="check the user name, the password and pg_hba.conf")
    return CodedError(
        primary,
        code=state,
        detail=_detail(error.diag.message_detail),
        hint=error.diag.message_hint,
    )


def debugging() -> bool:
    """Whether ``SMARTATTEND_DEBUG`` asks for tracebacks (the option ``--debug`` sets it)."""
    return os.environ.get("SMARTATTEND_DEBUG", "") not in {"", "0"}
