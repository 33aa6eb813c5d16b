"""Exports, digests and proofs: written from the ledger's functions in the format of docs/ledger.md."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg.rows import dict_row, scalar_row, tuple_row

from orchestrator.acting import query, rows
from orchestrator.errors import InvalidInput, InvariantBroken
from orchestrator.ledger import offline
from orchestrator.ledger.files import new_file

FETCHED: Final = 2000
"""So many rows are fetched at once."""

FEW: Final = 5000
"""A tree of no more rows is fetched whole, without a cursor of the server."""

BATCH: Final = 20_000
"""Blocks of together so many rows have their trees, with keys and leaf hashes, fetched at once."""

HEADERS: Final = 1000
"""So many headers of blocks are fetched at once."""

Step = Callable[[int], None]
"""Called with the number of blocks that were written."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an export holds."""

    blocks: int
    trees: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Range:
    """What is exported: blocks from ``first`` to ``last``, of one tenant, relation or partition, or all."""

    first: int
    last: int
    tenant: uuid.UUID | None = None
    relation: str | None = None
    partition: str | None = None
    newest: bool = True
    """Whether ``last`` is the newest block there is."""

    @property
    def parameters(self) -> dict[str, object]:
        """For the named queries."""
        return {
            "first": self.first,
            "last": self.last,
            "tenant": self.tenant,
            "relation": self.relation,
            "partition": self.partition,
        }


class _Lines:
    """Writes JSON Lines and keeps their checksum and their numbers."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.checksum = hashlib.sha256()
        self.counts = dict.fromkeys(("block", "tree", "row"), 0)

    def write(self, kind: str, content: object) -> None:
        line = json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self.checksum.update(line)
        self.file.write(line)
        if kind in self.counts:
            self.counts[kind] += 1

    def end(self) -> None:
        counts = {f"{kind}s": count for kind, count in self.counts.items()}
        self.write("end", counts | {"sha256": self.checksum.hexdigest()})


def newest(connection: psycopg.Connection[Any]) -> int:
    """The number of the newest block; 0 when nothing was sealed yet."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query("ledger_newest")).fetchone() or 0


def blocks(connection: psycopg.Connection[Any], first: int, last: int) -> Iterator[dict[str, Any]]:
    """Headers of blocks as they stand in an export."""
    yield from rows(connection, "ledger_blocks", first=first, last=last)


def digest(connection: psycopg.Connection[Any], number: int) -> dict[str, Any]:
    """The digest of a block. Raises :class:`InvalidInput` when there is no such block."""
    found = rows(connection, "ledger_blocks", first=number, last=number)
    if not found:
        raise InvalidInput(
            f"there is no block {number}", observed=f"the newest block is {newest(connection)}", expected="1 or more"
        )
    return {"digest": offline.DIGEST, "version": offline.VERSION, "database": connection.info.dbname, **found[0]}


def read_range(
    connection: psycopg.Connection[Any],
    first: int | None,
    last: int | None,
    tenant: uuid.UUID | None,
    relation: str | None,
    partition: str | None,
) -> Range:
    """The range that is asked for, within what was sealed."""
    end = newest(connection)
    if not end:
        raise InvalidInput("nothing was sealed yet", hint="smartattend ledger seal")
    first, last = first or 1, last or end
    if not 1 <= first <= last <= end:
        raise InvalidInput("there are no such blocks", expected=f"from 1 to {end}", observed=f"from {first} to {last}")
    return Range(first, last, tenant, relation, partition, last == end)


