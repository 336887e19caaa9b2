"""Databases with their filestores: made, copied, renamed and dropped together."""

import contextlib
import os
import shutil
import subprocess

from . import console, locks, paths, postgres, process

FILESTORE = paths.DATA / "filestore"
RECORD = paths.STATE / "databases"
OWN_HINT = (
    "see that the server of your PG* variables runs and that its user may make\n"
    "databases (ALTER ROLE … CREATEDB); unset them for a private server"
)


class Databases:
    """The databases of one server, as far as they are ours."""

    def __init__(self, environment):
        self.environment = environment

    def query(self, *statements, database="postgres"):
        """Run statements outside a transaction; return the last one's rows."""
        result = subprocess.run(
            [str(part) for part in self._program(database, *statements)],
            env=process.merged(self.environment.variables),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            cause = [line for line in result.stderr.splitlines() if line.strip()]
            raise console.OmsError(
                f"PostgreSQL: {cause[-1].strip() if cause else 'no answer'}",
                hint="run ./oms clean to begin anew" if postgres.is_private() else OWN_HINT,
            )
        return [line.split("\t") for line in result.stdout.splitlines()]

    def _program(self, *arguments):
        return self.environment.program("sql_program.py", *arguments)

    def names(self, prefix="oms_"):
        """Return the databases that exist and that this checkout has made."""
        made = self.recorded()
        rows = self.query("SELECT datname FROM pg_database ORDER BY datname")
        return [name for (name,) in rows if name.startswith(prefix) and name in made]

    def exists(self, name):
        """Return whether a database of ours exists, and all of it."""
        return name in self.names(name)

    def make(self, name):
        """Make an empty database."""
        self.drop(name)
        self.record(name)
        self.query(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0")
        # A server without its contrib modules does too, only searches are slower.
        with contextlib.suppress(console.OmsError):
            self.query("CREATE EXTENSION IF NOT EXISTS pg_trgm", database=name)

    def clone(self, source, name):
        """Make a database that is a copy of another, files included."""
        self.drop(name)
        self.record(name)
        copy_tree(FILESTORE / source, FILESTORE / name)
        version = int(self.query("SHOW server_version_num")[0][0])
        strategy = " STRATEGY FILE_COPY" if version >= 150000 else ""
        self.query(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{strategy}')

    def rename(self, source, name):
        """Give a finished database its final name."""
        self.record(name)
        shutil.rmtree(FILESTORE / name, ignore_errors=True)
        if (FILESTORE / source).exists():
            (FILESTORE / source).rename(FILESTORE / name)
        self.query(f'ALTER DATABASE "{source}" RENAME TO "{name}"')
        self._forget(source)

    def drop(self, name):
        """Remove a database of ours and its files; nothing if there is none."""
        if name in self.recorded():
            self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            shutil.rmtree(FILESTORE / name, ignore_errors=True)
            self._forget(name)

    @staticmethod
    def recorded():
        """Return the names of the databases that this checkout has made."""
        try:
            return set(RECORD.read_text().split())
        except FileNotFoundError:
            return set()

    def record(self, *added):
        """Note that databases are this checkout's to drop."""
        self._rewrite(lambda names: names | set(added))

    def _forget(self, name):
        self._rewrite(lambda names: names - {name})

    def _rewrite(self, change):
        with locks.hold("databases"):
            names = change(self.recorded())
            partial = RECORD.with_suffix(".partial")
            partial.write_text("".join(f"{name}\n" for name in sorted(names)))
            partial.rename(RECORD)


def copy_tree(source, target):
    """Copy a filestore by hard links: Odoo never changes a file in place."""
    if not source.exists():
        return

    def link(one, other):
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    shutil.copytree(source, target, copy_function=link, dirs_exist_ok=True)
