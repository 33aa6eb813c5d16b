"""Precision and recall of the integrity rules on demo data in which it is known what was planted where."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
import pytest
from click.testing import CliRunner

from orchestrator.cli import cli

Punch = tuple[str, str]
"""Tenant and idempotency key."""

NOT_PLANTED: Final = {
    "F12": "every punch of demo data is received long after its claim",
    "F29": "every register of demo data is received after its term",
}
"""True of the whole data set (docs/demo-data.md), so that precision means nothing."""
NEEDS_SAMPLES: Final = {"F09": "a clock is measured when its device reports, which the past cannot do"}
"""Recall means nothing for these; the tests of the clocks measure it."""

FLAGS: Final = """
select
  t.slug, f.rule,
  -- a refusal and a repeat are known by their key, everything else by its punch
  coalesce(r.key, case when f.about_kind = 'repeat' then f.about end, f.event_key, f.about)::text
from integrity.flag as f
inner join tenancy.tenant as t on t.tenant_id = f.tenant_id
left join ledger.refusal as r on r.tenant_id = f.tenant_id and r.id = f.about and f.about_kind = 'refusal'
where coalesce(f.observed ->> 'signal', '') not like 'F09:%' -- which is never held against anybody
"""


@dataclass
class Score:
    """What a rule flagged, against what was planted."""

    flagged: set[Punch] = field(default_factory=set)
    required: set[Punch] = field(default_factory=set)
    possible: set[Punch] = field(default_factory=set)

    @property
    def recall(self) -> float | None:
        return len(self.flagged & self.required) / len(self.required) if self.required else None

    @property
    def precision(self) -> float | None:
        return len(self.flagged & (self.required | self.possible)) / len(self.flagged) if self.flagged else None


@dataclass
class Judged:
    """The scores by rule, and which rules are deterministic."""

    scores: dict[str, Score]
    deterministic: set[str]
    scans: list[dict[str, Any]]


@pytest.fixture(scope="module")
def judged(clone: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Judged:
    dsn = clone()
    truth = tmp_path_factory.mktemp("truth") / "truth.jsonl"
    loaded = CliRunner().invoke(cli, ["seed", "--dsn", dsn, "--truth", str(truth)], prog_name="smartattend")
    assert loaded.exit_code == 0, loaded.output
    scores: dict[str, Score] = defaultdict(Score)
    for row in map(json.loads, truth.read_text(encoding="utf-8").splitlines()[1:]):
        score = scores[row["flag"]]
        (score.required if row["required"] else score.possible).add((row["tenant"], row["key"]))
    scans = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for slug in ("demo-school", "demo-corporate"):
            [(token,)] = connection.execute("select identity.login(%s, %s)", [slug, f"admin@{slug}.example"]).fetchall()
            for _ in range(2):
                [(status, detail)] = connection.execute(
                    "select status, detail from api.integrity_scan(key => %s, token => %s)", [uuid.uuid4(), token]
                ).fetchall()
                assert status == "accepted"
                scans.append(detail)
        for slug, rule, key in connection.execute(FLAGS).fetchall():
            scores[rule].flagged.add((slug, key))
        found = connection.execute("select rule from integrity.rule where is_deterministic").fetchall()
    return Judged(scores, {rule for (rule,) in found}, scans)


def test_precision_and_recall_are_printed_and_perfect_for_the_deterministic_rules(
    judged: Judged, capsys: pytest.CaptureFixture[str]
) -> None:
    def figure(value: float | None) -> str:
        return "   –" if value is None else f"{value:.2f}"

    with capsys.disabled():
        print("\nrule  planted  flagged  recall  precision")
        for rule, score in sorted(judged.scores.items()):
            why = NOT_PLANTED.get(rule) or NEEDS_SAMPLES.get(rule)
            kind = "" if rule in judged.deterministic else "  (not deterministic)"
            print(
                f"{rule}   {len(score.required):7}  {len(score.flagged):7}    {figure(score.recall)}       "
                f"{figure(score.precision)}{kind}{f'  ({why})' if why else ''}"
            )
    for rule, score in judged.scores.items():
        if rule in judged.deterministic and rule not in NEEDS_SAMPLES:
            assert score.recall in (None, 1.0), f"{rule} missed {sorted(score.required - score.flagged)[:3]}"
        if rule in judged.deterministic and rule not in NOT_PLANTED:
            wrong = score.flagged - score.required - score.possible
            assert score.precision in (None, 1.0), f"{rule} is wrong about {sorted(wrong)[:3]}"


def test_what_rests_on_experience_is_right_about_this_data_too(judged: Judged) -> None:
    for rule in ("F03", "F08", "F16"):
        score = judged.scores[rule]
        assert (score.recall, score.precision) == (1.0, 1.0), rule


def test_the_data_has_enough_to_be_judged_by(judged: Judged) -> None:
    planted = {rule for rule, score in judged.scores.items() if score.required}
    assert planted >= {f"F{number:02}" for number in (1, 2, 3, 4, 7, 8, 10, 11, 13, 14, 16, 17, 18, 19, 20, 22, 24)}


def test_a_second_scan_finds_nothing(judged: Judged) -> None:
    assert [scan["raised"] for scan in judged.scans[1::2]] == [0, 0]
    assert all(scan["raised"] > 0 for scan in judged.scans[::2])
