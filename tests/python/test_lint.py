"""The lint over sqitch files: each rule is seen to fail, and a good tree to pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(__file__).resolve().parents[1] / "lint"
pytestmark = pytest.mark.once

GOOD = {
    "deploy": """-- Deploy smartattend:core/thing to pg
begin;
set local role smartattend_owner;

create table core.thing (
  tenant_id uuid not null
);
comment on table core.thing is 'A THING; SELECT nothing from it, and set nothing. '' CASCADE';

create function core.answer()
returns integer
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return 42; -- SELECT in a comment is prose
end $$;
comment on function core.answer() is 'The answer.';

commit;
""",
    "revert": """-- Revert smartattend:core/thing from pg
begin;
set local role smartattend_owner;

drop function core.answer();
drop table core.thing;

commit;
""",
    "verify": """-- Verify smartattend:core/thing on pg
begin;

select tenant_id from core.thing where false;
do $$
begin
  assert core.answer() = 42, 'the answer';
end $$;

rollback;
""",
}

PLAN = """%syntax-version=1.0.0
%project=smartattend

core/thing 2026-01-01T00:00:00Z A <a@example.org> # a thing
"""


def write(root: Path, change: str = "core/thing", **replaced: str) -> None:
    """Write the three scripts of a change, some of them replaced."""
    for action, text in GOOD.items():
        path = root / action / f"{change}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(replaced.get(action, text.replace("core/thing", change)))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree without a finding."""
    (tmp_path / "sqitch.plan").write_text(PLAN)
    write(tmp_path)
    return tmp_path


def lint(root: Path) -> tuple[int, str]:
    result = subprocess.run([sys.executable, LINT, "--root", root], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr, result.stderr
    return result.returncode, result.stdout


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)


def test_a_good_tree_has_no_finding(tree: Path) -> None:
    assert lint(tree) == (0, "")


def test_a_tree_without_a_plan_fails(tmp_path: Path) -> None:
    assert lint(tmp_path)[0] == 1


@pytest.mark.parametrize("action", ["deploy", "revert", "verify"])
def test_a_missing_script_is_found(tree: Path, action: str) -> None:
    (tree / action / "core" / "thing.sql").unlink()
    code, said = lint(tree)
    assert code == 1
    assert f"plan: core/thing has no {action}/core/thing.sql" in said


def test_a_script_that_is_not_in_the_plan_is_found(tree: Path) -> None:
    write(tree, "core/other")
    code, said = lint(tree)
    assert code == 1
    assert said.count("no change of the plan has this script") == 3


