"""The duplicate storm: 50 to 200 simultaneous submissions of one logical check-in, in four kinds.

What must hold (the database judges): exactly one event and one record for each logical check-in, the same record id for
all callers, one accepted and the others replayed, another payload under a used key refused and kept as evidence,
everything acknowledged stored and nothing else, no undocumented error.

The people are the scenario's own: new members of the sandbox tenant for every run, whose membership ends by itself.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from orchestrator.device import Request
from orchestrator.engine import Condition, FaultCount, Finding, PlannedRound, Rounds, RoundTrace, Run, Scenario
from orchestrator.errors import InvalidInput
from orchestrator.faults import storm
from orchestrator.history import Call, overlap

LEAST, MOST = 50, 200
"""Simultaneous submissions of one logical check-in; other numbers need ``--force``."""

PROBES = {"steady": 0, "recovery": 1}
"""Which of the two spare people is checked in before and after the load."""

KIND_TITLES = {
    "same_key": "same key, same payload",
    "other_keys": "other keys, same claim",
    "other_payload": "same key, other payload",
    "three_taps": "three taps in a second",
}


class DuplicateStorm(Scenario):
    """See the module's text. ``duplicates`` is the number of submissions of each logical check-in."""

    name = "duplicate-storm"
    title = "Duplicate storm"

    def __init__(
        self,
        *,
        duplicates: int = 50,
        batch_size: int = 10,
        interval_ms: int = 100,
        seed: int = 1,
        force: bool = False,
    ) -> None:
        if not (LEAST <= duplicates <= MOST or (force and duplicates >= storm.TAPS)):
            raise InvalidInput(
                f"--duplicates {duplicates} is out of range",
                expected=f"{LEAST} to {MOST}, or with --force {storm.TAPS} and more",
            )
        self.duplicates = duplicates
        self.batch_size = batch_size
        self.interval_ms = interval_ms
        self.seed = seed
        self._people: list[str] = []

    @cached_property
    def _plan(self) -> Rounds:
        return Rounds(
            self.name,
            self.seed,
            {
                "duplicates": self.duplicates,
                "batch_size": self.batch_size,
                "interval_ms": self.interval_ms,
            },
            storm.plan_rounds(self.duplicates, self.batch_size, self.interval_ms, self.seed),
        )

    @property
    def plan(self) -> Rounds:
        return self._plan

    # --- phases ---------------------------------------------------------------------------------------------

    async def prepare(self, run: Run) -> None:
        self._people = await run.people("storm", self.plan.logical + len(PROBES))

    async def steady(self, run: Run, phase: str) -> list[Finding]:
        device = run.devices[0]
        person = self._people[PROBES[phase]]
        request = self._request(run, f"probe/{phase}", person, datetime.now(UTC), sequence=device.next_sequence())
        due_us = run.watch.now()
        device.fire(request)
        settled = await device.settle(request, run.stream(device.name, PROBES[phase]))
        call = run.note(
            request, settled, phase=phase, kind="probe", device=device.name, subject_id=person, due_us=due_us
        )
        return [Finding("a probe check-in works", call.outcome == "accepted", _told(call))]

    async def load(self, run: Run) -> None:
        begin_us = run.watch.now()
        for planned in self.plan.rounds:
            await self._round(run, planned, begin_us + planned.due_ms * 1000)
            self._tell(run, planned)
        run.load_us = (begin_us, run.watch.now())

    async def clean_up(self, run: Run) -> None:
        await run.check_out(self._people)

    # --- one round ------------------------------------------------------------------------------------------

    async def _round(self, run: Run, planned: PlannedRound, due_us: int) -> None:
        await run.watch.until(due_us)
        now, begun_us = datetime.now(UTC), run.watch.now()
        armed = [
            storm.Armed(
                call,
                device := run.devices[call.lane],
                self._request(
                    run,
                    call.key,
                    self._people[len(PROBES) + call.logical - 1],
                    now + timedelta(milliseconds=call.offset_ms) - self._difference(planned.kind, call.variant),
                    sequence=call.variant + 1 if planned.kind == "three_taps" else 1,
                    boot=f"boot/{call.logical}",
                ),
                run.stream(device.name, planned.number),
                begun_us + call.offset_ms * 1000 if call.offset_ms else due_us,  # a finger does not catch up
            )
            for call in planned.calls
        ]
        if planned.hold is not None:
            wave = await storm.held(armed, planned.hold, run.watcher, run.settings.hold_timeout_ms)
        else:
            wave = await storm.free(armed, run.watcher)
        calls = [
            run.note(
                one.request,
                settled,
                phase="load",
                kind=planned.kind,
                device=one.device.name,
                subject_id=self._people[len(PROBES) + one.call.logical - 1],
                due_us=one.due_us,
                logical=one.call.logical,
                variant=one.call.variant,
                round_number=planned.number,
            )
            for one, settled in wave.settled
        ]
        run.rounds.append(
            RoundTrace(
                number=planned.number,
                kind=planned.kind,
                hold=planned.hold,
                logical=len({call.logical for call in calls}),
                callers=len(calls),
                due_us=due_us,
                released_us=wave.released_us,
                ended_us=max(call.ended_us for call in calls),
                in_flight=overlap(calls),
                waiting=wave.waiting,
                at_work=wave.at_work,
                outcomes=dict(Counter(_word(call) for call in calls)),
                fired=wave.held if planned.hold is not None else self._fired(planned.kind, calls),
            )
        )

    @staticmethod
    def _difference(kind: str, variant: int) -> timedelta:
        """What makes the payloads of a contested key differ: the claimed instant, by hundredths of a second."""
        return timedelta(milliseconds=10 * variant if kind == "other_payload" else 0)

    @staticmethod
    def _fired(kind: str, calls: Sequence[Call]) -> bool:
        """Whether the round was what it should be: everybody in flight at once, or three taps within a second."""
        if kind != "three_taps":
            return overlap(calls) == len(calls)
        first = {call.logical: min(c.invoked_us for c in calls if c.logical == call.logical) for call in calls}
        return all(call.invoked_us - first[call.logical] <= 1_000_000 for call in calls)

    def _request(
        self, run: Run, symbol: str, person: str, claimed: datetime, *, sequence: int, boot: str = "boot"
    ) -> Request:
        payload = {
            "subject_id": person,
            "claimed_at": claimed.isoformat(timespec="microseconds"),
            "claimed_zone": "UTC",
            "boot_id": str(run.key(boot)),
            "sequence_number": sequence,
            "monotonic_us": sequence * 1_000_000,
        }
        return Request.of("check_in", run.key(symbol), payload, run.settings.token)

    def _tell(self, run: Run, planned: PlannedRound) -> None:
        trace = run.rounds[-1]
        latest = run.history.calls[-trace.callers :]
        times = sorted((call.ended_us - call.invoked_us) / 1000 for call in latest)
        run.say(
            "load",
            KIND_TITLES[planned.kind],
            done=len(run.rounds),
            total=len(self.plan.rounds),
            in_flight=max(r.in_flight for r in run.rounds),
            waiting=max((r.waiting or 0 for r in run.rounds), default=0),
            median_ms=statistics.median(times),
            slowest_ms=times[-1],
            retries=sum(call.tries - 1 for call in run.history.calls),
        )

    # --- what it came to ------------------------------------------------------------------------------------

    def faults(self, run: Run) -> list[FaultCount]:
        expected = storm.expected_duplicates(self.plan.rounds)
        load = [call for call in run.history.calls if call.phase == "load"]
        counts = []
        for kind, planned in expected.items():
            fired_rounds = {r.number for r in run.rounds if r.kind == kind and (r.fired or r.hold is not None)}
            calls = [call for call in load if call.kind == kind and call.round in fired_rounds]
            counts.append(
                FaultCount(
                    kind,
                    planned,
                    len(calls) - len({call.logical for call in calls}),
                    sum(storm.recognised(call.outcome, call.code) for call in calls),
                )
            )
        for ending, fault in (("commit", "winner_held_open"), ("rollback", "winner_rolled_back")):
            rounds = [r for r in run.rounds if r.hold == ending]
            counts.append(
                FaultCount(
                    fault,
                    sum(r.hold == ending for r in self.plan.rounds),
                    sum(r.fired for r in rounds),
                    sum(r.waiting == r.callers - 1 for r in rounds),
                )
            )
        return counts

    def traces(self, run: Run) -> tuple[str, str]:
        return self.plan.trace(trace.number for trace in run.rounds if trace.fired), self.plan.trace()

    def conditions(self, run: Run) -> list[Condition]:
        load = [call for call in run.history.calls if call.phase == "load"]
        replay = next((call for call in load if call.outcome == "replayed"), None)
        refused = next((call for call in load if call.code == "SA102"), None)
        retried = next((call for call in load if call.tries > 1 and not self._planned_retry(run, call)), None)
        together = next((r for r in run.rounds if r.in_flight == r.callers > 1), None)
        waited = max((r for r in run.rounds if r.waiting), key=lambda r: r.waiting or 0, default=None)
        replaced = next(
            (r for r in run.rounds if r.hold == "rollback" and r.fired and r.outcomes.get("accepted")), None
        )
        holds = {r.hold for r in self.plan.rounds}
        return [
            Condition("a replay met a committed key", replay is not None, _witness(replay)),
            Condition(
                "all callers of a check-in were in flight at once",
                together is not None,
                f"round {together.number}: {together.in_flight} of {together.callers}" if together else None,
            ),
            Condition(
                "callers waited for one open transaction, as the server saw it",
                waited is not None,
                f"round {waited.number}: {waited.waiting} waited" if waited else None,
                required="commit" in holds,
            ),
            Condition(
                "a winner that rolled back was replaced by another caller",
                replaced is not None,
                f"round {replaced.number}" if replaced else None,
                required="rollback" in holds,
            ),
            Condition("another payload under a used key was refused", refused is not None, _witness(refused)),
            Condition("a call had to be tried again", retried is not None, _witness(retried), required=False),
        ]

    def _planned_retry(self, run: Run, call: Call) -> bool:
        """Whether the call is the winner that rolled back on purpose."""
        planned = self.plan.rounds[(call.round or 1) - 1]
        first = planned.calls[0]
        return planned.hold == "rollback" and call.tries == 2 and call.device == run.devices[first.lane].name

    def figures(self, run: Run) -> dict[str, Any]:
        load = [call for call in run.history.calls if call.phase == "load"]
        barrier = [r for r in run.rounds if r.kind != "three_taps"]
        at_work = [r.at_work for r in barrier if r.at_work is not None]
        seconds = (run.load_us[1] - run.load_us[0]) / 1_000_000
        return {
            "calls": len(load),
            "logical": len({call.logical for call in load}),
            "connections": len(run.devices),
            "outcomes": dict(Counter(_word(call) for call in load)),
            "tries": sum(call.tries for call in load),
            "retries": sum(call.tries - 1 for call in load if not self._planned_retry(run, call)),
            "doubts": sum(call.doubts for call in load),
            "duration_ms": round(seconds * 1000, 1),
            "calls_per_second": round(len(load) / seconds, 1) if seconds else None,
            "in_flight_peak": max((r.in_flight for r in barrier), default=0),
            "in_flight_median": statistics.median([r.in_flight for r in barrier]) if barrier else 0,
            "at_work_median": statistics.median(at_work) if at_work else None,
            "waiting_peak": run.watcher.most_waiting,
            "latest_start_ms": round(max((r.released_us - r.due_us for r in run.rounds), default=0) / 1000, 1),
            "duplicates_if_unprotected": sum(storm.expected_duplicates(self.plan.rounds).values()),
        }


def _word(call: Call) -> str:
    return call.outcome if call.code is None else f"{call.outcome} {call.code}"


def _told(call: Call) -> str:
    return _word(call) + (f": {call.message}" if call.message else "")


def _witness(call: Call | None) -> str | None:
    return None if call is None else f"call {call.number}, key {call.key}"


def of(parameters: Mapping[str, Any], seed: int) -> DuplicateStorm:
    """The scenario of a report's parameters, to repeat it."""
    return DuplicateStorm(**parameters, seed=seed, force=True)
