"""What came of an import: counts per kind, the rows that were rejected and the rows that repeat another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

KEPT: Final = 1000
"""Rejected and repeated rows that a report keeps in memory; all rejected rows go to the file of rejects."""

FILE: Final = "file"
"""The kind of what is wrong with a file and belongs to no kind of row."""

COUNTS: Final = ("read", "created", "changed", "unchanged", "duplicate", "rejected")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row begins: file name as it was given, line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken, and why; ``code`` is the database's ``SA…`` code where it was the database."""

    place: Place
    kind: str
    reason: str
    key: str | None = None
    code: str | None = None
    row: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.place.file,
            "line": self.place.line,
            "kind": self.kind,
            "key": self.key,
            "code": self.code,
            "reason": self.reason,
            "row": self.row,
        }


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row whose natural key stood in an earlier row of the same import; the earlier one stands."""

    place: Place
    kind: str
    key: str
    repeats: Place
    same_content: bool

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.place.file,
            "line": self.place.line,
            "kind": self.kind,
            "key": self.key,
            "repeats_file": self.repeats.file,
            "repeats_line": self.repeats.line,
            "same_content": self.same_content,
        }


@dataclass(slots=True)
class Count:
    """Rows of one kind: ``read`` is the sum of the other five (rows without an entry of their own are only read)."""

    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Report:
    """The report of one import."""

    rejects_file: TextIO | None = None
    counts: dict[str, Count] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_used: dict[str, int] = field(default_factory=dict)

    def count(self, kind: str) -> Count:
        """The counts of ``kind`` (made when first asked for; kinds keep that order)."""
        return self.counts.setdefault(kind, Count())

    def reject(self, reject: Reject) -> None:
        """Note a rejected row."""
        self.rejected += 1
        if reject.kind != FILE:
            self.count(reject.kind).rejected += 1
        if len(self.rejects) < KEPT:
            self.rejects.append(reject)
        if self.rejects_file is not None:
            self.rejects_file.write(json.dumps(reject.as_dict(), ensure_ascii=False) + "\n")

    def duplicate(self, duplicate: Duplicate) -> None:
        """Note a row that repeats an earlier one."""
        self.count(duplicate.kind).duplicate += 1
        if len(self.duplicates) < KEPT:
            self.duplicates.append(duplicate)

    def total(self, name: str) -> int:
        """The sum of one column of counts."""
        return sum(getattr(count, name) for count in self.counts.values())

    def skip(self, what: str) -> None:
        """Count an element that the importer knows and has no use for."""
        self.not_used[what] = self.not_used.get(what, 0) + 1

    def summary(self) -> str:
        """One sentence for people."""
        parts = [f"{self.total(name)} {name}" for name in ("created", "changed", "unchanged")]
        if duplicates := self.total("duplicate"):
            parts.append(f"{duplicates} duplicate")
        parts.append(f"{self.rejected} rejected")
        return ", ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON; lists are cut at :data:`KEPT` rows."""
        return {
            "summary": self.summary(),
            "counts": [
                {"kind": kind, **{name: getattr(count, name) for name in COUNTS}} for kind, count in self.counts.items()
            ],
            "rejected": [reject.as_dict() for reject in self.rejects],
            "rejected_total": self.rejected,
            "duplicates": [duplicate.as_dict() for duplicate in self.duplicates],
            "duplicates_total": self.total("duplicate"),
            "not_used": self.not_used,
            "notes": self.notes,
        }
