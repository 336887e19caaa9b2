import contextlib
import json

import pytest

from tooling import cli, paths
from tooling.commands import bench

RESULT = {
    "ratios": {"orders_per_second": 3.5},
    "figures": {"orders": 500, "capture": {"ours": 1.25, "odoo": 4.0}},
}


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Replace the set-up and the benchmarks; return the runs that were asked for."""
    calls = []

    class Workspace:
        @contextlib.contextmanager
        def scratch(self, kind, *, keep=False):
            yield kind

        def run_job(self, database, program, *arguments):
            calls.append((database, program.name, *arguments))
            return RESULT

    (tmp_path / "reserve_stock.py").write_text("def main(env, args):\n    return {}\n")
    (tmp_path / "helpers.py").write_text("SIZE = 3\n")
    monkeypatch.setattr(paths, "BENCHMARKS", tmp_path)
    monkeypatch.setattr(bench, "Workspace", Workspace)
    return calls


def test_the_last_line_is_the_json_object(runs, capsys):
    assert cli.main(["bench", "reserve_stock", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[-1]) == {"bench": "reserve_stock", **RESULT}


def test_figures_that_are_mappings_become_columns(runs, capsys):
    assert cli.main(["bench", "reserve_stock"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["orders_per_second", "3.50"] in rows
    assert ["figure", "ours", "odoo"] in rows
    assert ["capture", "1.25", "4.00"] in rows
    assert ["orders", "500"] in rows


def test_a_benchmark_gets_what_bench_does_not_know(runs):
    assert cli.main(["bench", "reserve-stock", "--orders", "500"]) == 0
    assert runs == [("bench", "reserve_stock.py", "--orders", "500")]


def test_a_helper_of_the_benchmarks_is_none_itself(runs, capsys):
    assert cli.main(["bench", "helpers"]) == 1
    assert "there are: reserve_stock\n" in capsys.readouterr().err
    assert runs == []
