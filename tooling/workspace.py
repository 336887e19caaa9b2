"""A ready environment with its databases and templates, as commands use it."""

import contextlib
import json
import os
import re

from . import console, environment, paths, process
from .database import Databases
from .templates import Templates

DEMO = "oms_demo"


class Workspace:
    """What a command works with, set up when it is made."""

    def __init__(self, *, with_browser=False):
        environment.require_manifest()
        self.environment = environment.prepare(with_browser=with_browser)
        self.databases = Databases(self.environment)
        self.templates = Templates(self.environment, self.databases)
        #: databases that are dropped when this command ends
        self.lent = set()

    @contextlib.contextmanager
    def scratch(self, kind, *, keep=False):
        """Lend a database of this process with the add-on, dropped afterwards."""
        self._drop_orphans()
        name = f"oms_{kind}_{os.getpid()}"
        self.templates.clone_module(name)
        keep = self.keeps(keep)
        if not keep:
            self.lent.add(name)
        try:
            yield name
        finally:
            if keep:
                console.say(f"Database kept until the next run: ./oms shell {name}")
            else:
                self.databases.drop(name)

    @staticmethod
    def keeps(asked):
        """Return whether databases that are lent are kept, by an option or the environment."""
        return asked or bool(os.environ.get("OMS_KEEP_DB"))

    @contextlib.contextmanager
    def borrow(self, names):
        """Keep a record of databases that another program makes, and drop what it leaves."""
        self.databases.record(*names)
        try:
            yield
        finally:
            for name in names:
                self.databases.drop(name)

    def _drop_orphans(self):
        """Drop the databases of runs that were killed."""
        for name in self.databases.recorded():
            kind, _, rest = name.removeprefix("oms_").partition("_")
            pid = rest.partition("-")[0]
            if kind in ("test", "bench") and pid.isdigit() and not _alive(int(pid)):
                self.databases.drop(name)

    def run_job(self, database, program, *arguments):
        """Run a program inside Odoo on the terminal and return its result."""
        result = paths.STATE / f"result-{os.getpid()}.json"
        log = paths.LOGS / f"{program.stem}.log"
        for path in (result, log):
            path.unlink(missing_ok=True)
        command = self.environment.program(
            *("odoo_program.py", "--result", result, "--log", log, database, program),
            *arguments,
        )
        try:
            status = process.call(command, env=self.environment.variables, cwd=paths.ROOT)
            if status:
                raise console.OmsError(
                    f"{program.name} failed (exit {status})",
                    hint=f"look at what Odoo logged: {log}\n"
                    + (
                        "and keep its database by OMS_KEEP_DB=1, to look into it"
                        if database in self.lent
                        else f"and into its database: ./oms shell {database}"
                    ),
                )
            _tell_problems(log)
            return json.loads(result.read_text())
        finally:
            result.unlink(missing_ok=True)


def _tell_problems(log):
    """Say how many warnings and errors Odoo logged, if any."""
    with contextlib.suppress(FileNotFoundError):
        text = log.read_text(encoding="utf-8", errors="replace")
        levels = re.findall(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ", text, re.M)
        if levels:
            warnings = levels.count("WARNING")
            console.say(f"Odoo logged {warnings} warnings, {len(levels) - warnings} errors: {log}")


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
