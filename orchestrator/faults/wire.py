"""PostgreSQL's protocol 3 as a proxy has to understand it: messages, and which request each belongs to.

Nothing here does input or output. Messages larger than :data:`PIECE` pass in pieces, so that no answer and no COPY
has to fit into memory.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

PIECE = 64 * 1024
"""Messages up to this size come whole."""

STARTUP_AT_MOST = 10_000
"""PostgreSQL's own bound of a startup packet."""

CANCEL, SSL, GSS = 80877102, 80877103, 80877104
"""Codes that stand where a startup packet has its version."""

REQUESTS = frozenset((b"Q", b"F", b"P", b"B", b"D", b"E", b"C", b"H", b"S"))
"""Messages that can begin a request: Query, FunctionCall, Parse, Bind, Describe, Execute, Close, Flush, Sync."""

DIRECT_TLS = 0x16
"""The first byte of a client that begins with TLS at once (sslnegotiation=direct)."""


class ProtocolError(Exception):
    """Bytes that are not of PostgreSQL's protocol 3."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message, or a piece of a large one. ``kind`` is empty for the packets before a session's first message."""

    kind: bytes
    data: bytes
    begins: bool = True
    ends: bool = True

    @property
    def code(self) -> int:
        """Of a startup packet: the version, or what it asks for instead."""
        return int.from_bytes(self.data[4:8], "big")


class Framer:
    """Cuts a stream of bytes into frames, however the bytes arrive."""

    def __init__(self, *, typed: bool) -> None:
        self.typed = typed
        """Whether messages carry their type, as all do after the client's startup packet."""
        self._buffer = bytearray()
        self._kind = b""
        self._left = 0

    def push(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._buffer += data

    @property
    def rest(self) -> bytes:
        """What was pushed and makes no frame yet."""
        return bytes(self._buffer)

    def pull(self) -> Frame | None:
        """The next frame; None: more bytes are needed.

        Raises :class:`ProtocolError` for a length that no message has.
        """
        if self._left:
            if not self._buffer:
                return None
            data = self._take(min(self._left, PIECE))
            self._left -= len(data)
            return Frame(self._kind, data, begins=False, ends=self._left == 0)
        header = 5 if self.typed else 4
        if len(self._buffer) < header:
            return None
        length = int.from_bytes(self._buffer[header - 4 : header], "big") + header - 4
        least, most = (5, 1 << 30) if self.typed else (8, STARTUP_AT_MOST)
        if not least <= length <= most:
            raise ProtocolError(f"a message of {length} bytes")
        if len(self._buffer) < min(length, PIECE):
            return None
        self._kind = bytes(self._buffer[:1]) if self.typed else b""
        data = self._take(min(length, PIECE))
        self._left = length - len(data)
        return Frame(self._kind, data, begins=True, ends=self._left == 0)

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


def parameters(startup: Frame) -> dict[str, str]:
    """What a startup packet says: user, database, application_name, …"""
    words = startup.data[8:].split(b"\0")
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs if name}


def bound(frame: Frame) -> tuple[str, str | None]:
    """Of a Bind message: the prepared statement's name, and the first parameter if it is text within this frame."""
    _, _, rest = frame.data[5:].partition(b"\0")
    name, _, rest = rest.partition(b"\0")
    formats = int.from_bytes(rest[:2], "big")
    at = 2 + 2 * formats
    count, size = int.from_bytes(rest[at : at + 2], "big"), int.from_bytes(rest[at + 2 : at + 6], "big", signed=True)
    first = rest[at + 6 : at + 6 + size] if count and 0 <= size <= len(rest) - at - 6 else None
    return name.decode(errors="replace"), first.decode(errors="replace") if first is not None else None


@dataclass(slots=True)
class Exchange:
    """One request and its answer: from a client's first message to the server's ReadyForQuery."""

    extended: bool
    sent: bool = False
    """Whether the client's part is complete: its Sync, or its one Query."""
    copying: bool = False
    failed: bool = False
    note: Any = None
    """Whatever the proxy wants to remember with it."""
    status: bytes = b""
    """How the server's ReadyForQuery found the transaction: I(dle), T (open), E (failed)."""

    @property
    def applied(self) -> bool:
        """Whether the server did it and stands by it: no error, and no transaction that is still open."""
        return self.status == b"I" and not self.failed


class Exchanges:
    """Which exchange the messages of one session belong to. Several may be under way at once (pipeline mode)."""

    def __init__(self) -> None:
        self.pending: deque[Exchange] = deque()
        self.ready = False
        """Whether the session has begun: the server was ready for its first request."""

    @property
    def head(self) -> Exchange | None:
        """The one that the server answers."""
        return self.pending[0] if self.pending else None

    @property
    def half_sent(self) -> bool:
        """Whether a request is not yet complete, so that nobody can expect its answer."""
        return any(not one.sent for one in self.pending)

    def begins(self, frame: Frame) -> bool:
        """Whether this frame of the client is the first of a new request. Changes nothing."""
        if not frame.begins or frame.kind not in REQUESTS:
            return False
        if self.pending and not self.pending[-1].sent:
            return False
        return not (frame.kind == b"S" and self._owes_sync)

    @property
    def _owes_sync(self) -> bool:
        # The server ignores Syncs while it copies in: the one that comes after the copy is the request's end.
        return bool(self.pending) and self.pending[-1].copying and self.pending[-1].extended

    def client(self, frame: Frame) -> Exchange | None:
        """Take a frame of the client; the exchange it belongs to."""
        if self.begins(frame):
            self.pending.append(Exchange(extended=frame.kind not in b"QF"))
        if not self.pending:
            return None
        last = self.pending[-1]
        if frame.ends and frame.kind in (b"Q", b"F", b"S"):
            last.sent = True
            if frame.kind == b"S":
                last.copying = False
        return last

    def server(self, frame: Frame) -> Exchange | None:
        """Take a frame of the server; the exchange that it completes."""
        if frame.kind == b"Z" and frame.ends:
            if not self.ready:
                self.ready = True
                return None
            if not self.pending:
                raise ProtocolError("an answer that nobody asked for")
            done = self.pending.popleft()
            done.status = frame.data[5:6]
            return done
        if self.ready and self.pending and frame.begins:
            head = self.pending[0]
            if frame.kind in (b"G", b"W"):
                head.copying = True
            elif frame.kind == b"E":
                head.failed = True
        return None
