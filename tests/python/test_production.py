"""The runbook of docs/production.md, from the first initdb to a restore and an upgrade: its commands, on real servers.

Every shell block of the document is a step with a name and with who runs it. The test runs the blocks as they stand
there; what lies between them (people who check in, an accident) is the test's.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestrator.cluster import Cluster
from tests import harness
from tests.harness import ROOT

pytestmark = pytest.mark.slow

RUNBOOK = ROOT / "docs" / "production.md"
STEP = re.compile(r"<!-- step: ([\w-]+), as (\w+) -->\n```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATIENCE = 60.0
LOGINS = ("deployer", "app", "worker", "auditor")
STEPS = {name: (who, body) for name, who, body in STEP.findall(RUNBOOK.read_text(encoding="utf-8"))}
UPGRADE = {"pg_upgrade"}
"""Steps for which there must be an older server."""


def tried() -> list[tuple[str, str, str]]:
    """The rows of the document's table of what each login may: login, statement, what comes of it."""
    text = RUNBOOK.read_text(encoding="utf-8").partition("<!-- may -->")[2].partition("\n\n\n")[0]
    return re.findall(r"^\| `(\w+)` \| `(.+?)` \| (.+?) \|$", text, re.MULTILINE)


@dataclass
class Site:
    """A machine as the runbook sees it: the folders and programs that its names stand for."""

    folder: Path
    cluster: Cluster
    names: dict[str, str]
    passwords: dict[str, str] = field(default_factory=lambda: {login: f"secret of {login}" for login in LOGINS})
    done: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.names["PGPORT"])

    def environment(self, who: str) -> dict[str, str]:
        """Of the caller's environment only what a shell needs; then the runbook's names and who connects."""
        user = "postgres" if who in {"server", "superuser"} else f"attendance_{who}"
        return {
            **{name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ},
            **self.names,
            "HOME": str(self.folder / "home"),
            "PATH": f"{self.names['BIN']}:{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin",
            "PGUSER": user,
            "PGDATABASE": "attendance",
            "PGPASSFILE": str(self.folder / "pgpass"),
            "PSQLRC": "/dev/null",
            "SMARTATTEND_HOME": str(self.folder / "no-server"),
        }

    def run(self, name: str, *, code: int = 0, typed: Sequence[str] = ()) -> str:
        """Run a step of the runbook and return what it printed."""
        who, body = STEPS[name]
        self.done.append(name)
        return self.shell(who, body, code=code, typed=typed, name=name)

    def shell(self, who: str, body: str, *, code: int = 0, typed: Sequence[str] = (), name: str = "a command") -> str:
        """Run commands as somebody; ``typed`` are the lines that are typed at prompts."""
        account = self.cluster.account
        as_other: dict[str, Any] = {}
        if who == "server" and account.uid != os.geteuid():
            as_other = {"user": account.uid, "group": account.gid, "extra_groups": []}
        # One message a line: a program that reads a password takes one line, as from a terminal, and leaves the others.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs, tempfile.TemporaryFile("w+") as out:
            writer = threading.Thread(target=lambda: [ours.send(f"{line}\n".encode()) for line in typed])
            writer.start()
            writer.join()
            ours.shutdown(socket.SHUT_WR)
            result = subprocess.run(  # type: ignore[call-overload]
                ["bash", "--norc", "-euo", "pipefail", "-c", body],
                cwd="/" if who == "server" else ROOT,
                env=self.environment(who),
                stdin=theirs,
                stdout=out,  # a file: a server that is started here would keep a pipe open
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                **as_other,
            )
            out.seek(0)
            said = out.read()
        assert result.returncode == code, f"{name}, as {who}: exit code {result.returncode}\n{said[-6000:]}"
        return said

    def psql(self, query: str, who: str = "superuser") -> str:
        return self.shell(who, f"psql -At -v ON_ERROR_STOP=1 <<'END'\n{query}\nEND").strip()

    def connect(self, who: str, **options: Any) -> psycopg.Connection[Any]:
        """As an application connects: over TCP, with a password."""
        options = {
            "connect_timeout": 10,
            "password": self.passwords.get(who),
            "autocommit": True,
            "port": self.port,
        } | options
        user = f"attendance_{who}" if who in LOGINS else who
        return psycopg.connect(host="127.0.0.1", dbname="attendance", user=user, **options)

    def token(self, member: str = "ann@north.example") -> str:
        return self.shell("worker", f"smartattend token issue north-high {member} 2>/dev/null").strip()

    def stop(self) -> None:
        pooler = Path(self.names["POOL"]) / "pid"
        if pooler.exists():
            os.kill(int(pooler.read_text()), signal.SIGKILL)
        for name in ("DATA", "RESTORED", "NEW_DATA"):
            if (Path(self.names[name]) / "postmaster.pid").exists():
                self.shell("server", f'pg_ctl stop --pgdata="${name}" --mode=immediate --silent')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(programs: Path, new_programs: Path) -> Iterator[Site]:
    """An empty machine, whose servers are stopped and whose folders are deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="smartattend-runbook-", dir="/tmp"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "none", programs)
    try:
        for name in ("servers", "socket", "archive", "backups", "digests", "home", "pool"):
            (folder / name).mkdir()
            if name != "digests" and cluster.account.uid != os.geteuid():
                os.chown(folder / name, cluster.account.uid, cluster.account.gid)
        names: dict[str, str | int | Path] = {
            "BIN": cluster.runnable,
            "DATA": folder / "servers" / "data",
            "LOG": folder / "servers" / "log",
            "RESTORED": folder / "servers" / "restored",
            "NEW_BIN": Cluster(folder / "none", new_programs).runnable,
            "NEW_DATA": folder / "servers" / "new",
            "ARCHIVE": folder / "archive",
            "BACKUPS": folder / "backups",
            "DIGESTS": folder / "digests",
            "PGHOST": folder / "socket",
            "PGPORT": free_port(),
            "POOL": folder / "pool",
            "POOL_PORT": free_port(),
            "DBA": pwd.getpwuid(os.geteuid()).pw_name,
        }
        made = Site(folder, cluster, {name: str(value) for name, value in names.items()})
        passfile = folder / "pgpass"
        passfile.write_text("".join(f"*:*:*:attendance_{who}:{word}\n" for who, word in made.passwords.items()))
        passfile.chmod(0o600)
        try:
            yield made
        except BaseException:  # whatever failed: the servers' log is shown, and the error goes on
            log = folder / "servers" / "log"
            print(log.read_text(errors="replace")[-4000:] if log.exists() else "no log")
            raise
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def newest_digest(site: Site) -> str:
    return str(max(Path(site.names["DIGESTS"]).glob("2*Z.json")))


CHECK_IN = """
select o.status
from api.check_in(
  key => %s, claimed_at => '2026-03-02 08:00+00'::timestamptz + %s * interval '3 hours', token => %s
) as o
"""
CHECK_OUT = CHECK_IN.replace("check_in", "check_out").replace(
    "interval '3 hours'", "interval '3 hours' + interval '1 hour'"
)


def punch(site: Site, token: str, key: uuid.UUID, day: int, call: str = CHECK_IN) -> str:
    with site.connect("app") as connection:
        row = connection.execute(call, [key, day, token]).fetchone()
    assert row is not None
    return str(row[0])


def answer(site: Site, login: str, statement: str) -> str:
    """What comes of a statement: it, no rows, or an SQLSTATE."""
    with site.connect(login.removeprefix("attendance_"), autocommit=not statement.startswith("set ")) as connection:
        try:
            cursor = connection.execute(statement.encode())
        except psycopg.Error as error:
            return f"`{error.sqlstate}`"
        return "it" if cursor.description is None or cursor.rowcount else "no rows"


def test_every_block_of_the_runbook_is_a_step_and_is_run() -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    assert len(STEPS) == len(STEP.findall(text)) == len(re.findall(r"^```\w+$", text, re.MULTILINE))
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in STEPS if f'"{name}"' not in source] == []


def test_the_runbook(server: Cluster, server_major: int) -> None:
    """Set up, back up, lose, restore both ways, upgrade where there is something newer; then care and a way back."""
    with site(server.programs, harness.programs_for(18)) as here:
        set_up(here)
        token, kept, revoked, before = back_up(here)
        restore_an_instant(here, token, kept, revoked, before)
        care(here)
        take_back(here)
        restore_a_dump(here, server_major, before)
        if server_major < 18:
            upgrade(here)


def set_up(here: Site) -> None:
    here.run("initdb")
    here.run("access")
    here.run("settings")
    here.run("restart")
    here.run("roles")
    words = [here.passwords[who] for who in LOGINS]
    here.run("passwords", typed=[word for word in words for _ in range(2)])
    here.run("deploy")
    here.run("arm")
    found = {(login, statement): (answer(here, login, statement), gets) for login, statement, gets in tried()}
    assert len(found) == 22
    wrong = {what: (got, gets) for what, (got, gets) in found.items() if not gets.startswith(got)}
    assert not wrong, wrong
    with pytest.raises(psycopg.OperationalError, match=r"rejects|no pg_hba"):
        here.connect("postgres", password="x")
    with pytest.raises(psycopg.OperationalError, match="password"):
        here.connect("app", password="guessed")
    with here.connect("app") as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("10s",)
        assert connection.execute("show fsync").fetchone() == ("on",)


def back_up(here: Site) -> tuple[str, uuid.UUID, str, str]:
    """Life before and after the backups, and the instant before the accident."""
    token, leaked = here.token(), here.token()
    kept = uuid.uuid4()
    assert punch(here, token, kept, 1) == "accepted"
    # an old server: its transaction numbers are far beyond those that a new one begins with
    here.psql("do $$ begin for n in 1 .. 30000 loop perform pg_current_xact_id(); commit; end loop; end $$;")
    here.run("digest")
    here.names["DIGEST"] = newest_digest(here)
    here.run("base")
    here.run("dump")
    assert punch(here, token, uuid.uuid4(), 1, CHECK_OUT) == "accepted"
    here.names["TARGET"] = here.psql("select clock_timestamp()")
    return token, kept, leaked, here.names["DIGEST"]


def restore_an_instant(here: Site, token: str, kept: uuid.UUID, leaked: str, before: str) -> None:
    lost = uuid.uuid4()
    assert punch(here, token, lost, 2) == "accepted"
    assert here.psql(f"select identity.revoke_token('{leaked}', 'it leaked')") == "t"
    here.run("digest")
    late = newest_digest(here)
    here.run("stop")
    here.run("instant")
    here.names["DATA"] = here.names["RESTORED"]
    with pytest.raises(psycopg.OperationalError):
        here.connect("app")
    # why the runbook says what it says
    read = f"select set_config('smartattend.token', '{leaked}', false); select count(*) from api.attendance;"
    assert here.psql(read, "app").splitlines()[-1] == "1", "it lives again"
    assert "SA030" in here.shell("worker", "smartattend ledger seal", code=1)
    after(here)
    said = here.shell("worker", f"smartattend ledger verify --full --digest {late} --format json", code=3)
    assert said.count(Path(late).name) == 1, "a digest that is newer than the instant names what was lost"
    for dead in (token, leaked):
        with pytest.raises(psycopg.Error) as refused:
            punch(here, dead, uuid.uuid4(), 3)
        assert refused.value.sqlstate == "SA004", refused.value
    again = here.token()
    assert punch(here, again, kept, 1) == "replayed"
    assert punch(here, again, lost, 2) == "accepted"
    assert punch(here, again, lost, 2) == "replayed"


def after(here: Site, *, look: int = 0) -> str:
    """What follows every restore; returns what the first look said."""
    said = here.run("look", code=look)
    for name in ("epoch", "sessions", "verify", "rearm", "open"):
        here.run(name)
    return said


A_MONTH_LATER = """
begin;
select guard.begin_change('a month passes, in a test');
select pg_get_functiondef('core.clock()'::regprocedure) as clock \\gset
create or replace function core.clock() returns timestamptz language sql volatile
as $$ select now() + interval '1 month' $$;
update tenancy.tenant set name = 'North High School';
:clock;
commit;
"""
PUNCHES = """
select count(*) from (
  select o.status
  from generate_series(1, 400) as n
  cross join lateral (select '2026-04-01 00:00+00'::timestamptz + n * interval '1 hour') as at (instant)
  cross join lateral (
    select (case when n %% 2 = 1
      then api.check_in(key => gen_random_uuid(), claimed_at => at.instant, token => %(token)s)
      else api.check_out(key => gen_random_uuid(), claimed_at => at.instant, token => %(token)s)
    end).status
  ) as o
) as punched where punched.status = 'accepted'
"""
SIZE = """
select sum(pg_total_relation_size(c.oid))
from pg_class as c
where c.relkind = 'r' and pg_get_userbyid(c.relowner) ~ '^(smartattend|attendance)_'
"""


def listens(port: int) -> None:
    """Wait until somebody listens: PgBouncer becomes a daemon first."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "nobody listens"
        time.sleep(0.05)


