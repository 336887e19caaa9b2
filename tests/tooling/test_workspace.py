"""What a person is told when a program inside Odoo fails."""

import types

import pytest

from tooling import console, paths, process
from tooling.workspace import Workspace


@pytest.fixture
def workspace(monkeypatch, tmp_path):
    """Return a workspace whose programs fail, and whose databases are names only."""
    made = Workspace.__new__(Workspace)
    made.environment = types.SimpleNamespace(program=lambda *_args: [], variables={})
    made.templates = types.SimpleNamespace(clone_module=lambda _name: None)
    made.dropped = []
    made.databases = types.SimpleNamespace(recorded=list, drop=made.dropped.append)
    made.lent = set()
    monkeypatch.setattr(process, "call", lambda *_args, **_values: 3)
    monkeypatch.setattr(paths, "STATE", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)
    monkeypatch.delenv("OMS_KEEP_DB", raising=False)
    return made


def _hint(workspace, database):
    with pytest.raises(console.OmsError) as failed:
        workspace.run_job(database, paths.BENCHMARKS / "reserve_stock.py")
    return failed.value.hint


def test_a_database_that_is_dropped_is_not_offered(workspace):
    with workspace.scratch("bench") as database:
        hint = _hint(workspace, database)
    assert "./oms shell" not in hint
    assert "OMS_KEEP_DB=1" in hint
    assert workspace.dropped == [database]


def test_a_database_that_is_kept_is_offered(workspace, monkeypatch):
    monkeypatch.setenv("OMS_KEEP_DB", "1")
    with workspace.scratch("bench") as database:
        hint = _hint(workspace, database)
    assert f"./oms shell {database}" in hint
    assert workspace.dropped == []


def test_the_database_of_the_demo_stays_and_is_offered(workspace):
    assert "./oms shell oms_demo" in _hint(workspace, "oms_demo")
