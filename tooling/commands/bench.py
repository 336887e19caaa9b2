"""Measure ours against plain Odoo, in the same run on the same database.

Each file in benchmarks/ with a `main(env, args)` is one benchmark; it returns
`ratios` (higher is better, 1.0 means equal) and `figures`. Arguments that this
command doesn't know are passed to it.
"""

import ast

from .. import console, paths
from ..workspace import Workspace

PASS_THROUGH = True


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("name", nargs="?", help="one of those in benchmarks/")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object, the last line of stdout",
    )
    parser.add_argument("--keep", action="store_true", help="keep the database")


def names(folder=None):
    """Return the benchmarks there are: the files that define `main`."""
    files = sorted((folder or paths.BENCHMARKS).glob("*.py"))
    return [path.stem for path in files if _has_main(path)]


def _has_main(path):
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except SyntaxError:
        return True  # running it shows the error
    return any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in body)


def run(options):
    """Run one benchmark on a copy of the template with the add-on."""
    name = (options.name or "").replace("-", "_")
    if name not in names():
        wrong = f"no benchmark {options.name!r}" if name else "which benchmark?"
        raise console.OmsError(wrong, hint="there are: " + (", ".join(names()) or "none yet"))
    program = paths.BENCHMARKS / f"{name}.py"
    workspace = Workspace()
    with workspace.scratch("bench", keep=options.keep) as database:
        result = workspace.run_job(database, program, *options.rest)
    show(name, result)
    if options.json:
        figures = result.get("figures") or {}
        console.json_line({"bench": name, "ratios": result["ratios"], "figures": figures})
    return 0


def show(name, result):
    """Print the result of a benchmark as tables.

    A figure that is a mapping becomes a row with a column for each of its keys.
    """
    ratios, figures = result["ratios"], result.get("figures") or {}
    print(f"\n{name}: ours against plain Odoo (higher is better, 1.0 is equal)\n")
    console.table([(key, float(value)) for key, value in ratios.items()], ("ratio", "times"))
    flat = {key: value for key, value in figures.items() if not isinstance(value, dict)}
    nested = {key: value for key, value in figures.items() if isinstance(value, dict)}
    if nested:
        columns = list(dict.fromkeys(key for value in nested.values() for key in value))
        rows = [(key, *map(value.get, columns)) for key, value in nested.items()]
        print()
        console.table(rows, ("figure", *columns))
    if flat:
        print()
        console.table(list(flat.items()), ("figure", "value"))
