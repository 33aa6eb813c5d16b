"""What a device keeps until it is delivered: an outbox with back-off for each call and a circuit breaker for the line.

A call that fails is put back and waits for its time; those behind it are not held up, so they may overtake it. That is
what an application's outbox does, and why the server has to restore the order by the device's own numbers.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from orchestrator.device import Answer, Device, Policy, Request, Settled


class Breaker:
    """Opens after failures in a row; then one probe is let through, and closes it or makes the next pause longer."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._failures = 0
        self._open_until_us = 0
        self._pause_ms = policy.breaker_pause_ms
        self.is_open = False
        self.opened = 0
        self.probes = 0
        self.closed = 0

    def wait_us(self, now_us: int) -> int:
        """How long nothing may be sent; 0: something may, if the breaker is open as a probe."""
        return max(0, self._open_until_us - now_us) if self.is_open else 0

    def probing(self) -> None:
        """Something is sent: if the breaker is open, it is the probe."""
        self.probes += self.is_open

    def succeeded(self) -> None:
        """The server answered."""
        self._failures = 0
        self._pause_ms = self._policy.breaker_pause_ms
        self.closed += self.is_open
        self.is_open = False

    def failed(self, now_us: int) -> None:
        """Nothing was heard of the server."""
        self._failures += 1
        if self.is_open:  # the probe
            self._pause_ms = min(self._pause_ms * 2, self._policy.breaker_longest_pause_ms)
        elif self._failures < self._policy.breaker_failures:
            return
        else:
            self.is_open = True
            self.opened += 1
        self._open_until_us = now_us + round(self._pause_ms * 1000)


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a call. ``sent``: the request left, so that no answer is a doubt."""

    request: Request
    answer: Answer
    invoked_us: int
    ended_us: int

    @property
    def sent(self) -> bool:
        return self.answer.status != "error" or not self.answer.lost


@dataclass(slots=True)
class Entry:
    """A call that waits for delivery. ``make`` gives the request of its n-th try: with one key, or without keys."""

    number: int
    due_us: int
    make: Callable[[int], Request]
    tries: list[Try] = field(default_factory=list)

    @property
    def settled(self) -> Settled:
        """How it ended."""
        last = self.tries[-1]
        return Settled(
            last.answer,
            self.tries[0].invoked_us,
            last.ended_us,
            len(self.tries),
            sum(one.answer.status == "unknown" for one in self.tries),
            [one.answer.code or "" for one in self.tries[:-1]],
        )


class Outbox:
    """The calls of one device, delivered over its one connection, each until it is answered."""

    def __init__(
        self,
        device: Device,
        dice: Callable[[int, int], random.Random],
        *,
        breaker: Breaker | None = None,
        heard: Callable[[Entry], None] | None = None,
    ) -> None:
        """``dice`` gives the random numbers of (call, try); ``heard`` is told of each call that has ended."""
        self.device = device
        self.breaker = breaker or Breaker(device.policy)
        self._dice = dice
        self._heard = heard
        self._heap: list[tuple[int, int, Entry]] = []

    def add(self, entries: Iterable[Entry]) -> None:
        """Take calls in; each is sent when it is due or later."""
        for entry in entries:
            heapq.heappush(self._heap, (entry.due_us, entry.number, entry))

    async def deliver(self) -> None:
        """Until nothing waits any more. A call that was tried as often as the policy allows ends as it is."""
        watch, policy = self.device.watch, self.device.policy
        while self._heap:
            await watch.until(self._heap[0][0])
            if wait_us := self.breaker.wait_us(watch.now()):
                await asyncio.sleep(wait_us / 1_000_000)
                continue
            _, number, entry = heapq.heappop(self._heap)
            self.breaker.probing()
            request = entry.make(len(entry.tries) + 1)
            answer, invoked_us = await self.device.attempt(request)
            now_us = watch.now()
            entry.tries.append(Try(request, answer, invoked_us, now_us))
            if answer.lost:
                self.breaker.failed(now_us)
            else:
                self.breaker.succeeded()
            if answer.retryable and len(entry.tries) < policy.tries:
                pause = policy.pause(len(entry.tries), self._dice(number, len(entry.tries)))
                heapq.heappush(self._heap, (now_us + round(pause * 1_000_000), number, entry))
            elif self._heard is not None:
                self._heard(entry)
