"""``python -m bench``: measure and write ``bench/RESULTS.md``."""

from __future__ import annotations

from pathlib import Path

import click

from bench import report
from bench.suite import Findings, Plan, measure
from orchestrator.cluster import default_home, find_programs

HERE = Path(__file__).resolve().parent


def progress(text: str) -> None:
    """Say what is going on, on stderr."""
    click.echo(f"bench: {text}", err=True)


@click.command()
@click.option(
    "--pg-bin", "places", multiple=True, metavar="FOLDER", help="Server programs; repeat for several servers."
)
@click.option("--clients", default="1,8,32", show_default=True, help="Numbers of clients.")
@click.option("--rounds", default=12, show_default=True, type=click.IntRange(2), help="Rounds of slices.")
@click.option("--slice", "seconds", default=1.5, show_default=True, type=click.FloatRange(0.1), help="Seconds.")
@click.option("--fastest", default=4000, show_default=True, help="Check-ins a second to prepare people for.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the server's data lies meanwhile: a real disk.")
@click.option("--out", default=HERE / "RESULTS.md", show_default=True, type=click.Path(path_type=Path))
def main(
    places: tuple[str, ...], clients: str, rounds: int, seconds: float, fastest: int, folder: Path | None, out: Path
) -> None:
    """Measure check-ins against bare inserts on a private server with default durability."""
    plan = Plan(
        clients=tuple(int(number) for number in clients.split(",")), rounds=rounds, seconds=seconds, fastest=fastest
    )
    folder = folder or default_home()
    machine = report.describe_machine(folder)
    findings: list[Findings] = []
    text = ""
    for place in places or (None,):
        findings.append(
            measure(find_programs(place), plan, folder, lambda text: click.echo(f"bench: {text}", err=True))
        )
        text = report.render(machine, findings)
        out.write_text(text)
    click.echo(text)
    click.echo(f"bench: written to {out}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m bench")
