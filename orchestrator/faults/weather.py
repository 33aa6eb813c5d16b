"""Which network faults meet whom: a pure function of (seed, device, n), n being the how manieth request it is.

Nothing depends on the scheduler: the n-th request of a device meets the same fault whenever it comes. A plan ends where
the last call of a device gets through, so that its length, too, follows from the seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.engine.plan import PlannedFault, device_name, stream

REFUSE = "refuse"
RESET_BEFORE = "reset_before"
RESET_AFTER = "reset_after"
STALL = "stall"
BLACK_HOLE = "black_hole"
SPIKE = "spike"
DRIP = "drip"

FAILURES = (REFUSE, RESET_BEFORE, RESET_AFTER)
"""The connection breaks: and the next is refused; before the request; after the commit and before the answer."""

TIMEOUTS = (STALL, BLACK_HOLE)
"""Nothing is heard until the client gives up: the answer is withheld, or the request never gets there."""

DELAYS = (SPIKE, DRIP)
"""It gets through, slowly: the request waits on its way, or the answer comes drop by drop."""

FAULTS = (*FAILURES, *TIMEOUTS, *DELAYS)

DELAYED = 0.10
"""The share of requests that are slow, whatever else is asked for."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Probabilities from 0 to 1; what they leave goes through undisturbed."""

    seed: int
    failures: float = 0.0
    timeouts: float = 0.0
    delays: float = DELAYED

    def draw(self, device: str, request: int) -> str | None:
        """The fault that meets the ``request``-th request of ``device``, if any."""
        dice = stream(self.seed, f"{device}/network", request)
        at = dice.random()
        for share, faults in ((self.failures, FAILURES), (self.timeouts, TIMEOUTS), (self.delays, DELAYS)):
            if at < share:
                return dice.choice(faults)
            at -= share
        return None

    def meets(self, device: str, calls: int) -> Iterator[PlannedFault]:
        """What meets ``device`` until ``calls`` of its requests have got through."""
        through = 0
        for request in itertools.count(1):
            if through == calls:
                return
            fault = self.draw(device, request)
            through += fault is None or fault in DELAYS
            if fault is not None:
                yield PlannedFault(device, request, fault)

    def plan(self, devices: int, calls: int) -> tuple[PlannedFault, ...]:
        """All of ``devices``, each with ``calls``."""
        return tuple(itertools.chain.from_iterable(self.meets(device_name(lane), calls) for lane in range(devices)))
