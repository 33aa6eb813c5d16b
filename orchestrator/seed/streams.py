"""Random numbers and keys by name: a change in one part of the plan does not shift the others."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from random import Random
from typing import Final

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Streams:
    """The sources of everything that is drawn, under one root such as ``s/7/2025-11-09``."""

    root: str

    def random(self, *name: object) -> Random:
        """The stream of this name, always from its beginning."""
        return Random(self._text(name))  # random.Random is defined over texts, the same on every platform

    def key(self, at: dt.datetime, *name: object) -> uuid.UUID:
        """An idempotency key: in time order by ``at`` (milliseconds), the rest from the name (RFC 9562, version 8)."""
        digest = hashlib.blake2b(self._text(name).encode(), digest_size=10).digest()
        milliseconds = (at - EPOCH) // dt.timedelta(milliseconds=1)
        value = milliseconds << 80 | int.from_bytes(digest)
        value = value & ~(0xF << 76) | 0x8 << 76
        return uuid.UUID(int=value & ~(0b11 << 62) | 0b10 << 62)

    def _text(self, name: tuple[object, ...]) -> str:
        return "/".join((self.root, *map(str, name)))
