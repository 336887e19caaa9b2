"""The generated `.oms/odoo.conf`: paths, database server, small limits."""

import socket

from . import paths

TEMPLATE = """\
; Written by ./oms at each run: changes made here are lost.
[options]
addons_path = {addons}
data_dir = {data}
db_host = {host}
db_port = {port}
db_user = {user}
db_maxconn = 32
with_demo = False
http_interface = 127.0.0.1
proxy_mode = False
list_db = False
workers = 0
max_cron_threads = 2
limit_time_cpu = 3600
limit_time_real = 3600
limit_time_real_cron = 3600
log_level = info
"""


def write(odoo, server):
    """Write the configuration for an Odoo and a database server."""
    addons = [*odoo.addons]
    if paths.MANIFEST.exists():
        addons.append(paths.ROOT)
    text = TEMPLATE.format(
        addons=",".join(str(path) for path in addons),
        data=paths.DATA,
        host=server.host or False,
        port=server.port or False,
        user=server.user or False,
    )
    if not paths.CONFIG.exists() or paths.CONFIG.read_text() != text:
        partial = paths.CONFIG.with_suffix(".partial")
        partial.write_text(text)
        partial.rename(paths.CONFIG)


def free_port(first=8069, last=8168):
    """Return the first free port of a range, or any free one."""
    for port in [*range(first, last), 0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no free port")
