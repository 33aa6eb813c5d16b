"""``smartattend access``: who may do what, why, what waits for somebody, and looking at it again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click

from orchestrator import database
from orchestrator.acting import request_key
from orchestrator.cli.report import Instant
from orchestrator.database import Outcome
from orchestrator.errors import CodedError, InvalidInput, NotAllowed
from orchestrator.options import dsn_option, examples, format_option, token_option
from orchestrator.output import STRUCTURED, emit, note
from orchestrator.reports.attendance import Reader, reader

F = TypeVar("F", bound=Callable[..., Any])
Row = dict[str, Any]

VERDICTS: Final = {"revalidation": ("certify", "modify", "revoke"), "event": ("confirm", "dismiss")}
"""What can be said of what waits for a review."""

WHO: Final = ("member", "name", "role", "scope", "since", "until", "request", "requested_by", "reason", "ticket")
WHY: Final = ("link", "who", "what", "at", "why", "ticket", "out_of_band")
REQUESTS: Final = (
    *("id", "name", "role", "scope", "requested_by", "reason", "starts_at", "approvals", "needed", "approvers"),
    "lapses_at",
)
REVALIDATIONS: Final = ("id", "name", "role", "scope", "standing", "source", "due_at", "overdue_at", "overdue_action")
EVENTS: Final = ("score", "name", "rule", "title", "weight", "actor", "observed_at", "id")
PENDING: Final = ("what", "id", "member", "name", "role", "scope", "standing", "since", "until", "weight", "score")


@click.group(
    "access",
    epilog=examples(
        "smartattend access who north-high role.grant",
        "smartattend access why north-high 40217 attendance.void --unit main/10A",
        "smartattend access pending north-high",
        "smartattend access review north-high --as 40003",
    ),
)
def access() -> None:
    """Who may do what in a tenant, why, and what waits for a decision.

    Everything is read through schema api in a login session of one member, with that person's rights and no others:
    --token is theirs, or --as names whose session the command opens and ends (for members of smartattend_operator).
    It takes role.grant, role.review and member.read for the whole tenant; nothing is read as the operator. A session
    counts as a sign of life of the account: name one of your own.
    """


def _session_options(function: F) -> F:
    """``--as``, ``--token``, ``--format`` and ``--dsn``."""
    for option in (
        format_option,
        dsn_option,
        token_option,
        click.option(
            "--as",
            "login",
            metavar="LOGIN_OR_MEMBER",
            help="Without a token: whose session to read in, ended with the command. "
            "Default: the tenant's first administrator.",
        ),
    ):
        function = option(function)
    return function


_unit_option = click.option("--unit", metavar="CODE", help="For this unit: CODE or SITE/CODE. Default: whole tenant.")


@contextmanager
def _session(command: str, tenant: str, login: str | None, token: str | None, dsn: str | None) -> Iterator[Reader]:
    """The session to read in, if it sees everything: part of the truth would look like all of it."""
    if token is not None and login is not None:
        raise click.UsageError("--as cannot be given with --token, which is somebody's.")
    with reader(dsn, tenant, token, login, f"smartattend access {command}") as session:
        if not session.find("access_may")[0]["may"]:
            raise NotAllowed(
                "this session does not see everybody's roles",
                expected="role.grant, role.review and member.read for the whole tenant",
                hint="name an administrator with --as, or give an administrator's token",
            )
        yield session


def _permission(session: Reader, permission: str) -> bool:
    """Whether devices hold the permission, too. Raises :class:`InvalidInput` when there is none of this name."""
    known = {row["permission"]: row["is_devices"] for row in session.find("access_permission")}
    if permission not in known:
        raise InvalidInput(f"there is no permission {permission!r}", expected=", ".join(known))
    return bool(known[permission])


def _time(instant: dt.datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- who ---------------------------------------------------------------------------------------------------


@access.command(
    epilog=examples(
        "smartattend access who north-high role.grant",
        "smartattend access who north-high attendance.verify --unit main/10A --format csv",
        'smartattend access who north-high role.review --token "$TOKEN" --format json',
    )
)
@click.argument("tenant")
@click.argument("permission")
@_unit_option
@_session_options
def who(
    tenant: str, permission: str, unit: str | None, login: str | None, token: str | None, dsn: str | None, fmt: str
) -> None:
    """List who holds PERMISSION in TENANT now: by which role, where, since and until when, by which request.

    With --unit a grant for the unit, for one above it or for the whole tenant counts; without, only the last.
    """
    with _session("who", tenant, login, token, dsn) as session:
        devices = _permission(session, permission)
        found = session.find("access_who", permission=permission, unit_id=session.unit(unit))
    emit(found, fmt, columns=WHO if fmt == "table" else None, empty=f"nobody holds {permission} here")
    if devices:
        note(f"kiosks and gates hold {permission} within their unit, too: they are no members")


# --- why ---------------------------------------------------------------------------------------------------


@access.command(
    epilog=examples(
        "smartattend access why north-high 40003 role.grant",
        "smartattend access why north-high 40217 attendance.verify --unit main/10A --format json",
    )
)
@click.argument("tenant")
@click.argument("member")
@click.argument("permission")
@_unit_option
@_session_options
def why(
    tenant: str,
    member: str,
    permission: str,
    unit: str | None,
    login: str | None,
    token: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Say why MEMBER (a member number) may do PERMISSION in TENANT now, or what is missing.

    The chain goes from the grant to its request, to who approved it, by which grant of theirs, and so on to the
    tenant's creation. What no procedure did is marked out of band (E03). Of a direct grant the grantor's grant is
    found by time and scope; of an approval it is recorded.
    """
    with _session("why", tenant, login, token, dsn) as session:
        _permission(session, permission)
        person = session.member(member)
        asked: dict[str, object] = {
            "permission": permission,
            "user_id": person["id"],
            "unit_id": session.unit(unit),
        }
        missing = session.find("access_missing", **asked)
        outside = [row for row in missing if row["role"] is None]
        links = [] if outside else session.find("access_why", **asked)
        roles = [row["role"] for row in session.find("access_roles", permission=permission)]
    answer = {
        "member": member,
        "name": person["name"],
        "permission": permission,
        "unit": unit,
        "can": bool(links),
        "out_of_band": any(row["out_of_band"] for row in links),
        "missing": [] if links else missing,
        "roles": roles,
        "chain": links,
    }
    if fmt in STRUCTURED:
        emit(answer, fmt)
        return
    shown = [line for link in links for line in _lines(link)]
    if fmt == "csv":
        emit(shown, fmt, columns=WHY)
        return
    where = unit or "the whole tenant"
    if links:
        click.echo(f"yes: {person['name']} holds {permission} for {where}")
        emit(shown, columns=WHY)
        if answer["out_of_band"]:
            note("a link is out of band: no procedure made it so (E03)")
        return
    click.echo(f"no: {person['name']} does not hold {permission} for {where}")
    if not missing:
        missing = [{"role": None, "scope": None, "missing": f"a role that holds it: {', '.join(roles) or 'none does'}"}]
    emit(missing, columns=["role", "scope", "missing"])


