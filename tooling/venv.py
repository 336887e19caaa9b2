"""The virtual environment in `.oms/venv`: Odoo's Python needs and our tools."""

import hashlib
import re
import shutil
from pathlib import Path

from . import apt, console, paths, process

STAMP = paths.VENV / ".oms-complete"
LOG = "pip.log"
NETWORK_HINT = "see that PyPI can be reached (pip's own settings count), run again"

SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
WHERE = (
    "import sys; print(*[p for p in sys.path"
    " if p.endswith(('site-packages', 'dist-packages'))], sep='\\n')"
)
MISSING = """
import re, sys
from importlib import metadata
there = {re.sub("[._-]+", "-", d.metadata["Name"]).lower() for d in metadata.distributions()}
for line in open(sys.argv[1]):
    name = re.match(r"[A-Za-z0-9._-]+", line)
    name = name and re.sub("[._-]+", "-", name.group()).lower()
    if name and not there & {name, name.removesuffix("-binary")}:
        print(line.rstrip())
"""


def python():
    """Return the path of the environment's Python."""
    return paths.VENV / "bin/python"


def ensure(odoo):
    """Make the environment for an Odoo, unless the one there is right.

    The user's own Odoo keeps its own packages: they stay importable, and only
    what is missing beside them is installed here.
    """
    key = _key(odoo)
    if STAMP.exists() and STAMP.read_text() == key and python().exists():
        return
    with console.step("Installing Python packages") as step:
        shutil.rmtree(paths.VENV, ignore_errors=True)
        paths.make_state()
        _create(odoo.python)
        _link(odoo)
        requirements = paths.REQUIREMENTS
        if not odoo.ours:
            requirements = paths.STATE / "requirements-missing.txt"
            requirements.write_text(
                process.output([python(), "-c", MISSING, paths.REQUIREMENTS]) or ""
            )
        _install(requirements, step)
        STAMP.write_text(key)


def _key(odoo):
    # Which Python started ./oms doesn't matter: the one inside is kept while it works.
    python = "" if odoo.ours else odoo.python
    text = f"{odoo.package}\n{python}\n{paths.REQUIREMENTS.read_text()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _create(host):
    if process.output([host, "-c", "import venv, ensurepip"]) is None:
        found = process.output([host, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
        apt.ensure([f"python{found}-venv"], f"the module venv of Python {found}")
    process.run([host, "-m", "venv", paths.VENV], LOG, title="python3 -m venv")


def _link(odoo):
    """Make Odoo, and the packages of the user's own Odoo, importable."""
    lines = [str(odoo.package.parent)]
    if not odoo.ours:
        lines += (process.output([odoo.python, "-c", WHERE]) or "").splitlines()
    site = Path(process.output([python(), "-c", SITE]))
    (site / "oms_odoo.pth").write_text("\n".join(lines) + "\n")


def _install(requirements, step):
    """Install packages with uv where it can be had, with pip otherwise."""

    def progress(line):
        found = re.match(r"\s*(?:Collecting|Downloading|Building) ([\w.-]+)", line)
        if found:
            step.update(found.group(1))

    pip = [python(), "-m", "pip", "--disable-pip-version-check"]
    step.update("uv")
    try:
        process.run([*pip, "install", "-q", "uv"], LOG)
        command = [paths.VENV / "bin/uv", "pip", "install", "--python", python()]
        process.run([*command, "-r", requirements], LOG, on_line=progress)
    except console.OmsError:
        process.run(
            [*pip, "install", "-r", requirements],
            LOG,
            hint=NETWORK_HINT,
            on_line=progress,
            title="pip install -r requirements.txt",
        )
