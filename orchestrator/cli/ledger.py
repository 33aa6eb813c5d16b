"""``smartattend ledger``: seal what was written, and prove later that nobody changed it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
import psycopg
from psycopg.types.json import Jsonb

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, become, call_value, rows
from orchestrator.errors import InvalidInput, InvariantBroken, SmartAttendError
from orchestrator.ledger import export as ledger_export
from orchestrator.ledger import offline
from orchestrator.ledger.files import new_file
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import STRUCTURED, emit, note, progress, to_json

F = TypeVar("F", bound=Callable[..., Any])

SEALER = "smartattend_sealer"
KEEPER = "smartattend_ledger"
"""Owns the ledger: begins an epoch, which only a login may that can act as every owner."""

SEALED_AT_ONCE = 20
"""So many blocks are sealed by one transaction."""

CHUNK = 2.0
"""Seconds that one step of a verification should take: between steps it shows how far it is, and keeps it."""

FINDINGS = ("block", "tenant", "relation", "partition", "row", "problem", "expected", "observed")


def _tenant_option(*, required: bool = False) -> Callable[[F], F]:
    return click.option(
        "--tenant", metavar="SLUG|UUID", required=required, help="The tenant; the nil UUID for rows that have none."
    )


_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")


def _out_option(what: str, *, required: bool = True) -> Callable[[F], F]:
    return click.option(
        "--out",
        required=required,
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"{what} Never overwritten.",
    )


def _find_tenant(connection: psycopg.Connection[Any], tenant: str) -> uuid.UUID:
    """The id of a tenant given by UUID, or by the slug that the operator may look up."""
    with contextlib.suppress(ValueError):
        return uuid.UUID(tenant)
    with acting_as(connection, OPERATOR):
        found = rows(connection, "tenants", slug=tenant)
    if not found:
        raise InvalidInput(f"there is no tenant {tenant!r}", hint="see them with: smartattend tenant list")
    return uuid.UUID(str(found[0]["tenant_id"]))


def _confirm(yes: bool, question: str) -> None:
    if yes:
        return
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort as error:
        raise InvalidInput("nothing was changed", hint="confirm with y, or give --yes") from error


@contextlib.contextmanager
def _one_state(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction of the operator's that sees one state of the database throughout."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with acting_as(connection, OPERATOR):
        yield


@click.group(
    "ledger",
    epilog=examples(
        "smartattend ledger seal --watch 60",
        "smartattend ledger digest --out digest.json        keep it where nobody can change it",
        "smartattend ledger verify --digest digest.json",
    ),
)
def ledger() -> None:
    """Tamper evidence: seal, verify, export, prove.

    What was written is sealed into a chain of blocks. Whoever keeps one digest outside the database can prove later
    that nothing up to it was edited, deleted, added, back-dated or moved.
    """


@ledger.command(epilog=examples("smartattend ledger seal", "smartattend ledger seal --watch 60"))
@click.option(
    "--watch", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Seal again and again, with this pause between."
)
@format_option
@dsn_option
def seal(watch: float | None, fmt: str, dsn: str | None) -> None:
    """Seal what was written and committed since the last block.

    Safe to repeat and to run beside itself. --watch goes on until it is interrupted, and says each block on stderr.
    """
    with database.connect(dsn) as connection:
        if watch is None:
            made = [block for blocks in _sealed(connection) for block in blocks]
            emit(made, fmt, columns=["number", "rows", "entries", "sealed_at", "hash"], empty="there is nothing new")
            return
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                for blocks in _sealed(connection):
                    for block in blocks:
                        note(f"block {block['number']}: {block['rows']} rows in {block['entries']} trees")
                time.sleep(watch)  # the interval that was asked for; nothing announces a commit


def _sealed(connection: psycopg.Connection[Any]) -> Iterator[list[dict[str, Any]]]:
    """Blocks as they are made, a transaction each time, until there is nothing left."""
    with progress() as bar:
        task = bar.add_task("sealing", total=None)
        count = SEALED_AT_ONCE
        while count == SEALED_AT_ONCE:
            with acting_as(connection, SEALER):
                made = rows(connection, "ledger_seal", max_blocks=SEALED_AT_ONCE)
            count = len(made)
            bar.update(task, advance=count, description=f"sealed up to block {made[-1]['number']}" if made else None)
            yield made


@ledger.command(
    epilog=examples(
        "smartattend ledger verify                          what was sealed since the last time",
        "smartattend ledger verify --full --digest digest.json",
        "smartattend ledger verify --from 100 --to 200 --format json",
        "smartattend ledger verify --offline export.jsonl.gz --digest digest.json     without the database",
    )
)
@click.argument("exports", nargs=-1, metavar="[EXPORT]...", type=click.Path(path_type=Path))
@click.option("--from", "first", type=click.IntRange(min=1), metavar="BLOCK", help="First block.")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="BLOCK", help="Last block. Default: the newest.")
@click.option("--full", is_flag=True, help="Every block, not only those since the last verification.")
@click.option(
    "--digest",
    "digests",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A digest that was kept outside; may be repeated.",
)
@click.option("--offline", "is_offline", is_flag=True, help="Verify the files EXPORT; no database is asked.")
@click.option("--without-digest", is_flag=True, help="With --offline: only say whether the files agree.")
@click.option("--without-archives", is_flag=True, help="With --offline: leave out rows of retired partitions.")
@format_option
@dsn_option
def verify(
    exports: tuple[Path, ...],
    first: int | None,
    last: int | None,
    full: bool,
    digests: tuple[Path, ...],
    is_offline: bool,
    without_digest: bool,
    without_archives: bool,
    fmt: str,
    dsn: str | None,
) -> None:
    """Compare what is stored with what was sealed; name block, tenant and row of any damage.

    Exit code 3 when something was changed. Without options it looks at the blocks since the last verification that
    found nothing.
    """
    if is_offline:
        if not exports or not (digests or without_digest) or first or last or full:
            raise click.UsageError("--offline takes files and --digest FILE (or --without-digest), and no blocks.")
        _verify_files(exports, digests, without_archives, fmt)
        return
    if exports or without_digest or without_archives:
        raise click.UsageError("Files are verified with --offline.")
    if full and first:
        raise click.UsageError("--full begins at the first block: it takes no --from.")
    kept = [_read_digest(path) for path in digests]
    with database.connect(dsn) as connection:
        newest, found = _verify_blocks(connection, first, last, full)
        with acting_as(connection, OPERATOR):
            found += [finding for digest in kept for finding in _against(connection, digest, newest)]
    emit(found, fmt, columns=FINDINGS, empty=_held(newest, kept))
    if found:
        raise InvariantBroken(f"{len(found)} findings: what is stored is not what was sealed")


def _held(newest: int, kept: list[offline.Digest]) -> str:
    if not newest:
        return "nothing was sealed yet"
    if not kept:
        return f"held up to block {newest}, by itself; a digest kept outside says more: --digest FILE"
    return f"held up to block {newest}; digests vouch for block {max(digest.block.number for digest in kept)}"


def _verify_blocks(
    connection: psycopg.Connection[Any], first: int | None, last: int | None, full: bool
) -> tuple[int, list[dict[str, Any]]]:
    """Verify in steps of about :data:`CHUNK` seconds; returns the newest block and the findings.

    The last step has no end, unless one was asked for: it looks for rows that no block will ever cover, too.
    """
    found: list[dict[str, Any]] = []
    with acting_as(connection, OPERATOR):
        newest = ledger_export.newest(connection)
        verified = int(call_value(connection, "ledger", "verified_until") or 0)
    at = first or (1 if full else min(verified, newest) + 1)
    end, size, is_last = last or newest, 1, False
    if (first and first > newest) or (last and last > newest):
        raise InvalidInput("there are no such blocks", expected=f"up to {newest}", observed=f"up to {last or first}")
    with progress() as bar:
        task = bar.add_task("verifying blocks", total=max(end - at + 1, 0))
        while not is_last:
            until = min(at + size - 1, end)
            is_last = until >= end
            started = time.monotonic()
            with acting_as(connection, OPERATOR):
                found += rows(connection, "ledger_verify", first=at, last=None if is_last and last is None else until)
                if not found and at <= verified + 1 <= until:
                    call_value(connection, "ledger", "note_verified", block=until)
                    verified = until
            took = time.monotonic() - started
            bar.advance(task, max(until - at + 1, 0))
            at, size = until + 1, size * 2 if took < CHUNK / 2 else max(1, size // 2) if took > CHUNK else size
    return newest, found


def _read_digest(path: Path) -> offline.Digest:
    try:
        return offline.read_digest(path.read_text(encoding="utf-8"), path.name)
    except offline.Unreadable as error:
        raise SmartAttendError(str(error)) from error


def _against(connection: psycopg.Connection[Any], digest: offline.Digest, newest: int) -> Iterator[dict[str, Any]]:
    """What a digest that was kept outside says against the chain of the database."""
    number = digest.block.number
    found = list(ledger_export.blocks(connection, number, number))
    finding: dict[str, Any] = dict.fromkeys(FINDINGS) | {"block": number, "expected": digest.block.hash.hex()}
    if not found:
        problem = f"{digest.file}: the block is gone: the tail of the chain was cut"
        yield finding | {"problem": problem, "observed": f"the newest block is {newest}"}
    elif found[0]["hash"] != digest.block.hash.hex():
        problem = f"{digest.file}: the block is not the one of the digest: the chain was forged again"
        yield finding | {"problem": problem, "observed": found[0]["hash"]}


def _verify_files(exports: tuple[Path, ...], digests: tuple[Path, ...], without_archives: bool, fmt: str) -> None:
    with progress() as bar:

        def meter(path: Path) -> offline.Progress:
            task = bar.add_task(path.name, total=path.stat().st_size if path.exists() else None)

            def show(read: int, count: int) -> None:
                bar.update(task, completed=read, description=f"{path.name}: {count:,} rows")

            return show

        report = offline.verify(exports, digests, without_archives=without_archives, progress=meter)
    if fmt in STRUCTURED:
        emit(report.as_dict(), fmt)
    else:
        shown = [dict(vars(finding)) | {"problem": finding.says} for finding in report.findings]
        emit(shown, fmt, columns=FINDINGS, empty="no damage was found")
    note(report.text(shown=0))
    if report.exit_code != offline.HELD:
        raise click.exceptions.Exit(report.exit_code)


@ledger.command(
    epilog=examples(
        "smartattend ledger digest", "smartattend ledger digest --out /media/usb/digest-2026-03-31.json --block 42"
    )
)
@click.option("--block", type=click.IntRange(min=1), metavar="BLOCK", help="Which block. Default: the newest.")
@_out_option("Where to write it. Default: stdout.", required=False)
@dsn_option
def digest(block: int | None, out: Path | None, dsn: str | None) -> None:
    """Write the digest of the newest block, to be kept where nobody who can write to the database can change it."""
    with database.connect(dsn) as connection, acting_as(connection, OPERATOR):
        number = block or ledger_export.newest(connection)
        if not number:
            raise InvalidInput("nothing was sealed yet", hint="smartattend ledger seal")
        text = to_json(ledger_export.digest(connection, number)) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    with new_file(out) as file:
        file.write(text.encode())
    note(f"wrote the digest of block {number} to {out}")


@ledger.command(
    epilog=examples(
        "smartattend ledger export --out ledger.jsonl.gz",
        "smartattend ledger export --out north-high.jsonl.gz --tenant north-high",
        "smartattend ledger export --out february.jsonl --from 100 --to 200",
    )
)
@_out_option("Where to write it; .gz is compressed.")
@click.option("--from", "first", type=click.IntRange(min=1), metavar="BLOCK", help="First block. Default: 1.")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="BLOCK", help="Last block. Default: the newest.")
@_tenant_option()
@click.option("--relation", metavar="SCHEMA.NAME", help="Only this relation.")
@click.option("--partition", metavar="NAME", help="Only this partition of the relation.")
@format_option
@dsn_option
def export(
    out: Path,
    first: int | None,
    last: int | None,
    tenant: str | None,
    relation: str | None,
    partition: str | None,
    fmt: str,
    dsn: str | None,
) -> None:
    """Write what was sealed to a file that can be verified without the database.

    The export of one tenant holds nothing of another but hashes. The file appears when it is whole.
    """
    if partition is not None and relation is None:
        raise click.UsageError("--partition needs --relation.")
    with database.connect(dsn) as connection:
        chosen = None if tenant is None else _find_tenant(connection, tenant)
        counts = _export(connection, out, first, last, chosen, relation, partition)
    emit({"file": out} | counts, fmt)


def _export(
    connection: psycopg.Connection[Any],
    out: Path,
    first: int | None,
    last: int | None,
    tenant: uuid.UUID | None,
    relation: str | None,
    partition: str | None,
) -> dict[str, Any]:
    with _one_state(connection):
        chosen = ledger_export.read_range(connection, first, last, tenant, relation, partition)
        with progress() as bar:
            task = bar.add_task("exporting blocks", total=chosen.last - chosen.first + 1)
            written = ledger_export.write_export(
                connection, out, chosen, lambda count: bar.update(task, completed=count)
            )
    return {"from": chosen.first, "to": chosen.last} | dataclasses.asdict(written)


@ledger.command(
    epilog=examples(
        "smartattend ledger prove attendance.event 0195… --tenant north-high --out event.proof",
        "smartattend ledger verifier --out verify.py",
        "python3 verify.py proof event.proof --row event.proof.row.jsonl --digest digest.json",
    )
)
@click.argument("relation")
@click.argument("key")
@_tenant_option(required=True)
@_out_option("Where to write the proof; the row goes beside it, as FILE.row.jsonl.")
@format_option
@dsn_option
def prove(relation: str, key: str, tenant: str, out: Path, fmt: str, dsn: str | None) -> None:
    """Write a proof of at most about 1 KB that a row was sealed as it is.

    KEY is the row's primary key without the tenant, its parts joined by /.
    """
    beside = out.with_name(f"{out.name}.row.jsonl")
    with database.connect(dsn) as connection:
        chosen = _find_tenant(connection, tenant)
        with _one_state(connection):
            proof, lines = ledger_export.prove(connection, chosen, relation, key)
    data = proof.pack()
    with new_file(beside) as row:
        row.write("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode())
        with new_file(out) as file:
            file.write(data)
    emit({"proof": out, "bytes": len(data), "row": beside, "block": proof.block, "index": proof.index}, fmt)
    note(f"it is checked with the digest of block {proof.block}: smartattend ledger digest --block {proof.block}")


@ledger.command(
    epilog=examples("smartattend ledger reconcile", "smartattend ledger reconcile tenancy.member --format json")
)
@click.argument("relations", nargs=-1, metavar="[RELATION]...")
@format_option
@dsn_option
def reconcile(relations: tuple[str, ...], fmt: str, dsn: str | None) -> None:
    """Compare live rows with what their last captured change left: finds edits that bypassed the capture.

    RELATION is schema.name; default: all that are captured. Exit code 3 when a row differs.
    """
    found: list[dict[str, Any]] = []
    with database.connect(dsn) as connection, progress() as bar:
        with acting_as(connection, OPERATOR):
            chosen = relations or tuple(row["relation"] for row in rows(connection, "ledger_captured"))
        task = bar.add_task("reconciling", total=len(chosen))
        for relation in chosen:
            bar.update(task, description=f"reconciling {relation}")
            with acting_as(connection, OPERATOR):
                found += [
                    {"relation": relation} | row for row in rows(connection, "ledger_reconcile", relation=relation)
                ]
            bar.advance(task)
    emit(
        found,
        fmt,
        columns=["relation", "tenant", "row", "problem", "expected", "observed"],
        empty=f"all rows of {len(chosen)} relations are as their last change left them",
    )
    if found:
        raise InvariantBroken(f"{len(found)} rows are not as their last change left them")


@ledger.command(
    "begin-epoch",
    epilog=examples("smartattend ledger begin-epoch --reason 'restored from the backup of 2026-03-30, ticket OPS-7'"),
)
@_reason_option
@_yes_option
@format_option
@dsn_option
def begin_epoch(reason: str, yes: bool, fmt: str, dsn: str | None) -> None:
    """Begin a new epoch of the ledger after a restore, a clone or a failover.

    Sealing refuses to go on when the cluster is another one or its transactions went backwards; this says that it was
    on purpose, and why.
    """
    _confirm(yes, "Begin a new epoch? It cannot be undone.")
    with database.connect(dsn) as connection, acting_as(connection, KEEPER):
        epoch = call_value(connection, "ledger", "begin_epoch", reason=reason)
    emit({"epoch": epoch, "reason": reason}, fmt)


@ledger.command(
    epilog=examples(
        'smartattend ledger redact tenancy.member \'{"id": "0195…"}\' --tenant north-high \\',
        "    --reason 'erasure requested on 2026-03-30, ticket GDPR-12'",
    )
)
@click.argument("relation")
@click.argument("key")
@_tenant_option(required=True)
@_reason_option
@_yes_option
@format_option
@dsn_option
def redact(relation: str, key: str, tenant: str, reason: str, yes: bool, fmt: str, dsn: str | None) -> None:
    """Remove the kept contents of all changes of one row, for privacy law; every proof stays valid.

    KEY is the row's key as the changes have it, a JSON object. The removal itself is recorded and sealed.
    """
    try:
        row_key = json.loads(key)
    except ValueError:
        row_key = None
    if not isinstance(row_key, dict):
        raise InvalidInput("the key is no JSON object", expected='{"id": "0195…"}', observed=key)
    _confirm(yes, f"Remove what was kept of {relation} {key}? It cannot be undone.")
    with database.connect(dsn) as connection:
        chosen = _find_tenant(connection, tenant)
        with acting_as(connection, OPERATOR):
            removed = call_value(
                connection,
                "ledger",
                "redact",
                tenant_id=chosen,
                relation=relation,
                row_key=Jsonb(row_key),
                reason=reason,
            )
    emit({"relation": relation, "key": key, "payloads_removed": removed}, fmt)


@ledger.command(
    epilog=examples(
        "smartattend ledger archive timing.sample sample_2026_03 --out sample_2026_03.jsonl.gz \\",
        "    --reason 'kept for a year' --digest digest.json",
    )
)
@click.argument("relation")
@click.argument("partition")
@_out_option("Where to write the archive; .gz is compressed.")
@click.option(
    "--digest",
    "digests",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A digest that was kept outside, to verify the archive against, too; may be repeated.",
)
@_reason_option
@_yes_option
@format_option
@dsn_option
def archive(
    relation: str,
    partition: str,
    out: Path,
    digests: tuple[Path, ...],
    reason: str,
    yes: bool,
    fmt: str,
    dsn: str | None,
) -> None:
    """Export a partition, verify the archive, and retire the partition: its rows may then be dropped.

    The archive is verified against the roots that stay in the ledger before anything is retired; from then on it is
    needed to verify these rows (smartattend ledger verify --offline EXPORT ARCHIVE).
    """
    _confirm(yes, f"Retire partition {partition} of {relation}? Its rows are then in the archive only.")
    kept = [_read_digest(path) for path in digests]
    with database.connect(dsn) as connection:
        counts = _export(connection, out, None, None, None, relation, partition)
        if not counts["rows"]:
            out.unlink()
            raise InvalidInput(f"no row of {relation}, partition {partition} was sealed")
        with _one_state(connection):
            newest = offline.read_digest(
                to_json(ledger_export.digest(connection, counts["to"])), f"block {counts['to']}"
            )
        check = offline.Check()
        check.read(out)
        report = check.finish([newest, *kept])
        if report.exit_code != offline.HELD:
            note(report.text())
            raise InvariantBroken(
                f"the archive {out} does not verify, and nothing was retired", hint="smartattend ledger verify --full"
            )
        sha256 = ledger_export.checksum(out)
        connection.isolation_level = None
        with connection.transaction():
            become(connection, OPERATOR)
            call_value(
                connection,
                "ledger",
                "retire",
                relation=relation,
                partition=partition,
                archive_sha256=sha256,
                reason=reason,
            )
    emit({"archive": out, "sha256": sha256} | counts, fmt)


@ledger.command(
    epilog=examples(
        "smartattend ledger verifier --out verify.py",
        "python3 verify.py verify export.jsonl.gz --digest digest.json",
    )
)
@_out_option("Where to write it.")
def verifier(out: Path) -> None:
    """Write the offline verifier, one file of plain Python (3.9 or newer) that an auditor can read and run."""
    with new_file(out) as file:
        file.write(Path(offline.__file__).read_bytes())
    out.chmod(0o755)
    note(f"run it with: python3 {out} --help")
