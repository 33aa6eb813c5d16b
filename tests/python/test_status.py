"""``smartattend status`` and ``smartattend top``: one screen, its formats and exit codes; and a real terminal."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import yaml
from click.testing import Result

from orchestrator.cluster import Cluster
from orchestrator.live import Screen, lines_of
from orchestrator.status import Tile, age, detail_of, screen, value_of, worst
from tests import harness

Run = Callable[..., Result]
once = pytest.mark.once
NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
PATIENCE = 30.0


def tile(name: str, value: float | None = 0, detail: Any = None, state: str = "well", as_of: Any = NOW) -> Tile:
    return Tile(name, value, as_of, detail, state)


# --- what a tile looks like -------------------------------------------------------------------------------


@once
@pytest.mark.parametrize(
    ("given", "value", "detail"),
    [
        (tile("seal_age_s", 3725, {"block": 7}), "1 h 2 min", "block 7"),
        (tile("seal_age_s", None, {"block": None}), "-", ""),
        (tile("guard_armed", 1), "yes", ""),
        (tile("tenants", 3, {"active": 2, "frozen": 0, "draft": 1}), "3", "active 2, draft 1"),
        (
            tile("incidents_tenants", 3, {"1": {"open": 1, "late": 1}, "3": {"open": 2, "late": 0}, "tenants": 2}),
            "3",
            "sev 1: 1 (1 late), sev 3: 2, in 2 tenants",
        ),
        (
            tile("jobs_late", 1, {"late": {"seal": 600}, "never_ran": 2, "last_begun_at": None}),
            "1",
            "seal 10 min, 2 never ran",
        ),
        (
            tile("jobs_failing", 1, {"failing": {"seal": 3}, "raising": ["seal"], "in_tenants": 2}),
            "1",
            "seal ×3, 2 in tenants",
        ),
        (
            tile("last_simulation", 60, {"command": "storm", "tenant": "sandbox", "state": "held"}),
            "1 min",
            "storm in sandbox: held",
        ),
        (tile("reports_stale", 1, {"flags": {"as_of": None}}), "1", "flags"),
        (tile("break_glass", 1, [{"person": "root@platform"}]), "1", "root@platform"),
        (tile("services_unwell", 1, {"api": "unknown"}), "1", "api unknown"),
        (tile("something_new", 2.5, {"is": True, "of": [1, None]}), "2.5", "is yes, of 1, -"),
    ],
)
def test_a_tile_is_one_line(given: Tile, value: str, detail: str) -> None:
    assert (value_of(given), detail_of(given)) == (value, detail)


@once
def test_ages_have_two_units() -> None:
    assert [age(s) for s in (0, 59, 60, 3661, 90000)] == ["0 s", "59 s", "1 min", "1 h 1 min", "1 d 1 h"]


@once
def test_the_worst_tile_is_how_it_is() -> None:
    assert worst([]) == "well"
    assert worst([tile("a"), tile("b", state="attention")]) == "attention"
    assert worst([tile("a", state="broken"), tile("b", state="attention")]) == "broken"


@once
def test_a_detail_that_is_long_is_cut_and_markup_is_text() -> None:
    lines = lines_of([tile("x", 1, {"[red]": "y" * 300})], 100, colour=False)
    assert all(len(line) <= 100 for line in lines)
    assert "[red]" in "\n".join(lines)


# --- only what changed is written -------------------------------------------------------------------------


def drawn(rows: int = 5) -> tuple[Screen, list[str]]:
    written: list[str] = []
    return Screen(written.append, lambda: os.terminal_size((20, rows))), written


@once
def test_only_lines_that_changed_are_written() -> None:
    shown, written = drawn()
    assert shown.draw(["a", "b"], "end") == 5
    assert shown.draw(["a", "b"], "end") == 0
    written.clear()
    assert shown.draw(["a", "c"], "end") == 1
    assert written == ["\x1b[2;1H\x1b[0mc\x1b[0m\x1b[K"]
    assert shown.draw(["a", "c"], "other end") == 1


@once
def test_what_has_no_room_is_said() -> None:
    shown, written = drawn(3)
    shown.draw(["a", "b", "c", "d"], "end")
    assert "… 3 more lines" in "".join(written)
    assert "c" not in "".join(written).replace("… 3 more lines: make", "")


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def token(database: str) -> str:
    """The token of a platform session, in a database with a school."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("select tap.school('alpha')")
        row = connection.execute("select tap.platform_token()").fetchone()
    assert row is not None
    return str(row[0])


def incident(database: str, severity: int) -> None:
    """An incident of the platform's."""
    with psycopg.connect(database) as connection:
        connection.execute("set local role smartattend_owner")
        connection.execute("select identity.bind_job(null)")
        connection.execute("select incident.raise('manual', 'disk', %s, 'the disk is full', '{}')", [severity])


def test_one_screen_with_the_instant_of_each_figure(database: str, token: str, smartattend: Run) -> None:
    result = smartattend("status", "--token", token, "--dsn", database)
    assert result.exit_code == 0, result.output
    assert "as of 20" in result.stdout.splitlines()[0]
    lines = result.stdout.splitlines()
    assert len(lines) <= 27, "one screen"
    assert any("tenants" in line and "active 1" in line for line in lines)
    assert any("flags open" in line and "never" in line for line in lines), "a report that was never refreshed"


