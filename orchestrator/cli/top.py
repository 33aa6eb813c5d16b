"""``smartattend top``: the dashboard, live."""

from __future__ import annotations

import sys

import click

from orchestrator.errors import InvalidInput
from orchestrator.options import dsn_option, examples, platform_token_option


@click.command("top", epilog=examples("smartattend top", "smartattend top --interval 60       over a slow line"))
@platform_token_option
@click.option(
    "--interval",
    type=click.FloatRange(min=1.0, max=600.0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look, besides whenever maintenance tells of something.",
)
@dsn_option
def top(token: str, interval: float, dsn: str | None) -> None:
    """Show smartattend status live, until q or ^C.

    It looks when maintenance tells of something (listen/notify) and every --interval seconds, and writes only the lines
    that have changed. When the server is away it says so, keeps what it had, and connects again.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInput(
            "smartattend top needs a terminal",
            observed="no terminal",
            hint="once, for a pipe or a log: smartattend status",
        )
    from orchestrator.live import Top  # late: termios is Unix's

    Top(dsn, token, interval=interval).run()