def forms(connection: psycopg.Connection[Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """Every form by relation and number, as it stands in an export."""
    return {(row["relation"], row["form"]): row for row in rows(connection, "ledger_forms")}


def write_export(connection: psycopg.Connection[Any], out: Path, chosen: Range, step: Step | None = None) -> Written:
    """Write an export to a new file, within the transaction of the caller, which has to see one state throughout."""
    with new_file(out) as file:
        lines = _Lines(file)
        lines.write(
            "export",
            {
                "version": offline.VERSION,
                "database": connection.info.dbname,
                "exported_at": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "from": chosen.first,
                "to": chosen.last,
                "tenant": None if chosen.tenant is None else str(chosen.tenant),
                "relation": chosen.relation,
                "partition": chosen.partition,
            },
        )
        known = forms(connection)
        given: set[tuple[str, int]] = set()

        def give(form: tuple[str, int]) -> None:
            if form not in given:
                given.add(form)
                lines.write("form", known[form])

        if chosen.newest and chosen.relation is None:  # says that a payload without its redaction is missed
            for form in known:
                if form[0] == offline.REDACTION:
                    give(form)
        for headers, trees in _batches(connection, chosen):
            for block in headers:
                lines.write("block", block)
                for tree in trees.get(block["number"], ()):
                    give((tree["relation"], tree["form"]))
                    lines.write("tree", _tree(tree))
                    if tree["is_retired"]:
                        continue
                    for values, salt, payload in _rows(connection, tree):
                        lines.write("row", {"values": values})
                        if payload is not None:
                            lines.write("payload", {"salt": salt, "payload": payload})
                if step is not None:
                    step(lines.counts["block"])
        lines.end()
    return Written(lines.counts["block"], lines.counts["tree"], lines.counts["row"], out.stat().st_size)


def _batches(
    connection: psycopg.Connection[Any], chosen: Range
) -> Iterator[tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]]:
    """Blocks in order, some at a time, with their trees by number."""
    for first in range(chosen.first, chosen.last + 1, HEADERS):
        headers = list(blocks(connection, first, min(first + HEADERS - 1, chosen.last)))
        while headers:
            count = total = 0
            while count < len(headers) and (not count or total + headers[count]["rows"] <= BATCH):
                total += headers[count]["rows"]
                count += 1
            batch, headers = headers[:count], headers[count:]
            trees: dict[int, list[dict[str, Any]]] = {}
            parameters = chosen.parameters | {"first": batch[0]["number"], "last": batch[-1]["number"]}
            with connection.cursor(row_factory=dict_row, binary=True) as cursor:
                for tree in cursor.execute(query("ledger_trees"), parameters):
                    trees.setdefault(tree["block"], []).append(tree)
            yield batch, trees


def _tree(tree: dict[str, Any]) -> dict[str, Any]:
    line = {name: value for name, value in tree.items() if name not in {"tenant_id", "path", "is_retired"}}
    line |= {"tenant": str(tree["tenant_id"]), "leaves": base64.b64encode(tree["leaves"]).decode()}
    if tree["path"] is not None:
        line["path"] = tree["path"]
    if tree["is_retired"]:
        line["retired"] = True
    return line


def _rows(connection: psycopg.Connection[Any], tree: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    parameters = {
        "block": tree["block"],
        "tenant": tree["tenant_id"],
        "relation": tree["relation"],
        "partition": tree["partition"],
    }
    if tree["rows"] <= FEW:
        yield from connection.execute(query("ledger_rows"), parameters)
        return
    with connection.cursor("ledger_rows", row_factory=tuple_row) as cursor:
        cursor.itersize = FETCHED
        cursor.execute(query("ledger_rows"), parameters)
        yield from cursor


def prove(
    connection: psycopg.Connection[Any], tenant: uuid.UUID, relation: str, key: str
) -> tuple[offline.Proof, list[dict[str, Any]]]:
    """The proof of a row, checked, and the two lines that give the row itself.

    Raises ``psycopg.Error`` (SA011) when no such row was sealed, :class:`~orchestrator.errors.InvariantBroken` when it
    is gone or does not lead to the root of its block.
    """
    (row,) = rows(connection, "ledger_prove", tenant=tenant, relation=relation, key=key)
    hint = f"smartattend ledger verify --from {row['block']} --to {row['block']}"
    if row["values"] is None:
        raise InvariantBroken(f"the row {key} of {relation} was sealed in block {row['block']} and is gone", hint=hint)
    proof = offline.Proof(
        row["block"],
        str(tenant),
        row["form"],
        row["rows"],
        row["total"],
        row["index"],
        row["entry"],
        row["entries"],
        relation,
        row["partition"] or "",
        _hashes(row["row_path"]),
        _hashes(row["entry_path"]),
    )
    form = forms(connection)[(relation, row["form"])]
    shape = offline.Form(relation, row["form"], [(name, kind) for name, kind in form["columns"]])
    (block,) = rows(connection, "ledger_blocks", first=row["block"], last=row["block"])
    try:
        root = proof.block_root(offline.row_bytes(shape, row["values"])).hex()
    except ValueError as error:
        root = str(error)
    if root != block["root"]:
        raise InvariantBroken(
            f"row {key} of {relation} does not lead to the root of block {row['block']}: it was changed, or is gone",
            expected=f"root {block['root']}",
            observed=f"root {root}",
            hint=hint,
        )
    return proof, [{"form": form}, {"row": {"values": row["values"]}}]


def _hashes(path: bytes | Iterable[bytes]) -> tuple[bytes, ...]:
    data = bytes(path) if isinstance(path, bytes | bytearray | memoryview) else b"".join(path)
    return tuple(data[at : at + 32] for at in range(0, len(data), 32))


def checksum(path: Path) -> bytes:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
