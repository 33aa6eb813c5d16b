"""A proxy between clients and a PostgreSQL server that breaks the network on purpose, request by request.

It speaks the protocol (:mod:`orchestrator.faults.wire`), so that a fault meets the n-th request of a device, whatever
connection carries it, and can be placed between the server's commit and its answer. The device is the last part of
``application_name``. It listens on a Unix socket in a folder of its own, or on loopback, and nowhere else.

TLS and GSS encryption are refused (``N``), or passed through unread when asked for; then no fault is drawn. Requests to
cancel are passed on. A client that gives up takes nothing back: the proxy waits for the server's answer, so that it
knows what became of the request.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg

from orchestrator.engine.plan import PlannedFault
from orchestrator.faults import weather
from orchestrator.faults.pipe import CHUNK, Pipe, Upstream, copy, reset
from orchestrator.faults.wire import (
    CANCEL,
    DIRECT_TLS,
    GSS,
    SSL,
    Exchanges,
    Frame,
    ProtocolError,
    bound,
    parameters,
)

DROPS = 4
"""In how many pieces an answer drips."""

BEFORE = frozenset((weather.REFUSE, weather.RESET_BEFORE, weather.BLACK_HOLE))
WITHHELD = frozenset((weather.RESET_AFTER, weather.STALL, weather.DRIP))


@dataclass(slots=True)
class Seen:
    """What the proxy saw of one counted request. ``label`` is its first parameter: the key of a command of ours."""

    device: str
    request: int
    label: str | None
    fault: str | None
    at_us: int
    fired_us: int | None = None
    applied: bool | None = None
    """Whether the server did it: its ReadyForQuery was read, without an error and with no transaction open."""
    delivered: bool = False
    """Whether the whole answer was handed to a client that was still there."""

    @property
    def fired(self) -> bool:
        """Whether its fault happened."""
        return self.fired_us is not None


class Proxy:
    """See the module's text. ``counted`` names the prepared statements that count as requests; empty: all do."""

    def __init__(
        self,
        upstream: Upstream,
        plan: Iterable[PlannedFault] = (),
        *,
        counted: Collection[str] = (),
        delay_ms: float = 0,
        now: Callable[[], int] | None = None,
        tls: Literal["refuse", "pass"] = "refuse",
        patience_s: float = 60,
    ) -> None:
        self.upstream = upstream
        self.delay_s = delay_ms / 1000
        self.patience_s = patience_s
        self.tls = tls
        self.armed = True
        """Whether requests are counted and meet their faults."""
        self.seen: list[Seen] = []
        self.garbled = 0
        """Sessions that ended since somebody did not speak the protocol."""
        self.host, self.port = "", 0
        self._plan = {(one.device, one.request): one.fault for one in plan}
        self._counted = frozenset(counted)
        self._now = now or (lambda: time.monotonic_ns() // 1000)
        self._numbers: dict[str, int] = {}
        self._refusals: dict[str, deque[Seen]] = {}
        self._server: asyncio.Server | None = None
        self._folder: Path | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sessions: set[_Session] = set()

    async def __aenter__(self) -> Proxy:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    async def start(self, *, loopback: bool = False) -> None:
        """Listen on a Unix socket that only this user reaches, or with ``loopback`` on a free port of 127.0.0.1."""
        if loopback:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=CHUNK)
            self.host, self.port = self._server.sockets[0].getsockname()[:2]
            return
        self._folder = Path(tempfile.mkdtemp(prefix="smartattend-"))
        self.host, self.port = str(self._folder), 5432
        path = str(self._folder / f".s.PGSQL.{self.port}")
        self._server = await asyncio.start_unix_server(self._serve, path, limit=CHUNK)

    async def stop(self) -> None:
        """Close the door and every session; safe to repeat."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def quiet(self) -> None:
        """Wait until the server has answered whatever it was asked, also for clients that have given up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience_s):
                while any(session.exchanges.pending for session in self._sessions):
                    await asyncio.sleep(0.02)

    @property
    def fired(self) -> list[PlannedFault]:
        """The faults that happened."""
        return [PlannedFault(one.device, one.request, one.fault) for one in self.seen if one.fired and one.fault]

    @property
    def last_fault_us(self) -> int | None:
        """When the last fault happened."""
        return max((one.fired_us for one in self.seen if one.fired_us is not None), default=None)

    # --- for sessions ---------------------------------------------------------------------------------------

    def meet(self, device: str, frame: Frame) -> Seen | None:
        """Count a request that begins with ``frame``; None: it does not count."""
        name, label = bound(frame) if frame.kind == b"B" else ("", None)
        if not self.armed or (self._counted and name not in self._counted):
            return None
        number = self._numbers[device] = self._numbers.get(device, 0) + 1
        seen = Seen(device, number, label, self._plan.get((device, number)), self._now())
        self.seen.append(seen)
        return seen

    def fire(self, seen: Seen) -> None:
        """Note that a fault happens now."""
        seen.fired_us = self._now()

    def refuse_next(self, seen: Seen) -> None:
        """Turn the next connection of the device away; then the fault has happened."""
        self._refusals.setdefault(seen.device, deque()).append(seen)

    def refuses(self, device: str) -> bool:
        """Whether a new connection of ``device`` is turned away."""
        waiting = self._refusals.get(device)
        if not waiting:
            return False
        self.fire(waiting.popleft())
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        session = _Session(self, reader, writer)
        self._sessions.add(session)
        try:
            await session.run()
        except ProtocolError:
            self.garbled += 1
        except (OSError, asyncio.CancelledError):  # a side is gone, or the proxy is closing: the session is over
            pass
        finally:
            self._sessions.discard(session)
            session.close()


