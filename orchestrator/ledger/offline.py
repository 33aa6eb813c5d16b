#!/usr/bin/env python3
"""Check a ledger of SmartAttend without its database: exports, archives and proofs against digests kept elsewhere.

    python3 offline.py verify EXPORT… --digest FILE…
    python3 offline.py proof PROOF --row FILE --digest FILE

This one file needs Python 3.9 and nothing else. It is written from docs/ledger.md (format, version 1) and shares no
line with what seals: that both come to the same bytes is the point. Exports are read as a stream (also ``.gz``); what
is kept in memory is one tree, and a hash for each block.

Exit codes: 0 held, 1 could not read (a file is missing, malformed or cut off, or an archive was not given), 2 usage,
3 damage found.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime as dt
import gzip
import hashlib
import io
import json
import re
import struct
import sys
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

HELD, UNREADABLE, USAGE, DAMAGED = 0, 1, 2, 3
"""Exit codes."""

VERSION = 1
DIGEST = "smartattend ledger"
MAGIC = b"SAP1"
NULL = b"\xff\xff\xff\xff"
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The tenant of rows that have none."""

CHANGE, REDACTION = "ledger.change", "ledger.redaction"
MOST_FINDINGS = 100_000
"""So many findings are kept; the rest is counted."""

Progress = Callable[[int, int], None]
"""Called now and then with the bytes of the file read so far, and the rows."""

_sha256 = hashlib.sha256


class Unreadable(Exception):
    """Input that cannot be read or understood: says in which file and line."""


# --- bytes and trees -------------------------------------------------------------------------------------


def frame(data: bytes | None) -> bytes:
    """The length as a 32-bit integer and the bytes; null is ``ff ff ff ff``."""
    return NULL if data is None else struct.pack(">I", len(data)) + data


def leaf_hash(data: bytes) -> bytes:
    """``H(0x00 ‖ data)``, as of RFC 6962, section 2.1."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``H(0x01 ‖ left ‖ right)``."""
    return _sha256(b"\x01" + left + right).digest()


def _level(nodes: bytes) -> bytes:
    """The concatenated hashes above these; the last one of an odd number goes up as it is."""
    whole = len(nodes) // 64 * 64
    above = [_sha256(b"\x01" + nodes[at : at + 64]).digest() for at in range(0, whole, 64)]
    return b"".join(above) + nodes[whole:]


def _root_of(nodes: bytes) -> bytes:
    if not nodes:
        return _sha256(b"").digest()
    while len(nodes) > 32:
        nodes = _level(nodes)
    return nodes


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree of these leaf hashes; that of none is ``H('')``."""
    return _root_of(b"".join(leaves))


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from leaf ``index`` up to the root (RFC 6962, section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"there is no leaf {index} in a tree of {len(leaves)}")
    path, nodes = [], b"".join(leaves)
    while len(nodes) > 32:
        sibling = (index ^ 1) * 32
        if sibling < len(nodes):
            path.append(nodes[sibling : sibling + 32])
        nodes, index = _level(nodes), index >> 1
    return path


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of ``size`` leaves, from one leaf and its path. ``ValueError`` when the path does not fit."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    node, at, last, siblings = leaf, index, size - 1, iter(path)
    used = 0
    while last:
        if at & 1 or at < last:
            sibling = next(siblings, None)
            if sibling is None:
                raise ValueError(f"the path is too short for leaf {index} of {size}")
            node = node_hash(sibling, node) if at & 1 else node_hash(node, sibling)
            used += 1
        at, last = at >> 1, last >> 1
    if used != len(path):
        raise ValueError(f"the path is too long for leaf {index} of {size}")
    return node


# --- values, by type -------------------------------------------------------------------------------------

_EPOCH = dt.datetime(2000, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = dt.timedelta(microseconds=1)
_INSTANT = re.compile(r"(-?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z", re.ASCII)
_DAY = re.compile(r"(-?\d{4,})-(\d\d)-(\d\d)", re.ASCII)
_CYCLE = 146_097
"""Days in the 400 years after which the calendar repeats."""


def _day_number(year: str, month: str, day: str) -> int:
    """Days since 2000-01-01 of a date in any year; ``ValueError`` when there is no such day."""
    cycles, within = divmod(int(year) - 2000, 400)
    return dt.date(2000 + within, int(month), int(day)).toordinal() - _EPOCH_DAY + cycles * _CYCLE


def microseconds(text: str) -> int:
    """Microseconds since 2000-01-01 00:00 UTC of an instant as it stands in an export."""
    if len(text) == 27 and text[10] == "T" and text[26] == "Z" and text[19] == "." and text[7] == "-":
        return (dt.datetime.fromisoformat(text[:26]) - _EPOCH) // _MICROSECOND
    if text == "infinity":
        return (1 << 63) - 1
    if text == "-infinity":
        return -(1 << 63)
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("no instant such as 2026-03-02T08:00:00.000000Z")
    year, month, day, hour, minute, second, fraction = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise ValueError("no such time of day")
    seconds = (_day_number(year, month, day) * 24 + int(hour)) * 3600 + int(minute) * 60 + int(second)
    return seconds * 1_000_000 + int(fraction)


def _integer(text: str) -> int:
    value = int(text)
    if str(value) != text:
        raise ValueError("no integer in plain digits")
    return value


def _whole(pattern: str, size: int) -> Callable[[str], bytes]:
    pack = struct.Struct(pattern).pack

    def encode(text: str) -> bytes:
        value = int(text)
        if str(value) != text:
            raise ValueError("no integer in plain digits")
        return pack(size, value)

    return encode


def _uuid(text: str) -> bytes:
    data = bytes.fromhex(text.replace("-", ""))
    if len(text) != 36 or len(data) != 16:
        raise ValueError("no UUID")
    return b"\x00\x00\x00\x10" + data


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes instead of {size}")
    return data


_pack_length = struct.Struct(">I").pack
_pack_instant = struct.Struct(">Iq").pack
_pack_day = struct.Struct(">Ii").pack


def _instant(text: str) -> bytes:
    return _pack_instant(8, microseconds(text))


def _day(text: str) -> bytes:
    if text == "infinity":
        return _pack_day(4, (1 << 31) - 1)
    if text == "-infinity":
        return _pack_day(4, -(1 << 31))
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError("no date such as 2026-03-02")
    return _pack_day(4, _day_number(*match.groups()))


def _boolean(text: str) -> bytes:
    return b"\x00\x00\x00\x01" + {"true": b"\x01", "false": b"\x00"}[text]


def _float(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a number where its text is expected")
    return struct.pack(">Id", 8, float(text))


def _interval(text: str) -> bytes:
    micros, days, months = text.split(" ")
    return struct.pack(">Iqii", 16, _integer(micros), _integer(days), _integer(months))


def _bytea(text: str) -> bytes:
    return frame(bytes.fromhex(text))


def _text(text: str) -> bytes:
    data = text.encode()
    return _pack_length(len(data)) + data


_ENCODERS: dict[str, Callable[[str], bytes]] = {
    "uuid": _uuid,
    "timestamp with time zone": _instant,
    "date": _day,
    "smallint": _whole(">Ih", 2),
    "integer": _whole(">Ii", 4),
    "bigint": _whole(">Iq", 8),
    "xid8": _whole(">IQ", 8),
    "boolean": _boolean,
    "double precision": _float,
    "interval": _interval,
    "bytea": _bytea,
}
_MODIFIER = re.compile(r"\(\d+\)")


def _encoder(name: str) -> Callable[[str], bytes]:
    return _ENCODERS.get(_MODIFIER.sub("", name), _text)


def value_bytes(type_name: str, text: str | None) -> bytes | None:
    """The bytes of a value given as its text in an export; one of :data:`NOT_A_VALUE` when it is none of its type."""
    return None if text is None else _encoder(type_name)(text)[4:]


NOT_A_VALUE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, struct.error)
"""What an encoder raises for a text that is no value of its type."""


class Form:
    """A numbered form of a relation: its columns with their types, in the order in which a row is hashed."""

    def __init__(self, relation: str, number: int, columns: Sequence[tuple[str, str]]) -> None:
        self.relation = relation
        self.number = number
        self.columns = [name for name, _ in columns]
        self.types = [type_name for _, type_name in columns]
        self.text = f"{relation}({','.join(f'{name} {type_name}' for name, type_name in columns)})"
        self.hash = _sha256(self.text.encode()).digest()
        self.prefix = frame(b"smartattend row 1") + frame(self.hash)
        self.encoders = [_encoder(type_name) for type_name in self.types]
        self.keys = Keys(self.columns.index("tenant_id") if "tenant_id" in self.columns else -1)

    def position(self, column: str) -> int | None:
        """Where a column stands; None when there is none of that name."""
        return self.columns.index(column) if column in self.columns else None


def row_bytes(form: Form, values: Sequence[str | None]) -> bytes:
    """The bytes of a row, whose leaf hash is sealed. One of :data:`NOT_A_VALUE` when a value is none of its type."""
    if len(values) != len(form.encoders):
        raise ValueError(f"{len(values)} values for {len(form.encoders)} columns")
    parts = [NULL if value is None else encode(value) for encode, value in zip(form.encoders, values)]
    return form.prefix + b"".join(parts)


def wrong_value(form: Form, values: Sequence[str | None]) -> str:
    """Which value of a row is none of its type, in words."""
    if len(values) != len(form.columns):
        return f"{len(values)} values for the {len(form.columns)} columns of form {form.number}"
    for name, type_name, encode, value in zip(form.columns, form.types, form.encoders, values):
        try:
            if value is not None:
                encode(value)
        except NOT_A_VALUE:
            return f"column {name}: {_short(value)} is no {type_name}"
    return "a value is none of its type"


def entry_bytes(tenant: str, relation: str, partition: str, form: int, rows: int, total: int, root: bytes) -> bytes:
    """The bytes of a tree's entry in its block."""
    return b"".join(
        (
            frame(b"smartattend tree 1"),
            _uuid(tenant),
            frame(relation.encode()),
            frame(partition.encode()),
            struct.pack(">Ii", 4, form),
            struct.pack(">Iq", 8, rows),
            struct.pack(">Iq", 8, total),
            frame(root),
        )
    )


