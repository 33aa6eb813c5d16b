"""The plan of a storm is pure; the arithmetic of histories and reports is right."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from orchestrator.engine import stream
from orchestrator.errors import InvalidInput
from orchestrator.faults import storm
from orchestrator.history import Call, overlap
from orchestrator.reports import document
from orchestrator.scenarios.duplicate_storm import DuplicateStorm

pytestmark = pytest.mark.once


def call(number: int, invoked_us: int, ended_us: int, **changed: Any) -> Call:
    facts: dict[str, Any] = {
        "number": number,
        "scenario": "duplicate-storm",
        "phase": "load",
        "kind": "same_key",
        "logical": 1,
        "variant": 0,
        "device": "device-000",
        "command": "check_in",
        "key": "00000000-0000-7000-8000-000000000001",
        "payload_hash": "ab" * 32,
        "subject_id": "00000000-0000-7000-8000-000000000002",
        "due_us": invoked_us,
        "invoked_us": invoked_us,
        "ended_us": ended_us,
        "outcome": "accepted",
        "code": None,
        "record_id": None,
        "revision": 1,
        "answer_hash": None,
        "tries": 1,
        "doubts": 0,
    }
    return Call(**(facts | changed))


def test_the_same_seed_makes_the_same_plan() -> None:
    first, again = DuplicateStorm(seed=7).plan, DuplicateStorm(seed=7).plan
    assert first.document() == again.document()
    assert first.hash == again.hash
    assert first.trace() == again.trace()


@pytest.mark.parametrize(
    "changed", [{"seed": 8}, {"duplicates": 51}, {"batch_size": 11}, {"interval_ms": 101}], ids=str
)
def test_anything_else_makes_another_plan(changed: dict[str, int]) -> None:
    assert DuplicateStorm(**({"seed": 7} | changed)).plan.hash != DuplicateStorm(seed=7).plan.hash


def test_the_hash_of_a_plan_is_not_an_accident() -> None:
    """Whoever changes how plans are made says so here: old reports can no longer be repeated."""
    assert DuplicateStorm(seed=1).plan.hash == PLAN_OF_SEED_1


PLAN_OF_SEED_1 = "d4dcf71537b8c3156287b1db3c87cbba46c80f32bc9c4032e448c9b7d02f73c1"


def test_random_numbers_depend_on_seed_device_and_number_only() -> None:
    assert stream(1, "a", 2).random() == stream(1, "a", 2).random()
    assert len({stream(s, d, n).random() for s in (1, 2) for d in ("a", "b") for n in (1, 2)}) == 8


@pytest.mark.parametrize(("duplicates", "batch_size"), [(50, 10), (200, 1), (50, 2), (3, 1), (64, 33)])
def test_a_plan_has_what_was_asked_for(duplicates: int, batch_size: int) -> None:
    plan = DuplicateStorm(duplicates=duplicates, batch_size=batch_size, force=True, seed=3).plan
    by_kind = {kind: [r for r in plan.rounds if r.kind == kind] for kind in storm.KINDS}
    assert plan.logical == 4 * batch_size
    assert plan.lanes == duplicates
    for kind in ("same_key", "other_keys", "other_payload"):
        assert len(by_kind[kind]) == batch_size
        for planned in by_kind[kind]:
            assert sorted(c.lane for c in planned.calls) == list(range(duplicates))
            assert len({c.logical for c in planned.calls}) == 1
            assert len({c.key for c in planned.calls}) == (duplicates if kind == "other_keys" else 1)
            variants = {c.variant for c in planned.calls}
            assert len(variants) == (min(duplicates, storm.VARIANTS) if kind == "other_payload" else 1)
    for planned in by_kind["three_taps"]:
        assert len({c.lane for c in planned.calls}) == len(planned.calls) <= duplicates
        for _, taps in itertools.groupby(sorted(planned.calls, key=lambda c: c.logical), key=lambda c: c.logical):
            offsets = [c.offset_ms for c in taps]
            assert len(offsets) == storm.TAPS
            assert max(offsets) - min(offsets) <= 1000
    assert len({c.key for r in plan.rounds for c in r.calls}) == batch_size * (2 + duplicates + storm.TAPS)
    assert [r.due_ms for r in plan.rounds] == [100 * index for index in range(len(plan.rounds))]


def test_some_first_callers_are_held() -> None:
    holds = [r.hold for r in DuplicateStorm(batch_size=10).plan.rounds if r.kind == "same_key"]
    assert sorted(holds, key=str) == [None] * 6 + ["commit"] * 2 + ["rollback"] * 2
    assert {r.hold for r in DuplicateStorm(batch_size=1).plan.rounds if r.kind == "same_key"} == {"commit"}


def test_the_damage_is_predicted() -> None:
    plan = DuplicateStorm(duplicates=50, batch_size=10).plan
    assert storm.expected_duplicates(plan.rounds) == {
        "same_key": 490,
        "other_keys": 490,
        "other_payload": 490,
        "three_taps": 20,
    }
    assert plan.calls - plan.logical == 1490


@pytest.mark.parametrize("duplicates", [49, 201])
def test_other_numbers_of_duplicates_need_force(duplicates: int) -> None:
    with pytest.raises(InvalidInput):
        DuplicateStorm(duplicates=duplicates)
    DuplicateStorm(duplicates=duplicates, force=True)


def test_overlap_is_the_most_at_one_instant() -> None:
    assert overlap([]) == 0
    assert overlap([call(1, 0, 10), call(2, 5, 15), call(3, 9, 12)]) == 3
    assert overlap([call(1, 0, 10), call(2, 10, 20)]) == 1, "touching is not overlapping"


def test_buckets_hold_what_falls_into_them() -> None:
    for milliseconds in (0.3, 1, 1.2, 7, 100, 1000, 5021):
        index = document.bucket(milliseconds)
        assert 2 ** ((index - 1) / 4) < milliseconds <= 2 ** (index / 4) * (1 + 1e-12)


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [document.percentile(values, f) for f in (0.5, 0.9, 0.99, 1.0)] == [50, 90, 99, 100]
    assert document.percentile([3.0], 0.99) == 3
    assert document.percentile([], 0.5) is None
    assert document.summary([]) == {"count": 0, "p50": None, "p90": None, "p99": None, "max": None}


def test_latency_counts_waiting_from_when_a_call_was_due() -> None:
    calls = [call(1, 1_000, 3_000, due_us=0), call(2, 0, 8_000, round=5)]
    latency = document.latency(calls, {5})
    assert latency["sent_to_answered"]["same_key"]["max"] == 2
    assert latency["due_to_answered"]["same_key"]["max"] == 3
    assert latency["sent_to_answered"]["in_held_rounds"]["max"] == 8
    assert sum(sum(b["counts"].values()) for b in latency["buckets"]) == 2


def test_the_curve_of_calls_in_flight() -> None:
    curve = document.in_flight([call(1, 100, 200), call(2, 150, 1_000_100)])
    assert curve["peak"] == 2
    assert curve["values"][0] == 2
    assert set(curve["values"][1:]) == {1}
    assert len(curve["values"]) <= document.BINS
    assert document.in_flight([])["values"] == []