class _Session:
    """One connection of a client."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.device = ""
        self.exchanges = Exchanges()
        self.up = Pipe(reader, None, typed=False)
        self.down: Pipe | None = None
        self.client = writer
        self.gone = asyncio.Event()
        """The client has closed its side."""
        self.idle = asyncio.Event()
        self.idle.set()
        self.broken = False
        """A fault has cut the connection."""

    def close(self) -> None:
        """Close both sides; at once and without a word where a fault wants it so."""
        for writer in (self.client, self.up.writer):
            if writer is None:
                continue
            if self.broken:
                reset(writer)
            else:
                with contextlib.suppress(OSError):
                    writer.close()

    async def run(self) -> None:
        """From the first byte to the last."""
        startup = await self._begin()
        if startup is None:
            return
        said = parameters(startup)
        self.device = said.get("application_name", "").rpartition("/")[2]
        if self.proxy.refuses(self.device):
            self.broken = True
            return
        await self._open()
        await self.up.put(startup.data)
        self.up.framer.typed = True
        requests = asyncio.create_task(self._requests())
        answers = asyncio.create_task(self._answers())
        try:
            await asyncio.wait({requests, answers}, return_when=asyncio.FIRST_COMPLETED)
            if requests.done() and not self.broken and self.exchanges.pending and not self.exchanges.half_sent:
                await asyncio.wait({answers}, timeout=self.proxy.patience_s)
        finally:
            for task in (requests, answers):
                task.cancel()
            ended = await asyncio.gather(requests, answers, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _open(self) -> None:
        reader, self.up.writer = await self.proxy.upstream.connect()
        self.down = Pipe(reader, self.client, typed=True, gone=self.gone)

    # --- before the session ---------------------------------------------------------------------------------

    async def _begin(self) -> Frame | None:
        """Answer what comes before the startup packet; None: there is no session to serve."""
        while (frame := await self._first()) is not None:
            if frame.code in (SSL, GSS):
                if self.proxy.tls == "pass" and frame.code == SSL:
                    await self._open()
                    assert self.down is not None
                    await self.up.put(frame.data)
                    await self.up.flush()
                    answer = await self.down.reader.readexactly(1)
                    self.client.write(answer)
                    if answer == b"S":
                        await self._raw()
                        return None
                    if self.up.writer is not None:
                        self.up.writer.close()
                    continue
                self.client.write(b"N")
                await self.client.drain()
            elif frame.code == CANCEL:
                await self._open()
                await self.up.put(frame.data)
                await self.up.flush()
                if self.down is not None:
                    await self.down.reader.read(1)  # the server closes when it has done it
                return None
            else:
                return frame
        return None

    async def _first(self) -> Frame | None:
        try:
            return await self.up.next()
        except ProtocolError:
            if self.up.framer.rest[:1] == bytes((DIRECT_TLS,)) and self.proxy.tls == "pass":
                await self._open()
                await self._raw()
                return None
            raise

    async def _raw(self) -> None:
        """Pass bytes on unread, both ways, until one side ends."""
        assert self.down is not None
        assert self.up.writer is not None
        self.up.writer.write(self.up.framer.rest)
        ways = [
            asyncio.create_task(copy(self.up.reader, self.up.writer)),
            asyncio.create_task(copy(self.down.reader, self.client)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    # --- requests -------------------------------------------------------------------------------------------

    async def _requests(self) -> None:
        while (frame := await self.up.next()) is not None:
            begins = self.exchanges.begins(frame)
            seen = self.proxy.meet(self.device, frame) if begins else None
            if seen is not None and seen.fault in BEFORE:
                await self._keep_from_server(seen)
                return
            exchange = self.exchanges.client(frame)
            if begins and exchange is not None:
                exchange.note = seen
                self.idle.clear()
            if seen is not None and seen.fault == weather.SPIKE:
                await self.up.flush()
                self.proxy.fire(seen)
                await asyncio.sleep(self.proxy.delay_s)
            await self.up.put(frame.data)
        self.gone.set()
        await self.up.flush()

    async def _keep_from_server(self, seen: Seen) -> None:
        """The request does not get there: the connection breaks before it, or its bytes vanish."""
        await self.up.flush()
        with contextlib.suppress(TimeoutError):  # what was asked before is answered first
            async with asyncio.timeout(self.proxy.patience_s):
                await self.idle.wait()
        seen.applied = False
        if seen.fault == weather.REFUSE:
            self.proxy.refuse_next(seen)
        else:
            self.proxy.fire(seen)
        if seen.fault == weather.BLACK_HOLE:
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(self.proxy.patience_s):
                    while await self.up.reader.read(CHUNK):
                        pass
            self.gone.set()
        self.broken = True

    # --- answers --------------------------------------------------------------------------------------------

    async def _answers(self) -> None:
        assert self.down is not None
        held = bytearray()
        while (frame := await self.down.next()) is not None:
            head = self.exchanges.head if self.exchanges.ready else None
            seen: Seen | None = head.note if head is not None else None
            done = self.exchanges.server(frame)
            if seen is not None and seen.fault in WITHHELD:
                if seen.fault != weather.STALL:
                    held += frame.data
                if done is not None:
                    seen.applied = done.applied
                    await self._keep_from_client(seen, held, done.status)
                    held.clear()
            else:
                await self.down.put(frame.data)
                if done is not None and seen is not None:
                    seen.applied = done.applied
                    await self.down.flush()
                    seen.delivered = not self.gone.is_set()
            if self.broken:
                return
            if not self.exchanges.pending:
                self.idle.set()
                if self.gone.is_set():
                    return
        await self.down.flush()

    async def _keep_from_client(self, seen: Seen, answer: bytearray, status: bytes) -> None:
        """The server has done it, but its answer gets lost, stuck, or slow."""
        assert self.down is not None
        if seen.fault == weather.DRIP:
            self.proxy.fire(seen)
            await self.down.flush()
            size = max(1, -(-len(answer) // DROPS))
            for start in range(0, len(answer), size):
                await asyncio.sleep(self.proxy.delay_s / DROPS)
                await self.down.put(answer[start : start + size])
                await self.down.flush()
            seen.delivered = not self.gone.is_set()
        elif seen.fault == weather.RESET_AFTER and status != b"I":
            await self.down.put(answer)  # nothing was committed: this is not the moment, and the fault has not fired
            await self.down.flush()
            seen.delivered = not self.gone.is_set()
        else:
            await self.down.flush()
            self.proxy.fire(seen)
            if seen.fault == weather.STALL:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.proxy.patience_s):
                        await self.gone.wait()
            self.broken = True


async def overhead(direct: str, through: str, rounds: int = 200) -> tuple[float, float]:
    """Milliseconds of a trivial statement by either way: medians of ``rounds`` pairs, in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    async with (
        await psycopg.AsyncConnection.connect(direct, autocommit=True) as one,
        await psycopg.AsyncConnection.connect(through, autocommit=True) as other,
    ):
        for number in range(rounds + 10):
            ways = list(zip((one, other), times, strict=True))
            for connection, measured in ways if number % 2 else reversed(ways):
                began = time.perf_counter()
                await connection.execute("select 1")
                if number >= 10:
                    measured.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])