class Keys:
    """Finds out of which columns the key of a form is made, so that a damaged row can be named.

    The key is the text of the primary key without the tenant, its parts joined by ``/``; an export does not say which
    columns these are. What fits every row that is as it was sealed is taken for it.
    """

    def __init__(self, tenant: int) -> None:
        self.tenant = tenant
        self.fitting: list[tuple[int, ...]] = []
        self.plain = -1

    def readings(self, values: Sequence[str | None], key: str) -> list[tuple[int, ...]]:
        """Every choice of columns that makes up ``key``, the shortest first."""
        found: list[tuple[int, ...]] = [] if key else [()]

        def walk(rest: str, used: tuple[int, ...]) -> None:
            for at, value in enumerate(values):
                if value is None or at == self.tenant or at in used or len(found) > 200:
                    continue
                if value == rest:
                    found.append((*used, at))
                elif len(used) < 5 and rest.startswith(f"{value}/"):
                    walk(rest[len(value) + 1 :], (*used, at))

        walk(key, ())
        if not found and self.tenant >= 0 and values[self.tenant] == key:
            found.append((self.tenant,))  # the tenant is the whole key
        return sorted(found, key=len)

    @staticmethod
    def made(columns: tuple[int, ...], values: Sequence[str | None]) -> str:
        """The key that these columns make of a row."""
        return "/".join(values[at] or "" for at in columns)

    def settle(self, fitting: list[tuple[int, ...]]) -> None:
        """From now on it is one of these."""
        self.fitting = fitting
        self.plain = fitting[0][0] if len(fitting) == 1 and len(fitting[0]) == 1 else -1

    def agrees(self, values: Sequence[str | None], key: str) -> bool:
        """Whether a row that is as it was sealed has this key, for all that is known."""
        if self.plain >= 0:
            return values[self.plain] == key
        if not self.fitting:
            self.settle(self.readings(values, key))
            return bool(self.fitting)
        fitting = [columns for columns in self.fitting if self.made(columns, values) == key]
        if fitting:
            self.settle(fitting)
        return bool(fitting)

    def guess(self, rows: Sequence[Sequence[str | None]], keys: Sequence[str]) -> None:
        """From rows of which none is as it was sealed: the choice that makes the most of the kept keys."""
        votes: Counter[tuple[int, ...]] = Counter()
        for values in rows[:50]:
            votes.update({columns for key in keys[:200] for columns in self.readings(values, key)})
        if votes:
            best = max(votes.values())
            self.settle(sorted((columns for columns, count in votes.items() if count == best), key=len)[:1])

    def of(self, values: Sequence[str | None]) -> str | None:
        """The key of a row; None as long as nothing is known."""
        return self.made(self.fitting[0], values) if self.fitting else None


# --- what a file says ------------------------------------------------------------------------------------


def _short(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


class Reader:
    """The members of one object of a file, each of the type that it has to be; :class:`Unreadable` says where."""

    def __init__(self, value: object, where: str, what: str) -> None:
        if not isinstance(value, dict):
            raise Unreadable(f"{where}: {what} is no JSON object")
        self.value: dict[str, Any] = value
        self.where = where
        self.what = what

    def wrong(self, name: str, expected: str) -> Unreadable:
        """The error for a member that is not what it has to be."""
        observed = _short(self.value[name]) if name in self.value else "nothing"
        return Unreadable(f"{self.where}: {name!r} of {self.what} has to be {expected}, and is {observed}")

    def only(self, *names: str) -> None:
        """No member but these."""
        unknown = sorted(set(self.value) - set(names))
        if unknown:
            raise Unreadable(f"{self.where}: {self.what} has no member {unknown[0]!r} in version {VERSION}")

    def text(self, name: str) -> str:
        """A text that UTF-8 can hold."""
        value = self.value.get(name)
        if not isinstance(value, str) or not _is_text(value):
            raise self.wrong(name, "a text")
        return value

    def text_or_null(self, name: str) -> str | None:
        """A text or null; it has to be there."""
        return None if name in self.value and self.value[name] is None else self.text(name)

    def count(self, name: str, least: int = 0, most: int = (1 << 63) - 1) -> int:
        """A whole number."""
        value = self.value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least}")
        return value

    def hash(self, name: str) -> bytes:
        """A SHA-256 in hexadecimal digits."""
        value = self.value.get(name)
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise self.wrong(name, "64 hexadecimal digits")
        return bytes.fromhex(value)

    def hash_or_null(self, name: str) -> bytes | None:
        """A hash or null; it has to be there."""
        return None if name in self.value and self.value[name] is None else self.hash(name)

    def tenant(self, name: str) -> str:
        """A tenant's UUID; that of rows without a tenant is nil."""
        value = self.value.get(name)
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.wrong(name, "a UUID")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.value.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) and _is_text(item) for item in value):
            raise self.wrong(name, "a list of texts")
        return value


