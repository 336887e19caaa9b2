import json

import pytest

from tooling import console


def test_table_puts_numbers_to_the_right(capsys):
    console.table([("captured", 300), ("held", 7)], ("what", "count"))
    assert capsys.readouterr().out.splitlines() == [
        "what      count",
        "--------  -----",
        "captured    300",
        "held          7",
    ]


def test_table_without_rows_has_its_headers(capsys):
    console.table([], ("what", "count"))
    assert capsys.readouterr().out.splitlines()[0] == "what  count"


def test_json_is_one_line_of_stdout(capsys):
    console.json_line({"name": "Zoë\nBlom", "figures": {"a": 1.5}})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out)["name"] == "Zoë\nBlom"


def test_short_step_is_silent(capsys):
    with console.step("Something quick"):
        pass
    assert capsys.readouterr() == ("", "")


def test_long_step_is_shown_on_stderr_with_its_note(capsys, monkeypatch):
    monkeypatch.setattr(console, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(console, "HEARTBEAT_SECONDS", 0.01)
    with pytest.raises(ValueError), console.step("Something long") as step:
        step.update("sale 3/9")
        while not step._shown:
            pass
        raise ValueError
    out, err = capsys.readouterr()
    assert out == ""
    assert "… Something long (sale 3/9)" in err
    assert err.splitlines()[-1].startswith("✗ Something long")


def test_error_shows_failure_log_and_cure(capsys, tmp_path):
    log = tmp_path / "x.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    console.show_error(console.OmsError("it failed", hint="do this\nor that", log=log))
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "oms: it failed"
    assert "    line 99" in err and "    line 79" not in err
    assert err[-2:] == ["  → do this", "  → or that"]
