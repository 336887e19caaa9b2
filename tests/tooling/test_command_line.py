import os
import types

import pytest

from tooling import cli, paths
from tooling.commands import test
from tooling.workspace import Workspace


def test_help_names_every_command(checkout, oms):
    result = oms(checkout, "--help")
    assert result.returncode == 0
    for name in ("demo", "test", "bench", "serve", "shell", "lint", "clean"):
        assert f"\n    {name} " in result.stdout


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help_that_sets_nothing_up(checkout, oms, files, name):
    before = files(checkout)
    result = oms(checkout, name, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: ./oms {name}")
    assert files(checkout) == before


def test_an_unknown_command_names_those_there_are(checkout, oms):
    result = oms(checkout, "dmeo")
    assert result.returncode == 2
    assert "'dmeo'" in result.stderr
    assert "demo" in result.stderr


def test_an_unknown_benchmark_names_those_there_are(checkout, oms, files):
    (checkout / "benchmarks").mkdir()
    (checkout / "benchmarks" / "path.py").write_text("def main(env, args):\n    pass\n")
    before = files(checkout)
    result = oms(checkout, "bench", "nope")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "oms: no benchmark 'nope'",
        "  → there are: path",
    ]
    assert files(checkout) == before


def test_a_demo_of_no_orders_is_refused(checkout, oms):
    result = oms(checkout, "demo", "--orders", "0")
    assert (result.returncode, (checkout / ".oms").exists()) == (1, False)
    assert "--orders needs a number" in result.stderr


def test_pytest_gets_its_arguments_in_order():
    arguments = ["tests/order", "-k", "hold or park", "-x", "--lf", "--maxfail=2"]
    options = cli.parse(["test", "--keep", *arguments])
    assert options.keep
    assert options.rest == arguments


def test_pytest_options_that_begin_like_ours_are_passed_on():
    assert cli.parse(["test", "--ke"]).rest == ["--ke"]


def test_other_commands_refuse_what_they_do_not_know(capsys):
    with pytest.raises(SystemExit):
        cli.parse(["demo", "--ordres", "3"])
    assert "unrecognized arguments: --ordres 3" in capsys.readouterr().err


def test_pytest_is_told_configuration_and_database():
    class Environment:
        python = "python"

    command = test.command(Environment, "oms_test_1", ["-x"])
    assert command[:3] == ["python", "-m", "pytest"]
    assert f"--odoo-config={paths.CONFIG}" in command
    assert "--odoo-database=oms_test_1" in command
    assert command[-1] == "-x"
    assert "-n" not in command


def test_several_processes_keep_the_tests_of_a_class_together():
    environment = types.SimpleNamespace(python="python")
    command = test.command(environment, "oms_test_1", ["-x"], 2)
    assert command[-5:] == ["-n", 2, "--dist", "loadscope", "-x"]
    assert test.copies("oms_test_1", 2) == ["oms_test_1-gw0", "oms_test_1-gw1"]
    assert test.copies("oms_test_1", 1) == []


@pytest.mark.parametrize(
    ("arguments", "programs", "expected"),
    [
        (["-k", "hold"], ("createdb", "dropdb"), 3),
        (["--keep"], ("createdb", "dropdb"), 1),
        (["tests/tooling/test_check.py::test_x"], ("createdb", "dropdb"), 1),
        (["-x"], ("createdb",), 1),
    ],
)
def test_all_cores_run_the_whole_suite_and_one_what_was_chosen(
    monkeypatch, tmp_path, arguments, programs, expected
):
    for name in programs:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.chdir(paths.ROOT)
    monkeypatch.delenv("OMS_KEEP_DB", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2})
    workspace = types.SimpleNamespace(
        environment=types.SimpleNamespace(variables={"PATH": str(tmp_path)}), keeps=Workspace.keeps
    )
    assert test.processes(workspace, cli.parse(["test", *arguments])) == expected


@pytest.mark.parametrize(
    ("arguments", "bundled"),
    [([], True), (["-k", "hold"], True), (["tests/tooling", "-x"], False)],
)
def test_the_bundles_of_browsers_are_made_once_for_the_whole_suite(monkeypatch, arguments, bundled):
    ran = []
    templates = types.SimpleNamespace(run_program=lambda *call: ran.append(call))
    monkeypatch.chdir(paths.ROOT)
    test.bundle(types.SimpleNamespace(templates=templates), cli.parse(["test", *arguments]), "db")
    program = paths.ROOT / "tooling" / "assets_program.py"
    assert ran == ([("db", program, "assets-program.log")] if bundled else [])
    assert program.exists()
