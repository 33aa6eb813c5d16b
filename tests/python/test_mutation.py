"""The mutants' own tests: what is cut out of a body, what is drawn, and that a guard's loss is seen."""

from __future__ import annotations

import psycopg
import pytest

from orchestrator.cluster import Cluster
from tests import harness, mutation

BODY = """
declare
  v_code text;
begin
  -- if nothing then perform core.fail('SA999');
  if thing.key is null or thing.key = 'if' then -- a remark
    perform core.fail('SA012', 'key is null', 'a key');
  elsif not (thing.a between 1 and 2 and thing.b) then
    return core.refused('SA104');
  else
    perform core.fail('SA010', 'else', case when thing.a = 1 then 'x' end);
  end if;
  v_code := case when thing.a = 3 then 'SA101' when not found then 'fine' end;
  for v_code in select 1 loop
    if v_code = 'SA102' then
      if thing.c then
        return 'SA103';
      end if;
    end if;
  end loop;
  return null;
end
"""


def mutated(cut: mutation.Cut) -> str:
    return BODY[: cut.begin] + cut.text + BODY[cut.end :]


def test_each_check_of_a_body_is_cut_once() -> None:
    assert [cut.name for cut in mutation.cuts(BODY, "plpgsql")] == [
        "SA012 never if thing.key is null or thing.key = 'if'",
        "SA012 not because thing.key is null",
        "SA012 not because thing.key = 'if'",
        "SA104 never if not (thing.a between 1 and 2 and thing.b)",
        "SA104 without thing.a between 1 and 2",
        "SA104 without thing.b",
        "SA101 never if thing.a = 3",
        "SA103 never if thing.c",
        "SA010 not raised",
    ]


def test_a_cut_changes_its_condition_and_nothing_else() -> None:
    whole, first, second, *_ = mutation.cuts(BODY, "plpgsql")
    assert "if false and (thing.key is null or thing.key = 'if') then" in mutated(whole)
    assert "if (thing.key = 'if'\n) then" in mutated(first)
    assert "if (thing.key is null\n) then" in mutated(second)
    assert all(mutated(cut).count("\n") >= BODY.count("\n") for cut in (whole, first, second))


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("a = 1 and b between 1 and 2 and (c and d)", ["a = 1", "b between 1 and 2", "(c and d)"]),
        ("a and b or c", ["a and b or c"]),
        ("'x and y' = z", ["'x and y' = z"]),
        ("case when a and b then c end and d", ["case when a and b then c end", "d"]),
    ],
)
def test_terms_are_split_outside_brackets(expression: str, terms: list[str]) -> None:
    assert mutation.split_terms(expression, "and") == terms


UNITS = "identity.session_units('member.read'::text)"
EARLY = f'( SELECT (EXISTS ( SELECT\n FROM {UNITS} session_units(session_units))) AS "exists")'
FINDS = f"(EXISTS ( SELECT FROM t e WHERE (e.unit_id = ANY (ARRAY( SELECT u.unit_id\n FROM {UNITS} u(unit_id))))))"


@pytest.mark.parametrize(
    ("term", "later", "early"),
    [
        (EARLY, [FINDS], True),
        (EARLY, [FINDS.replace("member.read", "leave.manage")], False),
        (EARLY, [f"({FINDS} OR (user_id = 1))"], False),
        (EARLY, [], False),
        (FINDS, [FINDS], False),
    ],
)
def test_a_term_only_asks_early_if_a_later_one_is_false_without_the_same_units(
    term: str, later: list[str], early: bool
) -> None:
    assert mutation.only_asks_early(term, later) is early


def test_a_sample_is_the_same_for_the_same_seed_and_takes_every_kind() -> None:
    mutants = [
        mutation.Mutant(f"{kind} {n}", kind, "") for kind in ("a", "b") for n in range(5 if kind == "a" else 500)
    ]
    drawn = mutation.sample(mutants, 8, "seed")
    assert drawn == mutation.sample(mutants, 8, "seed")
    assert drawn != mutation.sample(mutants, 8, "other")
    assert [mutant.kind for mutant in drawn].count("a") == 4


@pytest.mark.once
def test_known_survivors_exist(server: Cluster, template: str) -> None:
    """Whoever is in the list is a mutant; a name that is none any more has to leave."""
    mutation.Laboratory.prepare(server)
    try:
        laboratory = mutation.Laboratory(server)
        names = [mutant.name for mutant in laboratory.mutants]
        assert len(names) == len(set(names)) > 3000
        assert mutation.known_survivors() - set(names) == set()

        chosen = [mutant for mutant in laboratory.mutants if mutant.kind in mutation.BY_BEHAVIOUR]
        with psycopg.connect(server.dsn(mutation.SOURCE)) as connection:
            for mutant in chosen:
                with connection.transaction(force_rollback=True):
                    connection.execute(mutant.statement.encode())

        dropped = next(
            m for m in laboratory.mutants if m.name == "trigger attendance.event.event_100_no_truncate dropped"
        )
        laboratory.files = [file for file in laboratory.files if "history_is_guarded" in file.path]
        assert laboratory.judge(dropped).killed_by == "tests/catalog/history_is_guarded_on_five_layers.pg"
        harmless = mutation.Mutant("a remark", "trigger", "comment on table attendance.event is 'Events.'")
        assert laboratory.judge(harmless).survived
        assert laboratory.judge(mutation.Mutant("nonsense", "trigger", "drop nothing")).invalid
    finally:
        server.drop_database(mutation.SOURCE)


def test_what_is_left_out_has_a_reason() -> None:
    assert all(reason.strip() for reason in (*mutation.LEFT_OUT.values(), *mutation.RACES.values()))
    assert all((harness.ROOT / file.partition("::")[0]).exists() for file in mutation.RACES.values())
