"""The tool around the SmartAttend database: it calls ``api.*`` and holds no rule of its own."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("smartattend")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
