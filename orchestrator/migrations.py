"""Running sqitch on a target.

Sqitch gets its connection by libpq's environment (``PGHOST``, ``PGUSER``, …) and the target ``db:pg:<database>``:
the one form in which sqitch's two clients, DBD::Pg and psql, cannot disagree, and in which no password is
ever on a command line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from orchestrator.cluster import find_programs, project_root
from orchestrator.database import resolve
from orchestrator.errors import CommandFailed, SmartAttendError

LIBPQ_NAMES: Mapping[str, str] = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "requirepeer": "PGREQUIREPEER",
    "krbsrvname": "PGKRBSRVNAME",
    "gssencmode": "PGGSSENCMODE",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "client_encoding": "PGCLIENTENCODING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One line of ``sqitch.plan``: ``name``, what it requires, and the tags that stand right after it."""

    name: str
    requires: tuple[str, ...]
    tags: tuple[str, ...]


def libpq_environment(parameters: Mapping[str, str]) -> dict[str, str]:
    """Connection parameters as environment variables of libpq.

    Raises :class:`SmartAttendError` for a parameter that has no variable.
    """
    unknown = [name for name in parameters if name not in LIBPQ_NAMES]
    if unknown:
        raise SmartAttendError(
            f"sqitch cannot be given the connection parameter {', '.join(sorted(unknown))}",
            hint="put it into a service file and name that with service=…",
        )
    return {LIBPQ_NAMES[name]: value for name, value in parameters.items()}


def target_environment(dsn: str | None) -> dict[str, str]:
    """The environment for libpq programs that work on ``dsn`` (see :func:`orchestrator.database.resolve`)."""
    parameters = resolve(dsn)
    environment = dict(os.environ)
    if parameters:
        for name in LIBPQ_NAMES.values():
            environment.pop(name, None)
        environment |= libpq_environment(parameters)
    environment.setdefault("PGAPPNAME", "smartattend deploy")
    environment.setdefault("PGCONNECT_TIMEOUT", "10")
    return environment


def target_uri(environment: Mapping[str, str]) -> str:
    """Sqitch's target for an environment: ``db:pg:<database>``, or ``db:pg:`` where libpq chooses the database."""
    return f"db:pg:{quote(environment.get('PGDATABASE', ''), safe='')}"


def plan_folder() -> Path:
    """The folder with ``sqitch.plan``. Raises :class:`SmartAttendError` when there is none."""
    root = project_root()
    if root is None or not (root / "sqitch.plan").exists():
        raise SmartAttendError(
            "there is no sqitch.plan here",
            expected="the SmartAttend source tree as the current folder",
            observed=str(Path.cwd()),
            hint="cd into the clone and try again",
        )
    return root


_LINE = re.compile(r"^(?P<name>[^\s%#@\[]\S*)(?:\s+\[(?P<requires>[^\]]*)\])?\s")


def read_plan(path: Path) -> list[PlannedChange]:
    """The changes of a ``sqitch.plan`` in order; reworked changes appear once for each rework."""
    changes: list[PlannedChange] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("@") and changes:
            last = changes[-1]
            changes[-1] = PlannedChange(last.name, last.requires, (*last.tags, text.split()[0]))
        elif match := _LINE.match(f"{text} "):
            requires = tuple(name for name in (match["requires"] or "").split() if not name.startswith("!"))
            changes.append(PlannedChange(match["name"], requires, ()))
    return changes


def client_program(client: str | os.PathLike[str] | None = None) -> str:
    """The psql that sqitch runs the scripts with: ``client``, else the one on PATH, else the embedded server's.

    Raises :class:`SmartAttendError` when there is none.
    """
    if client is not None:
        return str(client)
    if found := shutil.which("psql"):
        return found
    embedded = find_programs() / "psql"
    if embedded.exists():
        return str(embedded)
    raise SmartAttendError("psql is not installed", hint="apt-get install postgresql-client")


def sqitch_program() -> str:
    """Where sqitch is. Raises :class:`SmartAttendError` when it is not installed."""
    if found := shutil.which("sqitch"):
        return found
    raise SmartAttendError("sqitch is not installed", hint="apt-get install sqitch libdbd-pg-perl postgresql-client")


def command(
    action: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    client: str | os.PathLike[str] | None = None,
) -> list[str]:
    """The sqitch command line for ``action`` (deploy, revert, verify, status, …) on an environment's target."""
    return [
        sqitch_program(),
        action,
        "--target",
        target_uri(environment),
        "--client",
        client_program(client),
        *arguments,
    ]


def run(
    action: str,
    arguments: Sequence[str] = (),
    *,
    dsn: str | None = None,
    client: str | os.PathLike[str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run sqitch with its output shown as it comes.

    Raises :class:`CommandFailed` when it fails; sqitch has then said why.
    """
    environment = target_environment(dsn)
    result = subprocess.run(
        command(action, arguments, environment, client), cwd=folder or plan_folder(), env=environment, check=False
    )
    if result.returncode != 0:
        raise CommandFailed(
            f"sqitch {action} failed (exit code {result.returncode}); its message stands above",
            hint="smartattend doctor checks the target and the rights that a deployment needs",
        )


def capture(
    action: str,
    arguments: Sequence[str] = (),
    *,
    dsn: str | None = None,
    client: str | os.PathLike[str] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run sqitch and return its exit code, stdout and stderr."""
    environment = target_environment(dsn)
    return subprocess.run(
        command(action, arguments, environment, client),
        cwd=folder or plan_folder(),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
