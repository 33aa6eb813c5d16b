"""Between a run and the database: who may be hurt, the beginning, the clients' testimony, the verdict, the report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator import __version__, database
from orchestrator.acting import query
from orchestrator.engine.run import Finding, Run, Settings
from orchestrator.errors import InvalidInput, SmartAttendError, translate

TESTIMONY_BATCH = 1000
SPARE_CONNECTIONS = 3
"""Besides the devices: one that speaks for the administrator, one that watches, one to spare."""


async def sandbox(control: psycopg.AsyncConnection[Any], settings: Settings) -> dict[str, Any]:
    """The tenant of the token; refuses one that is no sandbox."""
    async with control.transaction(), control.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("select set_config('smartattend.token', %s, true)", [settings.token])
        await cursor.execute(query("tenant"))
        tenant = await cursor.fetchone()
    if tenant is None:
        raise SmartAttendError(
            "the token opens no tenant",
            expected=f"a live token of the tenant {settings.tenant}",
            hint="issue a new one with: smartattend token issue",
        )
    if tenant["slug"] != settings.tenant:
        raise InvalidInput("the token is of another tenant", expected=settings.tenant, observed=str(tenant["slug"]))
    if not tenant["is_sandbox"]:
        raise _no_sandbox(settings.tenant)
    return tenant


def _no_sandbox(tenant: str) -> InvalidInput:
    return InvalidInput(
        f"the tenant {tenant} is not a sandbox: a simulation would hurt real attendance",
        code="SA116",
        expected="a tenant marked as a sandbox",
        hint="name another with --tenant, or make one: smartattend tenant create SLUG --sandbox …",
    )


async def server(control: psycopg.AsyncConnection[Any], settings: Settings, lanes: int) -> dict[str, Any]:
    """Refuse before anything is touched when the server cannot hold the connections."""
    async with control.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query("server"))
        found = await cursor.fetchone()
    if found is None:
        raise SmartAttendError("the server does not tell its settings")
    needed = lanes + SPARE_CONNECTIONS - 1  # the control connection is open already
    free = found["max_connections"] - found["reserved"] - found["in_use"]
    if free < needed:
        raise SmartAttendError(
            f"the server has too few connections for {lanes} clients at the same time",
            expected=f"{needed} free connections",
            observed=f"{free} free: max_connections {found['max_connections']},"
            f" {found['reserved']} reserved, {found['in_use']} in use",
            hint=f"alter system set max_connections = {found['max_connections'] + needed - free + 10}"
            f" and restart the server, or use {max(free - SPARE_CONNECTIONS + 1, 0)} clients or fewer",
        )
    return found


async def start(run: Run) -> Finding:
    """Tell the database that the run begins; whether the tenant is clean before it."""
    outcome = await run.call(
        "simulation_start",
        key=run.nonce,
        command=run.scenario.name,
        seed=run.plan.seed,
        plan_hash=run.plan.hash,
        parameters=dict(run.plan.parameters),
        tool_version=__version__,
    )
    if not outcome.ok or outcome.id is None:
        if outcome.code == "SA116":
            raise _no_sandbox(run.settings.tenant)
        raise SmartAttendError(outcome.message or "the run was refused", code=outcome.code)
    run.id = outcome.id
    before = (outcome.detail or {}).get("violations_before") or {}
    return Finding(
        "the tenant's invariants hold",
        not before,
        ", ".join(f"{name}: {number} violations" for name, number in before.items()) or "no violation",
    )


async def testify(run: Run) -> None:
    """Hand the clients' history to the database."""
    calls = run.history.calls
    for start in range(0, len(calls), TESTIMONY_BATCH):
        part = [call.testimony() for call in calls[start : start + TESTIMONY_BATCH]]
        outcome = await run.call(
            "simulation_testify", key=run.key(f"testimony/{start}"), run_id=run.id, calls=Jsonb(part)
        )
        if not outcome.ok:
            raise SmartAttendError(outcome.message or "the testimony was refused", code=outcome.code)


async def finish(run: Run, steady: Sequence[Finding]) -> database.Outcome:
    """Have the database judge."""
    scenario = {
        "scenario": run.scenario.name,
        "findings": [asdict(finding) for finding in steady],
        "faults": [asdict(fault) for fault in run.scenario.faults(run)],
        "conditions": [asdict(condition) for condition in run.scenario.conditions(run)],
        "figures": run.scenario.figures(run),
    }
    outcome = await run.call("simulation_finish", key=run.key("finish"), run_id=run.id, scenarios=Jsonb([scenario]))
    if not outcome.ok:
        raise SmartAttendError(outcome.message or "the verdict was refused", code=outcome.code)
    return outcome


async def abort(run: Run, error: BaseException) -> None:
    """Close what the devices have open and leave the run as aborted, with the reason."""
    reason = "interrupted by the operator" if isinstance(error, asyncio.CancelledError | KeyboardInterrupt) else None
    for device in run.devices:
        device.drop()
    control = run.control
    if control.closed:
        return
    if control.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        await control.rollback()
    told = reason or translate(error).message
    await run.call("simulation_abort", key=run.key("abort"), run_id=run.id, reason=f"the tool gave up: {told}"[:500])


async def report(
    run: Run,
    server_version: str,
    steady: Sequence[Finding],
    recovery: Sequence[Finding],
    outcome: database.Outcome,
) -> dict[str, Any]:
    """The document of the run."""
    from orchestrator.reports import document  # late: reports know nothing of engines

    detail = outcome.detail or {}
    checks = await run.rows("checks", run_id=run.id)
    issues = await run.rows("issues", run_id=run.id)
    (judged,) = await run.rows("scenarios", run_id=run.id)
    fired, planned = run.scenario.traces(run)
    return document.build(
        run={
            "id": str(run.id),
            "command": run.scenario.name,
            "title": run.scenario.title,
            "tenant": {name: str(run.tenant[name]) for name in ("id", "slug", "name")},
            "seed": run.plan.seed,
            "parameters": dict(run.plan.parameters),
            "plan_hash": run.plan.hash,
            "fault_trace_hash": fired,
            "fault_trace_planned_hash": planned,
            "tool_version": __version__,
            "server_version": server_version,
            "started_at": run.started_at.isoformat(timespec="milliseconds"),
            "ended_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "repeat": run.settings.repeat,
        },
        state=str(detail.get("state", "inconclusive")),
        scenarios=[
            {
                "scenario": run.scenario.name,
                "title": run.scenario.title,
                "verdict": judged["verdict"],
                "steady_state": [{"phase": "before", **asdict(f)} for f in steady]
                + [{"phase": "after", **asdict(f)} for f in recovery],
                "faults": [asdict(fault) for fault in run.scenario.faults(run)],
                "conditions": judged["conditions"],
                "checks": checks,
                "issues": issues,
                "figures": judged["figures"],
                "rounds": [asdict(trace) for trace in run.rounds],
            }
        ],
        calls=run.history.calls,
        history={
            "file": run.history.path.name if run.history.path else None,
            "calls": len(run.history.calls),
            "sha256": run.history.digest(),
        },
    )
