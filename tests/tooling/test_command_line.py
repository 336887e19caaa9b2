import pytest

from tooling import cli, paths
from tooling.commands import test


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
