"""Tenants and tokens from the command line: who may, what is written, what is refused, and what is never shown."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from psycopg.conninfo import make_conninfo

from orchestrator.acting import request_key
from orchestrator.cluster import Cluster

Run = Callable[..., Result]
once = pytest.mark.once


def one(dsn: str, query: str, *values: object) -> Any:
    """The first column of the first row, as the superuser."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query, values or None).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def login(server: Cluster, database: str) -> Iterator[Callable[..., str]]:
    """``login("smartattend_operator")`` makes a login in these roles and returns its DSN for the test's database."""
    names: list[str] = []
    numbers = itertools.count(1)

    def make(*roles: str, inherit: bool = True) -> str:
        name = f"try_{os.getpid()}_{next(numbers)}"
        names.append(name)
        member_of = f"in role {', '.join(roles)}" if roles else ""
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"create role {name} login {'inherit' if inherit else 'noinherit'} {member_of}")
        return make_conninfo(database, user=name)

    yield make
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        for name in names:
            connection.execute(f"drop role {name}")


@pytest.fixture
def create(smartattend: Run, database: str) -> Callable[..., Result]:
    """``create("north-high", "--sandbox")``: the shortest complete command."""

    def run(slug: str = "north-high", *more: str, dsn: str = database) -> Result:
        return smartattend(
            *("tenant", "create", slug, "--name", "North High", "--platform", "school"),
            *("--time-zone", "Europe/Brussels", "--admin-login", "ann@north.example", "--admin-name", "Ann Admin"),
            *("--format", "json", "--dsn", dsn, *more),
        )

    return run


@pytest.fixture
def tenant(create: Callable[..., Result], database: str) -> str:
    """DSN of a database with the tenant north-high."""
    result = create()
    assert result.exit_code == 0, result.output
    return database


# --- tenant create ---------------------------------------------------------------------------------------


def test_the_first_tenant_makes_the_first_superadmin_and_is_active(
    create: Callable[..., Result], database: str
) -> None:
    result = create("north-high", "--sandbox", "--site-code", "hq", "--superadmin", "root@example.org")
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["outcome"], shown["slug"], shown["is_sandbox"]) == ("created", "north-high", True)
    assert "root@example.org is now the first superadmin" in result.stderr
    assert "smartattend token issue north-high ann@north.example" in result.stderr
    assert one(database, "select state || is_sandbox from tenancy.tenant where tenant_id = %s", shown["tenant_id"]) == (
        "activetrue"
    )
    assert one(database, "select code from tenancy.site") == "hq"
    assert one(database, "select count(*) from identity.platform_grant where role = 'superadmin'") == 1


def test_the_platform_session_of_a_command_ends_with_it(tenant: str) -> None:
    assert one(tenant, "select count(*) from identity.platform_session") == 1
    assert one(tenant, "select count(*) from identity.platform_session where revoked_at is null") == 0
    assert one(tenant, "select reason || ' / ' || ticket from identity.platform_session") == (
        "smartattend tenant create north-high / no-ticket"
    )


def test_the_same_command_again_answers_the_same_and_changes_nothing(
    create: Callable[..., Result], tenant: str
) -> None:
    counts = "select array[(select count(*) from tenancy.tenant), (select count(*) from tenancy.tenant_transition)]"
    before = one(tenant, counts)
    result = create()
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert shown["outcome"].startswith("replayed")
    assert shown["tenant_id"] == str(one(tenant, "select tenant_id from tenancy.tenant"))
    assert "superadmin" not in result.stderr
    assert one(tenant, counts) == before == [1, 2]