_HASH = re.compile("[0-9a-f]{64}", re.ASCII)
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Block:
    """A block's header as a file gives it; ``digest`` is the hash that its members have."""

    number: int
    epoch: int
    horizon: int | None
    rows: int
    entries: int
    sealed_at: str
    root: bytes
    fingerprint: bytes | None
    previous: bytes | None
    hash: bytes
    digest: bytes

    MEMBERS = ("number", "epoch", "horizon", "rows", "entries", "sealed_at", "root", "fingerprint", "previous", "hash")

    @classmethod
    def read(cls, reader: Reader) -> Block:
        """From the members of a ``block`` line or a digest."""
        horizon = reader.text_or_null("horizon")
        if horizon is not None and not re.fullmatch("0|[1-9][0-9]{0,19}", horizon, re.ASCII):
            raise reader.wrong("horizon", "digits or null")
        sealed_at = reader.text("sealed_at")
        try:
            sealed = _instant(sealed_at)
        except NOT_A_VALUE as error:
            raise reader.wrong("sealed_at", "an instant such as 2026-03-02T08:00:00.000000Z") from error
        number = reader.count("number", 1)
        epoch = reader.count("epoch", -(1 << 31), (1 << 31) - 1)
        rows, entries = reader.count("rows"), reader.count("entries")
        root, fingerprint = reader.hash("root"), reader.hash_or_null("fingerprint")
        previous = reader.hash_or_null("previous")
        xid = None if horizon is None else int(horizon)
        if xid is not None and xid >> 64:
            raise reader.wrong("horizon", "digits or null")
        data = b"".join(
            (
                frame(b"smartattend block 1"),
                struct.pack(">Iq", 8, number),
                struct.pack(">Ii", 4, epoch),
                NULL if xid is None else struct.pack(">IQ", 8, xid),
                struct.pack(">Iq", 8, rows),
                struct.pack(">Iq", 8, entries),
                sealed,
                frame(root),
                frame(fingerprint),
                frame(previous),
            )
        )
        kept = reader.hash("hash")
        digest = _sha256(data).digest()
        return cls(number, epoch, xid, rows, entries, sealed_at, root, fingerprint, previous, kept, digest)


def block_hash(members: Mapping[str, object]) -> bytes:
    """The hash of a block, from its members as they stand in an export (``hash`` itself may be missing)."""
    return Block.read(Reader({"hash": "0" * 64, **members}, "block", "the block")).digest


@dataclass
class Tree:
    """A ``tree`` line, and what was seen of its rows so far."""

    block: int
    index: int
    tenant: str
    relation: str
    partition: str
    form: Form
    rows: int
    total: int
    root: bytes
    keys: list[str]
    leaves: bytes
    path: list[bytes] | None
    retired: bool
    line: int
    entry: bytes
    rooted: bool = True
    seen: int = 0
    next: int = 0
    found: bytearray | None = None
    where: dict[bytes, int] | None = None
    strays: list[tuple[int, list[str | None], bytes]] = field(default_factory=list)
    waiting: list[tuple[int, list[str | None], bytes]] = field(default_factory=list)

    @property
    def series(self) -> tuple[str, str, str]:
        """What its total counts: tenant, relation and partition."""
        return (self.tenant, self.relation, self.partition)

    def leaf(self, index: int) -> bytes:
        """The leaf as it was kept."""
        return self.leaves[index * 32 : index * 32 + 32]

    def key(self, index: int) -> str | None:
        """The key as it was kept."""
        return self.keys[index] if index < len(self.keys) else None


@dataclass(frozen=True)
class Finding:
    """One damage, with all that is known about where it is."""

    problem: str
    says: str
    block: int | None = None
    tenant: str | None = None
    relation: str | None = None
    partition: str | None = None
    row: str | None = None
    expected: str | None = None
    observed: str | None = None
    file: str | None = None
    line: int | None = None

    def place(self) -> str:
        """Block, tenant, relation and row in one line."""
        parts = (
            f"block {self.block}" if self.block is not None else None,
            f"tenant {self.tenant}" if self.tenant and self.tenant != NOBODY else None,
            self.relation,
            f"partition {self.partition}" if self.partition else None,
            f"row {self.row}" if self.row is not None else None,
        )
        return ", ".join(part for part in parts if part) or (self.file or "export")

    def text(self) -> str:
        """For people: where, what, and what was expected and observed."""
        lines = [f"{self.place()}: {self.says}"]
        lines += [
            f"    {name} {value}"
            for name, value in (("expected", self.expected), ("observed", self.observed))
            if value is not None
        ]
        if self.file is not None and self.line is not None:
            lines.append(f"    {self.file}, line {self.line}")
        return "\n".join(lines)


@dataclass
class Report:
    """What a check came to."""

    files: list[dict[str, Any]] = field(default_factory=list)
    digests: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    remarks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    blocks: int = 0
    trees: int = 0
    rows: int = 0
    payloads: int = 0
    redacted: int = 0
    unchecked_rows: int = 0
    held_to: int | None = None

    @property
    def exit_code(self) -> int:
        """0 held, 1 could not read everything, 3 damage found."""
        return DAMAGED if self.findings else UNREADABLE if self.errors else HELD

    @property
    def verdict(self) -> str:
        """``held``, ``damaged`` or ``unreadable``."""
        return {HELD: "held", UNREADABLE: "unreadable", DAMAGED: "damaged"}[self.exit_code]

    def add(self, finding: Finding) -> None:
        """Keep a finding; beyond :data:`MOST_FINDINGS` count it."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.more_findings += 1

    def as_dict(self) -> dict[str, Any]:
        """Made of JSON's types."""
        return {
            "verdict": self.verdict,
            "held_to": self.held_to,
            "blocks": self.blocks,
            "trees": self.trees,
            "rows": self.rows,
            "payloads": self.payloads,
            "redacted": self.redacted,
            "unchecked_rows": self.unchecked_rows,
            "findings": [dict(vars(finding)) for finding in self.findings],
            "more_findings": self.more_findings,
            "errors": self.errors,
            "remarks": self.remarks,
            "digests": self.digests,
            "files": self.files,
        }

    def text(self, shown: int = 200) -> str:
        """For people; at most ``shown`` findings."""
        lines = [finding.text() for finding in self.findings[:shown]]
        hidden = len(self.findings) - len(lines) + self.more_findings
        if hidden > 0:
            lines.append(f"… and {hidden:,} more")
        lines += [f"could not read: {error}" for error in self.errors]
        lines += [f"remark: {remark}" for remark in self.remarks]
        seen = f"{_many(self.blocks, 'block')}, {_many(self.trees, 'tree')}, {_many(self.rows, 'row')}"
        if self.redacted:
            seen += f", {_many(self.redacted, 'payload')} redacted"
        if self.unchecked_rows:
            seen += f", {_many(self.unchecked_rows, 'row')} of retired partitions not looked at"
        if self.exit_code == DAMAGED:
            lines.append(f"DAMAGED: {_many(len(self.findings) + self.more_findings, 'finding')} in {seen}")
        elif self.exit_code == UNREADABLE:
            lines.append(f"NOT HELD: not everything could be read; no damage in {seen}")
        elif self.held_to is None:
            lines.append(f"AGREES WITH ITSELF: {seen}; no digest vouches for it")
        else:
            lines.append(f"HELD: {seen}; a digest vouches for all up to block {self.held_to}")
        return "\n".join(lines)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


# --- an export -------------------------------------------------------------------------------------------


def _objects(stream: io.BufferedIOBase, name: str, checksum: Any) -> Iterator[tuple[int, str, Any]]:
    """Line number, kind and content of each line; the checksum is that of all lines before the one just given."""
    number, previous = 0, b""
    while True:
        number += 1
        try:
            line = stream.readline()
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"{name}: line {number}: cannot be read: {error}") from error
        if not line:
            return
        checksum.update(previous)
        previous = line
        try:
            value = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{name}: line {number}: no JSON in UTF-8: {error}") from error
        if not isinstance(value, dict) or len(value) != 1:
            raise Unreadable(f"{name}: line {number}: not an object with one member that says what it is")
        ((kind, content),) = value.items()
        yield number, kind, content


