import os
import socket
import subprocess
import sys

import pytest

from tooling import apt, browser, database, odoo_source, process, settings, venv
from tooling.commands import lint
from tooling.console import OmsError
from tooling.postgres import Server

KEYRING = "/usr/share/keyrings/k.gpg"
DEB822 = """\
# A comment
Types: deb
URIs: http://mirror.example/debian
Suites: stable stable-updates
Components: main
Signed-By: /usr/share/keyrings/k.gpg

Types: deb
URIs: http://other.example/tool
Suites: any
Components: tool
"""
ONE_LINE = """\
# deb http://commented.example/debian stable main
deb http://tool.example/apt tool stable
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://m.example/debian stable main
deb-src http://m.example/debian stable main
deb http://m2.example/ubuntu noble main universe
"""


def test_mirrors_are_read_from_both_kinds_of_sources():
    assert list(apt._entries(DEB822, ".sources")) == [("http://mirror.example/debian", KEYRING)]
    assert list(apt._entries(ONE_LINE, ".list")) == [
        ("http://m.example/debian", KEYRING),
        ("http://m2.example/ubuntu", ""),
    ]


def test_packages_are_named_when_we_are_not_root(monkeypatch):
    monkeypatch.setattr(process, "is_root", lambda: False)
    with pytest.raises(OmsError) as caught:
        apt.ensure(["chromium"], "a browser")
    assert caught.value.message == "a browser is missing"
    assert caught.value.hint == "run: sudo apt-get install --no-install-recommends chromium"


def _tree(folder, version_info):
    package = folder / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text(f"version_info = {version_info}\n")
    return folder


def test_odoo_home_comes_first_with_its_own_python(monkeypatch, tmp_path):
    home = _tree(tmp_path / "home", "(19, 0, 0, FINAL, 0, '')")
    (home / ".venv/bin").mkdir(parents=True)
    (home / ".venv/bin/python").touch()
    monkeypatch.setenv("ODOO_HOME", str(home))
    monkeypatch.delenv("ODOO_PYTHON", raising=False)
    odoo = odoo_source.find()
    assert (odoo.package, odoo.ours) == (home / "odoo", False)
    assert odoo.python == str(home / ".venv/bin/python")
    assert odoo.version == "19.0.0"


def test_odoo_home_of_another_series_is_refused(monkeypatch, tmp_path):
    home = _tree(tmp_path / "home", "(18, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_HOME", str(home))
    with pytest.raises(OmsError, match="holds Odoo 18.0, not 19.0"):
        odoo_source.find()


@pytest.mark.parametrize(("major", "found"), [(19, True), (18, False)])
def test_odoo_on_path_counts_when_its_series_is_ours(monkeypatch, tmp_path, major, found):
    tree = _tree(tmp_path / "site", f"({major}, 0, 0, FINAL, 0, '')")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tree} exec {sys.executable} "$@"\n')
    command = tmp_path / "bin/odoo"
    command.parent.mkdir()
    command.write_text(f"#!{python}\n")
    for path in (python, command):
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    (tree / "odoo/__init__.py").touch()
    odoo = odoo_source._from_path()
    assert bool(odoo) is found
    if found:
        assert (odoo.package, odoo.python) == (tree / "odoo", str(python))


def test_configuration_names_addons_and_server(monkeypatch, tmp_path):
    home = _tree(tmp_path / "home", "(19, 0, 0, FINAL, 0, '')")
    (home / "addons/web").mkdir(parents=True)
    (home / "addons/web/__manifest__.py").write_text("{}")
    monkeypatch.setattr(settings.paths, "CONFIG", tmp_path / "odoo.conf")
    odoo = odoo_source.Odoo(home / "odoo", "python3", "19.0.0", ours=False)
    settings.write(odoo, Server("/run/pg", "5433", "me"))
    text = (tmp_path / "odoo.conf").read_text()
    assert f"addons_path = {home}/addons" in text
    assert "db_host = /run/pg\ndb_port = 5433\ndb_user = me\n" in text


def test_free_port_passes_over_a_taken_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert settings.free_port(number, number + 1) != number


def test_copied_filestore_survives_the_removal_of_the_first(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "ab").mkdir(parents=True)
    (source / "ab/abc").write_text("x")
    database.copy_tree(source, target)
    (source / "ab/abc").unlink()
    assert (target / "ab/abc").read_text() == "x"
    database.copy_tree(tmp_path / "none", tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_failed_command_leaves_its_output_and_a_hint(monkeypatch, tmp_path):
    monkeypatch.setattr(process.paths, "LOGS", tmp_path)
    with pytest.raises(OmsError) as caught:
        process.run(["sh", "-c", "echo no room; exit 3"], "x.log", hint="make room", title="it")
    assert caught.value.message == "it failed (exit 3)"
    assert caught.value.hint == "make room"
    assert caught.value.log.read_text() == "no room\n"


def test_only_browsers_of_the_run_are_ended(tmp_path):
    idle = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen([*idle, f"--user-data-dir={tmp_path}/x_chrome_odoo"])
    other = subprocess.Popen([*idle, f"--user-data-dir={tmp_path}2/x_chrome_odoo"])
    try:
        browser.stop_leftovers(tmp_path)
        assert ours.wait(10) < 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_malformed_files_are_named(tmp_path):
    for name, text in {
        "good.xml": "<odoo/>",
        "bad.xml": "<odoo>",
        "bad.py": "def x(:\n",
        "bad.json": "{",
        "ir.model.access.csv": "id,name\na,b,c\n",
    }.items():
        (tmp_path / name).write_text(text)
    problems = lint.malformed(["."], tmp_path)
    assert [problem.split(":")[0] for problem in problems] == [
        "bad.json",
        "bad.py",
        "bad.xml",
        "ir.model.access.csv",
    ]
    assert problems[-1].endswith("row 2 has 3 columns, not 2")


def test_the_environment_is_kept_whichever_python_starts_the_command(tmp_path):
    ours, theirs = (
        [venv._key(odoo_source.Odoo(tmp_path, python, "19.0.0", ours)) for python in ("a", "b")]
        for ours in (True, False)
    )
    assert ours[0] == ours[1]
    assert theirs[0] != theirs[1]


def test_our_own_environment_is_not_made_with_its_own_python(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/somewhere/.oms/venv/bin/python")
    monkeypatch.setattr(sys, "_base_executable", "/usr/bin/python3", raising=False)
    assert odoo_source.host_python() == "/usr/bin/python3"
