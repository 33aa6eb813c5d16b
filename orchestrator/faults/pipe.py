"""Connections as the proxy uses them: to the server, from side to side, and broken."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass

from orchestrator.faults.wire import Frame, Framer

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where the server is: a host name or address, or the folder of its Unix socket; and the port."""

    host: str
    port: int

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to it."""
        if self.host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self.host}/.s.PGSQL.{self.port}")
        return await asyncio.open_connection(self.host, self.port)


class Pipe:
    """One direction: frames are read from one side and written to the other, as many at once as there are.

    With ``gone``, an other side that is gone ends nothing: what is put for it is dropped, and the event says so.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter | None,
        *,
        typed: bool,
        gone: asyncio.Event | None = None,
    ) -> None:
        self.framer = Framer(typed=typed)
        self.reader = reader
        self.writer = writer
        self._gone = gone
        self._out = bytearray()

    async def next(self) -> Frame | None:
        """The next frame; None at the end. What was put is written before anything is waited for."""
        while (frame := self.framer.pull()) is None:
            await self.flush()
            try:
                data = await self.reader.read(CHUNK)
            except ConnectionError:
                return None
            if not data:
                return None
            self.framer.push(data)
        return frame

    async def put(self, data: bytes | bytearray) -> None:
        """Write, sooner or later."""
        self._out += data
        if len(self._out) >= CHUNK:
            await self.flush()

    async def flush(self) -> None:
        """Write now."""
        if not self._out or self.writer is None:
            return
        data = bytes(self._out)
        self._out.clear()
        if self._gone is None:
            self.writer.write(data)
            await self.writer.drain()
        elif not self._gone.is_set():
            try:
                self.writer.write(data)
                await self.writer.drain()
            except ConnectionError:
                self._gone.set()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on unread until they end."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection: with RST where there is such a thing."""
    line = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