def test_a_taken_slug_is_refused_and_the_refusal_is_kept(create: Callable[..., Result], tenant: str) -> None:
    result = create("north-high", "--name", "Another")
    assert result.exit_code == 1
    assert "SA112" in result.stderr
    assert "smartattend tenant show north-high" in result.stderr
    assert one(tenant, "select code from ledger.refusal where command = 'tenant_create'") == "SA112"
    assert one(tenant, "select count(*) from tenancy.tenant") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("--time-zone", "Mars/Olympus"),
        ("--admin-login", "No Spaces"),
        ("--name", ""),
        ("--site-code", "x" * 65),
        ("--reason", "short"),
        ("--ticket", ""),
        ("--superadmin", "No Login"),
    ],
    ids=lambda wrong: wrong[0],
)
def test_a_wrong_value_leaves_nothing_behind(
    wrong: tuple[str, str], create: Callable[..., Result], database: str
) -> None:
    result = create("north-high", *wrong)
    assert result.exit_code == 1
    assert "SA01" in result.stderr
    assert "to do:" in result.stderr
    for table in ("tenancy.tenant", "identity.platform_session", "identity.platform_grant", 'identity."user"'):
        assert one(database, f"select count(*) from {table}") == 0, table


def test_a_second_superadmin_is_not_made_by_naming_one(create: Callable[..., Result], tenant: str) -> None:
    result = create("south-high", "--superadmin", "mallory")
    assert result.exit_code == 1
    assert "mallory holds no platform role" in result.stderr
    assert one(tenant, "select count(*) from identity.platform_grant") == 1
    assert one(tenant, "select count(*) from tenancy.tenant") == 1


def test_the_same_command_twice_at_once_makes_one_tenant(create: Callable[..., Result], database: str) -> None:
    from orchestrator import database as db
    from orchestrator.acting import platform_session

    assert create("first-one").exit_code == 0
    request = {
        **{"slug": "race", "name": "Race", "platform": "school", "time_zone": "UTC", "admin_login": "ann"},
        **{"admin_name": "Ann", "is_sandbox": False, "site_code": "main", "site_name": None},
    }

    def run(_: int) -> db.Outcome:
        with (
            db.connect(database) as connection,
            platform_session(connection, "superadmin", "two callers at once", "T-1") as token,
        ):
            return db.call(
                connection, "tenant_create", key=request_key("tenant_create", request), **request, token=token
            )

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(run, range(8)))
    assert sorted(outcome.status for outcome in outcomes) == ["accepted", *["replayed"] * 7]
    assert len({outcome.id for outcome in outcomes}) == 1


@once
def test_the_key_of_a_request_is_that_of_its_content() -> None:
    key = request_key("tenant_create", {"slug": "a", "name": "é"})
    assert key == request_key("tenant_create", {"name": "é", "slug": "a"})
    assert key != request_key("tenant_create", {"slug": "b", "name": "é"})
    assert key != request_key("other", {"slug": "a", "name": "é"})


# --- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inherit", [True, False])
def test_a_deployer_creates_the_first_tenant(
    inherit: bool, create: Callable[..., Result], login: Callable[..., str]
) -> None:
    result = create(dsn=login("smartattend_deployer", inherit=inherit))
    assert result.exit_code == 0, result.output


def test_an_operator_creates_tenants_once_there_is_a_superadmin(
    create: Callable[..., Result], login: Callable[..., str], database: str
) -> None:
    operator = login("smartattend_operator", inherit=False)
    result = create(dsn=operator)
    assert result.exit_code == 1
    assert "only a member of smartattend_deployer may make the first superadmin" in result.stderr
    assert one(database, "select count(*) from tenancy.tenant") == 0
    assert create("first-one").exit_code == 0
    result = create(dsn=operator)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("roles", [(), ("smartattend_app",), ("smartattend_auditor",)], ids=lambda roles: str(roles))
@pytest.mark.parametrize(
    "arguments",
    [
        ("tenant", "list"),
        ("tenant", "show", "north-high"),
        ("tenant", "transition", "north-high", "restrict", "--reason", "not for you to say"),
        ("token", "issue", "north-high", "admin"),
        ("token", "issue", "--platform", "superadmin", "--reason", "not for you to say", "--ticket", "T"),
    ],
    ids=" ".join,
)
def test_nobody_else_may(
    roles: tuple[str, ...],
    arguments: tuple[str, ...],
    smartattend: Run,
    tenant: str,
    login: Callable[..., str],
) -> None:
    result = smartattend(*arguments, "--dsn", login(*roles))
    assert result.exit_code == 1
    assert "is not a member of smartattend_operator" in result.stderr
    assert result.stdout == ""
    assert one(tenant, "select count(*) from identity.login_session") == 0


