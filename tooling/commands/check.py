"""Compare what a database says twice: `./oms check stock [DATABASE]`.

`stock` compares stock rows, move lines and moves: reservations must add up, nothing may
be reserved that is not there, states must fit. It ends with 1 when something is found.
"""

from .. import console, paths
from ..workspace import DEMO, Workspace

PROGRAM = paths.ROOT / "tooling" / "stock_check.py"


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("what", choices=["stock"], help="what to compare")
    parser.add_argument("database", nargs="?", default=DEMO, help=f"default: {DEMO}")
    parser.add_argument(
        "--repair",
        action="store_true",
        help="put right what can be, under locks, and write it into the audit trail",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print what is left as one JSON object, the last line of stdout",
    )


def run(options):
    """Compare one database; the status says whether something is wrong."""
    workspace = Workspace()
    if not workspace.databases.exists(options.database):
        raise console.OmsError(
            f"there is no database {options.database}",
            hint="./oms demo --no-serve makes the demo database",
        )
    arguments = ["--repair"] if options.repair else []
    result = workspace.run_job(options.database, PROGRAM, *arguments)
    show(result)
    if options.json:
        console.json_line({"check": options.what, "database": options.database, **result})
    return 1 if result["differences"] else 0


def show(result):
    """Print what was found, and what to do about it."""
    for text in result["repaired"]:
        print(f"repaired: {text}")
    rows = [(one["kind"], one["text"], one["advice"]) for one in result["differences"]]
    if rows:
        console.table(rows, ("kind", "what is wrong", "what to do"))
    print(
        f"{len(rows)} differences in {result['stocks']:,} stock rows, {result['lines']:,} open "
        f"move lines and {result['moves']:,} open moves, read in {result['seconds']:.2f} s"
    )