BAD = {
    "another header": ("deploy", "-- Deploy smartattend:core/thing to pg", "-- Deploy core/thing", "header:"),
    "no begin": ("deploy", "begin;\nset", "set", "transaction:"),
    "no commit": ("revert", "commit;\n", "", "transaction:"),
    "verify commits": ("verify", "rollback;", "commit;", "transaction:"),
    "commit in between": ("deploy", "comment on table", "commit;\nbegin;\ncomment on table", "transaction:"),
    "set without local": ("deploy", "set local role", "set role", "set:"),
    "set config for the session": ("deploy", "commit;", "select set_config('a.b', 'c', false);\n\ncommit;", "set:"),
    "an include": ("deploy", "commit;", "\\ir other.sql\ncommit;", "include:"),
    "cascade": ("revert", "drop table core.thing;", "drop table core.thing cascade;", "cascade:"),
    "if exists": ("revert", "drop table core.thing;", "drop table if exists core.thing;", "cascade:"),
    "no schema": ("deploy", "create table core.thing", "create table thing", "schema:"),
    "index without schema": ("deploy", "commit;", "create index i on thing (tenant_id);\n\ncommit;", "schema:"),
    "no comment": ("deploy", "comment on function core.answer() is 'The answer.';\n", "", "comment:"),
    "upper case": ("deploy", "create table core", "CREATE TABLE core", "case:"),
    "upper case in a body": ("deploy", "  return 42;", "  RETURN 42;", "case:"),
    "a tab": ("deploy", "  tenant_id", "\ttenant_id", "layout:"),
    "blank at the end": ("revert", "drop table core.thing;", "drop table core.thing; ", "layout:"),
    "odd indentation": ("deploy", "  return 42;", "   return 42;", "layout:"),
    "no newline at the end": ("revert", "commit;\n", "commit;", "layout:"),
    "too wide": (
        "deploy",
        "  tenant_id uuid not null",
        f"  tenant_id uuid not null {'/* */' * 0}{', a int' * 30}",
        "layout:",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_script_is_found(tree: Path, name: str) -> None:
    action, old, new, rule = BAD[name]
    assert old in GOOD[action]
    write(tree, **{action: GOOD[action].replace(old, new, 1)})
    code, said = lint(tree)
    assert code == 1
    assert rule in said


CANNOT_FAIL = [
    "",
    "select 1;",
    "select has_table_privilege('smartattend_app', 'core.thing', 'select');",
    "select has_table_privilege('smartattend_app', 'core.thing'::regclass, 'select');",
    "select has_function_privilege('smartattend_app', cast('core.answer()' as regprocedure), 'execute');",
    "select 1 where false; -- core.thing",
    "select 'core.thing' where false;",
    "select tenant_id from core.thing; -- assert, where false",
    "select 'assert', '1/count(*)', 'where false';",
    "select count(*) from core.thing;",
    "do $$ begin perform core.answer(); end $$;",
]
CAN_FAIL = [
    "do $$ begin assert (select count(*) = 1 from core.thing); end $$;",
    "select 1/count(*) from core.thing;",
    "select 1 / count(*) from pg_catalog.pg_namespace where nspname = 'core';",
    "do $$ begin assert has_table_privilege('smartattend_app', 'core.thing', 'select'); end $$;",
    "select tenant_id from core.thing where false;",
    "select 'core.answer()'::regprocedure;",
    "select pg_get_functiondef('core.answer()');",
    "select * from plpgsql_check_function('core.answer()');",
]


@pytest.mark.parametrize("body", CANNOT_FAIL)
def test_a_verify_that_cannot_fail_is_found(tree: Path, body: str) -> None:
    write(tree, verify=f"-- Verify smartattend:core/thing on pg\nbegin;\n{body}\nrollback;\n")
    code, said = lint(tree)
    assert code == 1
    assert "verify: it cannot fail" in said


def test_a_verify_looks_at_what_its_change_made(tree: Path) -> None:
    write(tree, verify=GOOD["verify"].replace("core.thing", "tenancy.tenant").replace("core.", "tenancy."))
    code, said = lint(tree)
    assert code == 1
    assert "it names nothing of schema core" in said


@pytest.mark.parametrize("body", ["set search_path = public;", "if true then set jit = off; end if;"])
def test_a_set_that_outlives_the_script_is_found_in_a_body_too(tree: Path, body: str) -> None:
    write(tree, verify=GOOD["verify"].replace("begin\n  assert", f"begin\n  {body}\n  assert"))
    code, said = lint(tree)
    assert code == 1
    assert "outlives the script: set local" in said


@pytest.mark.parametrize("body", CAN_FAIL)
def test_a_verify_that_can_fail_passes(tree: Path, body: str) -> None:
    write(tree, verify=f"-- Verify smartattend:core/thing on pg\nbegin;\n{body}\nrollback;\n")
    assert lint(tree) == (0, "")


# --- released changes are immutable ------------------------------------------------------------------------


@pytest.fixture
def released(tree: Path) -> Path:
    """A repository with the tag @v1 in the plan and in git, and one change after it."""
    (tree / "sqitch.plan").write_text(PLAN + "@v1 2026-01-02T00:00:00Z A <a@example.org> # first release\n")
    git(tree, "init", "-q")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "release")
    git(tree, "tag", "v1")
    later = "\ncore/later 2026-01-03T00:00:00Z A <a@example.org> # later\n"
    (tree / "sqitch.plan").write_text((tree / "sqitch.plan").read_text() + later)
    write(tree, "core/later")
    assert lint(tree) == (0, "")
    return tree


def edit(path: Path) -> None:
    path.write_text(path.read_text().replace("\n\n", "\n-- a remark\n\n", 1))


@pytest.mark.parametrize("action", ["deploy", "revert", "verify"])
def test_an_edited_released_script_is_found(released: Path, action: str) -> None:
    edit(released / action / "core" / "thing.sql")
    code, said = lint(released)
    assert code == 1
    assert f"{action}/core/thing.sql:1: released: changed since @v1" in said


def test_it_is_found_when_the_edit_was_committed(released: Path) -> None:
    edit(released / "deploy" / "core" / "thing.sql")
    git(released, "add", ".")
    git(released, "commit", "-q", "-m", "sneaky")
    assert lint(released)[0] == 1


def test_it_is_found_without_a_git_tag(released: Path) -> None:
    git(released, "tag", "-d", "v1")
    assert lint(released) == (0, "")
    edit(released / "deploy" / "core" / "thing.sql")
    assert lint(released)[0] == 1


def test_a_change_after_the_tag_may_be_edited(released: Path) -> None:
    edit(released / "deploy" / "core" / "later.sql")
    assert lint(released) == (0, "")


def test_an_edited_plan_above_the_tag_is_found(released: Path) -> None:
    plan = released / "sqitch.plan"
    plan.write_text(plan.read_text().replace("# a thing", "# another thing"))
    code, said = lint(released)
    assert code == 1
    assert "the plan above @v1 was changed" in said


def test_a_rework_of_a_released_change_passes(released: Path) -> None:
    """Sqitch moves the released scripts to name@tag; the plain name is the new change's."""
    plan = released / "sqitch.plan"
    plan.write_text(plan.read_text() + "core/thing [core/thing@v1] 2026-01-04T00:00:00Z A <a@example.org> # reworked\n")
    for action in GOOD:
        (released / action / "core" / "thing@v1.sql").write_text((released / action / "core" / "thing.sql").read_text())
    (released / "revert" / "core" / "thing.sql").write_text(
        GOOD["deploy"].replace("Deploy", "Revert").replace(" to ", " from ")
    )
    edit(released / "deploy" / "core" / "thing.sql")
    assert lint(released) == (0, "")
    edit(released / "deploy" / "core" / "thing@v1.sql")
    assert lint(released)[0] == 1
