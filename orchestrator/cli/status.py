"""``smartattend status``: the platform on one screen."""

from __future__ import annotations

import dataclasses

import click

from orchestrator import database
from orchestrator.errors import InvariantBroken
from orchestrator.options import dsn_option, examples, format_option, platform_token_option
from orchestrator.output import emit, show
from orchestrator.status import BROKEN, read, screen, worst


@click.command(
    "status",
    epilog=examples(
        "export SMARTATTEND_TOKEN=$(smartattend token issue --platform root --reason 'on call' --ticket OPS-17)",
        "smartattend status",
        "smartattend status --format json | jq '.[] | select(.state == \"broken\")'",
        "smartattend top                   the same, live",
    ),
)
@platform_token_option
@format_option
@dsn_option
def status(token: str, fmt: str, dsn: str | None) -> None:
    """Show how the platform is: one screen, each figure with the instant that it is of.

    Tenants by state and health, open incidents by severity and how many are late, services, jobs, deliveries, reports,
    flags, clocks, ledger, guard, the last simulation, and who is inside. Exit code 3 when a tile is broken (somebody is
    needed now: docs/operations.md), 0 otherwise. The token is that of a platform session with tenant.audit.
    """
    with database.connect(dsn) as connection:
        tiles = read(connection, token)
    if fmt == "table":
        show(screen(tiles))
    else:
        emit([dataclasses.asdict(tile) for tile in tiles], fmt)
    if worst(tiles) == BROKEN:
        raise InvariantBroken(
            f"broken: {', '.join(tile.tile for tile in tiles if tile.state == BROKEN)}",
            hint="docs/operations.md says what each means and what to do",
        )
