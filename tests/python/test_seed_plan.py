"""The plan of the demo data: pure, and clean but for what is planted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from orchestrator.errors import InvalidInput
from orchestrator.output import plain
from orchestrator.seed import truth as truth_table
from orchestrator.seed.clocks import DRIFT_PPM, END_OF_DAYS, RATE, SERVICE, local_date
from orchestrator.seed.corporate import ANTWERP, NEWARK, Company
from orchestrator.seed.model import Punch, Register, Truth
from orchestrator.seed.plan import Plan, plans
from orchestrator.seed.school import NEW_YORK, School
from orchestrator.seed.sizes import EDITION, SIZES, Dataset

pytestmark = pytest.mark.once

SCHOOL = {"F01", "F02", "F12", "F13", "F14", "F16", "F18", "F20", "F22"}
CORPORATE = {
    "F01", "F02", "F03", "F04", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F17", "F18", "F19", "F20",
    "F22", "F24",
}  # fmt: skip
EDITIONS = (2, "274901e157d1d814a992032f5465623c45baf86fac4a1f9f2d58a99a50fc2228")
FUTURE = dt.datetime(2060, 1, 1, tzinfo=dt.UTC)


@dataclasses.dataclass
class Walked:
    """A plan that was walked to its end."""

    plan: Plan
    punches: list[Punch]
    registers: list[Register]

    @property
    def truth(self) -> list[Truth]:
        return self.plan.truth

    def flagged(self, *codes: str, possible: bool = False) -> set[Punch]:
        return {
            punch
            for punch in self.punches
            for flag in punch.flags
            if flag.code in codes and (flag.required or possible)
        }


def walk(dataset: Dataset) -> list[Walked]:
    walked = []
    for plan in plans(dataset):
        weeks = list(plan.weeks())
        walked.append(
            Walked(
                plan,
                [punch for week in weeks for punch in week.punches],
                [register for week in weeks for register in week.registers],
            )
        )
    return walked


def lines(dataset: Dataset) -> list[str]:
    return truth_table.lines(dataset, [row for walked in walk(dataset) for row in walked.truth])


@pytest.fixture(scope="module")
def small() -> list[Walked]:
    return walk(Dataset.of("s", 1))


@pytest.fixture(scope="module")
def school(small: list[Walked]) -> Walked:
    return small[0]


@pytest.fixture(scope="module")
def company(small: list[Walked]) -> Walked:
    return small[1]


def test_the_same_seed_gives_the_same_truth() -> None:
    assert lines(Dataset.of("s", 7)) == lines(Dataset.of("s", 7))


def test_a_change_of_the_plan_is_a_new_edition() -> None:
    digest = hashlib.sha256()
    for walked in walk(Dataset.of("s", 1)):
        digest.update(json.dumps(walked.plan.tenant.organisation.puts).encode())
        digest.update(json.dumps([punch.entry for punch in walked.punches]).encode())
        digest.update(json.dumps(plain(walked.registers)).encode())
    assert (EDITION, digest.hexdigest()) == EDITIONS, "raise EDITION in sizes.py, and note its digest here"


def test_the_truth_does_not_depend_on_the_interpreters_hashes() -> None:
    program = (
        "from orchestrator.seed import truth; from orchestrator.seed.plan import plans;"
        "from orchestrator.seed.sizes import Dataset; d = Dataset.of('s', 7); t = [];"
        "[(list(p.weeks()), t.extend(p.truth)) for p in plans(d)]; print('\\n'.join(truth.lines(d, t)))"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.splitlines() == lines(Dataset.of("s", 7))


def test_another_seed_size_or_term_gives_other_keys() -> None:
    keys = [
        {punch.key for walked in walk(dataset) for punch in walked.punches}
        for dataset in (Dataset.of("s", 1), Dataset.of("s", 2), Dataset.of("s", 1, dt.date(2025, 11, 2)))
    ]
    assert not keys[0] & keys[1]
    assert not keys[0] & keys[2]


def test_what_is_planted_does_not_shift_what_people_do(company: Walked) -> None:
    small = Dataset.of("s", 1)
    more = walk(dataclasses.replace(small, size=dataclasses.replace(SIZES["s"], planted=2)))[1]

    def untouched(walked: Walked) -> dict[str, dt.datetime]:
        return {str(punch.key): punch.at for punch in walked.punches if not punch.flags and punch.session}

    mine, theirs = untouched(company), untouched(more)
    common = mine.keys() & theirs.keys()
    assert len(common) > 0.75 * len(mine)
    waited = [key for key in common if abs(mine[key] - theirs[key]) > 4 * SERVICE]
    assert not waited


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 2**63 - 1])
def test_every_kind_of_anomaly_is_planted(seed: int) -> None:
    walked = walk(Dataset.of("s", seed))
    planted = [{row.flag for row in one.truth if row.required} for one in walked]
    assert planted == [SCHOOL, CORPORATE]


def test_the_summary_counts_the_rows(small: list[Walked]) -> None:
    rows = [row for walked in small for row in walked.truth]
    summary = truth_table.summary(Dataset.of("s", 1), rows)
    assert sum(count["required"] + count["possible"] for count in summary["flags"].values()) == len(rows)
    assert summary["rows"] == len(rows)
    assert (summary["from"], summary["until"]) == ("2025-10-20", "2025-11-09")


def test_a_flag_stands_at_most_once_on_a_punch(small: list[Walked]) -> None:
    found = Counter((row.key, row.where, row.flag) for walked in small for row in walked.truth)
    assert [name for name, count in found.items() if count > 1] == []


def test_a_person_has_one_planted_anomaly_a_week() -> None:
    of_devices = {"F09", "F10", "F13", "F14"}
    crowded = Dataset.of("s", 1)
    for walked in walk(dataclasses.replace(crowded, size=dataclasses.replace(SIZES["s"], planted=4))):
        found: dict[tuple[str, int], set[tuple[str, object]]] = defaultdict(set)
        for punch in walked.punches:
            date = punch.session.date if punch.session else local_date(punch)
            week = (date - crowded.start).days // 7
            what = punch.session.start if punch.session else date
            planted = [flag.code for flag in punch.flags if flag.required and flag.code not in of_devices]
            found[punch.subject, week].update((flag, what) for flag in planted)
        assert [name for name, planted in found.items() if len(planted) > 1] == []


def test_nights_over_the_changes_of_the_clocks_last_nine_hours() -> None:
    company = Company(Dataset.of("s", 1))
    long = set()
    for week in range(3):
        for session, _ in company.calendar(company.dataset.start + dt.timedelta(days=7 * week)):
            if session.end - session.start == dt.timedelta(hours=9) and session.unit.startswith("CREW"):
                long.add((session.site, session.date))
    assert long == {(ANTWERP, dt.date(2025, 10, 25)), (NEWARK, dt.date(2025, 11, 1))}


def test_people_check_in_and_out_in_turn_except_where_it_is_planted(small: list[Walked]) -> None:
    for walked in small:
        inside: dict[str, Punch] = {}
        for punch in walked.punches:
            if punch.where != "event":
                continue
            if punch.direction == "in":
                before = inside.get(punch.subject)
                assert before is None or before in walked.flagged("F22")
                inside[punch.subject] = punch
            else:
                assert inside.pop(punch.subject).at <= punch.at
        assert set(inside.values()) <= walked.flagged("F22")


def test_nobody_rests_less_than_eleven_hours_except_where_it_is_planted(company: Walked) -> None:
    visits = sorted(
        (punch for punch in company.punches if punch.where == "event"), key=lambda punch: (punch.subject, punch.at)
    )
    excepted = company.flagged("F24", "F17", possible=True)
    for before, after in itertools.pairwise(visits):
        if before.subject == after.subject and (before.direction, after.direction) == ("out", "in"):
            assert after.at - before.at >= dt.timedelta(hours=11) or after in excepted


def test_the_planted_short_rest_is_about_eight_hours(company: Walked) -> None:
    for morning in company.flagged("F24"):
        if any(flag.code == "F24" and flag.required for flag in morning.flags):
            outs = [
                punch.at
                for punch in company.punches
                if punch.subject == morning.subject and punch.direction == "out" and punch.at < morning.at
            ]
            assert dt.timedelta(hours=7) < morning.at - max(outs) < dt.timedelta(hours=9)


def test_people_wait_for_each_other_except_in_a_planted_burst(school: Walked) -> None:
    last: dict[str, Punch] = {}
    planted = {row.key for row in school.truth if row.required}
    crowd = 0
    for punch in sorted(school.punches, key=lambda punch: punch.at):
        before = last.get(punch.device)
        if before is not None and punch.at - before.at < SERVICE:
            crowd += not {punch.key, before.key} & planted
        last[punch.device] = punch
    assert crowd == 0


def test_a_burst_is_eight_people_within_two_seconds_at_one_gate(school: Walked) -> None:
    bursts: dict[tuple[str, dt.date], list[Punch]] = defaultdict(list)
    for punch in school.flagged("F16"):
        bursts[punch.device, punch.at.date()].append(punch)
    assert len(bursts) == 3
    for punches in bursts.values():
        times = sorted(punch.at for punch in punches)
        assert (len({punch.subject for punch in punches}), times[-1] - times[0] < dt.timedelta(seconds=2)) == (8, True)


def test_clocks_are_right_within_two_seconds_except_where_it_is_planted(small: list[Walked]) -> None:
    for walked in small:
        excepted = {row.key for row in walked.truth if row.flag in {"F01", "F09", "F10", "F11"}}
        wrong = [
            row
            for row in walked.punches
            if row.key not in excepted
            and abs(dt.datetime.fromisoformat(row.entry["claimed_at"]) - row.at) > dt.timedelta(seconds=2)
        ]
        assert wrong == []


def test_sequence_numbers_are_gapless_except_where_it_is_planted(small: list[Walked]) -> None:
    for walked in small:
        boots: dict[str, list[Punch]] = defaultdict(list)
        for punch in walked.punches:
            if punch.original is None:
                boots[punch.entry["boot_id"]].append(punch)
        gaps, repeats = set(), set()
        for punches in boots.values():
            assert len({punch.device for punch in punches}) == 1
            punches.sort(key=lambda punch: punch.at)
            numbers = [0, *(punch.entry["sequence_number"] for punch in punches)]
            for before, after, punch in zip(numbers, numbers[1:], punches, strict=False):
                if after > before + 1:
                    gaps.add(punch)
                elif after == before:
                    repeats.add(punch)
                else:
                    assert after == before + 1
        assert (gaps, repeats) == (walked.flagged("F13"), walked.flagged("F14"))


def test_monotonic_clocks_agree_with_wall_clocks_except_where_it_is_planted(small: list[Walked]) -> None:
    for walked in small:
        differences: dict[str, list[tuple[float, Punch]]] = defaultdict(list)
        for punch in sorted(walked.punches, key=lambda punch: punch.at):
            if punch.original is None:
                claimed = dt.datetime.fromisoformat(punch.entry["claimed_at"]).timestamp()
                apart = claimed - punch.entry["monotonic_us"] / 1e6
                differences[punch.entry["boot_id"]].append((apart, punch))
        stepped = {
            punch
            for one in differences.values()
            for difference, punch in one
            if abs(difference - one[0][0]) > 1 + 2 * RATE * 86400 * 7 * walked.plan.dataset.size.weeks
        }
        assert stepped == walked.flagged("F10", "F11")


def test_a_device_is_rebooted_only_where_its_clock_is_wrong_for_a_day(small: list[Walked]) -> None:
    for walked in small:
        days: dict[str, dict[str, set[dt.date]]] = defaultdict(lambda: defaultdict(set))
        for punch in walked.punches:
            if punch.original is None:
                days[punch.device][punch.entry["boot_id"]].add(local_date(punch))
        wrong = {(punch.device, punch.entry["boot_id"]) for punch in walked.flagged("F09")}
        for device, boots in days.items():
            planted = [boot for boot in boots if (device, boot) in wrong]
            assert all(len(boots[boot]) == 1 for boot in planted)
            assert len(boots) <= 2 * len(planted) + 1
        running = {boot.device.code: boot for boot in walked.plan.boots_at_the_end()}
        assert running.keys() == walked.plan.tenant.organisation.devices.keys()
        assert not any(boot.is_wrong for boot in running.values())


def test_quartzes_run_within_what_the_load_states(small: list[Walked]) -> None:
    boots = {punch.boot for walked in small for punch in walked.punches if punch.boot}
    assert {abs(boot.rate) <= DRIFT_PPM / 1e6 / 2 for boot in boots} == {True}


def test_who_comes_late_and_who_does_not_keeps_away_from_the_limit(small: list[Walked]) -> None:
    limit = dt.timedelta(minutes=5)
    for walked in small:
        for punch in walked.punches:
            if punch.session and punch.direction == "in" and punch.where == "event":
                assert abs(punch.at - punch.session.start - limit) > dt.timedelta(minutes=2, seconds=45)


def test_what_waited_comes_after_everything_else_and_leaves_nothing_open(small: list[Walked]) -> None:
    for walked in small:
        late = [punch.deliver_at >= END_OF_DAYS for punch in walked.punches]
        assert late == sorted(late)
        assert {punch for punch in walked.punches if punch.deliver_at >= END_OF_DAYS} == walked.flagged("F12")
        unfinished = {punch.subject for punch in walked.flagged("F22")}
        waited = {(punch.subject, punch.at) for punch in walked.flagged("F12")}
        for subject, at in waited:
            assert subject not in unfinished or all(
                punch.at < at for punch in walked.flagged("F22") if punch.subject == subject
            )


def test_places_are_within_the_geofence_except_where_it_is_planted(small: list[Walked]) -> None:
    for walked in small:
        outside = {
            punch
            for punch in walked.punches
            if abs(punch.entry["latitude"] - punch.site.latitude) * 111_320 > punch.site.radius_m
            or abs(punch.entry["longitude"] - punch.site.longitude) * 111_320 > 2 * punch.site.radius_m
        }
        assert outside <= walked.flagged("F07")
        assert len(outside) >= len(walked.flagged("F07")) * 0.7  # some lie to the east or west, within twice the radius


def test_claims_of_the_future_are_planted(company: Walked) -> None:
    ahead = {punch for punch in company.punches if dt.datetime.fromisoformat(punch.entry["claimed_at"]) > FUTURE}
    assert ahead == company.flagged("F11")
    assert len(ahead) == 2


def test_registers_name_who_is_missing_and_make_a_record_for_each_or_for_all(school: Walked) -> None:
    assert len(school.registers) == school.plan.counts.registers
    for register in school.registers:
        gate = register.session.site is NEW_YORK
        assert (register.default_code is None) == gate
        assert register.records == (len(register.marks) if gate else register.expected)
        if gate:
            assert {mark.code for mark in register.marks} <= {"AE", "AU"}
    assert {"AE", "AU", "L", "LE", "AP"} >= {mark.code for one in school.registers for mark in one.marks} > {"AE", "L"}


def test_a_teacher_and_a_class_are_in_one_place_at_a_time() -> None:
    school = School(dataclasses.replace(Dataset.of("s", 1), size=dataclasses.replace(SIZES["m"], weeks=1)))
    for who in (lambda group, teacher: teacher, lambda group, teacher: (group.site.code, group.code)):
        busy: dict[object, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
        for group, teacher, session in school.meetings(school.dataset.start):
            busy[who(group, teacher)].append((session.start, session.end))
        for times in busy.values():
            times.sort()
            assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(times))


def test_sizes_grow_as_promised() -> None:
    people = {
        name: [plan.counts.members for plan in plans(Dataset(size, 1, dt.date(2025, 11, 9)))]
        for name, size in SIZES.items()
        if name != "l"
    }
    assert 90 < sum(people["s"]) < 130
    assert 550 < sum(people["m"]) < 650


def test_the_term_ends_on_a_sunday_that_is_over() -> None:
    assert Dataset.of("s", 1, dt.date(2025, 11, 12)).until == dt.date(2025, 11, 9)
    assert Dataset.of("s", 1, dt.date(2025, 11, 9)).until == dt.date(2025, 11, 9)
    assert Dataset.of("s", 1, dt.date(2025, 11, 9)).start == dt.date(2025, 10, 20)
    assert Dataset.of("s", 1, dt.date(2025, 11, 9), today=dt.date(2035, 10, 1)).until == dt.date(2025, 11, 9)
    for until in (dt.date(2025, 11, 9), dt.date(2015, 11, 29)):
        with pytest.raises(InvalidInput, match="out of range"):
            Dataset.of("s", 1, until, today=dt.date(2025, 11, 11))
