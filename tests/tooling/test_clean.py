import os
import time
from pathlib import Path

import pytest

from tooling import postgres_binaries

START = "from tooling import postgres as p; p.ensure(); print(p.Cluster().folder)"


def test_clean_removes_only_what_oms_made(checkout, oms, files):
    before = files(checkout)
    for name in ("log/pip.log", "venv/bin/python", "data/filestore/x/aa/aab"):
        path = checkout / ".oms" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (checkout / "mine.txt").write_text("x")
    result = oms(checkout, "clean")
    assert result.returncode == 0, result.stderr
    assert files(checkout) == before | {Path("mine.txt")}


def test_clean_leaves_what_links_lead_to(checkout, oms, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").write_text("x")
    (checkout / ".oms").mkdir()
    (checkout / ".oms/odoo").symlink_to(elsewhere)
    assert oms(checkout, "clean").returncode == 0
    assert (elsewhere / "kept").exists()


def test_clean_with_nothing_there_says_so(checkout, oms):
    result = oms(checkout, "clean")
    assert (result.returncode, result.stderr) == (0, "There is nothing to remove.\n")


@pytest.mark.skipif(
    not postgres_binaries.installed(), reason="no PostgreSQL programs on this machine"
)
def test_clean_stops_the_private_cluster_and_removes_it(checkout, program, oms):
    started = program(checkout, "python3", "-B", "-c", START)
    assert started.returncode == 0, started.stderr
    folder = Path(started.stdout.split()[-1])
    pid = int((folder / "data/postmaster.pid").read_text().split()[0])
    os.kill(pid, 0)
    again = program(checkout, "python3", "-B", "-c", START)
    assert again.stdout == started.stdout, again.stderr
    assert int((folder / "data/postmaster.pid").read_text().split()[0]) == pid
    assert oms(checkout, "clean").returncode == 0
    assert not folder.exists() and not (checkout / ".oms").exists()
    assert _has_ended(pid)


def _has_ended(pid):
    """Return whether a process ends soon: its parent may still have to notice."""
    for _attempt in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False
