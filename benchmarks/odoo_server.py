"""Odoo's HTTP server on a benchmark's database, in a process of its own."""

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

from odoo.tools import config

from tooling import paths, settings

PATIENCE_SECONDS = 120


@contextlib.contextmanager
def serving(database, *arguments):
    """Serve a database without background jobs.

    :param str database: its name; what is to be seen of it has to be committed
    :param arguments: more options of Odoo's command line
    :return: the server's address
    """
    port = settings.free_port(8269, 8368)
    log = paths.LOGS / "bench-server.log"
    command = [
        *(sys.executable, "-m", "odoo", "-c", str(paths.CONFIG), "-d", database),
        *("--db-filter", f"^{database}$", "--http-port", str(port), "--logfile", str(log)),
        *("--max-cron-threads=0", "--log-level=warn", *arguments),
    ]
    process = subprocess.Popen(command)
    try:
        address = f"http://{config['http_interface'] or '127.0.0.1'}:{port}"
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait(process, address):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            with urllib.request.urlopen(f"{address}/web/health", timeout=5):
                return
        time.sleep(0.2)
    raise RuntimeError(f"the server at {address} did not start")
