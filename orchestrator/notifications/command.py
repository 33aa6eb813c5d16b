"""The channel ``command``: a program of the worker's own list gets the message as JSON on its standard input."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess

from orchestrator.notifications import Delivery, NotDelivered, Settings


def send(delivery: Delivery, settings: Settings) -> None:
    """Run the program; the message has arrived when it exits with 0 in time.

    Its environment is the worker's without secrets and database settings, and ``SMARTATTEND_MESSAGE_ID``,
    ``SMARTATTEND_KIND``, ``SMARTATTEND_ATTEMPT``. It is started without a shell.
    """
    line = settings.commands.get(delivery.target)
    if line is None:
        raise NotDelivered(f"the worker's list has no command {delivery.target!r} (--command NAME=PROGRAM)")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PG", "SMARTATTEND_SECRET_"))
    }
    environment.pop("SMARTATTEND_SMTP_PASSWORD", None)
    environment |= {
        "SMARTATTEND_MESSAGE_ID": str(delivery.message_id),
        "SMARTATTEND_KIND": delivery.kind,
        "SMARTATTEND_ATTEMPT": str(delivery.attempt),
    }
    try:
        process = subprocess.Popen(
            shlex.split(line),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise NotDelivered(f"{delivery.target}: {error.strerror}") from error
    try:
        _, said = process.communicate(delivery.payload(), timeout=settings.time_out)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise NotDelivered(f"{delivery.target} did not end within {settings.time_out:g} s") from error
    if process.returncode != 0:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise NotDelivered(f"{delivery.target} exited with {process.returncode}: {last[0][:500]}")
