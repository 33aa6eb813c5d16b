"""Files that are whole or not there: written beside their name, and never over another."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from orchestrator.errors import InvalidInput


def refuse_existing(path: Path) -> None:
    """Raise :class:`InvalidInput` when there is something of that name, or no folder for it."""
    if path.exists() or path.is_symlink():
        raise InvalidInput(f"{path} exists and is not overwritten", hint="choose another name, or move it away")
    if not path.parent.is_dir():
        raise InvalidInput(f"there is no folder {path.parent}")


@contextmanager
def new_file(path: Path) -> Iterator[IO[Any]]:
    """A binary file that gets its name when the block ends well, and is gone when it does not; ``.gz`` is compressed.

    Raises :class:`InvalidInput` when the name is taken.
    """
    refuse_existing(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("xb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(path.name.removesuffix(".gz"), "wb", 6, raw) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        refuse_existing(path)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
