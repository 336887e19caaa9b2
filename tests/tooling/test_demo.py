import json

import pytest

from tooling import cli, process
from tooling.commands import demo, serve


def test_missing_addon_is_a_clear_error(checkout, oms):
    (checkout / "oms_addon/__manifest__.py").unlink()
    result = oms(checkout, "demo")
    assert result.returncode == 1
    assert "there is no add-on at" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("served", [False, True])
def test_json_is_the_last_line_of_the_demo(monkeypatch, capsys, served):
    figures = {"captured": 3}

    def announce(_workspace, _name, result):
        serve.show_address("http://127.0.0.1:1", result)
        return 0

    monkeypatch.setattr(demo, "Workspace", lambda: None)
    monkeypatch.setattr(demo, "prepare", lambda *_args: figures)
    monkeypatch.setattr(serve, "serve", announce)
    arguments = ["--json"] if served else ["--json", "--no-serve"]
    assert cli.main(["demo", *arguments]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures


def test_a_stopped_command_does_not_leave_its_child_behind(monkeypatch):
    children = []
    popen = process.subprocess.Popen

    class Interrupted(popen):
        def wait(self, timeout=None):
            if self not in children:
                children.append(self)
                raise SystemExit(143)
            return super().wait(timeout)

    monkeypatch.setattr(process.subprocess, "Popen", Interrupted)
    with pytest.raises(SystemExit):
        process.call(["sleep", "60"])
    assert children[0].returncode < 0