def test_the_formats_say_the_same(database: str, token: str, smartattend: Run) -> None:
    given = ["--token", token, "--dsn", database]
    asked = smartattend("status", *given, "--format", "json")
    from_json = {row["tile"]: row for row in json.loads(asked.stdout)}
    from_yaml = {row["tile"]: row for row in yaml.safe_load(smartattend("status", *given, "--format", "yaml").stdout)}
    assert from_json.keys() == from_yaml.keys()
    assert from_json["tenants"]["value"] == from_yaml["tenants"]["value"] == 1
    assert {row["state"] for row in from_json.values()} <= {"well", "attention", "broken"}
    assert dt.datetime.fromisoformat(from_json["tenants"]["as_of"]).tzinfo is not None


def test_what_is_broken_has_exit_code_3(database: str, token: str, smartattend: Run) -> None:
    incident(database, 3)
    assert smartattend("status", "--token", token, "--dsn", database).exit_code == 0, "somebody should look"
    incident(database, 1)
    result = smartattend("status", "--token", token, "--dsn", database)
    assert result.exit_code == 3
    assert "BROKEN" in result.stdout
    assert "broken: incidents_platform" in result.stderr
    assert "docs/operations.md" in result.stderr


def test_who_may_not_is_told(database: str, token: str, smartattend: Run) -> None:
    result = smartattend("status", "--token", f"{token}x", "--dsn", database)
    assert (result.exit_code, "SA002" in result.output) == (1, True)
    assert smartattend("status", "--dsn", database).exit_code == 2, "no token"


def test_without_a_terminal_top_names_status(database: str, token: str, smartattend: Run) -> None:
    result = smartattend("top", "--token", token, "--dsn", database)
    assert result.exit_code == 2
    assert "smartattend status" in result.output


# --- the terminal -----------------------------------------------------------------------------------------


class Terminal:
    """``smartattend top`` on a pseudo-terminal of 30 by 120."""

    def __init__(self, dsn: str, token: str, *arguments: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.said = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "top", "--dsn", dsn, *arguments],
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=os.environ | {"SMARTATTEND_TOKEN": token, "TERM": "xterm-256color"}, cwd=harness.ROOT,
        )  # fmt: skip

    def read(self, seconds: float = 0.1) -> bytes:
        """What it writes next, at most so long awaited."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            new = os.read(self.master, 65536)
        except OSError:
            return b""
        self.said += new
        return new

    def until(self, text: str, since: int = 0) -> None:
        """Wait for ``text`` after the first ``since`` bytes."""
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.said[since:]:
            assert time.monotonic() < deadline, self.said.decode(errors="replace")
            self.read()

    def end(self) -> int:
        """The exit code; the terminal is as it was, and the screen given back."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
        code = self.process.wait(1)
        while self.read():
            pass
        assert termios.tcgetattr(self.slave) == self.before
        assert b"\x1b[?1049h" in self.said
        assert self.said.rindex(b"\x1b[?1049l") > self.said.rindex(b"\x1b[?1049h")
        assert self.said.rindex(b"\x1b[?25h") > self.said.rindex(b"\x1b[?25l"), "the cursor is back"
        assert b"Traceback" not in self.said
        return code

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.process.poll() is None:
                self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def top(database: str, token: str) -> Iterator[Callable[..., Terminal]]:
    made: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        made.append(Terminal(database, token, *arguments))
        made[-1].until("q quits")
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.mark.parametrize("how", ["q", "ctrl-c", "term"])
def test_it_ends_cleanly_and_gives_the_terminal_back(top: Callable[..., Terminal], how: str) -> None:
    terminal = top("--interval", "600")
    assert b"seal age" in terminal.said
    if how == "q":
        os.write(terminal.master, b"q")
    elif how == "ctrl-c":
        os.write(terminal.master, b"\x03")
    else:
        terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 0


def test_a_notification_is_seen_at_once_and_only_what_changed_is_written(
    top: Callable[..., Terminal], database: str
) -> None:
    terminal = top("--interval", "600")
    incident(database, 1)
    start = len(terminal.said)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("notify smartattend_outbox")
    terminal.until("sev 1: 1", start)
    terminal.until("as of", start)
    while terminal.read(0.3):
        pass
    written = terminal.said[start:]
    assert b"tenants not well" not in written, "what stands there is not written again"
    assert len(written) < 1500
    os.write(terminal.master, b"q")
    assert terminal.end() == 0


def test_a_lost_server_is_said_and_found_again(top: Callable[..., Terminal], database: str) -> None:
    terminal = top("--interval", "1")
    start = len(terminal.said)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'smartattend top' "
            "and datname = current_database()"
        )
    terminal.until("LOST THE SERVER", start)
    terminal.until("when told", start)
    os.write(terminal.master, b"q")
    assert terminal.end() == 0


def test_a_session_that_has_ended_is_an_error_on_the_terminal_as_it_was(
    top: Callable[..., Terminal], database: str, token: str
) -> None:
    terminal = top("--interval", "1")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("select identity.revoke_token(%s)", [token])
    assert terminal.end() == 1
    assert b"SA004" in terminal.said[terminal.said.rindex(b"\x1b[?1049l") :]


def test_a_window_that_changes_is_drawn_anew(top: Callable[..., Terminal]) -> None:
    terminal = top("--interval", "600")
    start = len(terminal.said)
    fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 80, 0, 0))
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.until("more lines", start)
    os.write(terminal.master, b"q")
    assert terminal.end() == 0


def test_a_server_that_never_was_there_is_an_error(server: Cluster) -> None:
    del server
    terminal = Terminal("postgresql://me:secret@127.0.0.1:1/x", "sa_platform_x")
    try:
        assert terminal.end() == 1
        assert b"cannot reach the database server" in terminal.said
        assert b"secret" not in terminal.said
    finally:
        terminal.close()


@once
def test_the_screen_without_colours_is_plain() -> None:
    assert "\x1b" not in "".join(lines_of([tile("tenants", 1, {"active": 1})], 80, colour=False))
    assert screen([]) is not None