class _Export:
    """One export while it is read."""

    def __init__(self, check: Check, path: Path) -> None:
        self.check = check
        self.report = check.report
        self.name = path.name
        self.path = path
        self.line = 0
        self.header: Reader | None = None
        self.first = self.last = 0
        self.tenant: str | None = None
        self.relation: str | None = None
        self.partition: str | None = None
        self.forms: dict[tuple[str, int], Form] = {}
        self.block: Block | None = None
        self.before: Block | None = None
        self.trees: list[Tree] = []
        self.tree: Tree | None = None
        self.change: tuple[Tree, list[str | None]] | None = None
        self.totals: dict[tuple[str, str, str], int] = {}
        self.counts = {"blocks": 0, "trees": 0, "rows": 0}
        self.ended = False
        self.checksum = _sha256()

    # --- saying what is wrong

    @property
    def where(self) -> str:
        return f"{self.name}: line {self.line}"

    def unreadable(self, message: str) -> Unreadable:
        return Unreadable(f"{self.where}: {message}")

    def found(
        self,
        problem: str,
        says: str,
        tree: Tree | None = None,
        *,
        row: str | None = None,
        expected: object = None,
        observed: object = None,
        block: int | None = None,
        line: int | None = None,
    ) -> None:
        number = block if block is not None else tree.block if tree else self.block.number if self.block else None
        self.report.add(
            Finding(
                problem,
                says,
                number,
                tree.tenant if tree else None,
                tree.relation if tree else None,
                (tree.partition or None) if tree else None,
                row,
                _shown(expected),
                _shown(observed),
                self.name,
                self.line if line is None else line,
            )
        )

    # --- reading

    def read(self, stream: io.BufferedIOBase, raw: io.BufferedIOBase, progress: Progress | None) -> None:
        handlers = {
            "row": self.on_row,
            "payload": self.on_payload,
            "tree": self.on_tree,
            "block": self.on_block,
            "form": self.on_form,
            "end": self.on_end,
        }
        for number, kind, content in _objects(stream, self.name, self.checksum):
            self.line = number
            if self.header is None:
                if kind != "export":
                    raise self.unreadable('not an export: the first line has to be {"export": …}')
                self.on_export(content)
                continue
            if self.ended:
                raise self.unreadable("there is something after the end")
            handler = handlers.get(kind)
            if handler is None:
                raise self.unreadable(f"no line of an export is a {_short(kind)}")
            handler(content)
            if progress is not None and not self.line & 0xFFF:
                progress(raw.tell(), self.report.rows + self.counts["rows"])
        if self.header is None:
            raise Unreadable(f"{self.name}: empty")
        if not self.ended:
            raise Unreadable(f"{self.name}: line {self.line}: the file ends before its end line: it was cut off")

    def on_export(self, content: object) -> None:
        reader = Reader(content, self.where, "the export")
        version = reader.count("version")
        if version != VERSION:
            raise self.unreadable(f"version {version} of the format; this file knows version {VERSION}")
        reader.only("version", "database", "exported_at", "from", "to", "tenant", "relation", "partition")
        self.first, self.last = reader.count("from", 1), reader.count("to")
        self.tenant = None if reader.value.get("tenant") is None else reader.tenant("tenant")
        self.relation, self.partition = reader.text_or_null("relation"), reader.text_or_null("partition")
        self.header = reader
        self.report.files.append(
            {
                "file": self.name,
                "database": reader.text("database"),
                "exported_at": reader.text("exported_at"),
                "from": self.first,
                "to": self.last,
                "tenant": self.tenant,
                "relation": self.relation,
                "partition": self.partition,
            }
        )

    @property
    def restricted(self) -> bool:
        """Whether entries are left out on purpose."""
        return self.tenant is not None or self.relation is not None or self.partition is not None

    def on_form(self, content: object) -> None:
        form = read_form(content, self.where)
        known = self.forms.get((form.relation, form.number))
        if known is not None and known.text != form.text:
            raise self.unreadable(f"form {form.number} of {form.relation} is given twice, and not the same")
        self.forms.setdefault((form.relation, form.number), form)

    def on_block(self, content: object) -> None:
        self.finish_block()
        reader = Reader(content, self.where, "the block")
        reader.only(*Block.MEMBERS)
        block = Block.read(reader)
        self.block = block
        self.counts["blocks"] += 1
        expected = self.first if self.before is None else self.before.number + 1
        if block.number > expected:
            self.missing_blocks(expected, block.number - 1)
        elif block.number < expected:
            self.found(
                "chain_forked",
                "the block stands where another one is expected",
                expected=f"block {expected}",
                observed=f"block {block.number}",
            )
        if block.hash != block.digest:
            self.found(
                "block_changed",
                "the block's hash is not that of its members: its header was changed",
                expected=block.digest,
                observed=block.hash,
            )
        if self.before is not None and block.number == self.before.number + 1:
            self.check.link(block, self.before.hash, self)
            self.horizons(self.before, block)
        elif block.number == 1 and block.previous is not None:
            self.found("chain_broken", "the first block names one before it", expected="null", observed=block.previous)
        elif block.number > 1 and block.previous is None:
            self.found("chain_broken", "the block names no block before it", expected="a hash", observed="null")
        if self.before is None and block.previous is not None:
            self.check.starts.append((block, self))
        self.check.know(block, self)

    def missing_blocks(self, first: int, last: int) -> None:
        what = f"block {first} is" if first == last else f"blocks {first} to {last} are"
        self.found(
            "block_missing", f"{what} missing from the chain", block=first, expected=f"block {first}", observed="none"
        )

    def horizons(self, before: Block, block: Block) -> None:
        back = block.epoch < before.epoch or (
            block.epoch == before.epoch
            and (before.horizon is None or (block.horizon is not None and block.horizon < before.horizon))
        )
        if back:
            self.found(
                "horizon_back",
                "the block goes back behind the one before it",
                expected=f"after epoch {before.epoch}, horizon {before.horizon}",
                observed=f"epoch {block.epoch}, horizon {block.horizon}",
            )

    def on_tree(self, content: object) -> None:
        self.finish_tree()
        if self.block is None:
            raise self.unreadable("a tree before the first block")
        reader = Reader(content, self.where, "the tree")
        reader.only(
            *("block", "index", "tenant", "relation", "partition", "form", "rows", "total", "root", "keys", "leaves"),
            *("path", "retired"),
        )
        number, relation = reader.count("form", 0, (1 << 31) - 1), reader.text("relation")
        form = self.forms.get((relation, number))
        if form is None:
            raise self.unreadable(f"form {number} of {relation} was not given before")
        if reader.count("block", 1) != self.block.number:
            raise self.unreadable(f"the tree belongs to block {reader.value['block']} and follows {self.block.number}")
        if "retired" in reader.value and not isinstance(reader.value["retired"], bool):
            raise reader.wrong("retired", "true or false")
        tenant, partition = reader.tenant("tenant"), reader.text("partition")
        rows, total, root = reader.count("rows"), reader.count("total"), reader.hash("root")
        path = None
        if reader.value.get("path") is not None:
            path = reader.texts("path")
            if not all(_HASH.fullmatch(item) for item in path):
                raise reader.wrong("path", "a list of hashes")
        try:
            leaves = base64.b64decode(reader.text("leaves"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise reader.wrong("leaves", "base64") from error
        tree = Tree(
            self.block.number,
            reader.count("index", 0, (1 << 31) - 1),
            tenant,
            relation,
            partition,
            form,
            rows,
            total,
            root,
            reader.texts("keys"),
            leaves,
            None if path is None else [bytes.fromhex(item) for item in path],
            bool(reader.value.get("retired")),
            self.line,
            leaf_hash(entry_bytes(tenant, relation, partition, number, rows, total, root)),
        )
        self.tree = tree
        self.trees.append(tree)
        self.counts["trees"] += 1
        self.check_tree(tree)

    def check_tree(self, tree: Tree) -> None:
        """What can be said before its rows: form of the lists, root, total, and whether it belongs here."""
        for name, mine, theirs in (
            ("tenant", self.tenant, tree.tenant),
            ("relation", self.relation, tree.relation),
            ("partition", self.partition, tree.partition),
        ):
            if mine is not None and mine != theirs:
                raise self.unreadable(f"a tree of {name} {theirs} in an export of {name} {mine}")
        if len(tree.leaves) != 32 * tree.rows:
            self.found(
                "leaves_changed",
                "the list of leaves is not as long as the tree has rows",
                tree,
                expected=f"{32 * tree.rows} bytes",
                observed=f"{len(tree.leaves)} bytes",
            )
            tree.leaves = tree.leaves[: len(tree.leaves) // 32 * 32]
            tree.rooted = False
        else:
            observed = _root_of(tree.leaves)
            tree.rooted = observed == tree.root
        if len(tree.keys) != tree.rows:
            self.found(
                "keys_changed",
                "there are not as many keys as the tree has rows",
                tree,
                expected=f"{tree.rows} keys",
                observed=f"{len(tree.keys)} keys",
            )
        before = self.totals.get(tree.series, 0 if self.first == 1 else None)
        if (before is not None and tree.total != before + tree.rows) or tree.total < tree.rows:
            self.found(
                "total_wrong",
                "the total does not follow from the trees before: a tree is missing, or its count was changed",
                tree,
                expected=str((before or 0) + tree.rows),
                observed=str(tree.total),
            )
        self.totals[tree.series] = tree.total

    def on_row(self, content: object) -> None:
        if self.change is not None:
            self.without_payload()
        tree = self.tree
        if tree is None:
            raise self.unreadable("a row before the first tree of its block")
        values = content.get("values") if isinstance(content, dict) and len(content) == 1 else None
        if not isinstance(values, list):
            raise self.unreadable("a row has one member, 'values', which is a list")
        form = tree.form
        try:
            leaf = leaf_hash(row_bytes(form, values))
        except NOT_A_VALUE as error:
            raise self.unreadable(f"a row of {form.relation}: {wrong_value(form, values)}") from error
        self.counts["rows"] += 1
        tree.seen += 1
        if tree.rooted:
            self.match(tree, self.line, values, leaf)
        else:
            tree.waiting.append((self.line, values, leaf))
        if form.relation == CHANGE:
            self.change = (tree, values)
        elif form.relation == REDACTION:
            self.check.redaction(form, values)

    def match(self, tree: Tree, line: int, values: list[str | None], leaf: bytes) -> None:
        """Find the leaf that a row was sealed as, usually the next one."""
        at, keys = tree.next, tree.form.keys
        if tree.found is None and tree.leaves[at * 32 : at * 32 + 32] == leaf:
            tree.next = at + 1
        else:
            at = self.search(tree, line, values, leaf)
        if 0 <= at < len(tree.keys) and not keys.agrees(values, tree.keys[at]):
            self.found(
                "key_changed",
                "the row is as it was sealed, and its kept key is another's",
                tree,
                row=keys.of(values) or tree.keys[at],
                expected=keys.of(values) or "a key made of the row's values",
                observed=tree.keys[at],
                line=line,
            )

    def search(self, tree: Tree, line: int, values: list[str | None], leaf: bytes) -> int:
        """The index of a leaf that is not the next one; -1 when the row is none that was sealed here."""
        if tree.found is None or tree.where is None:
            count = len(tree.leaves) // 32
            tree.found = bytearray(b"\x01" * tree.next + b"\x00" * (count - tree.next))
            tree.where = {tree.leaf(at): at for at in range(count)}
        at = tree.where.get(leaf, -1)
        if at < 0:
            tree.strays.append((line, values, leaf))
            return -1
        if tree.found[at]:
            self.found(
                "row_repeated",
                "the row stands twice",
                tree,
                row=tree.key(at),
                expected="once",
                observed="again",
                line=line,
            )
            return -1
        tree.found[at] = 1
        if at < tree.next:
            self.found(
                "row_reordered",
                "the row stands after one that was sealed after it",
                tree,
                row=tree.key(at),
                expected=f"place {at + 1} of {tree.rows}",
                observed=f"behind place {tree.next}",
                line=line,
            )
        else:
            tree.next = at + 1
        return at

    # --- payloads

    def on_payload(self, content: object) -> None:
        if self.change is None:
            raise self.unreadable(f"a payload that does not follow a row of {CHANGE}")
        tree, values = self.change
        self.change = None
        reader = Reader(content, self.where, "the payload")
        reader.only("salt", "payload")
        try:
            salt = _exactly(bytes.fromhex(reader.text("salt")), 16)
        except ValueError as error:
            raise reader.wrong("salt", "16 bytes in hexadecimal digits") from error
        observed = _sha256(salt + reader.text("payload").encode()).hexdigest()
        expected = self.column(tree, values, "payload_hash")
        self.report.payloads += 1
        if observed != expected:
            self.found(
                "payload_edited",
                "the payload of the change is not the one that was sealed",
                tree,
                row=self.row_name(tree, values),
                expected=expected or "none",
                observed=observed,
            )

    def without_payload(self) -> None:
        """The last change came without its payload: redacted, or taken away."""
        if self.change is None:
            return
        tree, values = self.change
        self.change = None
        if self.column(tree, values, "payload_hash") is not None:
            self.report.redacted += 1
            self.check.absent.append((self, tree, self.line, self.column(tree, values, "id"), values))

    @staticmethod
    def column(tree: Tree, values: list[str | None], name: str) -> str | None:
        at = tree.form.position(name)
        return None if at is None else values[at]

    @staticmethod
    def row_name(tree: Tree, values: list[str | None]) -> str | None:
        return tree.form.keys.of(values)

    # --- ends

    def finish_tree(self) -> None:
        """All rows of the tree were seen: name those that are missing, edited or added."""
        self.without_payload()
        tree, self.tree = self.tree, None
        if tree is None:
            return
        if not tree.rooted:
            self.judge_leaves(tree)
        count = len(tree.leaves) // 32
        if tree.retired and not tree.seen and tree.rows:
            if self.partition is None:
                self.check.retired[(tree.block, *tree.series)] = (tree, self.name)
                return
        elif self.partition is not None or (self.tenant is not None and tree.seen):
            # an archive of a partition, or the export of a tenant that was purged since
            self.check.archived[(tree.block, *tree.series)] = tree.entry
        if tree.next == count == tree.seen and tree.found is None:
            return
        found = tree.found or bytearray(b"\x01" * tree.next + b"\x00" * (count - tree.next))
        missing = {at for at in range(count) if not found[at]}
        keys = tree.form.keys
        if tree.strays and not keys.fitting:
            keys.guess([values for _, values, _ in tree.strays], [tree.key(at) or "" for at in sorted(missing)])
        places = {tree.key(at): at for at in missing}
        for line, values, leaf in tree.strays:
            key = keys.of(values)
            at = places.pop(key, None) if key is not None else None
            if at is None:
                self.check.added.append((self, tree, line, key, values, leaf))
                continue
            missing.discard(at)
            self.found(
                "row_edited",
                "the row is not what was sealed: it was edited",
                tree,
                row=key,
                expected=f"leaf {tree.leaf(at).hex()}",
                observed=f"leaf {leaf.hex()}",
                line=line,
            )
        self.check.deleted += [(self, tree, at) for at in sorted(missing)]

    def judge_leaves(self, tree: Tree) -> None:
        """The kept leaves do not give the root: either list or root were changed. The rows may still tell which."""
        kept, sealed = tree.leaves, b"".join(leaf for _, _, leaf in tree.waiting)
        if len(sealed) == 32 * tree.rows and _root_of(sealed) == tree.root:
            tree.leaves = sealed
            for at in range(tree.rows):
                leaf = kept[at * 32 : at * 32 + 32]
                if leaf != tree.leaf(at):
                    self.found(
                        "leaf_changed",
                        "the kept leaf was changed; the row itself is as it was sealed",
                        tree,
                        row=tree.key(at),
                        expected=f"leaf {tree.leaf(at).hex()}",
                        observed=f"leaf {leaf.hex()}" if leaf else "no leaf",
                        line=tree.line,
                    )
        elif len(kept) == 32 * tree.rows:
            self.found(
                "leaves_changed",
                "the kept leaves do not give the kept root: one of them was changed",
                tree,
                expected=f"root {tree.root.hex()}",
                observed=f"root {_root_of(kept).hex()}",
                line=tree.line,
            )
        for line, values, leaf in tree.waiting:
            self.match(tree, line, values, leaf)
        tree.waiting.clear()

    def finish_block(self) -> None:
        """All trees of the block were seen: they have to give its root."""
        self.finish_tree()
        block, trees = self.block, self.trees
        self.trees, self.block = [], None
        if block is None:
            return
        self.before = block
        if not self.restricted or any(tree.path is None for tree in trees):
            self.whole_block(block, trees)
            return
        for tree in trees:
            try:
                observed = root_from_path(tree.entry, tree.index, block.entries, tree.path or [])
            except ValueError as error:
                self.entry_changed(block, tree, str(error))
                continue
            if observed != block.root:
                self.entry_changed(block, tree, f"root {observed.hex()}")
        places = [tree.index for tree in trees]
        for tree, before, at in zip(trees[1:], places, places[1:]):
            if at <= before or (self.relation is None and self.tenant is not None and at != before + 1):
                self.found(
                    "entry_missing",
                    "an entry of the tenant is missing before this one, or they are out of order",
                    tree,
                    block=block.number,
                    expected=f"entry {before + 1}",
                    observed=f"entry {at}",
                    line=tree.line,
                )

    def entry_changed(self, block: Block, tree: Tree, observed: str) -> None:
        self.found(
            "entry_changed",
            "the tree is not the one that was sealed: its entry does not lead to the block's root",
            tree,
            expected=f"root {block.root.hex()}",
            observed=observed,
            line=tree.line,
        )

    def whole_block(self, block: Block, trees: list[Tree]) -> None:
        number, count = block.number, block.entries
        if len(trees) != count or any(tree.index != at for at, tree in enumerate(trees)):
            absent = sorted(set(range(min(count, 1 << 20))) - {tree.index for tree in trees})
            self.found(
                "entry_missing" if absent else "entry_added",
                f"the block has no entry {absent[0]}: a tree is missing" if absent else "the block has too many trees",
                block=number,
                expected=f"entries 0 to {count - 1}" if count else "no entries",
                observed=", ".join(str(tree.index) for tree in trees[:20]) or "none",
            )
        places = [(tree.tenant, tree.relation.encode(), tree.partition.encode()) for tree in trees]
        for tree, before, at in zip(trees[1:], places, places[1:]):
            if at <= before:
                self.found("entry_order", "the trees of the block are out of order", tree, line=tree.line)
        rows = sum(tree.rows for tree in trees)
        if rows != block.rows:
            self.found(
                "rows_wrong",
                "the block does not have as many rows as its trees",
                block=number,
                expected=f"{block.rows} rows",
                observed=f"{rows} rows",
            )
        root = merkle_root(tree.entry for tree in trees)
        if root != block.root:
            self.found(
                "entry_changed",
                "the trees of the block do not give its root: an entry was changed",
                block=number,
                expected=f"root {block.root.hex()}",
                observed=f"root {root.hex()}",
            )

    def on_end(self, content: object) -> None:
        self.finish_block()
        self.ended = True
        reader = Reader(content, self.where, "the end")
        reader.only("blocks", "trees", "rows", "sha256")
        for name, count in self.counts.items():
            if reader.count(name) != count:
                self.found(
                    "count_wrong",
                    f"the export does not hold as many {name} as its end says: lines were removed or added",
                    expected=f"{reader.value[name]} {name}",
                    observed=f"{count} {name}",
                )
        checksum = self.checksum.digest()
        if reader.hash("sha256") != checksum:
            self.found(
                "file_changed",
                "the file is not as it was written: its checksum differs",
                expected=reader.value["sha256"],
                observed=checksum,
            )
        reached = self.before.number if self.before is not None else self.first - 1
        if reached < self.last:
            self.missing_blocks(reached + 1, self.last)
        elif reached > max(self.last, self.first - 1):
            self.found(
                "chain_forked",
                "the export has blocks that its first line does not announce",
                expected=f"up to block {self.last}",
                observed=f"block {reached}",
            )
        self.report.blocks += self.counts["blocks"]
        self.report.trees += self.counts["trees"]
        self.report.rows += self.counts["rows"]


def _shown(value: object) -> str | None:
    return None if value is None else value.hex() if isinstance(value, bytes) else str(value)


def read_form(content: object, where: str) -> Form:
    """The form in the content of a ``form`` line."""
    reader = Reader(content, where, "the form")
    reader.only("relation", "form", "columns")
    columns = reader.value.get("columns")
    if not isinstance(columns, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) and _is_text(part) for part in pair)
        for pair in columns
    ):
        raise reader.wrong("columns", 'a list of pairs such as ["tenant_id", "uuid"]')
    return Form(
        reader.text("relation"), reader.count("form", 0, (1 << 31) - 1), [(name, kind) for name, kind in columns]
    )


# --- all exports together --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Digest:
    """A digest kept outside: the header of one block."""

    file: str
    database: str
    block: Block


def read_digest(text: str, name: str) -> Digest:
    """A digest from its text. Raises :class:`Unreadable` when it is none, or its hash is not that of its members."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: no JSON: {error}") from error
    reader = Reader(value, name, "the digest")
    if reader.value.get("digest") != DIGEST:
        raise Unreadable(f'{name}: no digest: {{"digest": "{DIGEST}", …}} is expected')
    if reader.count("version") != VERSION:
        raise Unreadable(f"{name}: version {reader.value['version']}; this file knows version {VERSION}")
    reader.only("digest", "version", "database", *Block.MEMBERS)
    block = Block.read(reader)
    if block.hash != block.digest:
        raise Unreadable(f"{name}: the digest's hash is not that of its members: this digest was changed")
    return Digest(name, reader.text("database"), block)


class Check:
    """A check of exports, which may complete each other, against digests."""

    def __init__(self) -> None:
        self.report = Report()
        self.blocks: dict[int, bytes] = {}
        self.unread = False
        self.starts: list[tuple[Block, _Export]] = []
        self.retired: dict[tuple[int, str, str, str], tuple[Tree, str]] = {}
        self.archived: dict[tuple[int, str, str, str], bytes] = {}
        self.added: list[tuple[_Export, Tree, int, str | None, list[str | None], bytes]] = []
        self.deleted: list[tuple[_Export, Tree, int]] = []
        self.absent: list[tuple[_Export, Tree, int, str | None, list[str | None]]] = []
        self.redactions: set[str] = set()

    def read(self, path: Path, progress: Progress | None = None) -> None:
        """Read one export; what cannot be read is an error of the report."""
        export = _Export(self, path)
        try:
            with path.open("rb") as raw:
                if path.suffix == ".gz":
                    with gzip.open(raw) as stream:
                        export.read(stream, raw, progress)
                else:
                    export.read(raw, raw, progress)
            return
        except OSError as error:
            self.report.errors.append(f"{path}: {error.strerror or error}")
        except Unreadable as error:
            self.report.errors.append(str(error))
        self.unread = True

    def link(self, block: Block, before: bytes, export: _Export) -> None:
        """A block has to name the one before it."""
        if block.previous != before:
            export.found(
                "chain_broken",
                "the block does not follow the one before it: the chain was forked, or that one was changed",
                block=block.number,
                expected=before,
                observed=block.previous or "null",
            )

    def know(self, block: Block, export: _Export) -> None:
        """Remember a block; two exports have to say the same of it."""
        known = self.blocks.setdefault(block.number, block.digest)
        if known != block.digest:
            export.found(
                "chain_forked",
                "the block is given twice, and not the same: the chain was forked",
                block=block.number,
                expected=known,
                observed=block.digest,
            )

    def redaction(self, form: Form, values: list[str | None]) -> None:
        """A row of ``ledger.redaction``: the changes whose payloads it took away."""
        at = form.position("changes")
        try:
            changes = json.loads(values[at] or "[]") if at is not None else []
        except ValueError:
            changes = []
        if isinstance(changes, list):
            self.redactions.update(change for change in changes if isinstance(change, str))

    def finish(self, digests: Sequence[Digest], without_archives: bool = False) -> Report:
        """What only shows when everything was read: moves, archives, redactions, digests."""
        self.moves()
        for block, export in self.starts:
            before = self.blocks.get(block.number - 1)
            if before is not None:
                self.link(block, before, export)
        self.archives(without_archives)
        self.payloads()
        self.vouch(digests)
        return self.report

    def moves(self) -> None:
        """A row that is missing in one tree and too many in another was moved; else it was deleted or added."""
        gone: dict[tuple[str, str | None], list[tuple[_Export, Tree, int]]] = {}
        for export, tree, at in self.deleted:
            gone.setdefault((tree.relation, tree.key(at)), []).append((export, tree, at))
        for export, tree, line, key, values, leaf in self.added:
            candidates = gone.get((tree.relation, key)) if key is not None else None
            if not candidates:
                export.found(
                    "row_added",
                    "the row was not there when its block was sealed: it was added, or back-dated",
                    tree,
                    row=key if key is not None else "/".join(value or "" for value in values[:3]),
                    expected="no such row",
                    observed=f"leaf {leaf.hex()}",
                    line=line,
                )
                continue
            source, origin, at = candidates.pop()
            tenants = origin.tenant != tree.tenant
            says = (
                "the row was moved to another tenant"
                if tenants
                else "the row was back-dated: it stands in an earlier block"
                if tree.block < origin.block
                else "the row was moved to another place of the ledger"
            )
            place = [f"block {tree.block}"] if tree.block != origin.block else []
            place += [f"tenant {tree.tenant}"] if tenants else []
            place += [f"partition {tree.partition}"] if tree.partition != origin.partition else []
            source.found(
                "row_moved",
                says,
                origin,
                row=key,
                expected=f"block {origin.block}, tenant {origin.tenant}",
                observed=", ".join(place) or f"line {line}",
                line=line if source is export else origin.line,
            )
        for left in gone.values():
            for export, tree, at in left:
                export.found(
                    "row_deleted",
                    "the row is gone: it was deleted, or moved to where it was not exported from",
                    tree,
                    row=tree.key(at),
                    expected=f"leaf {tree.leaf(at).hex()}",
                    observed="no such row",
                    line=tree.line,
                )

    def archives(self, without: bool) -> None:
        """Trees of retired partitions have their rows in archives; both have to be the same tree."""
        absent: Counter[str] = Counter()
        for place, (tree, name) in self.retired.items():
            entry = self.archived.get(place)
            if entry is None:
                absent[f"{tree.relation}, partition {tree.partition or '(none)'}"] += tree.rows
                self.report.unchecked_rows += tree.rows
            elif entry != tree.entry:
                self.report.add(
                    Finding(
                        "entry_changed",
                        "the archive's tree is not the one that was sealed",
                        *place[:4],
                        expected=tree.entry.hex(),
                        observed=entry.hex(),
                        file=name,
                        line=tree.line,
                    )
                )
        for partition, rows in sorted(absent.items()):
            said = f"{_many(rows, 'row')} of {partition} are retired, and no archive with them was given"
            (self.report.remarks if without else self.report.errors).append(said)

    def payloads(self) -> None:
        """A payload that is not there was redacted, or somebody took it away."""
        missing = 0
        for export, tree, line, change, values in self.absent:
            covered = export.relation is None and any(relation == REDACTION for relation, _ in export.forms)
            if not covered or change in self.redactions:
                continue
            missing += 1
            self.report.redacted -= 1
            export.found(
                "payload_missing",
                "the payload of the change is gone, and no redaction in the export names it",
                tree,
                row=export.row_name(tree, values),
                expected=export.column(tree, values, "payload_hash"),
                observed="no payload",
                line=line,
            )
        if missing:
            self.report.remarks.append("a redaction after the last block of the export would show as payload_missing")

    def vouch(self, digests: Sequence[Digest]) -> None:
        """Compare the chain with what was kept outside."""
        report, checked = self.report, 0
        last, first = max(self.blocks, default=0), min(self.blocks, default=0)
        before = {block.number - 1: block.previous for block, _ in self.starts}
        named = {file["database"] for file in report.files}
        held: list[int] = []
        for digest in sorted(digests, key=lambda item: item.block.number):
            number, kept = digest.block.number, digest.block.hash
            observed = self.blocks.get(number, before.get(number))
            state = "held"
            if observed is not None and observed != kept:
                state = "differs"
                since = f", after block {held[-1]}" if held else ""
                report.add(
                    Finding(
                        "chain_reforged",
                        f"the block is not the one of the digest: it and all after it were forged again{since}",
                        number,
                        expected=kept.hex(),
                        observed=observed.hex(),
                        file=digest.file,
                    )
                )
            elif observed is None and number > last and self.unread:
                state = "unread"
            elif observed is None and number > last:
                state = "cut"
                report.add(
                    Finding(
                        "tail_cut",
                        "the digest names a block that is not in the export: the tail of the chain was cut",
                        number,
                        expected=f"block {number} with hash {kept.hex()}",
                        observed=f"the last block is {last}" if last else "no block",
                        file=digest.file,
                    )
                )
            elif observed is None:
                state = "outside"
                report.remarks.append(f"{digest.file}: block {number} lies before the export, which begins at {first}")
            if state not in ("outside", "unread"):
                checked += 1
            if state == "held":
                held.append(number)
            if digest.database not in named and named:
                report.remarks.append(
                    f"{digest.file}: of database {digest.database}, the export of {', '.join(sorted(named))}"
                )
            report.digests.append({"file": digest.file, "block": number, "hash": kept.hex(), "state": state})
        if digests and not checked and not report.errors:
            report.errors.append("none of the digests is of a block in the export")
        if held:
            report.held_to = held[-1]
            if held[-1] < last:
                report.remarks.append(f"no digest vouches for what lies after block {held[-1]}: it agrees with itself")


def verify(
    exports: Sequence[Path],
    digests: Sequence[Path],
    *,
    without_archives: bool = False,
    progress: Callable[[Path], Progress | None] | None = None,
) -> Report:
    """Check exports against digests; ``progress(path)`` gives what is called while one is read.

    Never raises for what a file holds: what cannot be read is in ``errors`` of the report.
    """
    check = Check()
    kept = []
    for path in digests:
        try:
            kept.append(read_digest(path.read_text(encoding="utf-8"), path.name))
        except OSError as error:
            check.report.errors.append(f"{path}: {error.strerror or error}")
        except UnicodeError:
            check.report.errors.append(f"{path}: no text in UTF-8")
        except Unreadable as error:
            check.report.errors.append(str(error))
    for path in exports:
        check.read(path, progress(path) if progress else None)
    return check.finish(kept, without_archives)


# --- proofs ----------------------------------------------------------------------------------------------

_PROOF = struct.Struct(">q16siqqqii")


@dataclass(frozen=True)
class Proof:
    """An inclusion proof: where a row lies, and the hashes beside its way up to the block's root."""

    block: int
    tenant: str
    form: int
    rows: int
    total: int
    index: int
    entry: int
    entries: int
    relation: str
    partition: str
    row_path: tuple[bytes, ...]
    entry_path: tuple[bytes, ...]

    def pack(self) -> bytes:
        """The bytes of the proof."""
        relation, partition = self.relation.encode(), self.partition.encode()
        return b"".join(
            (
                MAGIC,
                _PROOF.pack(
                    self.block,
                    uuid.UUID(self.tenant).bytes,
                    self.form,
                    self.rows,
                    self.total,
                    self.index,
                    self.entry,
                    self.entries,
                ),
                bytes([len(relation)]) + relation,
                bytes([len(partition)]) + partition,
                bytes([len(self.row_path)]) + b"".join(self.row_path),
                bytes([len(self.entry_path)]) + b"".join(self.entry_path),
            )
        )

    @classmethod
    def unpack(cls, data: bytes, name: str = "proof") -> Proof:
        """From its bytes; :class:`Unreadable` when they are none."""
        if data[:4] != MAGIC:
            raise Unreadable(f"{name}: no proof: it has to begin with {MAGIC.decode()}")
        at = 4 + _PROOF.size

        def part(size: int) -> bytes:
            nonlocal at
            length = data[at] * size
            piece = data[at + 1 : at + 1 + length]
            if len(piece) != length:
                raise IndexError
            at += 1 + length
            return piece

        try:
            block, tenant, form, rows, total, index, entry, entries = _PROOF.unpack(data[4:at])
            relation, partition = part(1).decode(), part(1).decode()
            row_path, entry_path = part(32), part(32)
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise Unreadable(f"{name}: the proof is cut off or damaged") from error
        if at != len(data):
            raise Unreadable(f"{name}: there are {len(data) - at} bytes after the end of the proof")
        return cls(
            *(block, str(uuid.UUID(bytes=tenant)), form, rows, total, index, entry, entries, relation, partition),
            _hashes(row_path),
            _hashes(entry_path),
        )

    def block_root(self, row: bytes) -> bytes:
        """The block's root that follows from the bytes of the row; ``ValueError`` when the paths do not fit."""
        root = root_from_path(leaf_hash(row), self.index, self.rows, self.row_path)
        data = entry_bytes(self.tenant, self.relation, self.partition, self.form, self.rows, self.total, root)
        return root_from_path(leaf_hash(data), self.entry, self.entries, self.entry_path)


def _hashes(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + 32] for at in range(0, len(data), 32))


