"""Network instability: devices deliver their check-ins through a network that breaks, stalls and crawls.

What must hold (the database judges): everything acknowledged is stored; what is stored is what was acknowledged or was
applied without its client learning of it; whatever was unknown meanwhile is settled by its key, bit for bit; the order
is restored by the devices' sequence numbers; after the last fault every device is served in time.

Without keys (``keys=False``, a control that must come out broken) each try has a key of its own; then there are exactly
as many duplicates as the proxy saw requests applied beyond one for each check-in.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from psycopg.conninfo import make_conninfo

from orchestrator import database
from orchestrator.device import Device, Policy, Request, Settled
from orchestrator.engine import Arrival, Condition, FaultCount, Finding, Run, Scenario, Schedule, device_name, stream
from orchestrator.errors import InvalidInput
from orchestrator.faults import weather
from orchestrator.faults.network import Proxy, Seen, overhead
from orchestrator.faults.pipe import Upstream
from orchestrator.faults.weather import Weather
from orchestrator.history import Call, overlap
from orchestrator.outbox import Entry, Outbox, Try

RANGES: Mapping[str, tuple[float, float]] = {
    "failure_rate": (0, 50),
    "latency_spike_ms": (0, 5000),
    "timeout_probability": (0, 25),
    "iterations": (1, 10_000),
    "devices": (1, 200),
    "interval_ms": (1, 60_000),
    "time_scale": (0.001, 1),
    "recover_within_ms": (100, 600_000),
}

LEAST_DEADLINE_MS = 1000
LEAST_CONNECT_MS = 5000
"""However small the time scale: a busy server needs time to answer, and more of it to begin a session."""

UNKEYED = {"repeat_within": "0", "online_within": "1 minute"}
"""Settings of the tenant while keys are left out: otherwise the rule of repeats would catch what the keys do not."""

SPANS = 120
"""Of the faults' time line in the report."""

REORDERED = 10
"""From so many planned failures on, one call has to have overtaken another."""


