"""Options that several commands share, so that they read and behave alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from orchestrator.output import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


def dsn_option(function: F) -> F:
    """``--dsn``: passes ``dsn: str | None``."""
    return click.option(
        "--dsn",
        metavar="URI",
        envvar="SMARTATTEND_DSN",
        help="Database: a URI, a conninfo string or a name. Default: PGHOST, PGDATABASE or PGSERVICE, "
        "else the embedded server.",
    )(function)


def format_option(function: F) -> F:
    """``--format table|json|csv``: passes ``fmt: str``."""
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


def examples(*lines: str) -> str:
    """An epilog of examples for ``--help``, one line each, not re-wrapped by click."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
