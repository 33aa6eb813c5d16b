"""``smartattend tenant``: approvals, holds, receipts and the overview, from offboarding to a tombstone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def dsn(smartattend: Run, database: str) -> str:
    """A database with the school north-high and two people of the platform, ann and bob."""
    result = smartattend(
        *("tenant", "create", "north-high", "--name", "North High", "--platform", "school", "--superadmin", "ann"),
        *(
            "--time-zone",
            "Europe/Brussels",
            "--admin-login",
            "eve@north.example",
            "--admin-name",
            "Eve",
            "--dsn",
            database,
        ),
    )
    assert result.exit_code == 0, result.output
    with psycopg.connect(database) as connection:
        connection.execute("insert into identity.\"user\" (login) values ('bob')")
        connection.execute(
            "insert into identity.platform_grant (user_id, role)"
            " select id, 'platform_operator' from identity.\"user\" where login = 'bob'"
        )
    return database


def test_from_offboarding_to_a_tombstone(smartattend: Run, dsn: str, tmp_path: Path) -> None:
    def ask(who: str, *arguments: str, code: int = 0) -> Any:
        result = smartattend("tenant", *arguments, "--superadmin", who, "--format", "json", "--dsn", dsn)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == 0 else result.stderr

    def move(who: str, via: str, *more: str, code: int = 0) -> Any:
        return ask(who, "transition", "north-high", via, "--reason", "the contract has ended", *more, code=code)

    def ledger(*arguments: str) -> None:
        result = smartattend("ledger", *arguments, "--dsn", dsn)
        assert result.exit_code == 0, result.output

    move("ann", "suspend")
    assert "SA010" in move("ann", "reinstate", code=1)
    for who in ("ann", "bob"):
        approved = ask(who, "approve", "north-high", "reinstate", "--to", "active", "--reason", "the breach is mended")
    assert (approved["approvals"], approved["needed"]) == (2, 2)
    assert move("bob", "reinstate", "--to", "active")["state"] == "active"
    move("ann", "offboard")
    assert "SA110" in move("ann", "archive", code=1)

    ledger("seal")
    export = tmp_path / "north-high.jsonl.gz"
    ledger("export", "--tenant", "north-high", "--out", str(export))
    received = ask("ann", "receipt", "north-high", str(export), "--received-by", "Eve")
    assert received["archive_sha256"] == hashlib.sha256(export.read_bytes()).hexdigest()
    assert received["rows"] > 10
    (row,) = ask("bob", "overview")
    assert (row["state"], row["has_receipt"], row["holds"]) == ("offboarding", True, "")
    assert move("ann", "archive")["state"] == "archived"

    held = ask("ann", "hold", "north-high", "--case", "CASE-7", "--reason", "a court asked for it")
    (row,) = ask("bob", "overview")
    assert row["holds"] == f"CASE-7 {held['hold_id']}"
    assert row["retention_ends"] > row["since"]
    refused = move("ann", "purge", code=1)
    assert "the release of the legal hold CASE-7" in refused
    assert "the end of the retention" in refused
    release = ("release", "north-high", held["hold_id"], "--reason", "the case is closed")
    assert "SA105" in ask("ann", *release, code=1)
    ask("bob", *release)

    with psycopg.connect(dsn) as connection:
        connection.execute(
            "create or replace function core.clock() returns timestamptz language sql volatile"
            " as $$ select clock_timestamp() + interval '8 years' $$"
        )
    assert "SA114" in move("ann", "purge", code=1)
    for who in ("ann", "bob"):
        ask(who, "approve", "north-high", "purge", "--reason", "the retention is over")
    assert "SA031" in move("ann", "purge", code=1)
    ledger("seal")
    purged = move("ann", "purge")
    assert purged["state"] == "purged"
    assert purged["rows"]["identity.membership"] == 1
    (row,) = ask("bob", "overview")
    assert row["name"] == "a purged tenant"
    ledger("verify", "--full")
