"""Each process of the tests has files of its own, as it has a database of its own."""

import contextlib
from pathlib import Path

import pytest_odoo

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