@pytest.mark.parametrize("arguments", [("tenant", "list"), ("token", "revoke", "x"), ("token", "issue", "a", "b")])
def test_a_database_without_the_schema_is_named(
    arguments: tuple[str, ...], smartattend: Run, empty_database: str, template: str
) -> None:
    result = smartattend(*arguments, "--dsn", empty_database)
    assert result.exit_code == 1
    assert "has no SmartAttend schema" in result.stderr
    assert "smartattend deploy" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "csv", "members", "FILE", "--tenant", "north-high"),
        ("report", "day", "2026-03-02", "--tenant", "north-high"),
        ("simulate", "status", "--tenant", "north-high"),
        ("simulate", "duplicate-storm", "--tenant", "north-high", "--out", "OUT"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_an_operator_who_may_not_act_as_the_application_is_told_what_to_grant(
    arguments: tuple[str, ...], smartattend: Run, tenant: str, login: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    file.write_text("member_number,kind,display_name,active_from\n1,student,Ada,2020-01-01\n")
    places = {"FILE": str(file), "OUT": str(tmp_path / "out")}
    words = [places.get(word, word) for word in arguments]
    refused = smartattend(*words, "--dsn", login("smartattend_operator"))
    assert refused.exit_code == 1, refused.output
    assert "to do: grant smartattend_app to " in refused.stderr
    assert "Traceback" not in refused.output


@pytest.mark.parametrize("command", ["deploy", "revert", "verify", "plan"])
def test_an_operator_is_told_that_the_registry_of_changes_is_the_deployers(
    command: str, smartattend: Run, login: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    more = ("--all", "--yes") if command == "revert" else ()
    result = smartattend(command, *more, "--dsn", login("smartattend_operator", "smartattend_app"))
    assert result.exit_code == 1
    assert "may not read sqitch's registry of changes" in result.stderr
    assert "connect as the deployer" in result.stderr
    said = "".join(capfd.readouterr())
    assert "upgrade" not in said, "sqitch was started"


def test_doctor_leaves_the_registry_of_changes_to_the_deployer(smartattend: Run, login: Callable[..., str]) -> None:
    dsn = login("smartattend_operator", "smartattend_app")
    checks = {row["check"]: row for row in json.loads(smartattend("doctor", "--format", "json", "--dsn", dsn).stdout)}
    found = checks["deployed changes"]
    assert found["state"] == "not checked"
    assert "may not read sqitch's registry of changes" in found["observed"]
    assert "connect as the deployer" in found["to_do"]


# --- tenant list, show, transition -----------------------------------------------------------------------


def test_an_operator_lists_and_sees_tenants(smartattend: Run, tenant: str, login: Callable[..., str]) -> None:
    for dsn in (tenant, login("smartattend_operator", inherit=False)):
        listed = json.loads(smartattend("tenant", "list", "--format", "json", "--dsn", dsn).stdout)
        assert [(each["slug"], each["state"]) for each in listed] == [("north-high", "active")]
        shown = json.loads(smartattend("tenant", "show", "north-high", "--format", "json", "--dsn", dsn).stdout)
        assert [move["via"] for move in shown["history"]] == ["create", "activate"]
        assert [move["via"] for move in shown["next"]] == ["offboard", "restrict", "suspend"]
        assert "capture_write" in shown["opens"]
    table = smartattend("tenant", "show", "north-high", "--dsn", tenant).stdout
    assert "History" in table
    assert "restricted" in table


def test_an_empty_database_says_how_to_begin(smartattend: Run, database: str) -> None:
    result = smartattend("tenant", "list", "--dsn", database)
    assert result.exit_code == 0
    assert "smartattend tenant create" in result.stderr


@pytest.mark.parametrize("arguments", [("show", "nobody"), ("transition", "nobody", "restrict")])
def test_an_unknown_tenant_is_a_usage_error(arguments: tuple[str, ...], smartattend: Run, tenant: str) -> None:
    result = smartattend("tenant", *arguments, "--dsn", tenant)
    assert result.exit_code == 2
    assert "there is no tenant 'nobody'" in result.stderr


def test_a_tenant_moves_along_its_lifecycle(smartattend: Run, tenant: str) -> None:
    result = smartattend(
        *("tenant", "transition", "north-high", "restrict", "--reason", "invoice 1207 is unpaid"),
        *("--ticket", "OPS-17", "--format", "json", "--dsn", tenant),
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["state"] == "restricted"
    assert one(tenant, "select reason from tenancy.tenant_transition where via = 'restrict'") == (
        "invoice 1207 is unpaid"
    )
    assert one(tenant, "select count(*) from identity.platform_session where ticket = 'OPS-17'") == 1


def test_an_illegal_move_is_refused_and_the_legal_ones_are_named(smartattend: Run, tenant: str) -> None:
    result = smartattend(
        "tenant", "transition", "north-high", "restore", "--reason", "because we want to", "--dsn", tenant
    )
    assert result.exit_code == 1
    assert "SA101" in result.stderr
    assert "from active these are legal: offboard, restrict, suspend" in result.stderr
    assert one(tenant, "select code from ledger.refusal where command = 'tenant_transition'") == "SA101"
    assert one(tenant, "select state from tenancy.tenant") == "active"


def test_a_move_without_its_reason_is_an_error(smartattend: Run, tenant: str) -> None:
    result = smartattend("tenant", "transition", "north-high", "suspend", "--dsn", tenant)
    assert result.exit_code == 1
    assert "SA013" in result.stderr
    assert one(tenant, "select state from tenancy.tenant") == "active"


# --- tokens ----------------------------------------------------------------------------------------------


def issue(smartattend: Run, dsn: str, *arguments: str) -> str:
    result = smartattend("token", "issue", *arguments, "--dsn", dsn)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    token = result.stdout.strip()
    assert token not in result.stderr
    return token


def check_in(dsn: str, token: str) -> str:
    """``accepted``, or the SQLSTATE that speaks against it, as the application."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set role smartattend_app")
        try:
            row = connection.execute(
                "select status from api.check_in(key => gen_random_uuid(), token => %s)", [token]
            ).fetchone()
        except psycopg.Error as error:
            return str(error.sqlstate)
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("who", ["ann@north.example", "admin"], ids=["login", "member number"])
def test_a_token_is_all_that_is_printed_and_works_until_it_is_revoked(who: str, smartattend: Run, tenant: str) -> None:
    token = issue(smartattend, tenant, "north-high", who)
    assert check_in(tenant, token) == "accepted"
    result = smartattend("token", "revoke", "-", "--reason", "the test is over", "--dsn", tenant, input=token + "\n")
    assert result.exit_code == 0, result.output
    assert token not in result.output
    assert check_in(tenant, token) == "SA004"
    assert one(tenant, "select revoked_because from identity.login_session") == "the test is over"
    result = smartattend("token", "revoke", token, "--dsn", tenant)
    assert result.exit_code == 1
    assert "no live session has this token" in result.stderr
    assert token not in result.stderr


def test_only_the_hash_of_a_token_is_stored(smartattend: Run, tenant: str) -> None:
    token = issue(smartattend, tenant, "north-high", "admin", "--reason", "look for it")
    assert one(tenant, "select row(s.*)::text from identity.login_session as s").count(token[-64:]) == 0
    assert one(tenant, "select token_hash = sha256(%s::bytea) from identity.login_session", token.encode()) is True


def test_lifetime_and_idle_time_are_kept(smartattend: Run, tenant: str) -> None:
    issue(smartattend, tenant, "north-high", "admin", "--lifetime", "1h30m", "--idle", "10m")
    assert (
        one(tenant, "select extract(epoch from expires_at - created_at)::integer from identity.login_session") == 5400
    )
    assert one(tenant, "select extract(epoch from idle_timeout)::integer from identity.login_session") == 600


def test_a_device_has_a_token_of_its_own(smartattend: Run, tenant: str) -> None:
    token = issue(smartattend, tenant, "north-high", "admin")
    with psycopg.connect(tenant, autocommit=True) as connection:
        connection.execute(
            "select * from api.put_devices(%s, token => %s)",
            [json.dumps([{"code": "gate-1", "site_code": "main", "name": "Gate", "kind": "gate"}]), token],
        )
    issue(smartattend, tenant, "north-high", "--device", "gate-1", "--lifetime", "7d")
    assert one(tenant, "select count(*) from identity.login_session where kind = 'device'") == 1


def test_a_platform_token_has_a_reason_and_a_ticket(smartattend: Run, tenant: str) -> None:
    token = issue(
        smartattend, tenant, *("--platform", "superadmin", "--reason", "look at a tenant", "--ticket", "OPS-9"),
        *("--mfa-level", "2"),
    )  # fmt: skip
    assert token.startswith("sa_platform_")
    assert one(tenant, "select mfa_level from identity.platform_session where ticket = 'OPS-9'") == 2
    for arguments in (("--ticket", "OPS-9"), ("--reason", "look at a tenant")):
        result = smartattend("token", "issue", "--platform", "superadmin", *arguments, "--dsn", tenant)
        assert result.exit_code == 1
        assert "SA01" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("north-high", "nobody"),
        ("nowhere", "admin"),
        ("north-high", "--device", "no-gate"),
        ("--platform", "nobody", "--reason", "look at a tenant", "--ticket", "T"),
    ],
    ids=" ".join,
)
def test_an_unknown_name_is_a_usage_error(arguments: tuple[str, ...], smartattend: Run, tenant: str) -> None:
    result = smartattend("token", "issue", *arguments, "--dsn", tenant)
    assert result.exit_code == 2
    assert "SA011" in result.stderr
    assert result.stdout == ""


@once
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("north-high",),
        ("north-high", "admin", "--device", "x"),
        ("north-high", "--device", "x", "--idle", "5m"),
        ("north-high", "admin", "--ticket", "T"),
        ("north-high", "--platform", "root"),
        ("north-high", "admin", "--lifetime", "soon"),
        ("north-high", "admin", "--lifetime", "5"),
        ("north-high", "admin", "--lifetime", "9999999d"),
        ("--platform", "root", "--mfa-level", "4"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_are_usage_errors(arguments: tuple[str, ...], smartattend: Run) -> None:
    result = smartattend("token", "issue", *arguments, "--dsn", "host=/nowhere")
    assert result.exit_code == 2, result.output


@pytest.mark.parametrize("span", ["0s", "91d"])
def test_the_database_bounds_the_lifetime(span: str, smartattend: Run, tenant: str) -> None:
    result = smartattend("token", "issue", "north-high", "admin", "--lifetime", span, "--dsn", tenant)
    assert result.exit_code == 1
    assert "SA010" in result.stderr


@once
@pytest.mark.parametrize("text", ["", "\n", "a\0b", "x" * 1000, "a b\nc"], ids=repr)
def test_what_is_no_token_is_a_usage_error(text: str, smartattend: Run) -> None:
    result = smartattend("token", "revoke", "--dsn", "host=/nowhere", input=text)
    assert result.exit_code == 2, result.output
    assert "this is no token" in result.stderr


def test_who_holds_a_token_may_end_it(smartattend: Run, tenant: str, login: Callable[..., str]) -> None:
    token = issue(smartattend, tenant, "north-high", "admin")
    result = smartattend("token", "revoke", "--dsn", login("smartattend_app"), input=token)
    assert result.exit_code == 0, result.output
    assert check_in(tenant, token) == "SA004"


def test_a_suspended_tenant_issues_no_tokens_and_ends_the_live_ones(smartattend: Run, tenant: str) -> None:
    token = issue(smartattend, tenant, "north-high", "admin")
    moved = smartattend(
        "tenant", "transition", "north-high", "suspend", "--reason", "abuse was reported", "--dsn", tenant
    )
    assert moved.exit_code == 0, moved.output
    assert check_in(tenant, token) in {"SA004", "SA005"}
    result = smartattend("token", "issue", "north-high", "admin", "--dsn", tenant)
    assert result.exit_code == 1
    assert "SA005" in result.stderr
