"""The one place that imports numpy, when it is first needed."""

from importlib.util import find_spec


class NumpyMissingError(ImportError):
    """numpy cannot be imported; forecasts fall back to the moving average."""


def is_available():
    """Return whether numpy is installed, without importing it."""
    try:
        return find_spec("numpy") is not None
    except (ImportError, ValueError):
        return False


def numpy():
    """Import numpy.

    :raise NumpyMissingError: with what to install
    """
    try:
        import numpy as library
    except ImportError as error:
        raise NumpyMissingError(
            "Forecasts need numpy, which is not installed. Install the package python3-numpy"
            " (or run: pip install numpy) and restart Odoo."
        ) from error
    return library
