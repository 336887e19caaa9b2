"""Everything a command needs before it starts, made or found once."""

import os
from dataclasses import dataclass

from . import browser, console, locks, odoo_source, paths, postgres, settings, venv


@dataclass(frozen=True)
class Environment:
    """A machine that is ready: an Odoo, its Python, a database server."""

    odoo: odoo_source.Odoo
    server: postgres.Server

    @property
    def python(self):
        """Return the Python with Odoo's packages."""
        return venv.python()

    @property
    def variables(self):
        """Return the environment variables of the programs we start."""
        return {
            **self.server.env,
            "PATH": f"{paths.BIN}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", "1"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }

    def odoo_command(self, *arguments):
        """Return the command line of Odoo with our configuration."""
        options = ["-c", paths.CONFIG, *arguments]
        return [self.python, "-m", "odoo", *options]

    def program(self, name, *arguments):
        """Return the command line of a program of ours that runs inside Odoo."""
        return [self.python, paths.ROOT / "tooling" / name, *arguments]


def prepare(*, with_browser=False):
    """Set up all that is missing and return the environment."""
    with locks.hold("setup"):
        odoo = odoo_source.find()
        venv.ensure(odoo)
        server = postgres.ensure()
        settings.write(odoo, server)
        browser.ensure_pdf()
        if with_browser:
            browser.ensure_chromium()
    return Environment(odoo, server)


def require_manifest():
    """Stop with a clear error when the add-on is not there."""
    if not paths.MANIFEST.exists():
        raise console.OmsError(
            f"there is no add-on at {paths.ADDON}",
            hint="run ./oms from a complete checkout of the repository",
        )
