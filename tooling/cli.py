"""The command line of `./oms`: finds the subcommand and turns errors into help."""

import argparse
import signal
import sys

from . import console
from .commands import bench, check, clean, demo, lint, serve, setup, shell, simulate, test

COMMANDS = {
    "demo": demo,
    "test": test,
    "bench": bench,
    "check": check,
    "serve": serve,
    "simulate": simulate,
    "shell": shell,
    "lint": lint,
    "setup": setup,
    "clean": clean,
}
EPILOG = """\
Everything is made below .oms/ on first use; `./oms clean` removes it again.

Odoo 19.0 is yours when ODOO_HOME names its source or `odoo` is on PATH, else a
private copy; PostgreSQL is yours when PGHOST, PGUSER … are set, else a private
cluster. `./oms COMMAND --help` tells more.
"""


def parser():
    """Return the parser with all subcommands."""
    top = argparse.ArgumentParser(
        prog="./oms",
        description="Set up, show, test and measure the add-on oms_addon.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name, module in COMMANDS.items():
        text = module.__doc__.strip()
        command = commands.add_parser(
            name,
            help=text.splitlines()[0],
            description=text,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(command)
    return top


def parse(argv):
    """Read the command line; what a command passes through is kept apart."""
    options, rest = parser().parse_known_args(argv or ["--help"])
    if not options.command:
        parser().error(f"which command? {', '.join(COMMANDS)}")
    if rest and not getattr(COMMANDS[options.command], "PASS_THROUGH", False):
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    return options


def main(argv):
    """Run one command and return its exit status."""
    options = parse(argv)
    signal.signal(signal.SIGTERM, _stop)
    try:
        return COMMANDS[options.command].run(options) or 0
    except console.OmsError as error:
        console.show_error(error)
        return 1
    except OSError as error:
        console.show_error(
            console.OmsError(str(error), hint="see room and rights (df -h, ls -ld .oms), run again")
        )
        return 1
    except KeyboardInterrupt:
        console.say("\noms: stopped. Run the same command again to go on.")
        return 130


def _stop(_number, _frame):
    sys.exit(143)
