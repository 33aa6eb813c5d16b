"""The report as one document: versioned, with the schema in ``docs/report.schema.json``.

Everything that the other reports show comes from here. It contains what was measured and what the database judged;
it computes nothing but summaries of the clients' history.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from orchestrator.errors import EXIT_BROKEN, EXIT_HELD, EXIT_INCONCLUSIVE, EXIT_OPERATIONAL
from orchestrator.history import Call
from orchestrator.output import plain

FORMAT = "smartattend-report"
VERSION = 1

EXIT_CODES: Mapping[str, int] = {
    "held": EXIT_HELD,
    "broken": EXIT_BROKEN,
    "inconclusive": EXIT_INCONCLUSIVE,
    "aborted": EXIT_OPERATIONAL,
}

BINS = 240
"""Points of the curve of calls in flight."""


def build(
    *,
    run: Mapping[str, Any],
    state: str,
    scenarios: Sequence[Mapping[str, Any]],
    calls: Sequence[Call],
    history: Mapping[str, Any],
) -> dict[str, Any]:
    """The document of a run, made of JSON's types only."""
    described = [_scenario(scenario, calls) for scenario in scenarios]
    return {
        "format": FORMAT,
        "version": VERSION,
        "run": plain(dict(run)),
        "verdict": {
            "state": state,
            "exit_code": EXIT_CODES[state],
            "sentence": _sentence(state, described),
        },
        "scenarios": described,
        "history": plain(dict(history)),
    }


def _scenario(scenario: Mapping[str, Any], calls: Sequence[Call]) -> dict[str, Any]:
    name = scenario["scenario"]
    load = [call for call in calls if call.scenario == name and call.phase == "load"]
    return {
        **plain(dict(scenario)),
        "latency": latency(load, {r["number"] for r in scenario["rounds"] if r["hold"]}),
        "in_flight": in_flight(load),
    }


def _sentence(state: str, scenarios: Sequence[Mapping[str, Any]]) -> str:
    checks = [check for scenario in scenarios for check in scenario["checks"]]
    broken = [check for check in checks if check["verdict"] == "broken"]
    if state == "held":
        looked = sum(check["items"] for check in checks)
        return f"All {len(checks)} checks held; the database looked at {looked:,} items and found no violation."
    if state == "broken":
        found = sum(check["violations"] for check in broken)
        return f"{len(broken)} of {len(checks)} checks found violations: {found:,} in all."
    issues = [issue for scenario in scenarios for issue in scenario["issues"]]
    if state == "inconclusive":
        why = issues[0]["title"] if issues else "less happened than was planned"
        return f"No verdict: {why}."
    return "The run was given up before a verdict."


def bucket(milliseconds: float) -> int:
    """The histogram's bucket: ceil(4·log2(ms)); bounds differ by 2^¼, so a bucket's middle errs by at most 9.05 %."""
    return math.ceil(4 * math.log2(max(milliseconds, 0.001)))


def percentile(ordered: Sequence[float], fraction: float) -> float | None:
    """The value at ``fraction`` of the sorted values (nearest rank); None for no values."""
    if not ordered:
        return None
    return ordered[min(len(ordered), max(1, math.ceil(fraction * len(ordered)))) - 1]


def summary(values: Iterable[float]) -> dict[str, Any]:
    """Number, median, 90th and 99th percentile and greatest value, rounded to microseconds."""
    ordered = sorted(values)
    points = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {
        "count": len(ordered),
        **{
            name: round(value, 3) if (value := percentile(ordered, fraction)) is not None else None
            for name, fraction in points.items()
        },
    }


def latency(calls: Sequence[Call], held_rounds: Collection[int] = ()) -> dict[str, Any]:
    """Latencies in milliseconds, by kind: from sent to answered, and from due to answered (nothing hidden by waiting).

    Calls of ``held_rounds``, which wait on purpose, are a kind of their own.
    """
    by_kind: dict[str, list[Call]] = {}
    for call in calls:
        by_kind.setdefault("in_held_rounds" if call.round in held_rounds else call.kind, []).append(call)
    if "in_held_rounds" in by_kind:
        by_kind["in_held_rounds"] = by_kind.pop("in_held_rounds")
    counted = {kind: Counter(bucket(_service(call)) for call in part) for kind, part in by_kind.items()}
    indexes = [index for counts in counted.values() for index in counts]
    span = range(min(indexes), max(indexes) + 1) if indexes else range(0)
    return {
        "unit": "ms",
        "sent_to_answered": {kind: summary(map(_service, part)) for kind, part in by_kind.items()},
        "due_to_answered": {kind: summary(map(_response, part)) for kind, part in by_kind.items()},
        "buckets": [
            {
                "from": round(2 ** ((index - 1) / 4), 4),
                "to": round(2 ** (index / 4), 4),
                "counts": {kind: counts[index] for kind, counts in counted.items()},
            }
            for index in span
        ],
    }


def _service(call: Call) -> float:
    return (call.ended_us - call.invoked_us) / 1000


def _response(call: Call) -> float:
    return (call.ended_us - call.due_us) / 1000


def in_flight(calls: Sequence[Call]) -> dict[str, Any]:
    """How many calls were in flight over time: the most in each of equally long bins."""
    if not calls:
        return {"from_us": 0, "bin_us": 1, "values": [], "peak": 0}
    begin = min(call.invoked_us for call in calls)
    end = max(call.ended_us for call in calls)
    width = max(1, -(-(end - begin + 1) // BINS))
    values = [0] * (-(-(end - begin + 1) // width))
    edges = sorted([(call.invoked_us, 1) for call in calls] + [(call.ended_us, -1) for call in calls])
    present = 0
    reached = 0
    for at, step in edges:
        position = (at - begin) // width
        for between in range(reached, position + 1):
            values[between] = max(values[between], present)
        reached = position
        present += step
        values[position] = max(values[position], present)
    return {"from_us": begin, "bin_us": width, "values": values, "peak": max(values)}
