"""Carrying a run out: steady state → load with faults → recovery → verdict."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from orchestrator import database
from orchestrator.engine import testimony
from orchestrator.engine.run import Finding, Run, Scenario, Settings, Watcher
from orchestrator.errors import SmartAttendError
from orchestrator.history import History


@dataclass(slots=True)
class Result:
    """What a run came to: the verdict's state and the report's document."""

    state: str
    report: dict[str, Any]
    history: Path | None


async def execute(scenario: Scenario, settings: Settings) -> Result:
    """Run ``scenario`` to its verdict.

    Raises :class:`~orchestrator.errors.InvalidInput` when the tenant is no sandbox and
    :class:`~orchestrator.errors.SmartAttendError` when the run cannot be carried out; the run is then left as aborted.
    """
    history_path = settings.out / "history.jsonl" if settings.out is not None else None
    async with _control(settings) as control:
        tenant = await testimony.sandbox(control, settings)
        server = await testimony.server(control, settings, scenario.plan.lanes)
        history = History(history_path)
        run = Run(scenario, settings, control, history)
        run.tenant = tenant
        clean = await testimony.start(run)
        try:
            with _terminable():
                return await _carry_out(run, server, clean)
        except BaseException as error:  # also an interruption: the run is closed as aborted, and the error goes on
            with contextlib.suppress(Exception):  # a server that is gone cannot be told; the error is what counts
                await asyncio.shield(testimony.abort(run, error))
            raise
        finally:
            await asyncio.shield(_close(run))


async def _carry_out(run: Run, server: Mapping[str, Any], clean: Finding) -> Result:
    scenario = run.scenario
    run.say("prepare", "making people and connections")
    await scenario.prepare(run)
    async with _watcher(run) as watcher:
        run.watcher = watcher
        await run.open_devices(run.plan.lanes)
        run.say("steady", "checking the steady state")
        steady = [clean, *await scenario.steady(run, "steady")]
        if all(finding.held for finding in steady):
            await scenario.load(run)
            run.say("recovery", "asking again for what is unknown")
            recovery = await scenario.steady(run, "recovery")
        else:
            recovery = []
        run.say("judge", "the database judges")
        await testimony.testify(run)
        outcome = await testimony.finish(run, steady)
    report = await testimony.report(run, str(server["version"]), steady, recovery, outcome)
    with contextlib.suppress(psycopg.Error, SmartAttendError):
        await scenario.clean_up(run)
    return Result(report["verdict"]["state"], report, run.history.path)


@contextlib.asynccontextmanager
async def _control(settings: Settings) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    connection = await database.connect_async(settings.dsn, application_name="smartattend-sim")
    try:
        await connection.execute("set role smartattend_app")
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def _watcher(run: Run) -> AsyncIterator[Watcher]:
    connection = await database.connect_async(run.settings.dsn, application_name="smartattend-sim-watcher")
    try:
        yield Watcher(connection, run.prefix)
    finally:
        await connection.close()


async def _close(run: Run) -> None:
    for device in run.devices:
        await device.close()
    await run.held.aclose()
    run.history.close()


@contextlib.contextmanager
def _terminable() -> Any:
    """SIGTERM cancels the run as Ctrl-C does, so that it ends as aborted."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is None:
        yield
        return
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # not the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
