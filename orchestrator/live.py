"""The dashboard, live: ``smartattend top``.

One thread waits for a key, a signal, a notification or the next look. Only lines that have changed are written, so that
it works over a slow line; the server being away keeps what was there, and says since when.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import selectors
import signal
import socket
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

import psycopg
from rich.console import Console

from orchestrator import database
from orchestrator.errors import hide_password
from orchestrator.status import Tile, moment, of_when, read, screen
from orchestrator.worker import CHANNEL

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds until the next try to connect, the last one for ever."""

BETWEEN = 1.0
"""Seconds that pass between two looks, however many notifications come."""

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
QUIT_KEYS = frozenset(b"qQ\x03\x04")


class Quit(BaseException):
    """Somebody asked to end; not an Exception, so that nothing on the way takes it for an error."""


class Screen:
    """The alternate screen of a terminal: keeps what stands on it, and writes only what differs."""

    def __init__(
        self, write: Callable[[str], None], size: Callable[[], os.terminal_size] = os.get_terminal_size
    ) -> None:
        self._write = write
        self._size = size
        self._lines: list[str] = []
        self._shape = (0, 0)

    def enter(self) -> None:
        """Take the terminal: alternate screen, no cursor."""
        self._write("\x1b[?1049h\x1b[?25l\x1b[2J")

    def leave(self) -> None:
        """Give it back as it was."""
        self._write("\x1b[0m\x1b[?25h\x1b[?1049l")

    def draw(self, lines: Sequence[str], footer: str) -> int:
        """Show ``lines`` and, on the last line, ``footer``. Answers how many lines were written."""
        columns, rows = self._size()
        if self._shape != (columns, rows):
            self._shape, self._lines = (columns, rows), []
            self._write("\x1b[0m\x1b[2J")
        room = max(rows - 1, 0)
        body = list(lines[:room])
        if len(lines) > room > 0:
            body[-1] = f"… {len(lines) - room + 1} more lines: make the window higher"[:columns]
        wanted = [*body, *[""] * (room - len(body)), footer[: max(columns - 1, 0)]]
        written = 0
        for number, line in enumerate(wanted):
            if number >= len(self._lines) or self._lines[number] != line:
                self._write(f"\x1b[{number + 1};1H\x1b[0m{line}\x1b[0m\x1b[K")
                written += 1
        self._lines = wanted
        return written

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return self._size().columns


def lines_of(tiles: Sequence[Tile], width: int, *, colour: bool = True) -> list[str]:
    """The screen of the tiles as lines of ``width`` columns."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="standard" if colour else None, highlight=False,
        markup=False, legacy_windows=False,
    )  # fmt: skip
    console.print(screen(tiles, width=width, live=True))
    return [line.rstrip() for line in out.getvalue().splitlines()]


class Top:
    """The loop of ``smartattend top``; :meth:`run` returns when somebody asks to end."""

    def __init__(self, dsn: str | None, token: str, *, interval: float = 10.0) -> None:
        self.dsn = dsn
        self.token = token
        self.interval = interval
        self._connection: psycopg.Connection[Any] | None = None
        self._tiles: list[Tile] = []
        self._trouble = ""
        self._failures = 0
        self._next = 0.0
        self._read_at = 0.0
        self._quitting = False

    def run(self) -> None:
        """Look and show until q, ^C, SIGTERM or SIGHUP. An error that is not the server's absence is raised."""
        with self._terminal() as (shown, woken):
            try:
                while True:
                    if time.monotonic() >= self._next:
                        self._look()
                    shown.draw(lines_of(self._tiles, shown.width), self._footer())
                    self._wait(woken)
            except Quit:
                return
            finally:
                self._quitting = True
                if self._connection is not None:
                    self._connection.close()

    def _look(self) -> None:
        """Read the tiles anew; where the server is lost, say so and try again later."""
        try:
            if self._connection is None:
                self._connection = database.connect(self.dsn, application_name="smartattend top")
                _give_up_on_silence(self._connection)
                self._connection.execute("set statement_timeout = '30s'")
                self._connection.execute(f"listen {CHANNEL}".encode())
            self._tiles = read(self._connection, self.token)
        except LOST as error:
            if self._connection is not None:
                with contextlib.suppress(psycopg.Error):
                    self._connection.close()
                self._connection = None
            if not self._tiles and not self._failures and not isinstance(error, psycopg.InterfaceError):
                raise  # it never was there: that is an error of the command line, not of the night
            pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
            self._failures += 1
            said = next((line.strip() for line in hide_password(str(error)).splitlines() if line.strip()), "lost")
            self._trouble = f"LOST THE SERVER, next try in {pause:g} s: {said}"
            self._next = time.monotonic() + pause
            return
        self._failures, self._trouble = 0, ""
        self._read_at = time.monotonic()
        self._next = self._read_at + self.interval

    def _footer(self) -> str:
        """The last line: of when it is, how stale, and how to end."""
        now = of_when(self._tiles)
        when = f"as of {moment(now, now)} UTC" if now else "nothing yet"
        if self._trouble:
            stale = f", {dt.timedelta(seconds=round(time.monotonic() - self._read_at))} old" if now else ""
            return f"{when}{stale}  {self._trouble}  q quits"
        return f"{when}  looks every {self.interval:g} s and when told  q quits"

    def _wait(self, woken: socket.socket) -> None:
        """Until there is a reason to look or to draw. Raises :class:`Quit`."""
        with selectors.DefaultSelector() as selector:
            selector.register(sys.stdin.fileno(), selectors.EVENT_READ, "key")
            selector.register(woken, selectors.EVENT_READ, "signal")
            if self._connection is not None and not self._connection.closed:
                selector.register(self._connection.fileno(), selectors.EVENT_READ, "server")
            ready = {key.data for key, _ in selector.select(max(self._next - time.monotonic(), 0.0))}
        if "signal" in ready:
            woken.recv(4096)
        if "key" in ready:
            pressed = os.read(sys.stdin.fileno(), 1024)
            if not pressed or QUIT_KEYS.intersection(pressed):
                raise Quit
        if "server" in ready and self._connection is not None:
            try:
                told = any(True for _ in self._connection.notifies(timeout=0))
            except LOST:
                self._next = 0.0  # the look finds out, and says so
                return
            if told:
                self._next = min(self._next, self._read_at + BETWEEN)

    @contextlib.contextmanager
    def _terminal(self) -> Iterator[tuple[Screen, socket.socket]]:
        """The terminal, taken and given back whatever happens; and a socket that becomes readable with a signal."""
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        handlers: dict[int, Any] = {}
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        shown = Screen(_write)

        def quit_now(_number: int, _frame: FrameType | None) -> None:
            if not self._quitting:
                self._quitting = True
                raise Quit

        try:
            for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                handlers[asked] = signal.signal(asked, quit_now)
            handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            handlers[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, lambda *_: None)
            tty.setcbreak(descriptor)
            shown.enter()
            yield shown, reader
        except Quit:
            return
        finally:
            self._quitting = True
            with contextlib.suppress(OSError):  # the terminal may be gone
                shown.leave()
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)
            reader.close()
            writer.close()


def _give_up_on_silence(connection: psycopg.Connection[Any]) -> None:
    """A network that is silent for 30 seconds is a lost server; the kernel alone would wait for many minutes."""
    if connection.info.host.startswith("/") or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as shared, contextlib.suppress(OSError):
        shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
