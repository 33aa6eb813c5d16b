"""``smartattend metrics``: what is measured, for Prometheus."""

from __future__ import annotations

import datetime as dt
import ipaddress
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import click

from orchestrator import database
from orchestrator.acting import platform_session
from orchestrator.errors import SmartAttendError, translate
from orchestrator.importers.session import tenant_session
from orchestrator.options import dsn_option, examples, token_option
from orchestrator.output import note
from orchestrator.prometheus import read_platform, read_tenant, text_of, write

PURPOSE = "smartattend metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is not ADDRESS:PORT, such as 127.0.0.1:9187", context, parameter
        ) from error
    if not colon or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f"{value!r} is not ADDRESS:PORT, such as 127.0.0.1:9187", context, parameter)
    return str(address), int(port)


@click.command(
    "metrics",
    epilog=examples(
        "smartattend metrics                      the platform's, with SMARTATTEND_TOKEN",
        "smartattend metrics --as watch@platform.example --ticket MON-1 \\",
        "    --out /var/lib/node_exporter/textfile/smartattend.prom",
        "smartattend metrics --tenant north-high --as ann@north.example",
        "smartattend metrics --as watch@platform.example --ticket MON-1 --listen 127.0.0.1:9187",
    ),
)
@click.option("--tenant", metavar="SLUG", help="A tenant's own metrics, with metrics.read. Default: the platform's.")
@click.option(
    "--as", "login", metavar="LOGIN", help="Whose session to act in, opened for each reading and ended with it."
)
@click.option("--ticket", metavar="TICKET", help="What asks for the platform's sessions; required with --as for it.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Replace FILE at once, for node_exporter's textfile collector.",
)
@click.option(
    "--listen",
    callback=_address,
    metavar="ADDRESS:PORT",
    help="Answer GET /metrics, reading anew, until SIGTERM or ^C.",
)
@click.option("--beyond-loopback", is_flag=True, help="Let --listen take an address that others can reach.")
@token_option
@dsn_option
def metrics(
    tenant: str | None,
    login: str | None,
    ticket: str | None,
    out: Path | None,
    listen: tuple[str, int] | None,
    beyond_loopback: bool,
    token: str | None,
    dsn: str | None,
) -> None:
    """Write what is measured in Prometheus's text format, to stdout.

    The platform's metrics come with the dashboard's tiles, in which the tenants are counted together; nobody reads a
    tenant's own but with a session in it. docs/prometheus has alert rules, docs/grafana a dashboard.
    """
    if token is not None and login is not None:
        raise click.UsageError("--as cannot be given with --token, which is somebody's.")
    if tenant is None and token is None and (login is None or ticket is None):
        raise click.UsageError("Name the platform session: --token or SMARTATTEND_TOKEN, or --as with --ticket.")
    if out is not None and listen is not None:
        raise click.UsageError("--out and --listen are two ways; choose one.")

    def reading() -> bytes:
        now = dt.datetime.now(dt.UTC)
        with database.connect(dsn, application_name=PURPOSE) as connection:
            if tenant is not None:
                with tenant_session(connection, tenant, token, login, PURPOSE) as session:
                    return text_of(read_tenant(connection, session.token, tenant), now)
            if token is not None:
                return text_of(read_platform(connection, token), now)
            with platform_session(connection, str(login), PURPOSE, str(ticket)) as own:
                return text_of(read_platform(connection, own), now)

    if listen is not None:
        if not ipaddress.ip_address(listen[0]).is_loopback and not beyond_loopback:
            raise click.UsageError(f"{listen[0]} can be reached by others: add --beyond-loopback if that is meant.")
        _serve(listen, reading)
    elif out is not None:
        write(reading(), out)
    else:
        click.echo(reading(), nl=False)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not worth a line; failures have one."""


def _serve(address: tuple[str, int], reading: Any) -> None:
    """Answer until a signal. What cannot be read is a 503 with one sentence, and a line on stderr."""

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] not in ("/", "/metrics"):
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"GET /metrics\n"]
        try:
            text = reading()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next reading may succeed
            known = error if isinstance(error, SmartAttendError) else translate(error)
            note(f"cannot read: {known.format_message()}")
            start("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"cannot read the metrics; the exporter's log says why\n"]
        start("200 OK", [("Content-Type", CONTENT_TYPE)])
        return [text]

    with make_server(*address, answer, handler_class=_Quiet) as server:

        def told(_number: int, _frame: FrameType | None) -> None:
            threading.Thread(target=server.shutdown).start()

        before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
        note(f"listening on http://{address[0]}:{server.server_port}/metrics")
        try:
            server.serve_forever()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
