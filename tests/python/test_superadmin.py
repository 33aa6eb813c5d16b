"""The platform's own people: races for the last superadmin, sessions that end while they are used, the tool."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.python.test_races import PATIENCE, World, call, school_dsn, world
from tests.python.test_tenant_token import Run, create, issue, login, one, tenant

__all__ = ["create", "login", "school_dsn", "tenant", "world"]
"""Fixtures of the neighbours."""


def platform_token(world: World, name: str, role: str = "superadmin") -> str:
    found = world.observer.execute("select tap.platform_token(%s, %s) as token", [name, role]).fetchone()
    assert found is not None
    return str(found["token"])


def login_of(world: World, name: str) -> str:
    query = "select login from identity.\"user\" where id = tap.id('platform/' || %s)"
    found = world.observer.execute(query, [name]).fetchone()
    assert found is not None
    return str(found["login"])


def alone(world: World) -> None:
    world.observer.execute("update identity.platform_grant set revoked_at = core.clock() where revoked_at is null")


LIVE = """
    select count(*) from identity.platform_grant
    where role = 'superadmin' and revoked_at is null and ends_at > core.clock()
"""


def test_two_superadmins_who_remove_each_other_leave_one(world: World) -> None:
    alone(world)
    tokens = {name: platform_token(world, name) for name in ("ann", "bob")}
    first, second = world.connect(autocommit=False), world.connect()
    common: dict[str, Any] = {"role": "superadmin", "reason": "leaves the company"}
    done = call(first, "platform_revoke", key=uuid.uuid4(), login=login_of(world, "bob"), token=tokens["ann"], **common)
    assert done["status"] == "accepted"
    login = login_of(world, "ann")
    waiting = world.later(
        lambda: call(second, "platform_revoke", key=uuid.uuid4(), login=login, token=tokens["bob"], **common)
    )
    world.blocked(second)
    first.commit()
    # whose role was taken while he waited takes none
    assert waiting.result(PATIENCE)["code"] == "SA104"
    assert world.count(LIVE) == 1
    assert world.count("select count(*) from identity.platform_action where code = 'SA104'") >= 1


def test_a_third_removes_two_at_once_and_the_last_one_without_an_end_stays(world: World) -> None:
    alone(world)
    tokens = {name: platform_token(world, name) for name in ("ann", "bob", "cat", "dan")}
    world.observer.execute(
        "update identity.platform_grant set ends_at = core.clock() + interval '1 day' "
        "where user_id in (tap.id('platform/cat'), tap.id('platform/dan'))"
    )
    tokens |= {name: platform_token(world, name) for name in ("cat", "dan")}
    first, second = world.connect(autocommit=False), world.connect()
    common: dict[str, Any] = {"role": "superadmin", "reason": "leaves the company"}
    done = call(first, "platform_revoke", key=uuid.uuid4(), login=login_of(world, "ann"), token=tokens["cat"], **common)
    assert done["status"] == "accepted"
    login = login_of(world, "bob")
    waiting = world.later(
        lambda: call(second, "platform_revoke", key=uuid.uuid4(), login=login, token=tokens["dan"], **common)
    )
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)["code"] == "SA130"
    assert world.count(LIVE + " and ends_at = 'infinity'") == 1


def test_who_comes_in_while_the_session_is_ended_is_out_with_it(world: World) -> None:
    root, hand = platform_token(world, "root"), platform_token(world, "hand", "platform_operator")
    session = world.observer.execute(
        "select id from identity.platform_session where user_id = tap.id('platform/root') and revoked_at is null"
    ).fetchall()[0]["id"]
    first, second = world.connect(autocommit=False), world.connect()
    opened = call(
        first, "impersonate", key=uuid.uuid4(), tenant_id=world.ids["tenant"], member_number="s1",
        reason="the pupil sees nothing", token=root,
    )  # fmt: skip
    assert opened["status"] == "accepted"
    waiting = world.later(
        lambda: call(
            second,
            "platform_session_revoke",
            key=uuid.uuid4(),
            session_id=session,
            reason="it is used at night",
            token=hand,
        )
    )
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)["status"] == "accepted"
    assert world.count("select count(*) from identity.support_end where access_id = %s", opened["id"]) == 1
    with pytest.raises(psycopg.Error) as caught:
        call(second, "clock_probe", key=uuid.uuid4(), device_id=world.ids["kiosk"], token=opened["detail"]["token"])
    assert caught.value.sqlstate == "SA004"


def test_two_give_a_verdict_at_once_and_one_counts(world: World) -> None:
    root, watch = platform_token(world, "root"), platform_token(world, "watch", "platform_auditor")
    connection = world.connect()
    opened = call(
        connection, "break_glass", key=uuid.uuid4(), tenant_id=world.ids["tenant"], reason="the administrator is ill",
        ticket="SEV-1", token=root,
    )  # fmt: skip
    world.observer.execute("select identity.revoke_token(%s)", [opened["detail"]["token"]])
    first, second = world.connect(autocommit=False), world.connect()
    common: dict[str, Any] = {"access_id": opened["id"], "reason": "nobody else was there"}
    done = call(
        first, "support_access_review", key=uuid.uuid4(), verdict="justified", token=world.tokens["admin"], **common
    )
    assert done["status"] == "accepted"
    waiting = world.later(
        lambda: call(
            second,
            "platform_access_review",
            key=uuid.uuid4(),
            tenant_id=world.ids["tenant"],
            verdict="abused",
            token=watch,
            **common,
        )
    )
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)["code"] == "SA112"


# --- the tool ------------------------------------------------------------------------------------------------


def platform(smartattend: Run, dsn: str, level: str = "2") -> str:
    return issue(
        smartattend, dsn, *("--platform", "superadmin", "--reason", "look at a tenant", "--ticket", "OPS-9"),
        *("--mfa-level", level),
    )  # fmt: skip


def test_the_tool_shows_the_platform(smartattend: Run, tenant: str) -> None:
    token = platform(smartattend, tenant, "1")
    shown = smartattend("superadmin", "dashboard", "--format", "csv", "--token", token, "--dsn", tenant)
    assert shown.exit_code == 0, shown.stderr
    assert "break_glass_awaiting_review,0" in shown.stdout
    shown = smartattend("superadmin", "sessions", "--format", "csv", "--token", token, "--dsn", tenant)
    assert "superadmin" in shown.stdout
    assert smartattend("superadmin", "dashboard", "--dsn", tenant).exit_code == 2
    assert smartattend("superadmin", "dashboard", "--token", "sa_platform_x", "--dsn", tenant).exit_code == 1


def test_the_tool_comes_into_a_tenant_and_is_judged(smartattend: Run, tenant: str) -> None:
    arguments = ("north-high", "admin", "--reason", "units look doubled", "--unit", "main", "--dsn", tenant)
    denied = smartattend("superadmin", "impersonate", *arguments, "--token", platform(smartattend, tenant, "1"))
    assert denied.exit_code == 1
    assert "SA104" in denied.stderr
    token = platform(smartattend, tenant)
    inside = smartattend("superadmin", "impersonate", *arguments, "--token", token)
    assert inside.exit_code == 0, inside.stderr
    assert inside.stdout.startswith("sa_")
    assert one(tenant, "select count(*) from identity.support_access where kind = 'impersonation'") == 1
    glass = smartattend(
        *("superadmin", "break-glass", "north-high", "--reason", "the administrator is ill", "--ticket", "SEV-1"),
        *("--token", token, "--dsn", tenant),
    )
    assert glass.exit_code == 0, glass.stderr
    access = str(one(tenant, "select id from identity.support_access where kind = 'break_glass'"))
    review = ("superadmin", "review", "north-high", access, "justified", "--reason", "the ticket says so")
    refused = smartattend(*review, "--token", token, "--dsn", tenant)
    assert refused.exit_code == 1
    assert "SA105" in refused.stderr
    assert one(tenant, "select count(*) from identity.platform_action where code = 'SA105'") == 1


def test_the_tool_makes_people_of_the_platform_and_ends_their_sessions(smartattend: Run, tenant: str) -> None:
    token = platform(smartattend, tenant)
    made = smartattend(
        *("superadmin", "grant", "eve@platform.example", "platform_operator", "--until", "2099-01-01"),
        *("--reason", "joins the night shift", "--ticket", "HR-7", "--token", token, "--dsn", tenant),
    )
    assert made.exit_code == 0, made.stderr
    issue(
        smartattend, tenant, "--platform", "eve@platform.example", "--reason", "look at a tenant", "--ticket", "OPS-9"
    )
    session = one(
        tenant,
        'select s.id from identity.platform_session as s inner join identity."user" as u on u.id = s.user_id '
        "where u.login = 'eve@platform.example'",
    )
    reason = ("--reason", "it is used at night", "--token", token, "--dsn", tenant)
    assert smartattend("superadmin", "revoke", str(session), *reason).exit_code == 0
    again = smartattend("superadmin", "revoke", str(session), *reason)
    assert again.exit_code == 1
    assert "SA101" in again.stderr
    taken = smartattend("superadmin", "revoke-role", "eve@platform.example", "platform_operator", *reason)
    assert taken.exit_code == 0, taken.stderr
