"""The channel ``file``: a line of JSON at the end of a file of the worker's own list."""

from __future__ import annotations

import fcntl
import os

from orchestrator.notifications import Delivery, NotDelivered, Settings


def send(delivery: Delivery, settings: Settings) -> None:
    """Append one line and wait for the disk; whoever else appends waits meanwhile."""
    path = settings.files.get(delivery.target)
    if path is None:
        raise NotDelivered(f"the worker's list has no file {delivery.target!r} (--file NAME=PATH)")
    line = delivery.payload() + b"\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            start = os.fstat(handle).st_size
            written = os.write(handle, line)
            if written != len(line):  # the disk is full: half a line is none
                os.ftruncate(handle, start)
                raise NotDelivered(f"{path}: the disk is full")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotDelivered(f"{path}: {error.strerror}") from error
