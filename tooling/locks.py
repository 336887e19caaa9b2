"""Locks between two `./oms` that run at the same time."""

import contextlib
import fcntl

from . import console, paths


@contextlib.contextmanager
def hold(name, waiting="Waiting for another ./oms"):
    """Keep a lock of this checkout for the block; say so while waiting for it."""
    paths.make_state()
    with open(paths.STATE / f"{name}.lock", "w", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with console.step(waiting):
                fcntl.flock(stream, fcntl.LOCK_EX)
        yield
