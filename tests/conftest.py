"""Each process of the tests has files of its own, as it has a database of its own; how fast the
machine is decides nothing.
"""

import contextlib
from pathlib import Path

import pytest_odoo
from hypothesis import HealthCheck, settings

from odoo.tools import config

from tooling.database import copy_tree


@contextlib.contextmanager
def _own_filestore(original, database):
    """Override: pytest-odoo lets all its processes share the files of one database, and a file
    that one of them takes back with its transaction is gone for the others.
    """
    if original != database:
        copy_tree(Path(config.filestore(original)), Path(config.filestore(database)))
    yield


pytest_odoo._shared_filestore = _own_filestore

untimed = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same examples in each run: a change is judged by what it changes. New ones are looked for by
# `./oms test --hypothesis-profile=explore`.
settings.register_profile("same", derandomize=True, **untimed)
settings.register_profile("explore", max_examples=1000, **untimed)
settings.load_profile("same")