def care(here: Site) -> None:
    here.run("partitions")
    here.psql(A_MONTH_LATER)
    here.names["MONTH"] = here.psql("select to_char(now() + interval '1 month', 'YYYY_MM')")
    here.run("digest")
    here.names["DIGEST"] = newest_digest(here)
    here.run("retire")
    assert here.psql(f"select to_regclass('ledger.change_{here.names['MONTH']}') is null") == "t"
    # months are retired from the oldest on: the row's newest change is one that is still kept
    here.psql("update tenancy.tenant set name = 'North High'")
    token, before = here.token(), int(here.psql(SIZE))
    with here.connect("app", options="-c statement_timeout=60s") as connection:
        assert connection.execute(PUNCHES, {"token": token}).fetchone() == (400,)
    here.run("watch")
    assert 1000 < (int(here.psql(SIZE)) - before) / 400 < 6000, "the document says about 3,000 bytes a punch"
    said = here.run("sizes")
    assert "attendance.event" in said
    here.run("server")
    here.run("pooler")
    listens(int(here.names["POOL_PORT"]))
    with here.connect("app", port=int(here.names["POOL_PORT"]), prepare_threshold=None) as pooled:
        row = pooled.execute(CHECK_IN, [uuid.uuid4(), 90, token]).fetchone()
        assert row == ("accepted",)
    with pytest.raises(psycopg.OperationalError):
        here.connect("worker", port=int(here.names["POOL_PORT"]))
    os.kill(int((Path(here.names["POOL"]) / "pid").read_text()), signal.SIGTERM)


def take_back(here: Site) -> None:
    here.run("copy")
    said = here.run("revert")
    assert [line for line in said.splitlines() if "behind" in line]
    here.run("drop")


def restore_a_dump(here: Site, major: int, before: str) -> None:
    here.names["DIGEST"] = before
    here.run("stop")
    here.names["OLD_DATA"], here.names["OLD_BIN"] = here.names["DATA"], here.names["BIN"]
    here.run("empty")
    here.run("restore")
    here.names["DATA"], here.names["BIN"] = here.names["NEW_DATA"], here.names["NEW_BIN"]
    after(here, look=3 if major < 18 else 0)


def upgrade(here: Site) -> None:
    here.run("stop")
    here.names["DATA"], here.names["BIN"] = here.names["OLD_DATA"], here.names["OLD_BIN"]
    here.names["NEW_DATA"] += "er"
    here.names["DIGEST"] = newest_digest(here)
    here.run("pg_upgrade")
    here.names["DATA"], here.names["BIN"] = here.names["NEW_DATA"], here.names["NEW_BIN"]
    after(here, look=3)
