"""What a report says of a scenario in a line and in a few tiles; the rest is the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def number(value: float | None) -> str:
    """A whole number with thousands separated."""
    return "–" if value is None else f"{value:,.0f}"


def milliseconds(value: float | None) -> str:
    """A duration, in seconds from one second on."""
    if value is None:
        return "–"
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms"


def headline(scenario: Mapping[str, Any]) -> str:
    """What was done and what came of it, in a sentence."""
    figures = scenario["figures"]
    begin = f"{figures['calls']:,} submissions of {figures['logical']:,} check-ins"
    begin += f" over {figures['connections']} connections"
    left = f"{figures['duplicate_records']:,} of {figures['duplicates_if_unprotected']:,} possible duplicates stored"
    if "round_trip_through_proxy_ms" in figures:
        return (
            f"{begin} in {figures['duration_ms'] / 1000:.1f} s: {figures['tries']:,} tries, {figures['doubts']:,} of"
            f" them ended in doubt, {figures['resolved']:,} asked again by their key; {left}. A round trip takes"
            f" {figures['round_trip_ms']:.2f} ms, through the proxy {figures['round_trip_through_proxy_ms']:.2f} ms"
        )
    return (
        f"{begin} in {figures['duration_ms'] / 1000:.1f} s; {figures['in_flight_peak']} in flight at once,"
        f" {figures['waiting_peak']} waiting for one lock; {left}"
    )


def tiles(scenario: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """A few figures, each with what it is."""
    figures = scenario["figures"]
    times = [v["p99"] for v in scenario["latency"]["sent_to_answered"].values() if v["p99"] is not None]
    stored = figures.get("duplicate_records", 0)
    calls = (number(figures["calls"]), f"submissions of {number(figures['logical'])} check-ins")
    duplicates = (number(stored), f"duplicates stored, of {number(figures['duplicates_if_unprotected'])} possible")
    slowest = (milliseconds(max(times, default=None)), "slowest 99th percentile from sent to answered")
    if "round_trip_through_proxy_ms" in figures:
        return (
            calls,
            duplicates,
            (number(figures["doubts"]), f"tries ended in doubt, of {number(figures['tries'])}"),
            (number(figures["overtaken"]), "check-ins were overtaken by a later one"),
            (milliseconds(figures["recovered_ms"]), "until every device was served after the last fault"),
            slowest,
            (milliseconds(figures["proxy_overhead_ms"]), "is what the proxy adds to a round trip"),
        )
    return (
        calls,
        duplicates,
        (number(figures["in_flight_peak"]), f"in flight at once, over {number(figures['connections'])} connections"),
        (number(figures["waiting_peak"]), "waiting for one lock, seen by the server"),
        slowest,
        (number(figures["retries"]), "calls tried again with the same key"),
    )
