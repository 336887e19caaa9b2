"""A checkout of its own for the tests that run `./oms` as a program."""

import os
import shutil
import subprocess

import pytest

from tooling import paths

MANIFEST = '{"name": "x", "depends": ["sale_stock", "portal"]}\n'


@pytest.fixture
def checkout(tmp_path):
    """Return the folder of a copy of the command, with a minimal add-on and no `.oms/`."""
    shutil.copy(paths.ROOT / "oms", tmp_path)
    shutil.copy(paths.REQUIREMENTS, tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "tooling", tmp_path / "tooling", ignore=ignored)
    (tmp_path / "oms_addon").mkdir()
    (tmp_path / "oms_addon/__manifest__.py").write_text(MANIFEST)
    return tmp_path


@pytest.fixture
def program():
    """Return a function that runs a program in a folder, away from this run's server."""

    def run(folder, *command):
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def oms(program):
    """Return a function that runs `./oms` in a checkout."""

    def run(checkout, *arguments):
        return program(checkout, checkout / "oms", *arguments)

    return run


@pytest.fixture
def files():
    """Return a function that lists all that is in a folder."""

    def of(folder):
        return {path.relative_to(folder) for path in folder.rglob("*")}

    return of
