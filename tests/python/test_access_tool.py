"""``smartattend access``: who may, why, what waits, and reviewing it; what it says agrees with the database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from click.testing import Result
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator.cluster import Cluster

Run = Callable[..., Result]
Row = dict[str, Any]
WHY = "a reason that says something"


@dataclass
class School:
    """North High: admin (made with it), ben (staff, an administrator by request), fay (faculty of 10A), sam."""

    dsn: str
    connection: psycopg.Connection[Row]
    run: Run
    tokens: dict[str, str]

    def call(self, who: str, function: str, **named: Any) -> Row:
        """One call of api.* as a member, as the application."""
        named |= {"key": uuid.uuid4(), "token": self.token(who)}
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        with self.connection.transaction():
            self.connection.execute("set local role smartattend_app")
            row = self.connection.execute(f"select * from api.{function}({arguments})", named).fetchone()
        assert row is not None
        return row

    def token(self, who: str) -> str:
        if who not in self.tokens:
            self.tokens[who] = str(self.value("select identity.login('north-high', %s)", who))
        return self.tokens[who]

    def value(self, query: str, *values: Any) -> Any:
        row = self.connection.execute(query, values or None).fetchone()
        assert row is not None
        return next(iter(row.values()))

    def user(self, who: str) -> uuid.UUID:
        return uuid.UUID(str(self.value("select user_id from identity.membership where member_number = %s", who)))

    def unit(self, code: str) -> uuid.UUID:
        return uuid.UUID(str(self.value("select id from tenancy.unit where code = %s", code)))

    def tool(self, *arguments: str, exit_code: int = 0, **options: Any) -> Result:
        verb, *rest = arguments
        result = self.run("access", verb, "north-high", *rest, "--dsn", self.dsn, **options)
        assert result.exit_code == exit_code, result.output
        return result

    def shown(self, *arguments: str) -> Any:
        return json.loads(self.tool(*arguments, "--format", "json").stdout)


@pytest.fixture
def school(database: str, smartattend: Run) -> School:
    made = smartattend(
        *("tenant", "create", "north-high", "--name", "North High", "--platform", "school", "--dsn", database),
        *("--time-zone", "Europe/Brussels", "--admin-login", "ann@north.example", "--admin-name", "Ann Admin"),
    )
    assert made.exit_code == 0, made.output
    connection = psycopg.connect(database, autocommit=True, row_factory=dict_row)
    one = School(database, connection, smartattend, {})
    put(
        one,
        "units",
        {"site_code": "main", "code": "10A", "name": "Class 10A", "kind": "class_group"},
        {"site_code": "main", "code": "10B", "name": "Class 10B", "kind": "class_group"},
    )
    put(
        one,
        "members",
        {"member_number": "ben", "kind": "staff", "display_name": "Ben"},
        {"member_number": "fay", "kind": "faculty", "display_name": "Fay", "role": "faculty", "role_unit": "main/10A"},
        {"member_number": "sam", "kind": "student", "display_name": "Sam", "role": "student"},
    )
    asked = one.call("admin", "role_request", role="school_admin", user_id=one.user("ben"), reason=WHY, ticket="T-1")
    assert asked["detail"]["state"] == "requested"
    # one's own request waits for another: the first administrator has nobody yet
    one.call("ben", "role_withdraw", request_id=asked["id"])
    asked = one.call("ben", "role_request", role="school_admin", reason=WHY, ticket="T-2")
    decided = one.call("admin", "role_decide", request_id=asked["id"], via="approve", reason="she knows him well")
    assert decided["detail"]["state"] == "active", decided
    return one


def put(school: School, what: str, *entries: Row) -> None:
    token = school.token("admin")
    with school.connection.transaction():
        school.connection.execute("set local role smartattend_app")
        rows = school.connection.execute(
            f"select * from api.put_{what}(%s, %s)", [Jsonb(list(entries)), token]
        ).fetchall()
    assert all(row["status"] == "accepted" for row in rows), rows


def due(school: School, who: str, role: str) -> str:
    """A revalidation of a grant that is due now, as a change of job would queue it."""
    return str(
        school.value(
            "insert into access.revalidation (tenant_id, grant_id, user_id, source, overdue_action, due_at, overdue_at)"
            " select tenant_id, id, user_id, 'job_change', 'alert', now(), now() + interval '14 days'"
            " from identity.role_grant where user_id = %s and role = %s and revoked_at is null returning id",
            school.user(who),
            role,
        )
    )


def test_who_names_everybody_who_can_and_agrees_with_the_database(school: School) -> None:
    assert [row["member"] for row in school.shown("who", "role.grant")] == ["admin", "ben"]
    ben = school.shown("who", "role.grant")[1]
    assert (ben["role"], ben["scope"], ben["until"]) == ("school_admin", "the whole tenant", None)
    assert (ben["request"], ben["requested_by"], ben["reason"], ben["ticket"]) == ("asked", "Ben", WHY, "T-2")
    for permission, unit in (("register.take", "main/10A"), ("register.take", "10B"), ("register.take", None)):
        scope = () if unit is None else ("--unit", unit)
        said = {row["member"] for row in school.shown("who", permission, *scope)}
        unit_id = None if unit is None else school.unit(unit.rpartition("/")[2])
        held = {
            who
            for who in ("admin", "ben", "fay", "sam")
            if school.value("select api.has_permission(%s, %s, %s)", permission, unit_id, school.token(who))
        }
        assert said == held
    assert "fay" in said | {row["member"] for row in school.shown("who", "register.take", "--unit", "10A")}


def test_why_goes_back_to_the_bootstrap(school: School) -> None:
    answer = school.shown("why", "ben", "role.grant")
    assert (answer["can"], answer["out_of_band"]) == (True, False)
    mine, hers = answer["chain"]
    assert (mine["request"], mine["requested_by"], mine["ticket"], mine["reason"]) == ("asked", "Ben", "T-2", WHY)
    assert (hers["link"], hers["name"], hers["approval_reason"]) == ("approved", "Ann Admin", "she knows him well")
    assert (hers["request"], hers["depth"]) == ("bootstrap", 2)
    text = school.tool("why", "ben", "role.grant").stdout
    assert text.startswith("yes: Ben holds role.grant")
    assert "T-2" in text
    assert "nobody: made with the tenant" in text


def test_why_of_a_direct_grant_names_who_granted_it(school: School) -> None:
    fay, ann = school.shown("why", "fay", "register.take", "--unit", "10A")["chain"]
    assert (fay["request"], fay["requested_by"], fay["scope"]) == ("direct", "Ann Admin", "main/10A")
    assert (ann["link"], ann["name"], ann["request"]) == ("granted", "Ann Admin", "bootstrap")


def test_why_says_no_and_what_is_missing(school: School) -> None:
    answer = school.shown("why", "sam", "role.grant")
    assert (answer["can"], answer["chain"], answer["roles"]) == (False, [], ["school_admin"])
    text = school.tool("why", "sam", "role.grant").stdout
    assert text.startswith("no: Sam does not hold role.grant")
    assert "a role that holds it: school_admin" in text
    other = school.shown("why", "fay", "register.take", "--unit", "10B")
    assert other["missing"] == [{"role": "faculty", "scope": "main/10A", "missing": "the grant is for another scope"}]
    school.call("fay", "role_request", role="attendance_officer")
    asked = school.shown("why", "fay", "attendance.void")["missing"]
    assert [row["missing"] for row in asked] == ["a request waits for 1 of 1 approvals"]
    school.call("admin", "role_revoke", grant_id=school.shown("who", "role.grant")[1]["grant_id"], reason=WHY)
    gone = school.shown("why", "ben", "role.grant")
    assert not gone["can"]
    assert gone["missing"][0]["missing"].startswith("the grant was revoked at ")


def test_a_membership_that_has_ended_is_what_is_missing(school: School) -> None:
    school.connection.execute("update identity.membership set active_until = now() where member_number = 'fay'")
    answer = school.shown("why", "fay", "register.take", "--unit", "10A")
    assert not answer["can"]
    assert answer["missing"][0]["missing"] == "the membership is not active: it has ended"
    assert "fay" not in {row["member"] for row in school.shown("who", "register.take", "--unit", "10A")}


def test_what_no_procedure_made_is_marked(school: School) -> None:
    school.connection.execute(
        "insert into identity.role_grant (tenant_id, user_id, role)"
        " select tenant_id, user_id, 'attendance_officer' from identity.membership where member_number = 'fay'"
    )
    answer = school.shown("why", "fay", "attendance.void")
    assert (answer["can"], answer["out_of_band"]) == (True, True)
    assert answer["chain"][0]["out_of_band"][0] == "no request"
    assert answer["chain"][0]["out_of_band"][1].startswith("granted around the procedures at ")
    said = school.tool("why", "fay", "attendance.void")
    assert "a link is out of band" in said.stderr
    (found,) = [row for row in school.shown("who", "attendance.void") if row["member"] == "fay"]
    assert found["request"] == "none: out of band"


def test_pending_shows_each_queue_with_who_can_act(school: School) -> None:
    assert school.shown("pending") == {"requests": [], "starts": [], "revalidations": [], "events": []}
    asked = school.call("fay", "role_request", role="attendance_officer")
    later = school.call(
        *("admin", "role_request"), role="guardian", user_id=school.user("ben"), starts_at="2096-01-01 00:00+00"
    )
    item = due(school, "fay", "faculty")
    school.connection.execute(
        "insert into identity.role_grant (tenant_id, user_id, role)"
        " select tenant_id, user_id, 'attendance_officer' from identity.membership where member_number = 'ben'"
    )
    found = school.shown("pending")
    (request,) = found["requests"]
    assert (request["id"], request["name"], request["needed"]) == (str(asked["id"]), "Fay", 1)
    assert request["approvers"] == ["Ann Admin", "Ben"]
    assert request["lapses_at"] is not None
    assert [row["id"] for row in found["starts"]] == [str(later["id"])]
    (look,) = found["revalidations"]
    assert (look["id"], look["standing"], look["source"]) == (item, "due", "job_change")
    (event,) = found["events"]
    assert (event["rule"], event["name"], event["weight"], event["score"]) == ("E03", "Ben", 60, 60)
    assert {row.split(",")[0] for row in school.tool("pending", "--format", "csv").stdout.splitlines()[1:]} == {
        *("request", "start", "revalidation", "event")
    }
    table = school.tool("pending").stdout
    assert "Requests that wait for approval" in table
    assert "Open escalation events" in table


def test_whom_an_event_is_about_does_not_see_it(school: School) -> None:
    school.connection.execute(
        "insert into identity.role_grant (tenant_id, user_id, role)"
        " select tenant_id, user_id, 'attendance_officer' from identity.membership where member_number = 'ben'"
    )
    assert school.shown("pending", "--as", "ben")["events"] == []
    assert len(school.shown("pending")["events"]) == 1


def test_a_script_reviews_by_id(school: School) -> None:
    first, second = due(school, "fay", "faculty"), due(school, "sam", "student")
    result = school.tool(
        *("review", "--as", "ben", "--decide", f"{first}:certify", "--format", "json"),
    )
    (row,) = json.loads(result.stdout)
    assert (row["id"], row["verdict"], row["status"]) == (first, "certify", "accepted")
    school.tool("review", "--as", "ben", "--decide", f"{second}:revoke", "--reason", "left the school in May")
    states = "select string_agg(state || ' ' || state_via, ', ' order by state) from access.revalidation"
    assert school.value(states) == "certified certify, revoked revoke"
    assert school.value("select certifier_id from access.revalidation where id = %s", first) == school.user("ben")
    assert school.value("select count(*) from identity.role_grant where role = 'student' and revoked_at is null") == 0
    again = school.tool("review", "--as", "ben", "--decide", f"{first}:certify")
    assert "replayed" in again.stdout
    late = school.tool("review", "--as", "admin", "--decide", f"{first}:certify", exit_code=1)
    assert "SA101" in late.output


def test_modify_takes_an_earlier_end(school: School) -> None:
    item = due(school, "fay", "faculty")
    end = "2096-06-30T00:00+00:00"
    modified = ("review", "--as", "ben", "--decide", f"{item}:modify", "--reason", WHY)
    assert "SA010" in school.tool(*modified, exit_code=1).output
    school.tool(*modified, "--ends-at", end)
    assert school.value("select ends_at = '2096-06-30 00:00+00' from identity.role_grant where role = 'faculty'")


def test_nobody_reviews_oneself(school: School) -> None:
    item = due(school, "ben", "school_admin")
    refused = school.tool("review", "--as", "ben", "--decide", f"{item}:certify", exit_code=1)
    assert "SA105" in refused.output
    assert school.value("select state from access.revalidation where id = %s", item) == "queued"
    walked = school.tool("review", "--as", "ben", input="")
    assert "nothing was decided" in walked.stderr


def test_a_reviewer_is_walked_through_the_queue(school: School) -> None:
    due(school, "fay", "faculty")
    due(school, "sam", "student")
    school.connection.execute(
        "insert into identity.role_grant (tenant_id, user_id, role)"
        " select tenant_id, user_id, 'attendance_officer' from identity.membership where member_number = 'fay'"
    )
    said = school.tool("review", "--as", "ben", "--format", "json", input=f"certify\nskip\nconfirm\nshort\n{WHY}\n")
    assert "1 of 3: Fay (fay) holds faculty for main/10A" in said.stderr
    assert "direct" in said.stderr
    assert "at least 10 characters" in said.stderr
    decided = [(row["what"], row["verdict"], row["status"]) for row in json.loads(said.stdout)]
    assert decided == [("revalidation", "certify", "accepted"), ("event", "confirm", "accepted")]
    assert school.value("select string_agg(state, ' ' order by state) from access.revalidation") == "certified queued"
    assert school.value("select state || ' ' || state_reason from access.escalation_event") == f"confirmed {WHY}"
    stopped = school.tool("review", "--as", "ben", input="stop\n")
    assert "nothing was decided" in stopped.stderr


def test_a_session_that_sees_a_part_is_not_taken_for_all(school: School) -> None:
    for verb in (("who", "role.grant"), ("why", "sam", "role.grant"), ("pending",), ("review",)):
        refused = school.tool(*verb, "--as", "fay", exit_code=1)
        assert "does not see everybody's roles" in refused.output
    assert school.shown("who", "role.grant", "--token", school.token("ben")) == school.shown("who", "role.grant")
    both = school.tool("who", "role.grant", "--token", school.token("ben"), "--as", "ben", exit_code=2)
    assert "--as cannot be given with --token" in both.output


def test_the_session_of_a_command_ends_with_it(school: School) -> None:
    live = "select count(*) from identity.login_session where revoked_at is null"
    before = school.value(live)
    school.tool("who", "role.grant")
    school.tool("review", "--as", "ben", "--decide", f"{uuid.uuid4()}:certify", exit_code=1)
    assert school.value(live) == before
    assert school.value(
        "select issued_because from identity.login_session where issued_because like 'smartattend access w%'"
    ) == ("smartattend access who")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("who", "role.everything"), "there is no permission 'role.everything'"),
        (("who", "role.grant", "--unit", "11Z"), "no unit is called '11Z'"),
        (("why", "nobody", "role.grant"), "there is no member 'nobody'"),
        (("review",), "Name the reviewer"),
        (("review", "--as", "ben", "--decide", "17:certify"), "is not ID:VERDICT"),
        (("review", "--as", "ben", "--decide", f"{uuid.UUID(int=0)}:like"), "'like' is no verdict"),
        (("review", "--as", "ben", "--reason", WHY), "belong to --decide"),
    ],
)
def test_what_is_mistyped_is_said(school: School, arguments: tuple[str, ...], said: str) -> None:
    result = school.run("access", arguments[0], "north-high", *arguments[1:], "--dsn", school.dsn)
    assert result.exit_code in (1, 2)
    assert said in " ".join(result.output.split())


def test_the_operator_needs_no_more_than_its_role(school: School, server: Cluster) -> None:
    name = f"try_access_{uuid.uuid4().hex[:8]}"
    school.connection.execute(f"create role {name} login in role smartattend_operator, smartattend_app")
    try:
        dsn = psycopg.conninfo.make_conninfo(school.dsn, user=name)
        result = school.run("access", "who", "north-high", "role.grant", "--dsn", dsn, "--format", "json")
        assert result.exit_code == 0, result.output
        assert len(json.loads(result.stdout)) == 2
    finally:
        school.connection.execute(f"drop role {name}")
