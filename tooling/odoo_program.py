"""Run `main(env, args)` of a Python file inside Odoo, on one database.

    python tooling/odoo_program.py [--result FILE] [--log FILE] DATABASE PROGRAM [ARGUMENT…]

Started with the Python of `.oms/venv`. What `main` returns is written to the result's
file as JSON; its transaction is committed at the end, and rolled back when it raises.
What Odoo logs goes to the log's file, to the terminal when there is none.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A script's own folder comes first on the path; the repository is what we want.
sys.path[0] = str(ROOT)

from tooling import console  # noqa: E402


def load(path):
    """Return a Python file as a module."""
    path = Path(path).resolve()
    spec = importlib.util.spec_from_file_location(f"oms_program_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(database, program, arguments, log=None):
    """Open the registry of a database and run a program's `main` in it."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", str(ROOT / ".oms/odoo.conf"), "-d", database, "--no-http"]
    options += [f"--logfile={log}"] if log else []
    config.parse_config([*options, "--log-level=warn"], setup_logging=True)
    main = load(program).main
    with console.step("Loading Odoo"):
        registry = Registry(database)
    with registry.cursor() as cr:
        return main(api.Environment(cr, SUPERUSER_ID, {}), arguments)


def parse(argv):
    """Read the command line; the program's own arguments are left alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--result", type=Path)
    parser.add_argument("--log", type=Path)
    parser.add_argument("database")
    parser.add_argument("program", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(argv)


if __name__ == "__main__":
    options = parse(sys.argv[1:])
    result = run(options.database, options.program, options.arguments, options.log)
    if options.result:
        options.result.write_text(json.dumps(result, ensure_ascii=False, default=str))
