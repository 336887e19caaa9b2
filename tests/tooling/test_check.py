import json

import pytest

from tooling import cli
from tooling.commands import check

FOUND = {
    "kind": "reserved",
    "text": "3 of Mug are marked as reserved in WH/Stock, transfers reserve 2.",
    "advice": "Repair: nothing has to be counted.",
    "expected": 2.0,
    "found": 3.0,
}
HEALTHY = {
    "differences": [],
    "repaired": [],
    "stocks": 12,
    "lines": 3,
    "moves": 2,
    "seconds": 0.01,
}


@pytest.fixture
def database(monkeypatch):
    """Replace the set-up; return what the program answers and how it was called."""
    state = {"result": HEALTHY, "calls": []}

    class Databases:
        def exists(self, name):
            return name != "nowhere"

    class Workspace:
        databases = Databases()

        def run_job(self, database, program, *arguments):
            state["calls"].append((database, program.name, *arguments))
            return state["result"]

    monkeypatch.setattr(check, "Workspace", Workspace)
    return state


def test_a_healthy_database_ends_well(database, capsys):
    assert cli.main(["check", "stock"]) == 0
    assert database["calls"] == [("oms_demo", "stock_check.py")]
    assert capsys.readouterr().out.startswith("0 differences in 12 stock rows, 3 open move lines")


def test_what_is_found_is_told_and_the_status_says_so(database, capsys):
    database["result"] = {**HEALTHY, "differences": [FOUND]}
    assert cli.main(["check", "stock", "shop", "--json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert FOUND["text"] in lines[2]
    assert json.loads(lines[-1]) == {
        "check": "stock",
        "database": "shop",
        **HEALTHY,
        "differences": [FOUND],
    }


def test_what_was_repaired_is_told(database, capsys):
    database["result"] = {**HEALTHY, "repaired": [FOUND["text"]]}
    assert cli.main(["check", "stock", "--repair"]) == 0
    assert database["calls"] == [("oms_demo", "stock_check.py", "--repair")]
    assert capsys.readouterr().out.startswith(f"repaired: {FOUND['text']}\n")


def test_a_database_that_is_not_there_is_told(database, capsys):
    assert cli.main(["check", "stock", "nowhere"]) == 1
    assert "there is no database nowhere" in capsys.readouterr().err
    assert database["calls"] == []
