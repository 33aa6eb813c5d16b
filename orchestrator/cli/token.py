"""``smartattend token``: login tokens, issued and revoked."""

from __future__ import annotations

import datetime as dt
import re
import sys

import click
import psycopg

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, call_value
from orchestrator.errors import InvalidInput, SmartAttendError, translate
from orchestrator.options import dsn_option, examples
from orchestrator.output import note

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType[dt.timedelta]):
    """A span such as ``30m``, ``12h``, ``1h30m`` or ``7d``, as a timedelta."""

    name = "duration"

    def convert(
        self, value: str | dt.timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.timedelta:
        """``value`` as a timedelta; a usage error when it is none."""
        if isinstance(value, dt.timedelta):
            return value
        if not re.fullmatch(r"(?:[0-9]{1,6}[smhd])+", value):
            self.fail(f"{value!r} is no span of time such as 30m, 12h or 7d", param, ctx)
        parts = re.findall(r"([0-9]+)([smhd])", value)
        return sum((dt.timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), dt.timedelta())


@click.group(
    "token",
    epilog=examples("smartattend token issue north-high ann@north.example", 'smartattend token revoke - <<< "$TOKEN"'),
)
def token() -> None:
    """Login tokens: issue one for somebody whose identity is known, revoke one.

    SmartAttend stores no passwords. A login service verifies people and calls identity.login as a member of
    smartattend_operator; these commands do the same by hand.
    """


@token.command(
    epilog=examples(
        "TOKEN=$(smartattend token issue north-high ann@north.example)",
        "TOKEN=$(smartattend token issue north-high 40217 --lifetime 30m --idle 5m)   by member number",
        "TOKEN=$(smartattend token issue north-high --device gate-1)",
        "TOKEN=$(smartattend token issue --platform root --reason 'move a tenant' --ticket OPS-17)",
    )
)
@click.argument("tenant", required=False)
@click.argument("person", metavar="[LOGIN_OR_MEMBER]", required=False)
@click.option("--device", metavar="CODE", help="For a kiosk or gate of the tenant instead of a person.")
@click.option("--platform", metavar="LOGIN", help="A platform session of this person; it has no tenant.")
@click.option(
    "--lifetime",
    type=Duration(),
    metavar="SPAN",
    help="How long it lives. Default: 12h for a person, 30d for a device, 1h for the platform.",
)
@click.option("--idle", type=Duration(), metavar="SPAN", help="Ends after so long without use. Default: never.")
@click.option("--reason", metavar="TEXT", help="Why it is issued; the platform requires at least 10 characters.")
@click.option("--ticket", metavar="TICKET", help="What asks for the platform session; required with --platform.")
@click.option(
    "--mfa-level",
    type=click.IntRange(1, 3),
    help="With --platform: by how many factors the person was verified. Default: 1.",
)
@dsn_option
def issue(
    tenant: str | None,
    person: str | None,
    device: str | None,
    platform: str | None,
    lifetime: dt.timedelta | None,
    idle: dt.timedelta | None,
    reason: str | None,
    ticket: str | None,
    mfa_level: int | None,
    dsn: str | None,
) -> None:
    """Open a login session and print its token, and nothing else, to stdout.

    It is shown this once: the database keeps its SHA-256 only. Who calls this vouches for the person.
    """
    if platform is not None:
        _refuse_options("--platform", TENANT=tenant, **{"--device": device, "--idle": idle})
        what, schema, function = f"{platform} on the platform", "identity", "login_platform"
        named: dict[str, object] = {
            "login": platform,
            "reason": reason or "",
            "ticket": ticket or "",
            "mfa_level": mfa_level,
            "lifetime": lifetime,
        }
    else:
        _refuse_options("a token of a tenant", **{"--ticket": ticket, "--mfa-level": mfa_level})
        if tenant is None:
            raise click.UsageError("Name a tenant and a person: smartattend token issue TENANT LOGIN_OR_MEMBER")
        named = {"tenant_slug": tenant, "lifetime": lifetime, "reason": reason}
        if device is not None:
            _refuse_options("--device", LOGIN_OR_MEMBER=person, **{"--idle": idle})
            what, schema, function = f"the device {device} of {tenant}", "timing", "login_device"
            named["device_code"] = device
        elif person is not None:
            what, schema, function = f"{person} of {tenant}", "identity", "login"
            named |= {"login": person, "idle_timeout": idle}
        else:
            raise click.UsageError("Name a person (LOGIN_OR_MEMBER) or a --device.")
    with database.connect(dsn) as connection:
        try:
            with acting_as(connection, OPERATOR):
                issued = call_value(connection, schema, function, **named)
        except psycopg.Error as error:
            if error.sqlstate != "SA011":
                raise
            known = translate(error)
            raise InvalidInput(
                f"no token for {what}: there is none of this name",
                code=known.code,
                detail=known.detail,
                hint=None if platform is not None else "see the tenants with: smartattend tenant list",
            ) from error
    click.echo(issued)
    note(f"a token for {what}; it is shown this once, and whoever has it acts in that name")


def _refuse_options(with_what: str, **given: object) -> None:
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise click.UsageError(f"{', '.join(wrong)} cannot be given with {with_what}.")


@token.command(
    epilog=examples(
        'smartattend token revoke - <<< "$TOKEN"      the token is in no history and no process list',
        "smartattend token revoke                     asks for it",
        'smartattend token revoke "$TOKEN" --reason "left on a shared computer"',
    )
)
@click.argument("token", metavar="[TOKEN]", default="-")
@click.option("--reason", metavar="TEXT", help="Why; kept with the session.")
@dsn_option
def revoke(token: str, reason: str | None, dsn: str | None) -> None:
    """End the session of a token at once; the next call with it fails.

    TOKEN is the token, or - to read it from the standard input.
    """
    if token == "-":  # noqa: S105  (it stands for the standard input)
        token = click.prompt("token", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read()
    token = token.strip()
    if not token or len(token) > 200 or not token.isprintable():
        raise InvalidInput("this is no token", expected="sa_<tenant>_<secret>, as smartattend token issue printed it")
    with database.connect(dsn) as connection, acting_as(connection, OPERATOR, "smartattend_app"):
        revoked = call_value(connection, "identity", "revoke_token", token=token, reason=reason)
    if not revoked:
        raise SmartAttendError("no live session has this token", hint="it may have been revoked before, or is mistyped")
    note("revoked")