class NetworkInstability(Scenario):
    """See the module's text. ``failure_rate`` and ``timeout_probability`` are per cent of the requests."""

    name = "network-instability"
    title = "Network instability"
    commands = ("check_in",)

    def __init__(
        self,
        *,
        failure_rate: float = 10,
        latency_spike_ms: int = 3000,
        timeout_probability: float = 5,
        iterations: int = 50,
        devices: int = 20,
        interval_ms: int = 500,
        time_scale: float = 1.0,
        recover_within_ms: int = 10_000,
        seed: int = 1,
        keys: bool = True,
    ) -> None:
        self.parameters: dict[str, float] = {
            "failure_rate": float(failure_rate),
            "latency_spike_ms": latency_spike_ms,
            "timeout_probability": float(timeout_probability),
            "iterations": iterations,
            "devices": devices,
            "interval_ms": interval_ms,
            "time_scale": float(time_scale),
            "recover_within_ms": recover_within_ms,
        }
        for name, (least, most) in RANGES.items():
            if not least <= self.parameters[name] <= most:
                raise InvalidInput(
                    f"--{name.replace('_', '-')} {self.parameters[name]} is out of range",
                    expected=f"{least} to {most}",
                )
        self.iterations, self.devices, self.time_scale = iterations, devices, time_scale
        self.interval_ms, self.recover_within_ms = interval_ms, recover_within_ms
        self.delay_ms = latency_spike_ms * time_scale
        self.spike_ms = latency_spike_ms
        self.seed, self.keys = seed, keys
        self.weather = Weather(
            seed,
            failures=failure_rate / 100,
            timeouts=timeout_probability / 100,
            delays=weather.DELAYED if latency_spike_ms else 0,
        )
        self._people: list[str] = []
        self._outboxes: list[Outbox] = []
        self._entries: list[Entry] = []
        self._proxy: Proxy | None = None
        self._overhead = (0.0, 0.0)

    @cached_property
    def _plan(self) -> Schedule:
        return Schedule(
            self.name,
            self.seed,
            self.parameters if self.keys else {**self.parameters, "keys": False},
            self.devices,
            tuple(self._arrivals()),
            self.weather.plan(self.devices, self.iterations),
        )

    def _arrivals(self) -> Iterator[Arrival]:
        for lane in range(self.devices):
            dice, due_ms = stream(self.seed, f"{device_name(lane)}/arrivals", 0), 0.0
            for number in range(1, self.iterations + 1):
                due_ms += max(1.0, dice.expovariate(1 / (self.interval_ms * self.time_scale)))
                yield Arrival(lane, lane * self.iterations + number, number, int(due_ms))

    @property
    def plan(self) -> Schedule:
        return self._plan

    @property
    def proxy(self) -> Proxy:
        """What stands between the devices and the server; there from ``prepare`` on."""
        if self._proxy is None:
            raise RuntimeError("no proxy yet")
        return self._proxy

    def policy(self, given: Policy) -> Policy:
        """An outbox does not give a check-in up; a spike is no reason to give up a try."""
        scale = self.time_scale
        return replace(
            given,
            tries=1000,
            first_pause_ms=100 * scale,
            longest_pause_ms=5000 * scale,
            deadline_ms=max(LEAST_DEADLINE_MS, round((self.spike_ms + 2000) * scale)),
            connect_ms=max(LEAST_CONNECT_MS, round((self.spike_ms + 2000) * scale)),
            breaker_pause_ms=1000 * scale,
            breaker_longest_pause_ms=8000 * scale,
        )

    # --- phases ---------------------------------------------------------------------------------------------

    async def prepare(self, run: Run) -> None:
        if run.control.pgconn.ssl_in_use:
            raise InvalidInput(
                "the connection to the server is encrypted, and the proxy of this simulation cannot read it",
                hint="give --dsn with sslmode=disable, or a Unix socket",
            )
        if not self.keys:
            await self._forget_repeats(run)
        self._people = await run.people("net", self.plan.logical + 1 + self.devices)
        server = run.control.info
        self._proxy = Proxy(
            Upstream(server.host, server.port),
            self.plan.planned,
            counted=self.commands,
            delay_ms=self.delay_ms,
            now=run.watch.now,
        )
        self._proxy.armed = False
        await self._proxy.start()
        run.held.push_async_callback(self._proxy.stop)
        password = {"password": server.password} if server.password else {}
        run.conninfo = make_conninfo(
            run.conninfo,
            **{"host": self._proxy.host, "port": str(self._proxy.port), "hostaddr": "", "sslmode": "disable"},
            **{"gssencmode": "disable"},
            **password,
        )

    async def _forget_repeats(self, run: Run) -> None:
        """The control without keys: the tenant's rule of repeats is put aside, and back at the end."""
        (before,) = await run.rows("setting", names=list(UNKEYED))
        why = "control without keys of a simulation"
        await run.call("setting_put", key=run.key("setting"), settings=dict(UNKEYED), reason=why)

        async def put_back() -> None:
            await run.call("setting_put", key=run.key("setting/back"), settings=before["settings"], reason=why)

        run.held.push_async_callback(put_back)

    async def steady(self, run: Run, phase: str) -> list[Finding]:
        if phase == "recovery":
            return await self._recovery(run)
        call = await self._probe(run, run.devices[0], self._people[0], phase, run.watch.now())
        direct = database.conninfo(run.settings.dsn, application_name=f"{run.prefix}/direct")
        self._overhead = await overhead(direct, make_conninfo(run.conninfo, application_name=f"{run.prefix}/through"))
        return [Finding("a probe check-in works through the proxy", call.acknowledged, _told(call))]

    async def _probe(self, run: Run, device: Device, person: str, phase: str, due_us: int) -> Call:
        request = self._request(run, f"probe/{phase}/{device.name}", device.name, person, datetime.now(UTC), 0, 0)
        settled = await device.settle(request, run.stream(f"{device.name}/{phase}", 0), fired=False)
        return run.note(
            request, settled, phase=phase, kind="probe", device=device.name, subject_id=person, due_us=due_us
        )

    async def _recovery(self, run: Run) -> list[Finding]:
        """Each device checks somebody in, counted from the last fault on; then every doubt is asked by its key."""
        last_us = self.proxy.last_fault_us or run.load_us[1]
        people = self._people[1 : 1 + self.devices]
        probes = await asyncio.gather(
            *(
                self._probe(run, device, person, "recovery", last_us)
                for device, person in zip(run.devices, people, strict=True)
            )
        )
        if self.keys:
            await asyncio.gather(*(self._resolve(run, device) for device in run.devices))
        slowest = max((probe.ended_us - last_us) / 1000 for probe in probes)
        return [
            Finding(
                "every device is served in time after the last fault",
                all(probe.acknowledged for probe in probes) and slowest <= self.recover_within_ms,
                f"the slowest after {slowest / 1000:.2f} s, of {self.recover_within_ms / 1000:g} s",
            )
        ]

    async def _resolve(self, run: Run, device: Device) -> None:
        for arrival, entry in zip(self.plan.arrivals, self._entries, strict=True):
            if device_name(arrival.lane) != device.name or not entry.settled.doubts:
                continue
            request, due_us = entry.tries[0].request, run.watch.now()
            settled = await device.settle(request, run.stream(f"{device.name}/resolution", entry.number), fired=False)
            run.note(
                request,
                settled,
                phase="recovery",
                kind="resolution",
                device=device.name,
                subject_id=self._person(arrival),
                due_us=due_us,
            )

    async def load(self, run: Run) -> None:
        begin_us, begin = run.watch.now(), datetime.now(UTC)
        for arrival in self.plan.arrivals:
            self._entries.append(self._entry(run, arrival, begin_us, begin))
        for lane, device in enumerate(run.devices):
            box = Outbox(
                device,
                lambda call, attempt, name=device.name: run.stream(f"{name}/pause/{call}", attempt),  # type: ignore[misc]
                heard=lambda entry: self._note(run, entry),
            )
            box.add(self._entries[lane * self.iterations : (lane + 1) * self.iterations])
            self._outboxes.append(box)
        self.proxy.armed = True
        telling = asyncio.create_task(self._tell(run))
        try:
            await asyncio.gather(*(box.deliver() for box in self._outboxes))
            run.load_us = (begin_us, run.watch.now())
            await self.proxy.quiet()
        finally:
            self.proxy.armed = False
            telling.cancel()
            self._write_trace(run)

    async def clean_up(self, run: Run) -> None:
        await run.check_out(self._people)

    # --- calls ----------------------------------------------------------------------------------------------

    def _person(self, arrival: Arrival) -> str:
        return self._people[self.devices + arrival.logical]

    def _entry(self, run: Run, arrival: Arrival, begin_us: int, begin: datetime) -> Entry:
        device, person = device_name(arrival.lane), self._person(arrival)
        made = begin + timedelta(milliseconds=arrival.due_ms)
        due_us = begin_us + arrival.due_ms * 1000

        def make(attempt: int) -> Request:
            if self.keys:
                return self._request(run, f"{arrival.logical}", device, person, made, arrival.sequence, due_us)
            # Without a key nothing makes two tries the same check-in, so each says its own time, too.
            symbol = f"{arrival.logical}/{attempt}"
            return self._request(run, symbol, device, person, datetime.now(UTC), arrival.sequence, due_us)

        return Entry(arrival.logical, due_us, make)

    def _request(
        self, run: Run, symbol: str, device: str, person: str, claimed: datetime, sequence: int, monotonic_us: int
    ) -> Request:
        payload = {
            "subject_id": person,
            "claimed_at": claimed.isoformat(timespec="microseconds"),
            "claimed_zone": "UTC",
            "boot_id": str(run.key(f"boot/{device}")),
            "sequence_number": sequence,
            "monotonic_us": monotonic_us,
        }
        return Request.of("check_in", run.key(symbol), payload, run.settings.token)

    def _note(self, run: Run, entry: Entry) -> None:
        """A call that has ended is one line of the history; without keys, each of its tries that left is one."""
        arrival = self.plan.arrivals[entry.number - 1]
        ended: list[tuple[Request, Settled]] = [(entry.tries[-1].request, entry.settled)]
        if not self.keys:
            ended = [
                (one.request, Settled(one.answer, one.invoked_us, one.ended_us, 1, int(one.answer.status == "unknown")))
                for one in entry.tries
                if one.sent
            ]
        for request, settled in ended:
            run.note(
                request,
                settled,
                phase="load",
                kind="first_try" if len(entry.tries) == 1 else "tried_again",
                device=device_name(arrival.lane),
                subject_id=self._person(arrival),
                due_us=entry.due_us,
                logical=arrival.logical,
            )

    async def _tell(self, run: Run) -> None:
        while True:
            calls = [call for call in run.history.calls if call.phase == "load"]
            times = sorted((call.ended_us - call.invoked_us) / 1000 for call in calls) or [0.0]
            run.say(
                "load",
                f"{len(self.proxy.fired)} of {len(self.plan.planned)} faults fired",
                done=len({call.logical for call in calls}),
                total=self.plan.logical,
                median_ms=statistics.median(times),
                slowest_ms=times[-1],
                retries=sum(call.tries - 1 for call in calls),
            )
            await asyncio.sleep(0.5)  # how often progress is shown; it is cancelled when the load is over

    def _write_trace(self, run: Run) -> None:
        if run.settings.out is not None:
            lines = (json.dumps(asdict(one), separators=(",", ":")) + "\n" for one in self.proxy.seen)
            (run.settings.out / "faults.jsonl").write_text("".join(lines), encoding="utf-8")

    # --- what it came to ------------------------------------------------------------------------------------

    def _met(self) -> Iterator[tuple[Seen, Try]]:
        """Requests as the proxy saw them, with the tries as the clients did: the i-th of a key on either side."""
        seen: dict[str, list[Seen]] = defaultdict(list)
        for one in self.proxy.seen:
            seen[one.label or ""].append(one)
        tried: dict[str, list[Try]] = defaultdict(list)
        for entry in self._entries:
            for each in entry.tries:
                if each.sent:
                    tried[str(each.request.key)].append(each)
        for key, requests in seen.items():
            yield from zip(requests, tried[key], strict=False)

    def _observed(self, seen: Seen, tried: Try) -> bool:
        if seen.fault in weather.DELAYS:
            return tried.ended_us - tried.invoked_us >= 0.95 * self.delay_ms * 1000
        return tried.answer.status == "unknown"

    def faults(self, run: Run) -> list[FaultCount]:
        planned = self.plan.counts
        fired = Counter(one.fault for one in self.proxy.fired)
        observed = Counter(seen.fault for seen, tried in self._met() if seen.fired and self._observed(seen, tried))
        return [
            FaultCount(fault, planned[fault], fired[fault], observed[fault])
            for fault in weather.FAULTS
            if planned[fault]
        ]

    def traces(self, run: Run) -> tuple[str, str]:
        return self.plan.trace(self.proxy.fired), self.plan.trace(self.plan.planned)

    def conditions(self, run: Run) -> list[Condition]:
        counts = self.plan.counts
        lost = counts[weather.RESET_AFTER] + counts[weather.STALL]
        kept = sum(counts[fault] for fault in (weather.REFUSE, weather.RESET_BEFORE, weather.BLACK_HOLE))
        met = list(self._met())
        load = [call for call in run.history.calls if call.phase == "load"]
        applied = next((seen for seen, tried in met if seen.applied and tried.answer.status == "unknown"), None)
        vanished = next(
            (seen for seen, tried in met if seen.applied is False and tried.answer.status == "unknown"), None
        )
        replay = next((call for call in load if call.outcome == "replayed" and call.doubts), None)
        anew = next((call for call in load if call.outcome == "accepted" and call.doubts), None)
        refused = next((entry for entry in self._entries if any(not one.sent for one in entry.tries)), None)
        overtaken = next(iter(self._overtaken()), None)
        recovered = next((box for box in self._outboxes if box.breaker.closed), None)
        return [
            Condition("an answer was lost after the commit", applied is not None, _at(applied), bool(lost)),
            Condition("a request was lost before the server", vanished is not None, _at(vanished), bool(kept)),
            Condition("a retry met a committed key", replay is not None, _witness(replay), bool(lost) and self.keys),
            Condition("a retry found that nothing was done", anew is not None, _witness(anew), False),
            Condition(
                "a connection was refused",
                refused is not None,
                f"call {refused.number}" if refused else None,
                bool(counts[weather.REFUSE]),
            ),
            Condition(
                "a later check-in arrived before an earlier one",
                overtaken is not None,
                overtaken,
                lost + kept >= REORDERED and self.iterations > 1,
            ),
            Condition(
                "a circuit breaker opened, probed and closed",
                recovered is not None,
                recovered.device.name if recovered else None,
                False,
            ),
        ]

    def _overtaken(self) -> Iterator[str]:
        """Calls that were answered after a later one of the same device."""
        for lane in range(self.devices):
            latest: Entry | None = None
            for entry in self._entries[lane * self.iterations : (lane + 1) * self.iterations]:
                if latest is not None and entry.tries and entry.settled.ended_us < latest.settled.ended_us:
                    yield f"{device_name(lane)}: call {entry.number} before call {latest.number}"
                if entry.tries and (latest is None or entry.settled.ended_us > latest.settled.ended_us):
                    latest = entry

    def _over_time(self, run: Run) -> dict[str, Any]:
        """How often each fault happened in each of equally long spans of the load."""
        begin, end = run.load_us
        width = max(1, -(-(end - begin + 1) // SPANS))
        counts = {fault: [0] * SPANS for fault in self.plan.counts}
        for one in self.proxy.seen:
            if one.fault is not None and one.fired_us is not None:
                counts[one.fault][min(SPANS - 1, max(0, one.fired_us - begin) // width)] += 1
        return {"from_us": begin, "bin_us": width, "counts": counts}

    def figures(self, run: Run) -> dict[str, Any]:
        load = [call for call in run.history.calls if call.phase == "load"]
        logical = {call.logical for call in load}
        acknowledged = {call.logical for call in load if call.acknowledged}
        tries = [one for entry in self._entries for one in entry.tries]
        applied = sum(seen.applied is True for seen in self.proxy.seen)
        counted = Counter((seen.fault or "none") for seen in self.proxy.seen if seen.applied and not seen.delivered)
        seconds = (run.load_us[1] - run.load_us[0]) / 1_000_000
        last_us = self.proxy.last_fault_us
        after = [c.ended_us for c in run.history.calls if c.phase == "recovery" and c.kind == "probe"]
        breakers = [box.breaker for box in self._outboxes]
        return {
            "calls": len(load),
            "logical": len(logical),
            "connections": len(run.devices),
            "outcomes": dict(Counter(_word(call) for call in load)),
            "tries": len(tries),
            "retries": len(tries) - len(logical),
            "doubts": sum(one.answer.status == "unknown" for one in tries),
            "unreached": sum(not one.sent for one in tries),
            "duration_ms": round(seconds * 1000, 1),
            "calls_per_second": round(len(logical) / seconds, 1) if seconds else None,
            "in_flight_peak": overlap(load),
            "waiting_peak": run.watcher.most_waiting,
            "duplicates_if_unprotected": applied - len(acknowledged) if load else 0,
            "requests": len(self.proxy.seen),
            "applied": applied,
            "applied_unheard": dict(counted),
            "overtaken": sum(1 for _ in self._overtaken()),
            "resolved": sum(call.kind == "resolution" and call.acknowledged for call in run.history.calls),
            "breaker_opened": sum(one.opened for one in breakers),
            "breaker_probes": sum(one.probes for one in breakers),
            "breaker_closed": sum(one.closed for one in breakers),
            "recovered_ms": round((max(after) - last_us) / 1000, 1) if after and last_us else None,
            "garbled": self.proxy.garbled,
            "round_trip_ms": round(self._overhead[0], 3),
            "round_trip_through_proxy_ms": round(self._overhead[1], 3),
            "proxy_overhead_ms": round(self._overhead[1] - self._overhead[0], 3),
            "faults_over_time": self._over_time(run),
        }


def _word(call: Call) -> str:
    return call.outcome if call.code is None else f"{call.outcome} {call.code}"


def _told(call: Call) -> str:
    return _word(call) + (f": {call.message}" if call.message else "")


def _witness(call: Call | None) -> str | None:
    return None if call is None else f"call {call.number}, key {call.key}"


def _at(seen: Seen | None) -> str | None:
    return None if seen is None else f"request {seen.request} of {seen.device}: {seen.fault or 'no fault'}"


def of(parameters: Mapping[str, Any], seed: int) -> NetworkInstability:
    """The scenario of a report's parameters, to repeat it."""
    return NetworkInstability(**parameters, seed=seed)
