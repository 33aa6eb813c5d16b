"""Duplicates: many submissions of one logical check-in, released together over real connections.

Four kinds, as they happen in the field:

``same_key``
    a gateway or an impatient client sends the same submission many times (same key, same payload);
``other_keys``
    the same claim arrives through several channels, each with a key of its own;
``other_payload``
    a key is used again with another payload (a bug in a client, or an attempt to overwrite);
``three_taps``
    one person taps three times within a second, every tap with its own key and its own time.

A round may hold its first caller: the transaction has done its work, is not yet over, and ends by ``commit`` or
``rollback`` only after the server shows that the others wait for it. Then the race is certain, not hoped for.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.device import Device, Request, Settled, release
from orchestrator.engine import PlannedCall, PlannedRound, Watcher, stream

KINDS = ("same_key", "other_keys", "other_payload", "three_taps")
"""In the order in which a storm goes through them."""

VARIANTS = 5
"""How many payloads compete for a key in ``other_payload``."""

TAPS = 3
TAP_GAP_MS = (150, 400)
"""Two of these gaps lie within a second."""


def plan_rounds(duplicates: int, batch_size: int, interval_ms: int, seed: int) -> tuple[PlannedRound, ...]:
    """The rounds of a storm: ``batch_size`` logical check-ins of each kind, ``interval_ms`` apart. Pure."""
    rounds: list[PlannedRound] = []
    logical = itertools.count(1)
    for kind in KINDS:
        holds = _holds(kind, batch_size, seed)
        groups = batch_size if kind != "three_taps" else -(-batch_size // max(1, duplicates // TAPS))
        left = batch_size
        for group in range(groups):
            dice = stream(seed, kind, group)
            number = len(rounds) + 1
            due_ms = (number - 1) * interval_ms
            if kind == "three_taps":
                people = min(left, max(1, duplicates // TAPS))
                left -= people
                calls = _taps([next(logical) for _ in range(people)], dice)
                rounds.append(PlannedRound(number, kind, due_ms, calls))
            else:
                calls = _duplicates(kind, next(logical), duplicates, dice)
                rounds.append(PlannedRound(number, kind, due_ms, calls, holds.get(group)))
    return tuple(rounds)


def _holds(kind: str, batch_size: int, seed: int) -> dict[int, str]:
    """Which rounds hold their first caller: a fifth commit, a fifth roll back, at least one of each if possible."""
    if kind == "three_taps":
        return {}
    order = list(range(batch_size))
    stream(seed, f"{kind}/hold", 0).shuffle(order)
    each = max(1, batch_size // 5)
    rollbacks = order[each : 2 * each] if batch_size > 1 else []
    return dict.fromkeys(order[:each], "commit") | dict.fromkeys(rollbacks, "rollback")


def _duplicates(kind: str, logical: int, duplicates: int, dice: random.Random) -> tuple[PlannedCall, ...]:
    lanes = list(range(duplicates))
    dice.shuffle(lanes)
    variants = [index % VARIANTS if kind == "other_payload" else 0 for index in range(duplicates)]
    dice.shuffle(variants)
    return tuple(
        PlannedCall(
            lane=lane,
            logical=logical,
            key=f"{logical}/{index}" if kind == "other_keys" else f"{logical}",
            variant=variant,
        )
        for index, (lane, variant) in enumerate(zip(lanes, variants, strict=True))
    )


def _taps(people: Sequence[int], dice: random.Random) -> tuple[PlannedCall, ...]:
    calls = []
    for position, logical in enumerate(people):
        offset = 0
        for tap in range(TAPS):
            calls.append(PlannedCall(position * TAPS + tap, logical, f"{logical}/{tap}", tap, offset))
            offset += dice.randint(*TAP_GAP_MS)
    return tuple(sorted(calls, key=lambda call: (call.offset_ms, call.logical)))


@dataclass(frozen=True, slots=True)
class Armed:
    """A planned call with what it will send, by which device, when, and its random numbers."""

    call: PlannedCall
    device: Device
    request: Request
    stream: random.Random
    due_us: int


@dataclass(slots=True)
class Wave:
    """What became of a round's calls."""

    settled: list[tuple[Armed, Settled]]
    released_us: int
    waiting: int | None = None
    at_work: int | None = None
    held: bool = False


async def free(armed: Sequence[Armed], watcher: Watcher) -> Wave:
    """Release everything at its time: calls that are due together go in one pass over their sockets.

    Right after the first pass the server is asked how many of them it has at work.
    """
    watch = armed[0].device.watch
    tasks: list[asyncio.Task[tuple[Armed, Settled]]] = []
    released_us: int | None = None
    at_work: int | None = None
    for due_us, group in itertools.groupby(armed, key=lambda one: one.due_us):
        together = list(group)
        await watch.until(due_us)
        if released_us is None:
            released_us = watch.now()
        release([(one.device, one.request) for one in together])
        tasks.extend(asyncio.create_task(_settle(one)) for one in together)
        if at_work is None:
            at_work, _ = await watcher.look()
    settled = await asyncio.gather(*tasks)
    return Wave(list(settled), released_us or 0, at_work=at_work)


async def held(armed: Sequence[Armed], ending: str, watcher: Watcher, timeout_ms: int) -> Wave:
    """As :func:`free`, with the first caller's transaction kept open until the others wait for it.

    ``ending`` is ``commit`` (its answer then stands) or ``rollback`` (it never happened; the caller asks again with the
    same key). The number of callers that the server showed waiting for a lock is measured, not assumed.
    """
    first, others = armed[0], armed[1:]
    watch = first.device.watch
    await watch.until(first.due_us)
    released_us = watch.now()
    began = await first.device.run("begin")
    first.device.fire(first.request)
    answer = await first.device.answer()
    release([(one.device, one.request) for one in others])
    tasks = [asyncio.create_task(_settle(one)) for one in others]
    waiting = await watcher.until_waiting(len(others), timeout_ms) if began and answer.acknowledged else 0
    ended = await first.device.run(ending)
    if ended and ending == "commit" and not answer.retryable:
        own = Settled(answer, released_us, watch.now(), 1, 0)
    else:
        doubts = int(not ended)
        own = await first.device.settle(first.request, first.stream, fired=False, tries=1, invoked_us=released_us)
        own.doubts += doubts
    settled = await asyncio.gather(*tasks)
    return Wave(
        [(first, own), *settled],
        released_us,
        waiting=waiting,
        held=began and answer.acknowledged and ended,
    )


async def _settle(armed: Armed) -> tuple[Armed, Settled]:
    return armed, await armed.device.settle(armed.request, armed.stream)


def recognised(outcome: str, code: str | None) -> bool:
    """Whether an answer shows that the database knew the call for a duplicate."""
    return outcome == "replayed" or (outcome == "refused" and code == "SA102")


def expected_duplicates(rounds: Sequence[PlannedRound]) -> dict[str, int]:
    """By kind, how many submissions are not the first of their logical check-in: the damage if nothing stopped them."""
    return {
        kind: sum(len(r.calls) - len({call.logical for call in r.calls}) for r in rounds if r.kind == kind)
        for kind in KINDS
    }
