"""``smartattend seed``: demo data with known anomalies."""

from __future__ import annotations

import datetime as dt
import operator
import time
from pathlib import Path
from typing import Any

import click

from orchestrator import database, output
from orchestrator.cli.tenant import SUPERADMIN
from orchestrator.options import Day, dsn_option, examples
from orchestrator.seed import truth as truth_table
from orchestrator.seed.load import Result, load
from orchestrator.seed.sizes import CALENDAR, SIZES, Dataset


@click.command(
    "seed",
    epilog=examples(
        "smartattend seed                                  a few weeks of some hundred people",
        "smartattend seed --size m --seed 7 --truth truth.jsonl",
        "smartattend seed --size l --dsn load_test         a million records; takes a while",
    ),
)
@click.option(
    "--size", type=click.Choice(sorted(SIZES, key="sml".index)), default="s", show_default=True,
    help="s: 100 people, 3 weeks. m: 600 people, a term. l: 1,000,000 records.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True,
    help="The same seed makes the same data.",
)  # fmt: skip
@click.option(
    "--until", type=Day(), metavar="DATE",
    help="Last day of the term, moved back to a Sunday. Default: a fixed autumn with both changes of the clocks "
    f"({CALENDAR['s']} for s, {CALENDAR['m']} for m and l).",
)  # fmt: skip
@click.option(
    "--truth", type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the truth about the planted anomalies to this file, one JSON object a line.",
)  # fmt: skip
@click.option(
    "--superadmin", metavar="LOGIN", envvar="SMARTATTEND_SUPERADMIN", default=SUPERADMIN, show_default=True,
    help="Who creates the tenants; becomes the first superadmin where there is none.",
)  # fmt: skip
@click.option(
    "--format", "fmt", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="How to show the result.",
)  # fmt: skip
@dsn_option
def seed(
    size: str, seed: int, until: dt.date | None, truth: Path | None, superadmin: str, fmt: str, dsn: str | None
) -> None:
    """Fill the database with a demo school and a demo company (both sandboxes) through api.*.

    They have sites on three continents, timetables, shifts, devices, people who do not exist, and a term of
    attendance in which known anomalies are planted. Repeated with the same options it changes nothing, and an
    interrupted run goes on; another size, seed or term is refused where demo data is present.
    """
    dataset = Dataset.of(size, seed, until)
    begin = time.monotonic()
    with database.connect(dsn, application_name="smartattend seed") as connection, output.progress() as bar:
        task = bar.add_task("preparing", total=None)

        def listen(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        result = load(connection, dataset, superadmin=superadmin, listen=listen)
    seconds = time.monotonic() - begin
    if truth is not None:
        truth_table.write(truth, dataset, result.truth)
    _show(result, truth, fmt, seconds)


def _show(result: Result, truth: Path | None, fmt: str, seconds: float) -> None:
    summary = truth_table.summary(result.dataset, result.truth)
    if fmt == "json":
        output.emit(_document(result, summary, truth, seconds), "json")
    else:
        counted = {what: None for tenant in result.tenants for what in tenant.found}
        rows = [{"what": what} | {tenant.slug: tenant.found[what] for tenant in result.tenants} for what in counted]
        output.emit(rows, title="In the database")
    for tenant in result.tenants:
        more = tenant.compared(operator.gt)
        if more:
            output.note(f"{tenant.slug} holds more than the demo data: {', '.join(more)}")
    replayed = sum(tenant.replayed for tenant in result.tenants)
    if result.changed:
        output.note(
            f"made {result.changed:,} things in {seconds:.1f} s; {replayed:,} were there or repeat others by plan"
        )
    else:
        output.note(
            f"nothing changed: the demo data of {result.dataset.label} was there already;"
            f" {replayed:,} commands replayed in {seconds:.1f} s"
        )
    planted = ", ".join(f"{flag} {count['required']}" for flag, count in summary["flags"].items() if count["required"])
    output.note(
        f"planted anomalies: {planted}; {'listed in ' + str(truth) if truth else 'list them with --truth FILE'}"
    )
    if not result.analyzed:
        output.note("to do: this role may not analyze the tables; let their owner or a superuser run: analyze")


def _document(result: Result, summary: dict[str, Any], truth: Path | None, seconds: float) -> dict[str, Any]:
    return {
        "size": result.dataset.size.name,
        "seed": result.dataset.seed,
        "from": result.dataset.start,
        "until": result.dataset.until,
        "changed": result.changed,
        "replayed": sum(tenant.replayed for tenant in result.tenants),
        "seconds": round(seconds, 2),
        "analyzed": result.analyzed,
        "tenants": {
            tenant.slug: {"planned": tenant.planned.as_dict(), "found": tenant.found} for tenant in result.tenants
        },
        "truth": {"file": truth, "rows": summary["rows"], "flags": summary["flags"]},
    }