def read_row(path: Path) -> tuple[Form, list[str | None]]:
    """The ``form`` and the ``row`` line of a file."""
    form, values = None, None
    with path.open("rb") as stream:
        for number, kind, content in _objects(stream, path.name, _sha256()):
            where = f"{path.name}: line {number}"
            if kind == "form" and form is None:
                form = read_form(content, where)
            elif kind == "row" and values is None and isinstance(content, dict):
                values = content.get("values")
            elif kind != "payload":
                raise Unreadable(f"{where}: a file of one form and one row is expected")
    if form is None or not isinstance(values, list):
        raise Unreadable(f"{path.name}: the form or the row is missing")
    return form, values


def verify_proof(proof_file: Path, row_file: Path, digest_file: Path) -> Report:
    """Check that a row was sealed as it is, from a proof and the digest of its block.

    Never raises for what a file holds.
    """
    report = Report()
    try:
        proof = Proof.unpack(proof_file.read_bytes(), proof_file.name)
        form, values = read_row(row_file)
        digest = read_digest(digest_file.read_text(encoding="utf-8"), digest_file.name)
        try:
            data = row_bytes(form, values)
        except NOT_A_VALUE as error:
            raise Unreadable(f"{row_file.name}: {wrong_value(form, values)}") from error
    except OSError as error:
        report.errors.append(f"{error.filename}: {error.strerror or error}")
        return report
    except UnicodeError:
        report.errors.append(f"{digest_file.name}: no text in UTF-8")
        return report
    except Unreadable as error:
        report.errors.append(str(error))
        return report
    block = digest.block
    report.rows, report.trees, report.blocks = 1, 1, 1
    report.digests.append(
        {"file": digest.file, "block": block.number, "hash": block.hash.hex(), "state": "held"},
    )
    report.files.append({"file": proof_file.name, **{name: getattr(proof, name) for name in _PLACE}})
    at = form.position("tenant_id")
    tenant = None if at is None else (values[at] or NOBODY)
    wrong: list[tuple[str, object, object]] = [
        ("block", proof.block, block.number),
        ("entries of the block", proof.entries, block.entries),
        ("relation", proof.relation, form.relation),
        ("form", proof.form, form.number),
        ("tenant", proof.tenant, tenant or proof.tenant),
    ]
    for name, said, observed in wrong:
        if said != observed:
            report.add(_disproved(proof, proof_file, f"another {name}", f"{name} {said}", f"{name} {observed}"))
    try:
        root = proof.block_root(data).hex()
    except (ValueError, *NOT_A_VALUE) as error:
        root = str(error)
    if root != block.root.hex():
        says = "the row does not lead to the root of the digest's block: row, proof or digest is another one"
        report.add(_disproved(proof, proof_file, says, f"root {block.root.hex()}", f"root {root}"))
    report.held_to = None if report.findings else block.number
    return report