def _lines(link: Row) -> Iterator[Row]:
    """A grant and its request, beneath the approval that it was used for."""
    indent = "  " * (link["depth"] - 1)
    if link["link"]:
        yield {
            "link": f"{indent}<- {link['link']}",
            "who": link["name"],
            "at": _time(link["approved_at"]),
            "why": link["approval_reason"],
        }
    until = f" until {_time(link['until'])}" if link["until"] else ""
    yield {
        "link": f"{indent}{'by grant' if link['link'] else 'grant'}",
        "who": link["name"],
        "what": f"{link['role']}, {link['scope']}{until}",
        "at": _time(link["since"]),
        "out_of_band": "; ".join(link["out_of_band"]),
    }
    if link["request_id"] is not None:
        yield {
            "link": f"{indent}<- request",
            "who": link["requested_by"] or "nobody: made with the tenant",
            "what": link["request"],
            "at": _time(link["requested_at"]),
            "why": link["reason"],
            "ticket": link["ticket"],
        }


# --- pending -----------------------------------------------------------------------------------------------


@access.command(epilog=examples("smartattend access pending north-high", "smartattend access pending north-high --all"))
@click.argument("tenant")
@click.option("--all", "later", is_flag=True, help="Also revalidations that are queued and not due yet.")
@_session_options
def pending(tenant: str, later: bool, login: str | None, token: str | None, dsn: str | None, fmt: str) -> None:
    """Show what waits for somebody in TENANT: requests, starts, revalidations, escalation events.

    Requests come with who may approve them now and when they lapse, events with what all open ones of the person
    weigh together (70 raises an alarm). Events about the session's own person are not shown to it.
    """
    with _session("pending", tenant, login, token, dsn) as session:
        requests = session.find("access_requests")
        revalidations = session.find("access_revalidations", later=later)
        events = session.find("access_events")
    waiting = [row for row in requests if row["what"] == "request"]
    starting = [row for row in requests if row["what"] == "start"]
    if fmt in STRUCTURED:
        emit({"requests": waiting, "starts": starting, "revalidations": revalidations, "events": events}, fmt)
        return
    if fmt == "csv":
        emit([*waiting, *starting, *revalidations, *events], fmt, columns=PENDING)
        return
    emit(waiting, title="Requests that wait for approval", columns=REQUESTS, empty="no request waits for approval")
    emit(
        starting,
        title="Approved, and not in effect yet",
        columns=["id", "name", "role", "scope", "starts_at", "ends_at", "lapses_at"],
        empty="no approved request waits for its start",
    )
    emit(revalidations, title="Grants to be looked at", columns=REVALIDATIONS, empty="no revalidation is due")
    emit(events, title="Open escalation events", columns=EVENTS, empty="no escalation event is open")


