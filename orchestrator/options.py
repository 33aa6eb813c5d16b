"""Options that several commands share, so that they read and behave alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import click

from orchestrator.output import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[dt.date]):
    """A date YYYY-MM-DD."""

    name = "date"

    def convert(self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """``value`` as a date; a usage error when it is none."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date such as 2026-03-02", param, ctx)


def dsn_option(function: F) -> F:
    """``--dsn``: passes ``dsn: str | None``."""
    return click.option(
        "--dsn",
        metavar="URI",
        envvar="SMARTATTEND_DSN",
        help="Database: a URI, a conninfo string or a name. Default: PGHOST, PGPORT, PGDATABASE or PGSERVICE, "
        "else the embedded server.",
    )(function)


def format_option(function: F) -> F:
    """``--format table|json|yaml|csv``: passes ``fmt: str``."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to show the result.",
    )(function)


def token_option(function: F) -> F:
    """``--token``: passes ``token: str | None`` (also from ``SMARTATTEND_TOKEN``)."""
    return click.option(
        "--token",
        metavar="TOKEN",
        envvar="SMARTATTEND_TOKEN",
        show_envvar=True,
        help="Login token that api procedures are called with.",
    )(function)


def platform_token_option(function: F) -> F:
    """``--token``, which has to be given: passes ``token: str``."""

    def given(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
        if not value:
            raise click.UsageError(
                "Name the platform session: --token or SMARTATTEND_TOKEN; smartattend token issue --platform opens one."
            )
        return value

    return click.option(
        "--token",
        metavar="TOKEN",
        envvar="SMARTATTEND_TOKEN",
        show_envvar=True,
        callback=given,
        help="Token of a platform session.",
    )(function)


def examples(*lines: str) -> str:
    """An epilog of examples for ``--help``, one line each, not re-wrapped by click."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