_PLACE = ("block", "tenant", "relation", "partition", "index", "rows", "total", "entry", "entries")


def _disproved(proof: Proof, file: Path, says: str, expected: str, observed: str) -> Finding:
    return Finding(
        "not_proved",
        f"not proved: {says}",
        proof.block,
        proof.tenant,
        proof.relation,
        proof.partition or None,
        None,
        expected,
        observed,
        file.name,
    )


# --- the command -----------------------------------------------------------------------------------------


def _meter(path: Path) -> Progress | None:
    """Progress on a terminal: rows and per cent, twice a second at most."""
    if not sys.stderr.isatty():
        return None
    size = path.stat().st_size if path.exists() else 0
    started = shown = time.monotonic()

    def meter(read: int, rows: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown < 0.5:
            return
        shown = now
        part = f"{100 * read // size:3d} %, " if size else ""
        pace = rows / (now - started)
        sys.stderr.write(f"\r{path.name}: {part}{rows:,} rows, {pace:,.0f} a second \x1b[K")
        sys.stderr.flush()

    return meter


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Check a ledger of SmartAttend without its database.",
        epilog="Exit codes: 0 held, 1 could not read, 2 usage, 3 damage found.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="check exports (and archives of retired partitions) against digests")
    check.add_argument("exports", nargs="+", type=Path, metavar="EXPORT", help="a file of smartattend ledger export")
    check.add_argument(
        "--digest", action="append", type=Path, default=[], metavar="FILE", help="kept outside; may be repeated"
    )
    check.add_argument(
        "--without-digest", action="store_true", help="only say whether the exports agree with themselves"
    )
    check.add_argument("--without-archives", action="store_true", help="leave out rows of retired partitions")
    prove = commands.add_parser("proof", help="check that a row was sealed as it is")
    prove.add_argument("proof", type=Path, metavar="PROOF", help="a file of smartattend ledger prove")
    prove.add_argument("--row", required=True, type=Path, metavar="FILE", help="the form and the row, as JSON Lines")
    prove.add_argument("--digest", required=True, type=Path, metavar="FILE", help="the digest of the row's block")
    for command in (check, prove):
        command.add_argument("--json", action="store_true", help="say the result as one JSON object")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command == "proof":
        report = verify_proof(given.proof, given.row, given.digest)
    else:
        if not given.digest and not given.without_digest:
            parser.error("give the digest that was kept outside with --digest, or say --without-digest")
        report = verify(given.exports, given.digest, without_archives=given.without_archives, progress=_meter)
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
    if given.json:
        text = json.dumps(report.as_dict(), indent=2)
    elif given.command == "proof" and report.exit_code == HELD:
        place = report.files[0]
        text = (
            f"PROVED: row {place['index'] + 1} of {place['rows']} of {place['relation']}"
            f"{', partition ' + place['partition'] if place['partition'] else ''}, tenant {place['tenant']},"
            f" was sealed as it is in block {place['block']}"
        )
    else:
        text = report.text()
    sys.stdout.write(f"{text}\n")
    return report.exit_code


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # whatever the terminal's encoding: never stop over a letter
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