# --- review ------------------------------------------------------------------------------------------------


class Decision(click.ParamType[tuple[uuid.UUID, str]]):
    """``ID:VERDICT``."""

    name = "decision"

    def convert(
        self, value: str | tuple[uuid.UUID, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[uuid.UUID, str]:
        """``value`` as an id and a verdict; a usage error when it is none."""
        if not isinstance(value, str):
            return value
        text, _, verdict = value.rpartition(":")
        known = [word for words in VERDICTS.values() for word in words]
        try:
            found = uuid.UUID(text)
        except ValueError:
            self.fail(f"{value!r} is not ID:VERDICT with an id of smartattend access pending", param, ctx)
        if verdict not in known:
            self.fail(f"{verdict!r} is no verdict: {', '.join(known)}", param, ctx)
        return found, verdict


@access.command(
    epilog=examples(
        "smartattend access review north-high --as 40003",
        'smartattend access review north-high --token "$TOKEN" --all',
        "smartattend access review north-high --as 40003 --decide 0199…:certify",
        "smartattend access review north-high --as 40003 --decide 0199…:revoke --reason 'left the office in May'",
    )
)
@click.argument("tenant")
@click.option("--all", "later", is_flag=True, help="Also revalidations that are queued and not due yet.")
@click.option(
    "--decide",
    "decisions",
    type=Decision(),
    metavar="ID:VERDICT",
    multiple=True,
    help="Decide this, and ask nothing: certify, modify or revoke a revalidation, confirm or dismiss an event. "
    "May be repeated.",
)
@click.option("--reason", metavar="TEXT", help="With --decide: why. All verdicts but certify need it.")
@click.option("--ends-at", type=Instant(), metavar="INSTANT", help="With --decide ID:modify: when the grant ends.")
@_session_options
def review(
    tenant: str,
    later: bool,
    decisions: tuple[tuple[uuid.UUID, str], ...],
    reason: str | None,
    ends_at: dt.datetime | None,
    login: str | None,
    token: str | None,
    dsn: str | None,
    fmt: str,
) -> None:
    """Look at grants again and at escalation events, one by one, as the member named with --as or by a token.

    Nobody decides about oneself: what concerns the reviewer is left out. Each verdict is one call of
    api.revalidation_decide or api.escalation_decide and counts at once; what is skipped stays in the queue. The same
    --decide again is answered as replayed.
    """
    if login is None and token is None:
        raise click.UsageError("Name the reviewer: --as LOGIN_OR_MEMBER, or --token.")
    if not decisions and (reason is not None or ends_at is not None):
        raise click.UsageError("--reason and --ends-at belong to --decide.")
    with _session("review", tenant, login, token, dsn) as session:
        if decisions:
            done = [_decide(session, which, verdict, reason, ends_at) for which, verdict in decisions]
        else:
            done = list(_walk(session, later))
    emit(done, fmt, columns=["id", "what", "verdict", "status", "code", "message"], empty="nothing was decided")
    refused = [row for row in done if row["status"] == "refused"]
    if refused:
        raise CodedError(f"{len(refused)} of {len(done)} verdicts were refused", code=refused[0]["code"])


def _decide(
    session: Reader, which: uuid.UUID, verdict: str, reason: str | None, ends_at: dt.datetime | None = None
) -> Row:
    """One verdict by the procedure that it belongs to, and what came of it."""
    what = next(name for name, verdicts in VERDICTS.items() if verdict in verdicts)
    named: dict[str, object] = {"via": verdict, "reason": reason}
    if what == "revalidation":
        procedure = "revalidation_decide"
        named |= {"revalidation_id": which, "ends_at": ends_at if verdict == "modify" else None}
    else:
        procedure = "escalation_decide"
        named |= {"event_id": which}
    # the same verdict by the same person is a replay: a script may be run again
    same = {"by": str(session.find("access_me")[0]["user_id"])} | {name: str(value) for name, value in named.items()}
    named |= {"key": request_key(procedure, same), "token": session.token}
    with session.connection.transaction():
        session.connection.execute("set local role smartattend_app")
        outcome: Outcome = database.call(session.connection, procedure, **named)
    return {
        "id": which,
        "what": what,
        "verdict": verdict,
        "status": outcome.status,
        "code": outcome.code,
        "message": outcome.message,
    }


def _walk(session: Reader, later: bool) -> Iterator[Row]:
    """Ask about one after the other."""
    me = session.find("access_me")[0]["user_id"]
    queue = [
        row
        for row in (*session.find("access_revalidations", later=later), *session.find("access_events"))
        if me not in (row["user_id"], row.get("actor_id"))
    ]
    for number, row in enumerate(queue, 1):
        note(f"\n{number} of {len(queue)}: {_text(row)}")
        verdict = click.prompt(
            "verdict", type=click.Choice([*VERDICTS[row["what"]], "skip", "stop"]), default="skip", err=True
        )
        if verdict == "stop":
            return
        if verdict == "skip":
            continue
        ends_at = click.prompt("ends at", type=Instant(), err=True) if verdict == "modify" else None
        why = None if verdict == "certify" else click.prompt("reason", value_proc=_reason, err=True)
        done = _decide(session, row["id"], verdict, why, ends_at)
        note(f"{done['status']}{': ' + str(done['message']) if done['code'] else ''}")
        yield done


def _reason(text: str) -> str:
    if len(text.strip()) < 10:
        raise click.UsageError("at least 10 characters")
    return text.strip()


def _text(row: Row) -> str:
    """What is to be decided, in a few lines."""
    if row["what"] == "event":
        lines = [
            f"{row['rule']} {row['title']} (weight {row['weight']}, together {row['score']})",
            f"  about {row['name'] or 'nobody alone'}, by {row['actor'] or 'nobody who was bound'},"
            f" {_time(row['observed_at'])}",
            f"  {row['evidence']}",
        ]
    else:
        until = f" until {_time(row['until'])}" if row["until"] else " without an end"
        held = " (suspended)" if row["suspended_at"] else ""
        lines = [
            f"{row['name']} ({row['member']}) holds {row['role']} for {row['scope']}{held}",
            f"  since {_time(row['since'])}{until}; {row['request'] or 'no request: out of band'}"
            f"{': ' + row['reason'] if row['reason'] else ''}{' ' + row['ticket'] if row['ticket'] else ''}",
            f"  {row['standing']} ({row['source']}), due {_time(row['due_at'])};"
            f" overdue {_time(row['overdue_at'])}: {row['overdue_action']}",
        ]
    return "\n".join(lines)
