"""PostgreSQL: the user's own by `PG*` variables, else a private cluster."""

import contextlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import console, paths, postgres_binaries, process

PORT = 5432
USER = "oms"
POINTER = paths.STATE / "postgres.path"
VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE", "PGHOSTADDR")
# Nothing in the private cluster outlives a crash of the machine; that is fine.
SETTINGS = {
    "listen_addresses": "''",
    "port": PORT,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": 120,
    "random_page_cost": 1.1,
    "jit": "off",
    # Analysed while a test's rows are rolled back, a table is taken for empty ever after,
    # and joins over it become loops; demo and benchmarks analyse by themselves.
    "autovacuum": "off",
    "log_line_prefix": "'%m [%p] %d '",
}


@dataclass(frozen=True)
class Server:
    """How to reach PostgreSQL; an empty value is left to libpq."""

    host: str = ""
    port: str = ""
    user: str = ""

    @property
    def env(self):
        """Return the variables that lead libpq to this server."""
        values = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        return {key: value for key, value in values.items() if value}


def ensure():
    """Return a running server, made and started when it is our own."""
    if not is_private():
        return _own()
    cluster = Cluster()
    cluster.ensure()
    return Server(str(cluster.socket), str(PORT), USER)


def is_private():
    """Return whether the server is our own: none is named by the environment."""
    return not any(os.environ.get(name) for name in VARIABLES)


def _own():
    env = os.environ.get
    if env("PGUSER") == "postgres":
        raise console.OmsError(
            "Odoo refuses to work as the database user 'postgres'",
            hint="make another: createuser --createdb oms; then set PGUSER=oms",
        )
    return Server(env("PGHOST", "") or env("PGHOSTADDR", ""), env("PGPORT", ""), env("PGUSER", ""))


class Cluster:
    """The private cluster: data, socket and log in one folder.

    The folder is `.oms/postgres`, or a short one below /var/tmp where the
    account that runs the server can't reach that, or a socket's path would be
    too long.
    """

    def __init__(self):
        self.account = _account()
        self.folder = self._folder()
        self.data = self.folder / "data"
        self.socket = self.folder
        self.log = self.folder / "server.log"

    def _folder(self):
        with contextlib.suppress(OSError, ValueError):
            key, folder = POINTER.read_text().splitlines()
            if key == paths.checkout_key():
                return Path(folder)
        folder = paths.CLUSTER
        too_long = len(str(folder / f".s.PGSQL.{PORT}.lock")) > 100
        if too_long or not self._reachable(folder.parent):
            folder = Path("/var/tmp") / f"oms-{paths.checkout_key()}"
        return folder

    def _reachable(self, folder):
        """Return whether the server's account can enter a folder."""
        if self.account is None:
            return True
        command = ["test", "-x", str(folder)]
        result = subprocess.run(command, check=False, **_identity(self.account))
        return result.returncode == 0

    def ensure(self):
        """Make the cluster if there is none, and start it if it is stopped."""
        if self.running():
            return
        binaries = postgres_binaries.find()
        if not (self.data / "PG_VERSION").exists():
            self._create(binaries)
        with console.step("Starting PostgreSQL"):
            self._control(binaries, "start")

    def running(self):
        """Return whether a server with our data is alive."""
        try:
            pid, data = (self.data / "postmaster.pid").read_text().splitlines()[:2]
            if data != str(self.data):
                return False
            os.kill(int(pid), 0)
        except PermissionError:
            return True
        except (OSError, ValueError):
            return False
        return (self.socket / f".s.PGSQL.{PORT}").exists()

    def stop(self):
        """Stop the server, at once."""
        if self.running():
            self._control(postgres_binaries.find(), "stop")

    def remove(self):
        """Stop the server and delete its folder."""
        self.stop()
        if (self.folder / "data").exists() or self.folder == paths.CLUSTER:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self, binaries):
        with console.step("Making a private PostgreSQL cluster"):
            paths.make_state()
            POINTER.write_text(f"{paths.checkout_key()}\n{self.folder}\n")
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700, parents=True)
            if self.account:
                shutil.chown(self.folder, self.account)
            partial = self.folder / "data.partial"
            self._run(
                [
                    *(binaries / "initdb", "-D", partial, "-U", USER, "--auth=trust"),
                    *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
                ],
                "the cluster could not be made",
            )
            with open(partial / "postgresql.conf", "a", encoding="utf-8") as stream:
                for key, value in SETTINGS.items():
                    stream.write(f"{key} = {value}\n")
            partial.rename(self.data)

    def _control(self, binaries, verb):
        start = ["-l", self.log, "-o", f"-k '{self.socket}'"]
        options = {"start": start, "stop": ["-m", "fast"]}[verb]
        self._run(
            [binaries / "pg_ctl", "-D", self.data, "-w", "-t", "60", *options, verb],
            f"PostgreSQL did not {verb}",
        )

    def _run(self, command, failure):
        paths.make_state()
        log = paths.LOGS / "postgres.log"
        with open(log, "w", encoding="utf-8") as stream:
            result = subprocess.run(
                [str(part) for part in command],
                cwd=self.folder,
                env=process.merged({"LC_ALL": "C.UTF-8"}),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                check=False,
                **_identity(self.account),
            )
        if result.returncode:
            raise console.OmsError(
                f"{failure} (exit {result.returncode})",
                hint="run ./oms clean to begin anew",
                log=log,
            )


def _account():
    """Return the account that runs the server: PostgreSQL refuses root."""
    if not process.is_root():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise console.OmsError(
        "PostgreSQL does not run as root, and there is no other account",
        hint="run: useradd --system postgres",
    )


def _identity(account):
    """Return the options of `subprocess` to run as an account, if one is given."""
    if not account:
        return {}
    group = pwd.getpwnam(account).pw_gid
    return {"user": account, "group": group, "extra_groups": []}
