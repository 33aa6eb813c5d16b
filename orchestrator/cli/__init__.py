"""The command ``smartattend``.

Every module of this package is a command of the same name (``import_`` is ``import``), found by looking into the
folder and loaded when it is called; ``deploy`` holds four. A module offers its command as a
``click.Command`` whose name is the command's.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import psycopg

from orchestrator import __version__
from orchestrator.errors import SmartAttendError, debugging, translate
from orchestrator.options import examples

SHARED_MODULES = dict.fromkeys(("deploy", "revert", "verify", "plan"), "deploy")
"""Commands whose module has another name."""


def module_names(folders: Iterable[str] = (str(Path(__file__).parent),)) -> dict[str, str]:
    """Command name → module name, for every command there is a module for."""
    found = {info.name.rstrip("_").replace("_", "-"): info.name for info in pkgutil.iter_modules(folders)}
    found = {name: module for name, module in found.items() if not module.startswith("_")}
    return found | SHARED_MODULES


class Tool(click.Group):
    """Loads a command's module when it is asked for, and turns exceptions into clear errors."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = module_names().get(cmd_name)
        if name is None:
            return None
        try:
            module = importlib.import_module(f"{__name__}.{name}")
        except ImportError as error:
            if debugging():
                raise
            return _broken(cmd_name, error)
        for value in vars(module).values():
            if isinstance(value, click.Command) and value.name == cmd_name:
                return value
        return None

    def invoke(self, ctx: click.Context) -> Any:
        if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name may be any bytes, and is shown all the same
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except (psycopg.Error, OSError, UnicodeError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            if debugging():
                traceback.print_exc()
            raise translate(error) from error
        except SmartAttendError:
            if debugging():
                traceback.print_exc()
            raise


def _broken(name: str, error: ImportError) -> click.Command:
    """A stand-in for a command whose module does not load: it says so when it is called."""

    @click.command(name, short_help=f"(not available: {error})", add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def stand_in(arguments: tuple[str, ...]) -> None:
        raise SmartAttendError(
            f"the command {name} is not available",
            observed=str(error),
            hint="install what is missing (pip install -e .), or see the cause with --debug",
        ) from error

    stand_in.ignore_unknown_options = True
    return stand_in


def _debug(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        os.environ["SMARTATTEND_DEBUG"] = "1"


@click.group(
    cls=Tool,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "smartattend db up                 start the embedded PostgreSQL",
        "smartattend deploy                bring its database to the newest version",
        "smartattend doctor                say what is wrong and how to mend it",
        "smartattend simulate --help       break it on purpose",
    ),
)
@click.version_option(__version__, prog_name="smartattend")
@click.option(
    "--debug", is_flag=True, expose_value=False, is_eager=True, callback=_debug, help="Show tracebacks of errors."
)
def cli() -> None:
    """Attendance in PostgreSQL: set it up, fill it, break it on purpose, and let it judge.

    Results go to stdout, progress to stderr. Exit codes: 0 held, 1 operational error, 2 usage, 3 an invariant
    broke, 4 inconclusive.
    """


def main() -> None:
    """The console script's entry."""
    cli(prog_name="smartattend")
