"""Template databases: installed once, copied for every demo, test and benchmark.

`oms_base_<key>` has every add-on that ours depends on; `oms_module_<key>` has ours
on top. A key is the hash of all that decides what the database holds, so a change
makes a new template and the old one is dropped.
"""

import ast
import hashlib
import re
from pathlib import Path

from . import console, locks, paths, process

# Counted up when a template must be made anew though nothing it names changed.
GENERATION = 1
BASE_PROGRAM = paths.ROOT / "tooling" / "base_program.py"
LOADING = re.compile(r"odoo\.modules\.loading: Loading module (\S+) \((\d+)/(\d+)\)")
IGNORED = (".pyc", ".swp", "~")


def depends(manifest=None):
    """Return the add-ons that ours depends on, as its manifest names them."""
    path = manifest or paths.MANIFEST
    try:
        values = ast.literal_eval(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise console.OmsError(
            f"{path} is not a manifest: {error}", hint="make it one literal dict"
        ) from error
    return sorted(values.get("depends", ()))


def base_key(odoo, dependencies):
    """Return the key of the template with the add-ons we depend on."""
    return _hash(
        *(GENERATION, paths.checkout_key(), odoo.package, odoo.version),
        *(paths.REQUIREMENTS.read_text(), BASE_PROGRAM.read_text()),
        *dependencies,
    )


def module_key(base, addon=None):
    """Return the key of the template with our add-on, from all its files."""
    digest = hashlib.sha256(base.encode())
    root = Path(addon or paths.ADDON)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not str(path).endswith(IGNORED):
            digest.update(str(path.relative_to(root)).encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _hash(*parts):
    text = "\n".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class Templates:
    """The two templates of this checkout, made when they are asked for."""

    def __init__(self, environment, databases):
        self.environment = environment
        self.databases = databases

    def module(self):
        """Return the name of the template with our add-on installed."""
        with locks.hold("templates"):
            return self._module()

    def clone_base(self, name):
        """Make a database without our add-on."""
        self._clone(self._base, name)

    def clone_module(self, name):
        """Make a database with our add-on."""
        self._clone(self._module, name)

    def _clone(self, template, name):
        # One lock around both: a template must not be dropped while it is copied.
        with locks.hold("templates"):
            source = template()
            with console.step("Copying the template database"):
                self.databases.clone(source, name)

    def _module(self):
        base = self._base()
        name = f"oms_module_{module_key(base)}"
        if not self.databases.exists(name):
            self._make_module(base, name)
        return name

    def _base(self):
        dependencies = depends()
        name = f"oms_base_{base_key(self.environment.odoo, dependencies)}"
        if not self.databases.exists(name):
            self._make_base(dependencies, name)
        return name

    def _make_base(self, dependencies, name):
        self._prune("oms_base_", "oms_module_", "oms_making_")
        making = f"oms_making_{name}"
        self.databases.make(making)
        self.install(making, dependencies, f"Installing {len(dependencies)} Odoo apps")
        with console.step("Loading a chart of accounts"):
            self.run_program(making, BASE_PROGRAM, "base-program.log")
        self.databases.rename(making, name)

    def _make_module(self, base, name):
        self._prune("oms_module_", "oms_making_")
        making = f"oms_making_{name}"
        self.databases.clone(base, making)
        self.install(making, ["oms_addon"], "Installing oms_addon")
        self.databases.rename(making, name)

    def _prune(self, *prefixes):
        for name in self.databases.recorded():
            if name.startswith(prefixes):
                self.databases.drop(name)

    def install(self, database, addons, title):
        """Install add-ons in a database, with Odoo's own progress."""
        command = self.environment.odoo_command(
            *("-d", database, "-i", ",".join(addons)),
            *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
        )
        failures = []
        with console.step(title) as step:

            def watch(line):
                found = LOADING.search(line)
                if found:
                    step.update("{} {}/{}".format(*found.groups()))
                elif " ERROR " in line or " CRITICAL " in line:
                    failures.append(line)

            log = f"install-{addons[0] if len(addons) == 1 else 'base'}.log"
            process.run(
                command,
                log,
                env=self.environment.variables,
                on_line=watch,
                title=title,
                hint="the first lines with ERROR in that log say why",
            )
        if failures:
            raise console.OmsError(
                f"{title} failed: {failures[0].split(' ', 5)[-1].strip()}",
                hint="the lines with ERROR in that log say why",
                log=paths.LOGS / log,
            )

    def run_program(self, database, program, log, *arguments):
        """Run one of our programs inside Odoo, with its output in a log."""
        process.run(
            self.environment.program("odoo_program.py", database, program, *arguments),
            log,
            env=self.environment.variables,
        )
